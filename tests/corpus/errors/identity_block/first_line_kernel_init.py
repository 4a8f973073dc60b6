# exercise: identity_block
# title: another generation's first line, with kernel_size for f; no names, and training baked in
# expect: 2a | Conv2D | wrong setting | name
# also: 2b, 2c
# expect: 2a | BatchNormalization | wrong setting | training
# also: 2b, 2c
# expect: 2a | BatchNormalization | wrong setting | name
# also: 2b, 2c
# error: other
# says: lacks stage, block and has training, kernel_init.*f is called kernel_size

def identity_block(x, kernel_size, filters, training=True, kernel_init=glorot_uniform):
    f1, f2, f3 = filters
    skip = x
    x = Conv2D(filters=f1, kernel_size=1, strides=(1,1), padding='valid', kernel_initializer=kernel_init(seed=0))(x)
    x = BatchNormalization(axis=3)(x, training=training)
    x = Activation('relu')(x)
    x = Conv2D(filters=f2, kernel_size=kernel_size, strides=(1,1), padding='same', kernel_initializer=kernel_init(seed=0))(x)
    x = BatchNormalization(axis=3)(x, training=training)
    x = Activation('relu')(x)
    x = Conv2D(filters=f3, kernel_size=1, strides=(1,1), padding='valid', kernel_initializer=kernel_init(seed=0))(x)
    x = BatchNormalization(axis=3)(x, training=training)
    x = Add()([x, skip])
    return Activation('relu')(x)
