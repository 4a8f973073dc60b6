# exercise: convolutional_block
# title: the first line of a later course
# error: other
# says: lacks stage, block and has training, initializer

def convolutional_block(X, f, filters, s=2, training=True, initializer=glorot_uniform):
    """Three convolutions beside one on the shortcut."""
    F1, F2, F3 = filters
    X_shortcut = X

    # 2a
    X = Conv2D(F1, (1, 1), strides=(s, s), kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X = Activation("relu")(X)

    # 2b
    X = Conv2D(F2, (f, f), padding="same", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X = Activation("relu")(X)

    # 2c
    X = Conv2D(F3, (1, 1), kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3)(X, training=training)

    # shortcut
    X_shortcut = Conv2D(F3, (1, 1), strides=(s, s), kernel_initializer=glorot_uniform(seed=0))(X_shortcut)
    X_shortcut = BatchNormalization(axis=3)(X_shortcut)

    # the paths meet
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X
