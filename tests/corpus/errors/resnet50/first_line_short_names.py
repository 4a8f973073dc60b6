# exercise: resnet50
# title: input_shape and classes have other names and no defaults
# error: other
# says: input_shape is called inp.*classes is called n.*default value is missing

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


def ResNet50(inp, n):
    a = Input(shape=inp)
    x = ZeroPadding2D(3)(a)
    x = Conv2D(64, 7, strides=2, name='conv1', kernel_initializer=glorot_uniform(seed=0))(x)
    x = BatchNormalization(name='bn_conv1')(x)
    x = Activation('relu')(x)
    x = MaxPooling2D(3, 2)(x)
    for k, (st, f, letters) in enumerate([(2, 64, 'bc'), (3, 128, 'bcd'), (4, 256, 'bcdef'), (5, 512, 'bc')]):
        x = convolutional_block(x, 3, [f, f, 4 * f], st, 'a', s=2 if k else 1)
        for c in letters:
            x = identity_block(x, 3, [f, f, 4 * f], st, c)
    x = AveragePooling2D((2, 2))(x)
    x = Flatten()(x)
    x = Dense(n, activation='softmax', name='fc%d' % n, kernel_initializer=glorot_uniform(seed=0))(x)
    return Model(a, x)
