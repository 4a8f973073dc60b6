# exercise: identity_block
# title: a small class with __call__ for a component

from keras.initializers import GlorotUniform


class Component:
    """Convolution and normalization; a ReLU unless told otherwise."""

    def __init__(self, filters, size, where, letter, relu=True):
        self.conv = Conv2D(filters, size, padding="same" if size > 1 else "valid",
                           name="res%s_branch%s" % (where, letter),
                           kernel_initializer=GlorotUniform(seed=0))
        self.norm = BatchNormalization(name="bn%s_branch%s" % (where, letter))
        self.relu = ReLU() if relu else None

    def __call__(self, x):
        x = self.norm(self.conv(x))
        return self.relu(x) if self.relu is not None else x


def identity_block(X, f, filters, stage, block):
    where = str(stage) + block
    path = [
        Component(filters[0], 1, where, "2a"),
        Component(filters[1], f, where, "2b"),
        Component(filters[2], 1, where, "2c", relu=False),
    ]
    out = X
    for component in path:
        out = component(out)
    return ReLU()(Add()([out, X]))
