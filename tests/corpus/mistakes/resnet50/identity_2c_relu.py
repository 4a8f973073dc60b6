# exercise: resnet50
# title: 恒等块的 2c 多了 ReLU
# expect: stage 2, block b, 2c | ReLU | extra | -
# also: everywhere

def identity_block(X, f, filters, stage, block):
    # 卷积 + 批归一化 (+ ReLU) 写成一个小函数
    def component(x, n, k, letter, padding="valid", relu=True):
        x = Conv2D(n, (k, k), padding=padding, name="res%d%s_branch%s" % (stage, block, letter),
                   kernel_initializer=glorot_uniform(seed=0))(x)
        x = BatchNormalization(axis=3, name="bn%d%s_branch%s" % (stage, block, letter))(x)
        if relu:
            x = Activation("relu")(x)
        return x

    F1, F2, F3 = filters
    X_main = component(X, F1, 1, "2a")
    X_main = component(X_main, F2, f, "2b", padding="same")
    X_main = component(X_main, F3, 1, "2c")
    X_main = Add()([X_main, X])
    return Activation("relu")(X_main)


def convolutional_block(X, f, filters, stage, block, s=2):
    # 卷积 + 批归一化 (+ ReLU) 写成一个小函数
    def component(x, n, k, letter, stride=1, padding="valid", relu=True):
        x = Conv2D(n, (k, k), strides=(stride, stride), padding=padding,
                   name="res%d%s_branch%s" % (stage, block, letter),
                   kernel_initializer=glorot_uniform(seed=0))(x)
        x = BatchNormalization(axis=3, name="bn%d%s_branch%s" % (stage, block, letter))(x)
        if relu:
            x = Activation("relu")(x)
        return x

    F1, F2, F3 = filters
    X_main = component(X, F1, 1, "2a", stride=s)
    X_main = component(X_main, F2, f, "2b", padding="same")
    X_main = component(X_main, F3, 1, "2c", relu=False)
    X_side = component(X, F3, 1, "1", stride=s, relu=False)
    X_main = Add()([X_main, X_side])
    return Activation("relu")(X_main)


def ResNet50(input_shape=(64, 64, 3), classes=6):
    # Define the input as a tensor with shape input_shape
    X_input = Input(shape=input_shape)

    # Zero-Padding
    X = ZeroPadding2D((3, 3))(X_input)

    # Stage 1
    X = Conv2D(64, (7, 7), strides=(2, 2), name='conv1', kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name='bn_conv1')(X)
    X = Activation('relu')(X)
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)

    # Stage 2
    X = convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block='a', s=1)
    X = identity_block(X, 3, [64, 64, 256], stage=2, block='b')
    X = identity_block(X, 3, [64, 64, 256], stage=2, block='c')

    ### START CODE HERE ###
    # Stage 3 (≈4 lines)
    X = convolutional_block(X, f=3, filters=[128, 128, 512], stage=3, block='a', s=2)
    X = identity_block(X, 3, [128, 128, 512], stage=3, block='b')
    X = identity_block(X, 3, [128, 128, 512], stage=3, block='c')
    X = identity_block(X, 3, [128, 128, 512], stage=3, block='d')

    # Stage 4 (≈6 lines)
    X = convolutional_block(X, f=3, filters=[256, 256, 1024], stage=4, block='a', s=2)
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block='b')
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block='c')
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block='d')
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block='e')
    X = identity_block(X, 3, [256, 256, 1024], stage=4, block='f')

    # Stage 5 (≈3 lines)
    X = convolutional_block(X, f=3, filters=[512, 512, 2048], stage=5, block='a', s=2)
    X = identity_block(X, 3, [512, 512, 2048], stage=5, block='b')
    X = identity_block(X, 3, [512, 512, 2048], stage=5, block='c')

    # AVGPOOL (≈1 line)
    X = AveragePooling2D((2, 2))(X)
    ### END CODE HERE ###

    # output layer
    X = Flatten()(X)
    X = Dense(classes, activation='softmax', name='fc' + str(classes), kernel_initializer=glorot_uniform(seed=0))(X)

    # Create model
    return Model(inputs=X_input, outputs=X)
