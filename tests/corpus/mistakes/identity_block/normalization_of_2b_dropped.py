# exercise: identity_block
# title: 2b's BatchNormalization is called, and its result is not kept
# expect: 2b | BatchNormalization | missing | -

def identity_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    nm = str(stage) + block + '_branch'
    X_shortcut = X
    X = Conv2D(F1, (1, 1), name='res' + nm + '2a', kernel_initializer=glorot_uniform(0))(X)
    X = BatchNormalization(axis=3, name='bn' + nm + '2a')(X)
    X = Activation('relu')(X)

    X = Conv2D(F2, (f, f), padding='same', name='res' + nm + '2b', kernel_initializer=glorot_uniform(0))(X)
    BatchNormalization(axis=3, name='bn' + nm + '2b')(X)
    X = Activation('relu')(X)

    X = Conv2D(F3, (1, 1), name='res' + nm + '2c', kernel_initializer=glorot_uniform(0))(X)
    X = BatchNormalization(axis=3, name='bn' + nm + '2c')(X)
    X = Add()([X, X_shortcut])
    X = Activation('relu')(X)
    return X
