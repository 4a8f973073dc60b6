# exercise: identity_block
# title: functools.reduce over a pipeline of layers and lambdas

from keras.initializers import GlorotUniform
from functools import reduce

def identity_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    name = lambda kind, letter: "".join([kind, str(stage), block, "_branch", letter])
    conv = lambda n, k, letter: lambda t: layers.Conv2D(n, k, padding="same", name=name("res", letter),
                                                         kernel_initializer=GlorotUniform(seed=0))(t)
    norm = lambda letter: layers.BatchNormalization(name=name("bn", letter))
    steps = [
        conv(F1, 1, "2a"), norm("2a"), layers.ReLU(),
        conv(F2, f, "2b"), norm("2b"), layers.ReLU(),
        conv(F3, 1, "2c"), norm("2c"),
        lambda t: t + X,
        layers.ReLU(),
    ]
    return reduce(lambda t, step: step(t), steps, X)
