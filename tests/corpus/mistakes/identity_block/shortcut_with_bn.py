# exercise: identity_block
# title: the shortcut has a normalization
# expect: shortcut | BatchNormalization | extra | -

from keras.initializers import GlorotUniform


def identity_block(X, f, filters, stage, block):
    """Three convolutions on the main path; the input is added back at the end."""
    filters_a, filters_b, filters_c = filters
    suffix = "{}{}_branch".format(stage, block)
    skip = X

    # --- 2a: squeeze ---
    out = Conv2D(
        filters=filters_a,
        kernel_size=1,
        strides=1,
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
        kernel_initializer=GlorotUniform(seed=0),
        name="res" + suffix + "2c",
    )(out)
    out = BatchNormalization(axis=-1, name="bn" + suffix + "2c")(out)

    # --- join ---
    skip = BatchNormalization(name="bn" + suffix + "1")(skip)
    out = Add()([out, skip])
    out = ReLU()(out)
    return out
