"""Wrong answers to blocks-beyond's exercises, and what each is to get. `autograder build blocks-beyond` proves it."""

from autograder.exercises import Mistake, Text

BLOCK = "pre_activation_block"
NORM = "batch_norm_forward"

MISTAKES = (
    # The block: the graph says what is wrong, so a finding's step, kind and setting are all there is to write down.
    Mistake(
        BLOCK,
        "a ReLU after the addition, as in 2015",
        step="add",
        layer="ReLU",
        kind="extra",
        changes=(("return Add()([X, X_shortcut])", 'return Activation("relu")(Add()([X, X_shortcut]))'),),
    ),
    Mistake(
        BLOCK,
        "the shortcut is taken after the first normalization",
        step="add",
        layer="Add",
        kind="wrong wiring",
        changes=(
            ("    X_shortcut = X\n", ""),
            ('name=bn_name_base + "2a")(X)', 'name=bn_name_base + "2a")(X)\n    X_shortcut = X'),
        ),
    ),
    Mistake(
        BLOCK,
        "the shortcut is forgotten",
        step="add",
        layer="Add",
        kind="wrong wiring",
        changes=(("[X, X_shortcut]", "[X, X]"),),
    ),
    Mistake(
        BLOCK,
        "no normalization at the beginning",
        step="2a",
        layer="BatchNormalization",
        kind="missing",
        changes=(('    X = BatchNormalization(axis=3, name=bn_name_base + "2a")(X)\n', ""),),
    ),
    Mistake(
        BLOCK,
        "ReLU before the normalization",
        step="2b",
        kind="wrong order",
        changes=(
            (
                '    X = BatchNormalization(axis=3, name=bn_name_base + "2b")(X)\n    X = Activation("relu")(X)\n',
                '    X = Activation("relu")(X)\n    X = BatchNormalization(axis=3, name=bn_name_base + "2b")(X)\n',
            ),
        ),
    ),
    Mistake(
        BLOCK,
        "no ReLU in the third component, as in 2015",
        step="2c",
        layer="ReLU",
        kind="missing",
        changes=(('"2c")(X)\n    X = Activation("relu")(X)\n', '"2c")(X)\n'),),
    ),
    Mistake(
        BLOCK,
        "the f by f convolution does not pad",
        step="2b",
        layer="Conv2D",
        kind="wrong setting",
        setting="padding",
        changes=(('padding="same"', 'padding="valid"'),),
    ),
    Mistake(
        BLOCK,
        "a normalization named after the wrong component",
        step="2c",
        layer="BatchNormalization",
        kind="wrong setting",
        setting="name",
        changes=(('name=bn_name_base + "2c"', 'name=bn_name_base + "2d"'),),
    ),
    # Batch normalization: an answer with the same values gets the sentence.
    Mistake(
        NORM,
        "variance divided by N - 1",
        step="training",
        sentence=Text(
            "the variance is divided by N - 1 (ddof=1); batch normalization divides by N.",
            zh="方差除以了 N - 1（ddof=1）；批归一化除以 N。",
        ),
        changes=(("x.var(axis=axes)", "x.var(axis=axes, ddof=1)"),),
    ),
    Mistake(
        NORM,
        "mean over the examples alone",
        step="training",
        sentence=Text(
            "mean and variance are taken over axis 0 alone; for images they go over height and width, too.",
            zh="均值和方差只对轴 0 求了；对图片还要对高和宽求。",
        ),
        changes=(("tuple(range(x.ndim - 1))", "0"),),
    ),
    Mistake(
        NORM,
        "epsilon left out",
        step="training",
        sentence=Text(
            "epsilon is left out: it belongs under the square root, beside the variance.",
            zh="漏掉了 epsilon：它应该和方差一起在根号里。",
        ),
        changes=(("np.sqrt(variance + epsilon)", "np.sqrt(variance)"),),
    ),
    Mistake(
        NORM,
        "epsilon outside the square root",
        step="training",
        sentence=Text(
            "epsilon is added to the square root; it belongs under it, beside the variance.",
            zh="epsilon 加在了根号外面；它应该和方差一起在根号里。",
        ),
        changes=(("np.sqrt(variance + epsilon)", "(np.sqrt(variance) + epsilon)"),),
    ),
    Mistake(
        NORM,
        "no square root",
        step="training",
        sentence=Text(
            "the difference is divided by the variance; divide it by the square root of variance plus epsilon.",
            zh="差除以了方差；应该除以（方差加 epsilon）的平方根。",
        ),
        changes=(("np.sqrt(variance + epsilon)", "(variance + epsilon)"),),
    ),
    Mistake(
        NORM,
        "gamma and beta exchanged",
        step="training",
        sentence=Text(
            "gamma and beta are exchanged: gamma multiplies, beta is added.",
            zh="gamma 和 beta 弄反了：gamma 是乘的，beta 是加的。",
        ),
        changes=(("gamma * normalized + beta", "beta * normalized + gamma"),),
    ),
    Mistake(
        NORM,
        "moving averages used in training",
        step="training",
        sentence=Text(
            "it is computed from the moving averages; use the batch's own mean and variance.",
            zh="它是用移动平均来算的；应该用这一批自己的均值和方差。",
        ),
        changes=(
            (
                "moving_variance + (1 - momentum) * variance\n",
                "moving_variance + (1 - momentum) * variance\n        mean, variance = moving_mean, moving_variance\n",
            ),
        ),
    ),
    Mistake(
        NORM,
        "batch statistics used in inference",
        step="inference",
        sentence=Text(
            "it is computed from the batch's own mean and variance; use the moving averages.",
            zh="它是用这一批自己的均值和方差来算的；应该用移动平均。",
        ),
        changes=(
            ("mean, variance = moving_mean, moving_variance", "mean, variance = x.mean(axis=axes), x.var(axis=axes)"),
        ),
    ),
    Mistake(
        NORM,
        "momentum the wrong way round",
        step="averages",
        sentence=Text(
            "momentum is the wrong way round: it is the share of the old average that stays, not that of the batch.",
            zh="momentum 用反了：它是旧的平均保留的份额，不是这一批的份额。",
        ),
        changes=(
            ("momentum * moving_mean + (1 - momentum) * mean", "(1 - momentum) * moving_mean + momentum * mean"),
            (
                "momentum * moving_variance + (1 - momentum) * variance",
                "(1 - momentum) * moving_variance + momentum * variance",
            ),
        ),
    ),
    Mistake(
        NORM,
        "moving averages never updated",
        step="averages",
        sentence=Text(
            "they are returned as they came; in training each takes over a share of the batch's.",
            zh="它们原样返回了；训练时应该各自吸收一部分这一批的值。",
        ),
        changes=(
            ("momentum * moving_mean + (1 - momentum) * mean", "moving_mean"),
            ("momentum * moving_variance + (1 - momentum) * variance", "moving_variance"),
        ),
    ),
    Mistake(
        NORM,
        "moving averages updated in place",
        step="averages",
        layer="moving_mean",
        setting="changed",
        changes=(
            (
                "moving_mean = momentum * moving_mean + (1 - momentum) * mean",
                "moving_mean *= momentum\n        moving_mean += (1 - momentum) * mean",
            ),
        ),
    ),
)
