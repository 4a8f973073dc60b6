# exercise: identity_block
# title: both tensors are returned
# error: wrong-type

def identity_block(X, f, filters, stage, block):
    start = glorot_uniform(seed=0)
    tag = "%d%s_branch" % (stage, block)

    a_conv = Conv2D(filters[0], 1, name="res" + tag + "2a", kernel_initializer=start)(X)
    a_norm = BatchNormalization(axis=-1, name="bn" + tag + "2a")(a_conv)
    a_relu = ReLU()(a_norm)

    b_conv = Conv2D(filters[1], f, padding="same", name="res" + tag + "2b", kernel_initializer=start)(a_relu)
    b_norm = BatchNormalization(axis=-1, name="bn" + tag + "2b")(b_conv)
    b_relu = ReLU()(b_norm)

    c_conv = Conv2D(filters[2], 1, name="res" + tag + "2c", kernel_initializer=start)(b_relu)
    c_norm = BatchNormalization(axis=-1, name="bn" + tag + "2c")(c_conv)

    both = Add()([c_norm, X])
    return ReLU()(both), X
