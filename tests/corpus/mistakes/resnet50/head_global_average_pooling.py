# exercise: resnet50
# title: global average pooling in place of AveragePooling2D and Flatten
# expect: head | AveragePooling2D | missing | - || head | GlobalAveragePooling2D | extra | - || head | Flatten | missing | -
# why: one layer in place of two; equal in value where the last map is 2 x 2

def identity_block(X, f, filters, stage, block):
    n1, n2, n3 = filters
    label = f"{stage}{block}_branch"
    init = keras.initializers.GlorotUniform(seed=0)

    y = layers.Conv2D(n1, 1, name=f"res{label}2a", kernel_initializer=init)(X)
    y = layers.BatchNormalization(name=f"bn{label}2a")(y)
    y = layers.ReLU()(y)

    y = layers.Conv2D(n2, f, padding="same", name=f"res{label}2b", kernel_initializer=init)(y)
    y = layers.BatchNormalization(name=f"bn{label}2b")(y)
    y = layers.ReLU()(y)

    y = layers.Conv2D(n3, 1, name=f"res{label}2c", kernel_initializer=init)(y)
    y = layers.BatchNormalization(name=f"bn{label}2c")(y)

    y = layers.Add()([X, y])
    return layers.ReLU()(y)


def convolutional_block(X, f, filters, stage, block, s=2):
    n1, n2, n3 = filters
    label = f"{stage}{block}_branch"
    init = keras.initializers.GlorotUniform(seed=0)

    side = layers.Conv2D(n3, 1, strides=s, name=f"res{label}1", kernel_initializer=init)(X)
    side = layers.BatchNormalization(name=f"bn{label}1")(side)

    y = layers.Conv2D(n1, 1, strides=s, name=f"res{label}2a", kernel_initializer=init)(X)
    y = layers.BatchNormalization(name=f"bn{label}2a")(y)
    y = layers.ReLU()(y)

    y = layers.Conv2D(n2, f, padding="same", name=f"res{label}2b", kernel_initializer=init)(y)
    y = layers.BatchNormalization(name=f"bn{label}2b")(y)
    y = layers.ReLU()(y)

    y = layers.Conv2D(n3, 1, name=f"res{label}2c", kernel_initializer=init)(y)
    y = layers.BatchNormalization(name=f"bn{label}2c")(y)

    y = layers.Add()([side, y])
    return layers.ReLU()(y)


def ResNet50(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(shape=input_shape)
    init = keras.initializers.GlorotUniform(seed=0)

    # stem
    x = layers.ZeroPadding2D(3)(inputs)
    x = layers.Conv2D(64, 7, strides=2, name="conv1", kernel_initializer=init)(x)
    x = layers.BatchNormalization(name="bn_conv1")(x)
    x = layers.ReLU()(x)
    x = layers.MaxPooling2D(3, strides=2)(x)

    # stage number, filters, blocks, stride of the first block
    plan = [
        (2, [64, 64, 256], "abc", 1),
        (3, [128, 128, 512], "abcd", 2),
        (4, [256, 256, 1024], "abcdef", 2),
        (5, [512, 512, 2048], "abc", 2),
    ]
    for stage, filters, blocks, stride in plan:
        x = convolutional_block(x, 3, filters, stage, blocks[0], s=stride)
        for block in blocks[1:]:
            x = identity_block(x, 3, filters, stage, block)

    # classifier
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(classes, activation="softmax", name=f"fc{classes}", kernel_initializer=init)(x)

    return keras.Model(inputs, outputs)
