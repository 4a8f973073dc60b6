# exercise: convolutional_block
# title: the shortcut starts behind 2a, and 2c has a ReLU
# expect: shortcut | Conv2D | wrong wiring | -
# expect: 2c | ReLU | extra | -
# raises: yes
# why: where s is not 1 the image is made smaller twice on that way

def convolutional_block(X, f, filters, stage, block, s=2):
    start = glorot_uniform(seed=0)
    tag = "%d%s_branch" % (stage, block)

    a_conv = Conv2D(filters[0], 1, strides=s, name="res" + tag + "2a", kernel_initializer=start)(X)
    a_norm = BatchNormalization(axis=-1, name="bn" + tag + "2a")(a_conv)
    a_relu = ReLU()(a_norm)

    side_conv = Conv2D(filters[2], 1, strides=s, name="res" + tag + "1", kernel_initializer=start)(a_relu)
    side = BatchNormalization(axis=-1, name="bn" + tag + "1")(side_conv)

    b_conv = Conv2D(filters[1], f, padding="same", name="res" + tag + "2b", kernel_initializer=start)(a_relu)
    b_norm = BatchNormalization(axis=-1, name="bn" + tag + "2b")(b_conv)
    b_relu = ReLU()(b_norm)

    c_conv = Conv2D(filters[2], 1, name="res" + tag + "2c", kernel_initializer=start)(b_relu)
    c_norm = BatchNormalization(axis=-1, name="bn" + tag + "2c")(c_conv)

    both = Add()([ReLU()(c_norm), side])
    return ReLU()(both)
