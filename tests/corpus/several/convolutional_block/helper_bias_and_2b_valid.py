# exercise: convolutional_block
# title: 小函数没有偏置；2b 忘了 same
# expect: 2a | Conv2D | wrong setting | use_bias
# also: 2b, 2c, shortcut
# expect: 2b | Conv2D | wrong setting | padding
# raises: yes

def convolutional_block(X, f, filters, stage, block, s=2):
    # 卷积 + 批归一化 (+ ReLU) 写成一个小函数
    def component(x, n, k, letter, stride=1, padding="valid", relu=True):
        x = Conv2D(n, (k, k), strides=(stride, stride), padding=padding, use_bias=False,
                   name="res%d%s_branch%s" % (stage, block, letter),
                   kernel_initializer=glorot_uniform(seed=0))(x)
        x = BatchNormalization(axis=3, name="bn%d%s_branch%s" % (stage, block, letter))(x)
        if relu:
            x = Activation("relu")(x)
        return x

    F1, F2, F3 = filters
    X_main = component(X, F1, 1, "2a", stride=s)
    X_main = component(X_main, F2, f, "2b")
    X_main = component(X_main, F3, 1, "2c", relu=False)
    X_side = component(X, F3, 1, "1", stride=s, relu=False)
    X_main = Add()([X_main, X_side])
    return Activation("relu")(X_main)
