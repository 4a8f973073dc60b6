# exercise: identity_block
# title: no stage and no block, and no names either
# error: other
# says: The first line lacks stage, block
# expect: 2a | Conv2D | wrong setting | name
# also: 2b, 2c
# why: layers without names are one slip, so the convolutions stand for the normalizations

def identity_block(X, f, filters):
    """Three convolutions beside a bare shortcut."""
    F1, F2, F3 = filters
    X_shortcut = X

    # 2a
    X = Conv2D(F1, (1, 1), kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)

    # 2b
    X = Conv2D(F2, (f, f), padding="same", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3)(X)
    X = Activation("relu")(X)

    # 2c
    X = Conv2D(F3, (1, 1), kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3)(X)

    # the paths meet
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X
