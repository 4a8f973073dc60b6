# exercise: identity_block
# title: settings kept in dictionaries

from keras.initializers import GlorotUniform


def identity_block(X, f, filters, stage, block):
    common = dict(strides=(1, 1), kernel_initializer=GlorotUniform(seed=0))
    settings = {
        "2a": {"filters": filters[0], "kernel_size": (1, 1), "padding": "valid"},
        "2b": {"filters": filters[1], "kernel_size": (f, f), "padding": "same"},
        "2c": {"filters": filters[2], "kernel_size": (1, 1), "padding": "valid"},
    }
    tensors = {"in": X}
    last = "in"
    for letter, own in settings.items():
        t = Conv2D(**common, **own, name=f"res{stage}{block}_branch{letter}")(tensors[last])
        t = BatchNormalization(axis=3, name=f"bn{stage}{block}_branch{letter}")(t)
        tensors[letter] = t if letter == "2c" else Activation("relu")(t)
        last = letter
    return Activation("relu")(Add()([tensors["2c"], tensors["in"]]))
