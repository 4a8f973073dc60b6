# exercise: identity_block
# title: epsilon everywhere; 2b's window is always 3
# expect: 2a | BatchNormalization | wrong setting | epsilon
# also: 2b, 2c
# expect: 2b | Conv2D | wrong setting | kernel_size

def identity_block(X, f, filters, stage, block):
    n1, n2, n3 = filters
    label = f"{stage}{block}_branch"
    init = keras.initializers.GlorotUniform(seed=0)

    y = layers.Conv2D(n1, 1, name=f"res{label}2a", kernel_initializer=init)(X)
    y = layers.BatchNormalization(epsilon=1e-6, name=f"bn{label}2a")(y)
    y = layers.ReLU()(y)

    y = layers.Conv2D(n2, 3, padding="same", name=f"res{label}2b", kernel_initializer=init)(y)
    y = layers.BatchNormalization(epsilon=1e-6, name=f"bn{label}2b")(y)
    y = layers.ReLU()(y)

    y = layers.Conv2D(n3, 1, name=f"res{label}2c", kernel_initializer=init)(y)
    y = layers.BatchNormalization(epsilon=1e-6, name=f"bn{label}2c")(y)

    y = layers.Add()([X, y])
    return layers.ReLU()(y)
