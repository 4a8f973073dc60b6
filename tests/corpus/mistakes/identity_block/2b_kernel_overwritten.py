# exercise: identity_block
# title: second kernel is overwritten with ones
# expect: 2b | Conv2D | wrong value | kernel || 2b | Conv2D | wrong value | -
# why: the graph is right; the weights are not the seeded ones

def identity_block(X, f, filters, stage, block):
    n1, n2, n3 = filters
    label = f"{stage}{block}_branch"
    init = keras.initializers.GlorotUniform(seed=0)

    y = layers.Conv2D(n1, 1, name=f"res{label}2a", kernel_initializer=init)(X)
    y = layers.BatchNormalization(name=f"bn{label}2a")(y)
    y = layers.ReLU()(y)

    conv = layers.Conv2D(n2, f, padding="same", name=f"res{label}2b", kernel_initializer=init)
    y = conv(y)
    kernel, bias = conv.get_weights()
    conv.set_weights([np.ones_like(kernel), bias])
    y = layers.BatchNormalization(name=f"bn{label}2b")(y)
    y = layers.ReLU()(y)

    y = layers.Conv2D(n3, 1, name=f"res{label}2c", kernel_initializer=init)(y)
    y = layers.BatchNormalization(name=f"bn{label}2c")(y)

    y = layers.Add()([X, y])
    return layers.ReLU()(y)
