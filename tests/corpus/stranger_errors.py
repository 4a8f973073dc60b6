"""Answers as strangers write them, which raise or give something that can't be used. See strangers.py."""

from __future__ import annotations

from .told import (
    BACKWARD,
    BLOCK,
    CONV,
    ENCODER,
    FORWARD,
    LOSS,
    NETWORK,
    PRE,
    SEPARABLE,
    UP,
    Stranger,
)

SHORT = "    X_shortcut = X\n"
SUM = "Add()([X, X_shortcut])"
ACT = """    X_shortcut = X
    act = lambda t: Activation("relu")
    conv = lambda t: Conv2D(3, 1)(t)
    X = conv(act(X))
"""
NOISE = """from keras.layers import GaussianNoise
    X = GaussianNoise(0.1)
    X = Activation('relu')(X)"""

CALLS = (
    Stranger(
        "a layer's bracket closes too late",
        BLOCK,
        ("is called on `X`: the bracket that closes the layer stands too late",),
        (
            (
                'name=conv_name_base + "2c",\n               kernel_initializer=glorot_uniform(seed=0))(X)',
                'name=conv_name_base + "2c",\n               kernel_initializer=glorot_uniform(seed=0)(X))',
            ),
        ),
    ),
    Stranger("square brackets", BLOCK, ("`Add()([X, X_shortcut])`",), ((SUM, "Add()[X, X_shortcut]"),), at="Add()["),
    Stranger(
        "Add made of the list", BLOCK, ("`Add()([X, X_shortcut])`",), ((SUM, "Add([X, X_shortcut])()"),), never=("[[",)
    ),
    Stranger(
        "two lists of one", BLOCK, ("`Add()([X, X_shortcut])`",), ((SUM, "Add()([X], [X_shortcut])"),), never=("[[",)
    ),
    Stranger(
        "half a filter",
        BLOCK,
        ("`filters` of Conv2D must be whole",),
        (("Conv2D(F2,", "Conv2D(F2 * 1.0,"),),
        never=("Input",),
    ),
    Stranger("half a stride", CONV, ("Conv2D(..., strides=...)",), (("strides=(s, s)", "strides=(s / 1, s / 1)"),)),
    Stranger(
        "a letter for a number",
        BLOCK,
        ("the text 'a', which is none",),
        ((SHORT, f"{SHORT}    number = int(block)\n"),),
    ),
    Stranger(
        "its shape asked of a tensor",
        BLOCK,
        ("Its shape is `X.shape`",),
        ((SHORT, f"{SHORT}    size = X.get_shape()\n"),),
    ),
    Stranger("a tensor cloned", BLOCK, ("`X_shortcut = X` keeps it",), ((SHORT, "    X_shortcut = X.clone()\n"),)),
    Stranger("int_shape", BLOCK, ("Today one writes `X.shape`",), ((SHORT, f"{SHORT}    size = K.int_shape(X)\n"),)),
    Stranger(
        "tfl", BLOCK, ("how other notebooks call `keras.layers`", "`Add`"), ((SUM, "tfl.Add()([X, X_shortcut])"),)
    ),
    Stranger(
        "the F of the formula",
        BLOCK,
        ("`F` is not defined",),
        ((f"X = {SUM}", "X = F(X) + X_shortcut"),),
        never=("Did you mean `f`",),
    ),
    Stranger(
        "PyTorch's layer", BLOCK, ("such as `BatchNormalization`",), ((f"X = {SUM}", "X = nn.BatchNorm2d(F3)(X)"),)
    ),
    Stranger(
        "yield",
        BLOCK,
        ("A `yield` makes identity_block a generator",),
        (("    return X", "    yield X"),),
        at="yield X",
    ),
    Stranger(
        "tf.function",
        BLOCK,
        ("`@tf.function` above the function",),
        (("def identity_block(", "@tf.function\ndef identity_block("),),
    ),
    Stranger(
        "the examples counted in Input",
        NETWORK,
        ("has one axis too many",),
        (("Input(input_shape)", "Input((None, *input_shape))"),),
    ),
    Stranger(
        "Input's shape by another name",
        NETWORK,
        ("It is called `shape`",),
        (("Input(input_shape)", "Input(input_shape=input_shape)"),),
    ),
    Stranger(
        "a helper that gives back a layer",
        PRE,
        ("`act` gives back a layer and no tensor", 'makes `Activation("relu")`'),
        ((SHORT, ACT),),
    ),
    Stranger(
        "a depthwise convolution with filters",
        SEPARABLE,
        ("takes no number of filters",),
        (("        f, strides", "        filters, f, strides"),),
    ),
    Stranger(
        "a depthwise kernel by the usual name",
        SEPARABLE,
        ("Did you mean `depthwise_initializer`",),
        (("depthwise_initializer", "kernel_initializer"),),
    ),
    Stranger("stride", SEPARABLE, ("It is called `strides`",), (("strides=stride", "stride=stride"),)),
    Stranger(
        "a depthwise convolution not called",
        SEPARABLE,
        ("`X` is a layer, not a tensor",),
        (("    )(X)", "    )"),),
        never=("return`",),
    ),
    Stranger(
        "a layer that the kit does not know, not called",
        BLOCK,
        ("on the layer GaussianNoise itself",),
        ((f"X = {SUM}", NOISE),),
        never=("return`",),
    ),
    Stranger(
        "a class in a list of layers",
        SEPARABLE,
        ("`BatchNormalization` in line 3 is the class and no layer",),
        code="""
def separable_block(X, f, filters, stride):
    first = DepthwiseConv2D(f, strides=stride, padding="same", use_bias=False)
    for layer in [first, BatchNormalization, ReLU()]:
        X = layer(X)
    return X
""",
    ),
    Stranger(
        "not imported there either",
        SEPARABLE,
        ("if not, the exercise does without it",),
        (("X = ReLU()(X)\n\n", "X = tf.nn.relu6(X)\n\n"),),
        at="tf.nn",
    ),
    Stranger(
        "a layer's name misspelt", UP, ("Did you mean `Conv2DTranspose`",), (("Conv2DTranspose(", "Conv2DTranpose("),)
    ),
    Stranger(
        "made of both tensors",
        UP,
        ("`Concatenate()([X, skip])`",),
        (("Concatenate()([X, skip])", "Concatenate(X, skip)"),),
        never=("NumPy",),
    ),
    Stranger(
        "NumPy on tensors in a list",
        UP,
        ("`np.concatenate` is called on a tensor",),
        (("Concatenate()([X, skip])", "np.concatenate([X, skip])"),),
    ),
    Stranger(
        "attention to nothing",
        ENCODER,
        ("is called without `value`", "(X, X)`"),
        (("(X, X)\n", "(X)\n"),),
        never=("called on nothing",),
    ),
    Stranger(
        "PyTorch's attention",
        ENCODER,
        ("without its argument `key_dim`", "no argument `embed_dim`"),
        (("(heads, width,", "(num_heads=heads, embed_dim=width,"),),
    ),
    Stranger(
        "epsilon by its place",
        ENCODER,
        ("takes `1e-6` for its `axis`",),
        (("X = LayerNormalization(epsilon=1e-6)", "X = LayerNormalization(1e-6)"),),
    ),
    Stranger(
        "scores not asked for",
        ENCODER,
        ("one tensor, and there are 2 names",),
        (("    attended = Multi", "    attended, scores = Multi"),),
    ),
    Stranger("a shape for a number", ENCODER, ("`X.shape` is a tuple",), (("Dense(X.shape[-1]", "Dense(X.shape"),)),
)

NUMBERS = (
    Stranger(
        "a lost axis",
        LOSS,
        ("`scores.max(axis=1)` in line", "keepdims=True"),
        (("scores.max(axis=1, keepdims=True)", "scores.max(axis=1)"),),
    ),
    Stranger(
        "labels taken for one-hot",
        LOSS,
        ("`labels` (1)",),
        (("    gradient = np", "    scores = scores * labels\n    gradient = np"),),
    ),
    Stranger(
        "math",
        LOSS,
        ("there is `np.exp`",),
        (("np.exp(logarithms)", "math.exp(logarithms)"), ("    examples", "    import math\n    examples")),
    ),
    Stranger(
        "a tensor among the outputs",
        LOSS,
        ("One of the values that cross_entropy returns is of type EagerTensor",),
        (("return loss,", "return keras.ops.mean(scores),"),),
    ),
    Stranger(
        "PyTorch's cast",
        LOSS,
        ("`labels.astype(int)`",),
        (("    examples", "    labels = labels.long()\n    examples"),),
    ),
    Stranger(
        "PyTorch's loss",
        LOSS,
        ("written with NumPy alone",),
        (("    examples", "    loss = F.cross_entropy(scores, labels)\n    examples"),),
        never=("layers of Keras",),
    ),
    Stranger(
        "labels that are not whole",
        LOSS,
        ("must be whole numbers",),
        (("[np.arange(examples), labels].mean", "[np.arange(examples), labels / 1].mean"),),
    ),
    Stranger(
        "two values for three",
        FORWARD,
        ("returns 2 values",),
        (("+ beta, moving_mean, moving_variance", "+ beta, moving_mean"),),
        never=("tuple of 2",),
    ),
    Stranger(
        "a list among the outputs",
        BACKWARD,
        ("is of type list",),
        (("return dx,", "return dx.tolist(),"),),
        never=("5 values",),
    ),
    Stranger(
        "a word for a truth value",
        FORWARD,
        ("`mean` has no value here", "inside an `if`"),
        (("if training:", 'if training == "train":'), ("    else:", '    elif training == "test":')),
    ),
    Stranger("eps", FORWARD, ("Did you mean `epsilon`",), (("variance + epsilon", "variance + eps"),)),
    Stranger(
        "rows by columns",
        BACKWARD,
        ("multiply rows by columns",),
        (("dgamma = (dout * normalized).sum(axis=axes)", "dgamma = np.dot(dout, normalized)"),),
    ),
)

ERRORS = (*CALLS, *NUMBERS)
