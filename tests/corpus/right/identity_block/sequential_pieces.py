# exercise: identity_block
# title: each component is a Sequential called on the tensor
# why: the layers are nested in Sequential models; the names are kept

from keras.initializers import GlorotUniform


def identity_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    conv_base = f"res{stage}{block}_branch"
    bn_base = f"bn{stage}{block}_branch"

    first = keras.Sequential([
        Conv2D(F1, 1, kernel_initializer=GlorotUniform(seed=0), name=conv_base + "2a"),
        BatchNormalization(axis=3, name=bn_base + "2a"),
        Activation("relu"),
    ])
    second = keras.Sequential([
        Conv2D(F2, f, padding="same", kernel_initializer=GlorotUniform(seed=0), name=conv_base + "2b"),
        BatchNormalization(axis=3, name=bn_base + "2b"),
        Activation("relu"),
    ])
    third = keras.Sequential([
        Conv2D(F3, 1, kernel_initializer=GlorotUniform(seed=0), name=conv_base + "2c"),
        BatchNormalization(axis=3, name=bn_base + "2c"),
    ])
    main = third(second(first(X)))
    return Activation("relu")(Add()([main, X]))
