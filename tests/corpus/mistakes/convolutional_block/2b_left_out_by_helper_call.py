# exercise: convolutional_block
# title: 2b's result is not kept
# expect: 2b | Conv2D | missing | -

def convolutional_block(X, f, filters, stage, block, s=2):
    def conv_norm(t, width, window, step, tail):
        place = f"{stage}{block}_branch{tail}"
        t = Conv2D(width, window, strides=step, padding="same", name=f"res{place}",
                   kernel_initializer=glorot_uniform(seed=0))(t)
        return BatchNormalization(name=f"bn{place}")(t)

    first, second, third = filters
    other = conv_norm(X, third, 1, s, "1")
    out = ReLU()(conv_norm(X, first, 1, s, "2a"))
    ReLU()(conv_norm(out, second, f, 1, "2b"))
    out = conv_norm(out, third, 1, 1, "2c")
    return ReLU()(out + other)
