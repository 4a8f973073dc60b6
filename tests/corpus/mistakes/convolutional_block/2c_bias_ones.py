# exercise: convolutional_block
# title: third convolution's bias starts at 1
# expect: 2c | Conv2D | wrong setting | bias_initializer

from keras.initializers import GlorotUniform


def convolutional_block(X, f, filters, stage, block, s=2):
    """Like the identity block, but the shortcut is projected to the new shape."""
    filters_a, filters_b, filters_c = filters
    suffix = "{}{}_branch".format(stage, block)
    skip = X

    # --- 2a: squeeze ---
    out = Conv2D(
        filters=filters_a,
        kernel_size=1,
        strides=s,
        padding="valid",
        kernel_initializer=GlorotUniform(seed=0),
        name="res" + suffix + "2a",
    )(X)
    out = BatchNormalization(axis=-1, name="bn" + suffix + "2a")(out)
    out = ReLU()(out)

    # --- 2b: look around ---
    out = Conv2D(
        filters=filters_b,
        kernel_size=f,
        strides=1,
        padding="same",
        kernel_initializer=GlorotUniform(seed=0),
        name="res" + suffix + "2b",
    )(out)
    out = BatchNormalization(axis=-1, name="bn" + suffix + "2b")(out)
    out = ReLU()(out)

    # --- 2c: expand ---
    out = Conv2D(
        filters=filters_c,
        kernel_size=1,
        strides=1,
        padding="valid",
        bias_initializer="ones",
        kernel_initializer=GlorotUniform(seed=0),
        name="res" + suffix + "2c",
    )(out)
    out = BatchNormalization(axis=-1, name="bn" + suffix + "2c")(out)

    # --- shortcut ---
    skip = Conv2D(
        filters=filters_c,
        kernel_size=1,
        strides=s,
        padding="valid",
        kernel_initializer=GlorotUniform(seed=0),
        name="res" + suffix + "1",
    )(skip)
    skip = BatchNormalization(axis=-1, name="bn" + suffix + "1")(skip)

    # --- join ---
    out = Add()([out, skip])
    out = ReLU()(out)
    return out
