# exercise: convolutional_block
# title: main() and shortcut() are nested functions; int(s)

from keras.initializers import GlorotUniform


def convolutional_block(X, f, filters, stage, block, s=2):
    """relu(main + shortcut), both seen from X."""
    F1, F2, F3 = [int(n) for n in filters]
    s = int(s)

    def conv(x, n, k, branch, **more):
        return Conv2D(n, k, kernel_initializer=GlorotUniform(seed=0), name=f"res{stage}{block}_branch{branch}", **more)(x)

    def norm(x, branch):
        return BatchNormalization(axis=len(x.shape) - 1, name=f"bn{stage}{block}_branch{branch}")(x)

    def main():
        x = ReLU()(norm(conv(X, F1, 1, "2a", strides=s), "2a"))
        x = ReLU()(norm(conv(x, F2, f, "2b", padding="same"), "2b"))
        return norm(conv(x, F3, 1, "2c"), "2c")

    def shortcut():
        return norm(conv(X, F3, 1, "1", strides=s), "1")

    return ReLU()(Add()([main(), shortcut()]))
