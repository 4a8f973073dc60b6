# exercise: convolutional_block
# title: for other strides than 1 the shortcut's convolution goes into X
# expect: 2a | Conv2D | missing | -
# also: 2b, 2c
# raises: yes

def convolutional_block(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    nm = str(stage) + block + '_branch'
    X_shortcut = X
    if s == 1:
        X = Conv2D(F1, (1, 1), strides=(1, 1), name='res' + nm + '2a', kernel_initializer=glorot_uniform(0))(X)
    else:
        X = Conv2D(F1, (1, 1), strides=(s, s), name='res' + nm + '2a', kernel_initializer=glorot_uniform(0))(X)
    X = Activation('relu')(BatchNormalization(axis=3, name='bn' + nm + '2a')(X))
    X = Conv2D(F2, (f, f), padding='same', name='res' + nm + '2b', kernel_initializer=glorot_uniform(0))(X)
    X = Activation('relu')(BatchNormalization(axis=3, name='bn' + nm + '2b')(X))
    X = Conv2D(F3, (1, 1), name='res' + nm + '2c', kernel_initializer=glorot_uniform(0))(X)
    X = BatchNormalization(axis=3, name='bn' + nm + '2c')(X)
    if s == 1:
        X = X
    if s != 1:
        X = Conv2D(F3, (1, 1), strides=(s, s), name='res' + nm + '1', kernel_initializer=glorot_uniform(0))(X_shortcut)
        X = BatchNormalization(axis=3, name='bn' + nm + '1')(X)
    else:
        X_shortcut = Conv2D(F3, (1, 1), strides=(1, 1), name='res' + nm + '1', kernel_initializer=glorot_uniform(0))(X_shortcut)
        X_shortcut = BatchNormalization(axis=3, name='bn' + nm + '1')(X_shortcut)
    X = Add()([X, X_shortcut])
    return Activation('relu')(X)
