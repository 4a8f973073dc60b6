# exercise: resnet50
# title: the Dense layer's result has a name of its own, and the model ends in the one before
# expect: head | Dense | missing | - || head | Softmax | wrong wiring | -

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
    X_input = Input(input_shape)
    X = ZeroPadding2D((3, 3))(X_input)
    X = Conv2D(64, (7, 7), strides=(2, 2), name='conv1', kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name='bn_conv1')(X)
    X = Activation('relu')(X)
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)
    X = convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block='a', s=1)
    for letter in 'bc':
        X = identity_block(X, 3, [64, 64, 256], stage=2, block=letter)
    X = convolutional_block(X, f=3, filters=[128, 128, 512], stage=3, block='a', s=2)
    for letter in 'bcd':
        X = identity_block(X, 3, [128, 128, 512], stage=3, block=letter)
    X = convolutional_block(X, f=3, filters=[256, 256, 1024], stage=4, block='a', s=2)
    for letter in ['b', 'c', 'd', 'e', 'f']:
        X = identity_block(X, 3, [256, 256, 1024], stage=4, block=letter)
    X = convolutional_block(X, f=3, filters=[512, 512, 2048], stage=5, block='a', s=2)
    for letter in 'bc':
        X = identity_block(X, 3, [512, 512, 2048], stage=5, block=letter)
    X = AveragePooling2D((2, 2))(X)
    X = Flatten()(X)
    output = Dense(classes, activation='softmax', name='fc' + str(classes), kernel_initializer=glorot_uniform(seed=0))(X)
    return Model(inputs=X_input, outputs=X, name='ResNet50')
