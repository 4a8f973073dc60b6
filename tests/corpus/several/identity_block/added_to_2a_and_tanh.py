# exercise: identity_block
# title: 2a's ReLU is tanh, and the sum takes 2a's output for the block's input
# expect: 2a | ReLU | missing | - || 2a | Tanh | extra | - || 2a | ReLU | wrong setting | activation
# expect: add | Add | wrong wiring | -
# raises: yes

def identity_block(X, f, filters, stage, block):
    start = glorot_uniform(seed=0)
    tag = "%d%s_branch" % (stage, block)

    a_conv = Conv2D(filters[0], 1, name="res" + tag + "2a", kernel_initializer=start)(X)
    a_norm = BatchNormalization(axis=-1, name="bn" + tag + "2a")(a_conv)
    a_relu = Activation("tanh")(a_norm)

    b_conv = Conv2D(filters[1], f, padding="same", name="res" + tag + "2b", kernel_initializer=start)(a_relu)
    b_norm = BatchNormalization(axis=-1, name="bn" + tag + "2b")(b_conv)
    b_relu = ReLU()(b_norm)

    c_conv = Conv2D(filters[2], 1, name="res" + tag + "2c", kernel_initializer=start)(b_relu)
    c_norm = BatchNormalization(axis=-1, name="bn" + tag + "2c")(c_conv)

    both = Add()([c_norm, a_relu])
    return ReLU()(both)
