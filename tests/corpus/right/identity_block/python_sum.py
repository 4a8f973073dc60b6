# exercise: identity_block
# title: Python's own sum adds the paths

def identity_block(X, f, filters, stage, block):
    nb1, nb2, nb3 = filters
    conv = "res" + str(stage) + block + "_branch"
    bnorm = "bn" + str(stage) + block + "_branch"
    saved = X

    # 2a
    X = Conv2D(filters=nb1, kernel_size=(1, 1), strides=(1, 1), padding="valid", name=conv + "2a",
               kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name=bnorm + "2a")(X)
    X = Activation("relu")(X)

    # 2b
    X = Conv2D(filters=nb2, kernel_size=(f, f), strides=(1, 1), padding="same", name=conv + "2b",
               kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name=bnorm + "2b")(X)
    X = Activation("relu")(X)

    # 2c
    X = Conv2D(filters=nb3, kernel_size=(1, 1), strides=(1, 1), padding="valid", name=conv + "2c",
               kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name=bnorm + "2c")(X)

    # add
    X = sum([X, saved])
    X = Activation("relu")(X)
    return X
