# exercise: convolutional_block
# title: 2c is normalized twice, and 2a looks at f by f
# expect: 2c | BatchNormalization | extra | -
# expect: 2a | Conv2D | wrong setting | kernel_size
# expect: 2a | Conv2D | wrong setting | padding
# why: the helper pads every convolution, so 'same' comes with the wider window; the table asks 2a for 'valid', which is the same for a 1x1 window

def convolutional_block(X, f, filters, stage, block, s=2):
    def conv_norm(t, width, window, step, tail):
        place = f"{stage}{block}_branch{tail}"
        t = Conv2D(width, window, strides=step, padding="same", name=f"res{place}",
                   kernel_initializer=glorot_uniform(seed=0))(t)
        return BatchNormalization(name=f"bn{place}")(t)

    first, second, third = filters
    other = conv_norm(X, third, 1, s, "1")
    out = ReLU()(conv_norm(X, first, f, s, "2a"))
    out = ReLU()(conv_norm(out, second, f, 1, "2b"))
    out = layers.BatchNormalization()(conv_norm(out, third, 1, 1, "2c"))
    return ReLU()(out + other)
