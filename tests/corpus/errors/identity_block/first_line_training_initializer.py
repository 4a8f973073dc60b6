# exercise: identity_block
# title: the first line of a later course: training and initializer in place of stage and block
# error: other
# says: lacks stage, block and has training, initializer
# expect: 2a | Conv2D | wrong setting | kernel_initializer
# also: 2b, 2c
# expect: 2a | Conv2D | wrong setting | name
# also: 2b, 2c
# expect: 2a | BatchNormalization | wrong setting | training
# also: 2b, 2c
# why: the rest is judged with the arguments passed by name, and says what else that version does otherwise

from keras.initializers import random_uniform


def identity_block(X, f, filters, training=True, initializer=random_uniform):
    """Three convolutions beside a bare shortcut."""
    F1, F2, F3 = filters
    X_shortcut = X

    # 2a
    X = Conv2D(F1, (1, 1), kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X = Activation("relu")(X)

    # 2b
    X = Conv2D(F2, (f, f), padding="same", kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X, training=training)
    X = Activation("relu")(X)

    # 2c
    X = Conv2D(F3, (1, 1), kernel_initializer=initializer(seed=0))(X)
    X = BatchNormalization(axis=3)(X, training=training)

    # the paths meet
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X
