# exercise: convolutional_block
# title: helpers stand outside the function

def conv_bn(x, filters, kernel, tag, strides=1, padding="valid"):
    x = layers.Conv2D(filters, kernel, strides=strides, padding=padding, name="res" + tag,
                      kernel_initializer=keras.initializers.GlorotUniform(seed=0))(x)
    return layers.BatchNormalization(axis=-1, name="bn" + tag)(x)

def conv_bn_relu(*args, **kwargs):
    return layers.Activation("relu")(conv_bn(*args, **kwargs))

def convolutional_block(X, f, filters, stage, block, s=2):
    tag = str(stage) + block + "_branch"
    main = conv_bn_relu(X, filters[0], 1, tag + "2a", strides=s)
    main = conv_bn_relu(main, filters[1], f, tag + "2b", padding="same")
    main = conv_bn(main, filters[2], 1, tag + "2c")
    short = conv_bn(X, filters[2], 1, tag + "1", strides=s)
    return layers.Activation("relu")(layers.add([main, short]))
