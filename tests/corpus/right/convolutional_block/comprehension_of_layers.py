# exercise: convolutional_block
# title: layers are made by comprehensions and called in a loop
# why: one ReLU layer is called three times; it holds no weights

from keras.initializers import GlorotUniform


def convolutional_block(X, f, filters, stage, block, s=2):
    letters = ["2a", "2b", "2c", "1"]
    sizes = dict(zip(letters, [1, f, 1, 1]))
    counts = dict(zip(letters, [*filters, filters[-1]]))
    strides = {"2a": s, "1": s}
    conv = {
        k: Conv2D(counts[k], sizes[k], strides=strides.get(k, 1), padding="same",
                  kernel_initializer=GlorotUniform(seed=0), name=f"res{stage}{block}_branch{k}")
        for k in letters
    }
    norm = {k: BatchNormalization(name=f"bn{stage}{block}_branch{k}") for k in letters}
    relu = ReLU()

    y = relu(norm["2a"](conv["2a"](X)))
    y = relu(norm["2b"](conv["2b"](y)))
    y = norm["2c"](conv["2c"](y))
    return relu(Add()([y, norm["1"](conv["1"](X))]))
