# exercise: convolutional_block
# title: the stride stands in 2b, given by keyword
# expect: 2a | Conv2D | wrong setting | strides
# also: 2b

def convolutional_block(X, f, filters, stage, block, s=2):
    nb1, nb2, nb3 = filters
    conv = "res" + str(stage) + block + "_branch"
    bnorm = "bn" + str(stage) + block + "_branch"
    side = X

    # 2a
    X = Conv2D(filters=nb1, kernel_size=(1, 1), padding="valid", name=conv + "2a",
               kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name=bnorm + "2a")(X)
    X = Activation("relu")(X)

    # 2b
    X = Conv2D(filters=nb2, kernel_size=(f, f), strides=s, padding="same", name=conv + "2b",
               kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name=bnorm + "2b")(X)
    X = Activation("relu")(X)

    # 2c
    X = Conv2D(filters=nb3, kernel_size=(1, 1), strides=(1, 1), padding="valid", name=conv + "2c",
               kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name=bnorm + "2c")(X)

    # shortcut
    side = Conv2D(filters=nb3, kernel_size=(1, 1), strides=(s, s), padding="valid", name=conv + "1",
                  kernel_initializer=glorot_uniform(seed=0))(side)
    side = BatchNormalization(axis=3, name=bnorm + "1")(side)

    # add
    X = Add()([X, side])
    X = Activation("relu")(X)
    return X
