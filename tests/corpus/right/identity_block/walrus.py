# exercise: identity_block
# title: walrus assignments

from keras.initializers import GlorotUniform


def identity_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    tag = f"{stage}{block}_branch"
    y = Conv2D(F1, 1, name=(n := f"res{tag}") + "2a", kernel_initializer=(g := GlorotUniform(seed=0)))(skip := X)
    y = ReLU()(BatchNormalization(name=(b := f"bn{tag}") + "2a")(y))
    y = Conv2D(F2, f, padding="same", name=n + "2b", kernel_initializer=g)(y)
    y = ReLU()(BatchNormalization(name=b + "2b")(y))
    y = Conv2D(F3, 1, name=n + "2c", kernel_initializer=g)(y)
    y = BatchNormalization(name=b + "2c")(y)
    return ReLU()(Add()([y, skip]))
