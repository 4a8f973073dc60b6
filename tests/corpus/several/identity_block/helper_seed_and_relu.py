# exercise: identity_block
# title: no seed in the helper, and a ReLU after 2c
# expect: 2a | Conv2D | wrong setting | seed
# also: 2b, 2c
# expect: 2c | ReLU | extra | -

def identity_block(X, f, filters, stage, block):
    # 卷积 + 批归一化 (+ ReLU) 写成一个小函数
    def component(x, n, k, letter, padding="valid", relu=True):
        x = Conv2D(n, (k, k), padding=padding, name="res%d%s_branch%s" % (stage, block, letter),
                   kernel_initializer=glorot_uniform())(x)
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
