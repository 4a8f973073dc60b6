# exercise: resnet50
# title: identity_block is called with a stride
# error: other
# says: identity_block

def identity_block(X, f, filters, stage, block):
    """Three convolutions beside a bare shortcut."""
    F1, F2, F3 = filters
    label = str(stage) + block + "_branch"
    X_shortcut = X

    # 2a
    X = Conv2D(F1, (1, 1), name="res" + label + "2a", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn" + label + "2a")(X)
    X = Activation("relu")(X)

    # 2b
    X = Conv2D(F2, (f, f), padding="same", name="res" + label + "2b", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn" + label + "2b")(X)
    X = Activation("relu")(X)

    # 2c
    X = Conv2D(F3, (1, 1), name="res" + label + "2c", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn" + label + "2c")(X)

    # the paths meet
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


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
    X_shortcut = Conv2D(F3, (1, 1), strides=(s, s), name="res" + label + "1",
                        kernel_initializer=glorot_uniform(seed=0))(X_shortcut)
    X_shortcut = BatchNormalization(axis=3, name="bn" + label + "1")(X_shortcut)

    # the paths meet
    X = Add()([X, X_shortcut])
    X = Activation("relu")(X)
    return X


def ResNet50(input_shape=(64, 64, 3), classes=6):
    """Stem, sixteen blocks, head."""
    X_input = Input(input_shape)

    # stage 1
    X = ZeroPadding2D((3, 3))(X_input)
    X = Conv2D(64, (7, 7), strides=(2, 2), name="conv1", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn_conv1")(X)
    X = Activation("relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)

    # stage 2
    X = convolutional_block(X, 3, [64, 64, 256], stage=2, block="a", s=1)
    X = identity_block(X, 3, [64, 64, 256], stage=2, block="b")
    X = identity_block(X, 3, [64, 64, 256], stage=2, block="c")

    # stage 3
    X = convolutional_block(X, 3, [128, 128, 512], stage=3, block="a", s=2)
    X = identity_block(X, 3, [128, 128, 512], stage=3, block="b", s=1)
    X = identity_block(X, 3, [128, 128, 512], stage=3, block="c")
    X = identity_block(X, 3, [128, 128, 512], stage=3, block="d")

    # stage 4
    X = convolutional_block(X, 3, [256, 256, 1024], stage=4, block="a", s=2)
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="b")
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="c")
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="d")
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="e")
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="f")

    # stage 5
    X = convolutional_block(X, 3, [512, 512, 2048], stage=5, block="a", s=2)
    X = identity_block(X, 3, [512, 512, 2048], stage=5, block="b")
    X = identity_block(X, 3, [512, 512, 2048], stage=5, block="c")

    # head
    X = AveragePooling2D((2, 2))(X)
    X = Flatten()(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes), kernel_initializer=glorot_uniform(seed=0))(X)
    return Model(inputs=X_input, outputs=X)
