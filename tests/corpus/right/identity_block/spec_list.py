# exercise: identity_block
# title: a loop over a list of component specifications
# why: 'same' with a 1x1 window equals 'valid'

def identity_block(X, f, filters, stage, block):
    spec = [
        # letter, filters, window, relu
        ("2a", filters[0], 1, True),
        ("2b", filters[1], f, True),
        ("2c", filters[2], 1, False),
    ]
    out = X
    for letter, n, k, relu in spec:
        out = Conv2D(n, k, padding="same", name=f"res{stage}{block}_branch{letter}",
                     kernel_initializer=glorot_uniform(seed=0))(out)
        out = BatchNormalization(axis=3, name=f"bn{stage}{block}_branch{letter}")(out)
        if relu:
            out = Activation("relu")(out)
    return Activation("relu")(Add()([out, X]))
