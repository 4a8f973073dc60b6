# exercise: convolutional_block
# title: the main path is written, the shortcut not yet
# error: other
# says: `raise NotImplementedError\(\)` still stands

def convolutional_block(X, f, filters, stage, block, s=2):
    """Three convolutions beside one on the shortcut."""
    F1, F2, F3 = filters
    label = str(stage) + block + "_branch"
    X_shortcut = X

    # 2a
    X = Conv2D(F1, (1, 1), strides=(s, s), name="res" + label + "2a", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn" + label + "2a")(X)
    X = Activation("relu")(X)

    # 2b
    X = Conv2D(F2, (f, f), padding="same", name="res" + label + "2b", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn" + label + "2b")(X)
    X = Activation("relu")(X)

    # 2c
    X = Conv2D(F3, (1, 1), name="res" + label + "2c", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn" + label + "2c")(X)

    # shortcut
    raise NotImplementedError()
    X_shortcut = Conv2D(F3, (1, 1), strides=(s, s), name="res" + label + "1",
                        kernel_initializer=glorot_uniform(seed=0))(X_shortcut)
    X_shortcut = BatchNormalization(axis=3, name="bn" + label + "1")(X_shortcut)

    # the paths meet
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X
