# exercise: convolutional_block
# title: 2b is dilated, and the shortcut's normalization is told training=False
# expect: 2b | Conv2D | wrong setting | dilation_rate
# expect: shortcut | BatchNormalization | wrong setting | training

def convolutional_block(X, f, filters, stage, block, s=2):
    start = glorot_uniform(seed=0)
    tag = "%d%s_branch" % (stage, block)

    side_conv = Conv2D(filters[2], 1, strides=s, name="res" + tag + "1", kernel_initializer=start)(X)
    side = BatchNormalization(axis=-1, name="bn" + tag + "1")(side_conv, training=False)

    a_conv = Conv2D(filters[0], 1, strides=s, name="res" + tag + "2a", kernel_initializer=start)(X)
    a_norm = BatchNormalization(axis=-1, name="bn" + tag + "2a")(a_conv)
    a_relu = ReLU()(a_norm)

    b_conv = Conv2D(filters[1], f, dilation_rate=2, padding="same", name="res" + tag + "2b", kernel_initializer=start)(a_relu)
    b_norm = BatchNormalization(axis=-1, name="bn" + tag + "2b")(b_conv)
    b_relu = ReLU()(b_norm)

    c_conv = Conv2D(filters[2], 1, name="res" + tag + "2c", kernel_initializer=start)(b_relu)
    c_norm = BatchNormalization(axis=-1, name="bn" + tag + "2c")(c_conv)

    both = Add()([c_norm, side])
    return ReLU()(both)
