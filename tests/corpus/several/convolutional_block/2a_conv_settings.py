# exercise: convolutional_block
# title: 2a: seed 1 and dropout
# expect: 2a | Conv2D | wrong setting | seed
# expect: 2a | Dropout | extra | -

from keras.initializers import GlorotUniform


def convolutional_block(X, f, filters, stage, block, s=2):
    n1, n2, n3 = filters
    label = f"{stage}{block}_branch"
    init = keras.initializers.GlorotUniform(seed=0)

    side = layers.Conv2D(n3, 1, strides=s, name=f"res{label}1", kernel_initializer=init)(X)
    side = layers.BatchNormalization(name=f"bn{label}1")(side)

    y = layers.Conv2D(n1, 1, strides=s, name=f"res{label}2a", kernel_initializer=GlorotUniform(seed=1))(X)
    y = layers.BatchNormalization(name=f"bn{label}2a")(y)
    y = layers.ReLU()(y)
    y = layers.Dropout(0.5)(y)

    y = layers.Conv2D(n2, f, padding="same", name=f"res{label}2b", kernel_initializer=init)(y)
    y = layers.BatchNormalization(name=f"bn{label}2b")(y)
    y = layers.ReLU()(y)

    y = layers.Conv2D(n3, 1, name=f"res{label}2c", kernel_initializer=init)(y)
    y = layers.BatchNormalization(name=f"bn{label}2c")(y)

    y = layers.Add()([side, y])
    return layers.ReLU()(y)
