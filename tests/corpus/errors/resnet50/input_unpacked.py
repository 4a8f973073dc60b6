# exercise: resnet50
# title: Input gets height, width and channels one by one
# error: other
# says: shape

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
    stages = {2: ([64, 64, 256], 3, 1), 3: ([128, 128, 512], 4, 2), 4: ([256, 256, 1024], 6, 2), 5: ([512, 512, 2048], 3, 2)}
    start = glorot_uniform(seed=0)
    inputs = keras.Input(*input_shape)
    net = ZeroPadding2D(3)(inputs)
    net = Conv2D(64, 7, strides=2, name="conv1", kernel_initializer=start)(net)
    net = BatchNormalization(name="bn_conv1")(net)
    net = ReLU()(net)
    net = MaxPooling2D(3, strides=2)(net)
    for stage, (widths, count, step) in stages.items():
        net = convolutional_block(net, 3, widths, stage, "a", s=step)
        for letter in "bcdefgh"[: count - 1]:
            net = identity_block(net, 3, widths, stage, letter)
    net = AveragePooling2D(2)(net)
    net = Flatten()(net)
    outputs = Dense(classes, activation="softmax", name=f"fc{classes}", kernel_initializer=start)(net)
    return Model(inputs, outputs)
