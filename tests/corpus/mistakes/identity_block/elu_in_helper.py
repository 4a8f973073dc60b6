# exercise: identity_block
# title: helper's activation is elu
# expect: 2a | ReLU | missing | - || 2a | ReLU | wrong setting | activation || 2a | Activation | extra | -
# also: 2b

def identity_block(X, f, filters, stage, block):
    # 卷积 + 批归一化 (+ ReLU) 写成一个小函数
    def component(x, n, k, letter, padding="valid", relu=True):
        x = Conv2D(n, (k, k), padding=padding, name="res%d%s_branch%s" % (stage, block, letter),
                   kernel_initializer=glorot_uniform(seed=0))(x)
        x = BatchNormalization(axis=3, name="bn%d%s_branch%s" % (stage, block, letter))(x)
        if relu:
            x = Activation("elu")(x)
        return x

    F1, F2, F3 = filters
    X_main = component(X, F1, 1, "2a")
    X_main = component(X_main, F2, f, "2b", padding="same")
    X_main = component(X_main, F3, 1, "2c", relu=False)
    X_main = Add()([X_main, X])
    return Activation("relu")(X_main)
