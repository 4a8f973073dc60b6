# exercise: identity_block
# title: the block makes an Input of its own and starts there
# error: other
# says: makes another Input

def identity_block(X, f, filters, stage, block):
    """Three convolutions beside a bare shortcut."""
    F1, F2, F3 = filters
    label = str(stage) + block + "_branch"
    X_shortcut = X

    # 2a
    X = Input(X.shape[1:])
    X = Conv2D(F1, (1, 1), name="res" + label + "2a", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn" + label + "2a")(X)
    X = Activation("relu")(X)

    # 2b
    X = Conv2D(F2, (f, f), padding="same", name="res" + label + "2b", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn" + label + "2b")(X)
    X = Activation("relu")(X)

    # 2c
    X = Conv2D(F3, (1, 1), name="res" + label + "2c", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn" + label + "2c")(X)

    # the paths meet
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X
