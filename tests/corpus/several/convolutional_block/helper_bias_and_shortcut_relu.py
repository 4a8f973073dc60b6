# exercise: convolutional_block
# title: no bias anywhere, and a ReLU on the shortcut
# expect: 2a | Conv2D | wrong setting | use_bias
# also: 2b, 2c, shortcut
# expect: shortcut | ReLU | extra | -

def convolutional_block(X, f, filters, stage, block, s=2):
    def conv_norm(t, width, window, step, tail):
        place = f"{stage}{block}_branch{tail}"
        t = Conv2D(width, window, strides=step, padding="same", use_bias=False, name=f"res{place}",
                   kernel_initializer=glorot_uniform(seed=0))(t)
        return BatchNormalization(name=f"bn{place}")(t)

    first, second, third = filters
    other = ReLU()(conv_norm(X, third, 1, s, "1"))
    out = ReLU()(conv_norm(X, first, 1, s, "2a"))
    out = ReLU()(conv_norm(out, second, f, 1, "2b"))
    out = conv_norm(out, third, 1, 1, "2c")
    return ReLU()(out + other)
