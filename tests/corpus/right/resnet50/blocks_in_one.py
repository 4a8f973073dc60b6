# exercise: resnet50
# title: one function serves both blocks; s=None means identity

from keras.initializers import GlorotUniform


def bottleneck(X, f, filters, stage, block, s=None):
    F1, F2, F3 = filters
    first = 1 if s is None else s

    def conv_bn(x, n, k, branch, strides=1):
        x = Conv2D(n, k, strides=strides, padding="same" if k > 1 else "valid", kernel_initializer=GlorotUniform(seed=0),
                   name=f"res{stage}{block}_branch{branch}")(x)
        return BatchNormalization(name=f"bn{stage}{block}_branch{branch}")(x)

    y = ReLU()(conv_bn(X, F1, 1, "2a", first))
    y = ReLU()(conv_bn(y, F2, f, "2b"))
    y = conv_bn(y, F3, 1, "2c")
    short = X if s is None else conv_bn(X, F3, 1, "1", s)
    return ReLU()(Add()([y, short]))


def identity_block(X, f, filters, stage, block):
    return bottleneck(X, f, filters, stage, block)


def convolutional_block(X, f, filters, stage, block, s=2):
    return bottleneck(X, f, filters, stage, block, s=s)


def ResNet50(input_shape=(64, 64, 3), classes=6):
    X_input = Input(input_shape)
    X = ZeroPadding2D((3, 3))(X_input)
    X = Conv2D(64, 7, 2, name="conv1", kernel_initializer=GlorotUniform(seed=0))(X)
    X = BatchNormalization(name="bn_conv1")(X)
    X = ReLU()(X)
    X = MaxPooling2D(3, 2)(X)
    width = 64
    for stage, count in zip(range(2, 6), (3, 4, 6, 3)):
        for i in range(count):
            s = None if i else (1 if stage == 2 else 2)
            X = bottleneck(X, 3, [width, width, 4 * width], stage, chr(97 + i), s)
        width *= 2
    X = AveragePooling2D(2)(X)
    X = Flatten()(X)
    X = Dense(classes, "softmax", name="fc%d" % classes, kernel_initializer=GlorotUniform(seed=0))(X)
    return Model(X_input, X, name="resnet")
