# exercise: resnet50
# title: the defaults are those for ImageNet
# expect: head | Dense | wrong setting | units
# expect: head | Dense | wrong setting | name
# error: other
# says: takes pictures of the shape \(224, 224, 3\)
# why: without arguments the network is one for other pictures and other classes

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


def ResNet50(input_shape=(224, 224, 3), classes=1000):
    inp = Input(input_shape)
    x = ZeroPadding2D((3, 3))(inp)
    x = Conv2D(64, (7, 7), strides=(2, 2), name='conv1', kernel_initializer=glorot_uniform(seed=0))(x)
    x = BatchNormalization(axis=3, name='bn_conv1')(x)
    x = Activation('relu')(x)
    x = MaxPooling2D((3, 3), strides=(2, 2))(x)
    for stage, (f, n, s) in {2: ([64, 64, 256], 3, 1), 3: ([128, 128, 512], 4, 2), 4: ([256, 256, 1024], 6, 2), 5: ([512, 512, 2048], 3, 2)}.items():
        x = convolutional_block(x, 3, f, stage, 'a', s)
        for c in 'bcdef'[:n - 1]:
            x = identity_block(x, 3, f, stage, c)
    x = AveragePooling2D((2, 2))(x)
    x = Flatten()(x)
    x = Dense(classes, activation='softmax', name='fc' + str(classes), kernel_initializer=glorot_uniform(seed=0))(x)
    return Model(inp, x, name='ResNet50')
