# exercise: resnet50
# title: Flatten is made of the tensor
# error: other
# says: Flatten\(\)

def identity_block(X, f, filters, stage, block):
    def unit(t, width, window, tail, last=False):
        place = f"{stage}{block}_branch{tail}"
        t = Conv2D(width, window, padding="same", name=f"res{place}", kernel_initializer=glorot_uniform(seed=0))(t)
        t = BatchNormalization(name=f"bn{place}")(t)
        return t if last else ReLU()(t)

    first, second, third = filters
    out = unit(X, first, 1, "2a")
    out = unit(out, second, f, "2b")
    out = unit(out, third, 1, "2c", last=True)
    return ReLU()(out + X)


def convolutional_block(X, f, filters, stage, block, s=2):
    def conv_norm(t, width, window, step, tail):
        place = f"{stage}{block}_branch{tail}"
        t = Conv2D(width, window, strides=step, padding="same", name=f"res{place}",
                   kernel_initializer=glorot_uniform(seed=0))(t)
        return BatchNormalization(name=f"bn{place}")(t)

    first, second, third = filters
    other = conv_norm(X, third, 1, s, "1")
    out = ReLU()(conv_norm(X, first, 1, s, "2a"))
    out = ReLU()(conv_norm(out, second, f, 1, "2b"))
    out = conv_norm(out, third, 1, 1, "2c")
    return ReLU()(out + other)


def ResNet50(input_shape=(64, 64, 3), classes=6):
    picture = Input(input_shape)

    # stage 1
    X = ZeroPadding2D((3, 3))(picture)
    X = Conv2D(64, (7, 7), strides=(2, 2), name="conv1", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn_conv1")(X)
    X = Activation("relu")(X)
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)

    # stage 2
    X = convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block="a", s=1)
    X = identity_block(X, 3, [64, 64, 256], stage=2, block="b")
    X = identity_block(X, 3, [64, 64, 256], stage=2, block="c")

    # stage 3
    X = convolutional_block(X, f=3, filters=[128, 128, 512], stage=3, block="a", s=2)
    X = identity_block(X, 3, [128, 128, 512], stage=3, block="b")
    X = identity_block(X, 3, [128, 128, 512], stage=3, block="c")
    X = identity_block(X, 3, [128, 128, 512], stage=3, block="d")

    # stage 4
    X = convolutional_block(X, f=3, filters=[256, 256, 1024], stage=4, block="a", s=2)
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="b")
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="c")
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="d")
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="e")
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block="f")

    # stage 5
    X = convolutional_block(X, f=3, filters=[512, 512, 2048], stage=5, block="a", s=2)
    X = identity_block(X, 3, [512, 512, 2048], stage=5, block="b")
    X = identity_block(X, 3, [512, 512, 2048], stage=5, block="c")

    # head
    X = AveragePooling2D((2, 2))(X)
    X = Flatten(X)
    X = Dense(classes, activation="softmax", name="fc" + str(classes), kernel_initializer=glorot_uniform(seed=0))(X)
    return Model(inputs=picture, outputs=X, name="ResNet50")
