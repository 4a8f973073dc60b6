# exercise: resnet50
# title: the network is a list of functions run by functools.reduce
# why: inputs and outputs are lists of one

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
    out = Add()([out, skip])
    out = ReLU()(out)
    return out


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


from functools import partial, reduce


def ResNet50(input_shape=(64, 64, 3), classes=6):
    g = GlorotUniform(seed=0)
    network = [
        ZeroPadding2D(3),
        Conv2D(64, 7, strides=2, name="conv1", kernel_initializer=g),
        BatchNormalization(name="bn_conv1"),
        Activation("relu"),
        MaxPooling2D(3, strides=2),
    ]
    for stage, width, count in [(2, 64, 3), (3, 128, 4), (4, 256, 6), (5, 512, 3)]:
        widths = [width, width, width * 4]
        network.append(partial(convolutional_block, f=3, filters=widths, stage=stage, block="a", s=1 if stage == 2 else 2))
        network += [partial(identity_block, f=3, filters=widths, stage=stage, block=b) for b in "bcdef"[:count - 1]]
    network += [AveragePooling2D(2), Flatten(), Dense(classes, name=f"fc{classes}", activation=keras.activations.softmax, kernel_initializer=g)]
    X = Input(input_shape)
    return Model(inputs=[X], outputs=[reduce(lambda t, layer: layer(t), network, X)])
