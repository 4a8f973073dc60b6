# exercise: identity_block
# title: ReLU as keras.activations.relu, called

def identity_block(X, f, filters, stage, block):
    def unit(t, width, window, tail, last=False):
        place = f"{stage}{block}_branch{tail}"
        t = Conv2D(width, window, padding="same", name=f"res{place}", kernel_initializer=glorot_uniform(seed=0))(t)
        t = BatchNormalization(name=f"bn{place}")(t)
        return t if last else ReLU()(t)

    first, second, third = filters
    out = unit(X, first, 1, "2a")
    out = unit(out, second, f, "2b")
    out = unit(out, third, 1, "2c", last=True)
    return keras.activations.relu(out + X)
