# exercise: resnet50
# title: stage 3 is kept in a variable that stage 4 does not go on with
# expect: stage 3 | convolutional_block | missing | - || stage 3 | identity_block | missing | -

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
    X = identity_block(X, 3, [64, 64, 256], stage=2, block='b')
    X = identity_block(X, 3, [64, 64, 256], stage=2, block='c')
    X3 = convolutional_block(X, f=3, filters=[128, 128, 512], stage=3, block='a', s=2)
    X3 = identity_block(X3, 3, [128, 128, 512], stage=3, block='b')
    X3 = identity_block(X3, 3, [128, 128, 512], stage=3, block='c')
    X3 = identity_block(X3, 3, [128, 128, 512], stage=3, block='d')
    X = convolutional_block(X, f=3, filters=[256, 256, 1024], stage=4, block='a', s=2)
    for letter in ['b', 'c', 'd', 'e', 'f']:
        X = identity_block(X, 3, [256, 256, 1024], stage=4, block=letter)
    X = convolutional_block(X, f=3, filters=[512, 512, 2048], stage=5, block='a', s=2)
    X = identity_block(X, 3, [512, 512, 2048], stage=5, block='b')
    X = identity_block(X, 3, [512, 512, 2048], stage=5, block='c')
    X = AveragePooling2D((2, 2))(X)
    X = Flatten()(X)
    X = Dense(classes, activation='softmax', name='fc' + str(classes), kernel_initializer=glorot_uniform(seed=0))(X)
    return Model(inputs=X_input, outputs=X, name='ResNet50')
