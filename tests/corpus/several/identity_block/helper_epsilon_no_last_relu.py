# exercise: identity_block
# title: every normalization has epsilon 1e-5, and the sum has no ReLU
# expect: 2a | BatchNormalization | wrong setting | epsilon
# also: 2b, 2c
# expect: add | ReLU | missing | -

def identity_block(X, f, filters, stage, block):
    def unit(t, width, window, tail, last=False):
        place = f"{stage}{block}_branch{tail}"
        t = Conv2D(width, window, padding="same", name=f"res{place}", kernel_initializer=glorot_uniform(seed=0))(t)
        t = BatchNormalization(epsilon=1e-5, name=f"bn{place}")(t)
        return t if last else ReLU()(t)

    first, second, third = filters
    out = unit(X, first, 1, "2a")
    out = unit(out, second, f, "2b")
    out = unit(out, third, 1, "2c", last=True)
    return out + X
