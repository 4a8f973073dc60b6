# exercise: resnet50
# title: blocks d, e, f of stage 4 and c of stage 5 are missing
# expect: stage 4 | identity_block | missing | -
# expect: stage 5 | identity_block | missing | -

def unit(t, number, window, tag, stage, block, stride=1, pad="valid"):
    label = str(stage) + block + "_branch" + tag
    t = Conv2D(number, window, strides=stride, padding=pad, name="res" + label, kernel_initializer=glorot_uniform(seed=0))(t)
    return BatchNormalization(axis=3, name="bn" + label)(t)


def identity_block(X, f, filters, stage, block):
    """Three units beside a bare shortcut."""
    one, two, three = filters
    t = Activation("relu")(unit(X, one, 1, "2a", stage, block))
    t = Activation("relu")(unit(t, two, f, "2b", stage, block, pad="same"))
    t = unit(t, three, 1, "2c", stage, block)
    return Activation("relu")(Add()([t, X]))


def convolutional_block(X, f, filters, stage, block, s=2):
    """Three units beside a fourth."""
    one, two, three = filters
    t = Activation("relu")(unit(X, one, 1, "2a", stage, block, s))
    t = Activation("relu")(unit(t, two, f, "2b", stage, block, pad="same"))
    t = unit(t, three, 1, "2c", stage, block)
    return Activation("relu")(Add()([t, unit(X, three, 1, "1", stage, block, s)]))


def ResNet50(input_shape=(64, 64, 3), classes=6):
    inputs = Input(input_shape)
    h = ZeroPadding2D((3, 3))(inputs)
    h = Conv2D(64, (7, 7), strides=(2, 2), name='conv1', kernel_initializer=glorot_uniform(seed=0))(h)
    h = BatchNormalization(axis=3, name='bn_conv1')(h)
    h = Activation('relu')(h)
    h = MaxPooling2D((3, 3), strides=(2, 2))(h)
    cfg = [(64, 2, 1), (128, 3, 2), (256, 2, 2), (512, 1, 2)]
    for stage, (width, extra, stride) in enumerate(cfg, start=2):
        fs = [width, width, width * 4]
        h = convolutional_block(h, 3, fs, stage, 'a', stride)
        for i in range(extra):
            h = identity_block(h, 3, fs, stage, chr(ord('b') + i))
    h = AveragePooling2D((2, 2))(h)
    h = Flatten()(h)
    h = Dense(classes, activation='softmax', name='fc' + str(classes), kernel_initializer=glorot_uniform(seed=0))(h)
    return Model(inputs, h)
