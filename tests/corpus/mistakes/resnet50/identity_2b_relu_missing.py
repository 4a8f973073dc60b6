# exercise: resnet50
# title: the identity block's second component has no ReLU
# expect: stage 2, block b, 2b | ReLU | missing | -
# also: everywhere

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


def ResNet50(input_shape=(64, 64, 3), classes=6):
    def group(x, widths, stage, count, s):
        """One convolutional block, then identity blocks up to `count` blocks in all."""
        x = convolutional_block(x, f=3, filters=widths, stage=stage, block="a", s=s)
        for i in range(1, count):
            x = identity_block(x, f=3, filters=widths, stage=stage, block=chr(ord("a") + i))
        return x

    image = Input(input_shape)
    h = ZeroPadding2D(padding=(3, 3))(image)
    h = Conv2D(
        filters=64,
        kernel_size=7,
        strides=2,
        kernel_initializer=GlorotUniform(seed=0),
        name="conv1",
    )(h)
    h = BatchNormalization(axis=-1, name="bn_conv1")(h)
    h = ReLU()(h)
    h = MaxPooling2D(pool_size=3, strides=2)(h)

    h = group(h, [64, 64, 256], stage=2, count=3, s=1)
    h = group(h, [128, 128, 512], stage=3, count=4, s=2)
    h = group(h, [256, 256, 1024], stage=4, count=6, s=2)
    h = group(h, [512, 512, 2048], stage=5, count=3, s=2)

    h = AveragePooling2D(pool_size=2)(h)
    h = Flatten()(h)
    h = Dense(
        classes,
        activation="softmax",
        kernel_initializer=GlorotUniform(seed=0),
        name="fc{}".format(classes),
    )(h)

    return Model(image, h)
