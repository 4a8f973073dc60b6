# exercise: resnet50
# title: the first line of keras.applications, and no seed in stage 1
# expect: stage 1 | Conv2D | wrong setting | seed
# error: other
# says: another order.*classes has the default 1000.*has include_top, weights, input_tensor, pooling

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


def ResNet50(include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000):
    if input_tensor is None:
        img_input = Input(shape=input_shape)
    else:
        img_input = input_tensor
    x = ZeroPadding2D((3, 3))(img_input)
    x = Conv2D(64, (7, 7), strides=(2, 2), name='conv1')(x)
    x = BatchNormalization(axis=3, name='bn_conv1')(x)
    x = Activation('relu')(x)
    x = MaxPooling2D((3, 3), strides=(2, 2))(x)
    x = convolutional_block(x, 3, [64, 64, 256], stage=2, block='a', s=1)
    for c in 'bc':
        x = identity_block(x, 3, [64, 64, 256], stage=2, block=c)
    x = convolutional_block(x, 3, [128, 128, 512], stage=3, block='a')
    for c in 'bcd':
        x = identity_block(x, 3, [128, 128, 512], stage=3, block=c)
    x = convolutional_block(x, 3, [256, 256, 1024], stage=4, block='a')
    for c in 'bcdef':
        x = identity_block(x, 3, [256, 256, 1024], stage=4, block=c)
    x = convolutional_block(x, 3, [512, 512, 2048], stage=5, block='a')
    for c in 'bc':
        x = identity_block(x, 3, [512, 512, 2048], stage=5, block=c)
    x = AveragePooling2D((2, 2))(x)
    if include_top:
        x = Flatten()(x)
        x = Dense(classes, activation='softmax', name='fc' + str(classes), kernel_initializer=glorot_uniform(seed=0))(x)
    return Model(img_input, x, name='resnet50')
