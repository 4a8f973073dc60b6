# exercise: resnet50
# title: stem, body and head are functions; ops.relu and + inside the blocks

from keras.initializers import GlorotUniform


def identity_block(X, f, filters, stage, block):
    n1, n2, n3 = filters
    label = f"{stage}{block}_branch"
    init = keras.initializers.GlorotUniform(seed=0)

    y = layers.Conv2D(n1, 1, name=f"res{label}2a", kernel_initializer=init)(X)
    y = layers.BatchNormalization(name=f"bn{label}2a")(y)
    y = keras.ops.relu(y)

    y = layers.Conv2D(n2, f, padding="same", name=f"res{label}2b", kernel_initializer=init)(y)
    y = layers.BatchNormalization(name=f"bn{label}2b")(y)
    y = keras.ops.relu(y)

    y = layers.Conv2D(n3, 1, name=f"res{label}2c", kernel_initializer=init)(y)
    y = layers.BatchNormalization(name=f"bn{label}2c")(y)

    y = X + y
    return keras.ops.relu(y)


def convolutional_block(X, f, filters, stage, block, s=2):
    n1, n2, n3 = filters
    label = f"{stage}{block}_branch"
    init = keras.initializers.GlorotUniform(seed=0)

    side = layers.Conv2D(n3, 1, strides=s, name=f"res{label}1", kernel_initializer=init)(X)
    side = layers.BatchNormalization(name=f"bn{label}1")(side)

    y = layers.Conv2D(n1, 1, strides=s, name=f"res{label}2a", kernel_initializer=init)(X)
    y = layers.BatchNormalization(name=f"bn{label}2a")(y)
    y = keras.ops.relu(y)

    y = layers.Conv2D(n2, f, padding="same", name=f"res{label}2b", kernel_initializer=init)(y)
    y = layers.BatchNormalization(name=f"bn{label}2b")(y)
    y = keras.ops.relu(y)

    y = layers.Conv2D(n3, 1, name=f"res{label}2c", kernel_initializer=init)(y)
    y = layers.BatchNormalization(name=f"bn{label}2c")(y)

    y = y + side
    return keras.ops.relu(y)


def stem(x):
    x = layers.ZeroPadding2D((3, 3))(x)
    x = layers.Conv2D(64, (7, 7), strides=(2, 2), name="conv1", kernel_initializer=GlorotUniform(seed=0))(x)
    x = layers.BatchNormalization(name="bn_conv1")(x)
    x = keras.ops.relu(x)
    return layers.MaxPooling2D((3, 3), strides=(2, 2))(x)


def body(x):
    for stage, (base, letters) in enumerate([(64, "bc"), (128, "bcd"), (256, "bcdef"), (512, "bc")], start=2):
        x = convolutional_block(x, 3, [base, base, base * 4], stage, "a", s=min(stage - 1, 2))
        for letter in letters:
            x = identity_block(x, 3, [base, base, base * 4], stage, letter)
    return x


def head(x, classes):
    x = layers.AveragePooling2D((2, 2))(x)
    x = layers.Flatten()(x)
    return layers.Dense(classes, activation="softmax", name=f"fc{classes}", kernel_initializer=GlorotUniform(seed=0))(x)


def ResNet50(input_shape=(64, 64, 3), classes=6):
    X = keras.Input(input_shape)
    return keras.Model(X, head(body(stem(X)), classes))
