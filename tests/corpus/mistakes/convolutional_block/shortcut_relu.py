# exercise: convolutional_block
# title: 捷径后面有 ReLU
# expect: shortcut | ReLU | extra | -

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
    X_side = component(X, F3, 1, "1", stride=s)
    X_main = Add()([X_main, X_side])
    return Activation("relu")(X_main)
