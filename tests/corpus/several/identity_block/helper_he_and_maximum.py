# exercise: identity_block
# title: he_normal everywhere, and Maximum where Add belongs
# expect: 2a | Conv2D | wrong setting | kernel_initializer
# also: 2b, 2c
# expect: add | Add | missing | - || add | Maximum | extra | -

def identity_block(X, f, filters, stage, block):
    def unit(t, width, window, tail, last=False):
        place = f"{stage}{block}_branch{tail}"
        t = Conv2D(width, window, padding="same", name=f"res{place}", kernel_initializer="he_normal")(t)
        t = BatchNormalization(name=f"bn{place}")(t)
        return t if last else ReLU()(t)

    first, second, third = filters
    out = unit(X, first, 1, "2a")
    out = unit(out, second, f, "2b")
    out = unit(out, third, 1, "2c", last=True)
    return ReLU()(layers.Maximum()([out, X]))
