# exercise: identity_block
# title: positional arguments

from keras.initializers import GlorotUniform


def identity_block(X, f, filters, stage, block):
    (F1, F2, F3) = tuple(filters)
    cname = 'res' + str(stage) + block + '_branch'
    bname = 'bn' + str(stage) + block + '_branch'
    init = GlorotUniform(0)
    X0 = X
    X = Conv2D(F1, 1, 1, 'valid', kernel_initializer=init, name=cname + '2a')(X)
    X = BatchNormalization(3, name=bname + '2a')(X)
    X = Activation('relu')(X)
    X = Conv2D(F2, f, 1, 'same', kernel_initializer=init, name=cname + '2b')(X)
    X = BatchNormalization(3, name=bname + '2b')(X)
    X = Activation('relu')(X)
    X = Conv2D(F3, 1, 1, 'valid', kernel_initializer=init, name=cname + '2c')(X)
    X = BatchNormalization(3, name=bname + '2c')(X)
    X = Add()([X0, X])
    return Activation('relu')(X)
