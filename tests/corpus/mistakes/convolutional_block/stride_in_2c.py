# exercise: convolutional_block
# title: the stride stands in 2c, not in 2a
# expect: 2a | Conv2D | wrong setting | strides
# also: 2c

def convolutional_block(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    nm = str(stage) + block + '_branch'
    X_shortcut = X
    X = Conv2D(F1, (1, 1), strides=1, name='res' + nm + '2a', kernel_initializer=glorot_uniform(0))(X)
    X = BatchNormalization(axis=3, name='bn' + nm + '2a')(X)
    X = Activation('relu')(X)
    X = Conv2D(F2, (f, f), padding='same', name='res' + nm + '2b', kernel_initializer=glorot_uniform(0))(X)
    X = BatchNormalization(axis=3, name='bn' + nm + '2b')(X)
    X = Activation('relu')(X)
    X = Conv2D(F3, (1, 1), strides=s, name='res' + nm + '2c', kernel_initializer=glorot_uniform(0))(X)
    X = BatchNormalization(axis=3, name='bn' + nm + '2c')(X)
    X_shortcut = Conv2D(F3, (1, 1), strides=s, name='res' + nm + '1', kernel_initializer=glorot_uniform(0))(X_shortcut)
    X_shortcut = BatchNormalization(axis=3, name='bn' + nm + '1')(X_shortcut)
    return Activation('relu')(Add()([X, X_shortcut]))
