"""Answers as strangers write them, that reports once told wrongly: each with what its report has to say, and must not.

Written down before they were judged: the step, the cause, the line. See told.py for what the parts of each mean. Those
here build something, or can't be called; those that raise stand in stranger_errors.py.
"""

from __future__ import annotations

from .stranger_errors import ERRORS
from .told import (
    BACKWARD,
    BLOCK,
    CONV,
    ENCODER,
    LOSS,
    NETWORK,
    UP,
    Stranger,
)

RELU = 'X = Activation("relu")(X)'
SHORT = "    X_shortcut = X\n"
SUM = "Add()([X, X_shortcut])"
ROUNDS = """    for letter in "bcdef":
        X = identity_block(X, f=3, filters=[256, 256, 1024], stage=4, block=letter)
"""

FIRST_LINES = (
    Stranger(
        "a method's self",
        BLOCK,
        ("asks for self, which nobody passes",),
        (("(X, f, filters, stage, block)", "(self, X, f, filters, stage, block)"),),
        never=("another order",),
    ),
    Stranger(
        "stage and block behind **",
        BLOCK,
        ("has no place for stage, block", "the rest was looked at all the same"),
        (
            ("(X, f, filters, stage, block)", "(X, f, filters, **names)"),
            (
                "    F1, F2, F3 = filters\n",
                '    F1, F2, F3 = filters\n    stage, block = names["stage"], names["block"]\n',
            ),
        ),
    ),
)

STRUCTURE = (
    Stranger(
        "blocks made side by side in a list",
        NETWORK,
        ("makes several of these from one and the same tensor", "the blocks 'b', 'c', 'd', 'e'"),
        (
            (
                ROUNDS,
                '    made = [identity_block(X, 3, [256, 256, 1024], 4, one) for one in "bcdef"]\n    X = made[-1]\n',
            ),
        ),
        at="made = [identity_block",
        never=("listcomp", "is not used after that"),
        findings=1,
    ),
    Stranger(
        "a line behind a return",
        BLOCK,
        ("ReLU is missing", "stands behind a `return` and is never reached"),
        ((f"    X = {SUM}\n    {RELU}", f"    X = {SUM}\n    return X\n    {RELU}"),),
    ),
    Stranger(
        "normalizations before attention and the dense layers",
        ENCODER,
        ("the exercise asks for no LayerNormalization here", "known as pre-norm"),
        code="""
def encoder_layer(X, heads, width, units, rate):
    normed = LayerNormalization(epsilon=1e-6)(X)
    attended = MultiHeadAttention(heads, width, kernel_initializer=glorot_uniform(seed=0))(normed, normed)
    X = Add()([X, Dropout(rate)(attended)])
    inner = LayerNormalization(epsilon=1e-6)(X)
    inner = Dense(units, activation="gelu", kernel_initializer=glorot_uniform(seed=1))(inner)
    inner = Dense(X.shape[-1], kernel_initializer=glorot_uniform(seed=2))(inner)
    return Add()([X, Dropout(rate)(inner)])
""",
    ),
    Stranger(
        "an error that nobody sees",
        BLOCK,
        ("Add is missing", "the `except` in line", "goes on as if nothing had been wrong"),
        (
            (
                f"    X = {SUM}\n",
                "    try:\n        X = Add()(X, X_shortcut)\n    except Exception:\n        pass\n",
            ),
        ),
    ),
    Stranger(
        "the shortcut's convolution has the name of 2c",
        CONV,
        ("Shortcut", "the name of Conv2D is", "'res1a_branch1'"),
        (('name=conv_name_base + "1"', 'name=conv_name_base + "2c"'),),
        at="X_shortcut = Conv2D",
        findings=1,
    ),
    Stranger(
        "a ready-made network",
        NETWORK,
        ("the name of Conv2D is 'conv1_conv'", "more."),
        code="""
def ResNet50(input_shape=(64, 64, 3), classes=6):
    return keras.applications.ResNet50(weights=None, input_shape=input_shape, classes=classes)
""",
        findings=7,
    ),
    Stranger("a copy of the tensor", BLOCK, changes=((SHORT, "    X_shortcut = keras.ops.copy(X)\n"),), right=True),
    Stranger(
        "a copy that is not connected",
        BLOCK,
        ("a copy of a tensor",),
        ((SHORT, "    import copy\n    X_shortcut = copy.deepcopy(X)\n"),),
        at="Add()",
    ),
    Stranger(
        "a sum where tensors are laid side by side",
        UP,
        ("Add stands where the exercise asks for Concatenate",),
        (("Concatenate()", "Add()"),),
        never=("in another order",),
        findings=1,
    ),
    Stranger(
        "no stride on the way up",
        UP,
        ("the stride (strides) of Conv2DTranspose is (1, 1)", "What is named above leads to this"),
        (("strides=2, ", ""),),
        at="Conv2DTranspose",
        findings=1,
    ),
    Stranger(
        "the skip is cropped",
        UP,
        ("asks for no Cropping2D here",),
        (("    X = Concat", "    skip = keras.layers.Cropping2D(1)(skip)\n    X = Concat"),),
        at="Cropping2D",
        findings=1,
    ),
    Stranger(
        "laid side by side along the height",
        UP,
        ("the axis of Concatenate is 1",),
        (("Concatenate()", "Concatenate(axis=1)"),),
        at="Concatenate",
        never=("no axis 1",),
    ),
    Stranger(
        "a normalization before attention",
        ENCODER,
        ("Attention (line", "asks for no LayerNormalization here"),
        (
            ("(X, X)\n", "(N, N)\n"),
            ("    attended = Multi", "    N = LayerNormalization(epsilon=1e-6)(X)\n    attended = Multi"),
        ),
        never=("Shortcut",),
        findings=1,
    ),
    Stranger(
        "the scores of attention, too",
        ENCODER,
        ("the setting return_attention_scores",),
        (("(X, X)\n", "(X, X, return_attention_scores=True)\n"),),
        never=("Part", "twice"),
    ),
    Stranger(
        "as many units as the sequence is long",
        ENCODER,
        ("the number of units of Dense is 5", "What is named above leads to this"),
        (("Dense(X.shape[-1]", "Dense(X.shape[1]"),),
        never=("strides", "40"),
        findings=1,
    ),
    Stranger(
        "outputs exchanged",
        BACKWARD,
        ("dgamma and dbeta are exchanged",),
        (("return dx, dgamma, dbeta", "return dx, dbeta, dgamma"),),
        findings=1,
    ),
    Stranger(
        "off in the sixth digit",
        LOSS,
        ("loss is 3.72164; it should be 3.72165",),
        (("-logarithms[", "-np.log(np.exp(logarithms) + 1e-8)["),),
    ),
)

ANSWERS = (*FIRST_LINES, *STRUCTURE, *ERRORS)
