# exercise: convolutional_block
# title: the shortcut is computed between 2a and 2b; other variable names

def convolutional_block(X, f, filters, stage, block, s=2):
    # 过滤器
    n_a, n_b, n_c = filters[0], filters[1], filters[2]
    conv_name = "res" + str(stage) + block + "_branch"
    bn_name = "bn" + str(stage) + block + "_branch"

    a = Conv2D(n_a, kernel_size=(1, 1), strides=(s, s), name=conv_name + "2a", kernel_initializer=glorot_uniform(seed=0))(X)
    a = BatchNormalization(axis=3, name=bn_name + "2a")(a)
    a = Activation("relu")(a)

    # 捷径先算好
    short = Conv2D(n_c, kernel_size=(1, 1), strides=(s, s), name=conv_name + "1", kernel_initializer=glorot_uniform(seed=0))(X)
    short = BatchNormalization(axis=3, name=bn_name + "1")(short)

    b = Conv2D(n_b, kernel_size=(f, f), padding="same", name=conv_name + "2b", kernel_initializer=glorot_uniform(seed=0))(a)
    b = BatchNormalization(axis=3, name=bn_name + "2b")(b)
    b = Activation("relu")(b)

    c = Conv2D(n_c, kernel_size=(1, 1), name=conv_name + "2c", kernel_initializer=glorot_uniform(seed=0))(b)
    c = BatchNormalization(axis=3, name=bn_name + "2c")(c)

    return Activation("relu")(Add()([c, short]))
