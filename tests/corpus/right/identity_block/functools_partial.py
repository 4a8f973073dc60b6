# exercise: identity_block
# title: functools.partial fixes what the convolutions share

from keras.initializers import GlorotUniform
from functools import partial

def identity_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    conv = partial(Conv2D, strides=(1, 1), kernel_initializer=GlorotUniform(0))
    norm = partial(BatchNormalization, axis=3)
    base = "{}{}_branch".format(stage, block)

    x = conv(F1, (1, 1), padding="valid", name="res" + base + "2a")(X)
    x = Activation("relu")(norm(name="bn" + base + "2a")(x))
    x = conv(F2, (f, f), padding="same", name="res" + base + "2b")(x)
    x = Activation("relu")(norm(name="bn" + base + "2b")(x))
    x = conv(F3, (1, 1), padding="valid", name="res" + base + "2c")(x)
    x = norm(name="bn" + base + "2c")(x)
    return Activation("relu")(Add()([x, X]))
