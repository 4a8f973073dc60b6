"""Wrong answers to blocks-beyond's exercises, and what each is to get. `autograder build blocks-beyond` proves it."""

from autograder.exercises import Mistake, Text

STAGE = "mended_stage"
BLOCK = "pre_activation_block"
NORM = "batch_norm_forward"
BACK = "batch_norm_backward"

THIRD = "    # block 3\n    X_shortcut = X\n    X = convolution(2 * filters, 3)(X)\n"

MISTAKES = (
    # The three faults that stand in the given network, and what becomes of mending them halfway.
    Mistake(
        STAGE,
        "the shortcut is taken after the first convolution",
        step="block 1",
        layer="Add",
        kind="wrong wiring",
        changes=(
            (
                "    X_shortcut = X  # the block's input, before any layer\n    X = convolution(filters, 3)(X)\n",
                "    X = convolution(filters, 3)(X)\n    X_shortcut = X\n",
            ),
        ),
    ),
    Mistake(
        STAGE,
        "no ReLU between the convolutions",
        step="block 2",
        layer="ReLU",
        kind="missing",
        changes=(('    X = Activation("relu")(X)  # without it the two convolutions are one\n', ""),),
    ),
    Mistake(
        STAGE,
        "one convolution in two places",
        step="block 3",
        layer="Conv2D",
        kind="wrong setting",
        setting="shared",
        changes=(
            (THIRD, "    again = convolution(2 * filters, 3)\n    X_shortcut = X\n    X = again(X)\n"),
            ("convolution(2 * filters, 3)(X)  # a layer of its own", "again(X)"),
        ),
    ),
    Mistake(
        STAGE,
        "one normalization in two places",
        step="block 3",
        layer="BatchNormalization",
        kind="wrong setting",
        setting="shared",
        changes=(
            (
                THIRD + "    X = BatchNormalization()(X)\n",
                THIRD + "    again = BatchNormalization()\n    X = again(X)\n",
            ),
            ("(X)  # a layer of its own\n    X = BatchNormalization()(X)", "(X)\n    X = again(X)"),
        ),
    ),
    Mistake(
        STAGE,
        "the ReLU stands behind the second convolution",
        step="block 2",
        layer="ReLU",
        kind="wrong order",
        changes=(
            (
                '    X = Activation("relu")(X)  # without it the two convolutions are one\n    X = convolution(2 * filters, 3)(X)\n',
                '    X = convolution(2 * filters, 3)(X)\n    X = Activation("relu")(X)\n',
            ),
        ),
    ),
    Mistake(
        STAGE,
        "the first block's shortcut is taken after the normalization",
        step="block 1",
        layer="Add",
        kind="wrong wiring",
        changes=(
            (
                "    X_shortcut = X  # the block's input, before any layer\n    X = convolution(filters, 3)(X)\n    X = BatchNormalization()(X)\n",
                "    X = convolution(filters, 3)(X)\n    X = BatchNormalization()(X)\n    X_shortcut = X\n",
            ),
        ),
    ),
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
    # Its way back. Where the forward part of the answer is off, so are dx and dgamma; the slip costs the dearest step.
    Mistake(
        BACK,
        "mean of dout",
        step="beta",
        sentence=Text(
            "it is the mean of dout; beta acts on all N numbers, so their gradients add up.",
            zh="求了 dout 的平均；beta 作用在全部 N 个数上，它们的梯度要加起来。",
        ),
        changes=(("dbeta = dout.sum(axis=axes)", "dbeta = dout.mean(axis=axes)"),),
    ),
    Mistake(
        BACK,
        "beta over the examples alone",
        step="beta",
        sentence=Text(
            "dout is added up over axis 0 alone; for images the sum goes over height and width, too.",
            zh="dout 只对轴 0 求了和；对图片还要对高和宽求和。",
        ),
        changes=(("dbeta = dout.sum(axis=axes)", "dbeta = dout.sum(axis=0)"),),
    ),
    Mistake(
        BACK,
        "beta over the channels",
        step="beta",
        sentence=Text(
            "dout is added up over the channels; there is one beta for each channel, so add up over all other axes.",
            zh="dout 对通道求了和；每个通道有一个 beta，应该对其余的轴求和。",
        ),
        changes=(("dbeta = dout.sum(axis=axes)", "dbeta = dout.sum(axis=-1)"),),
    ),
    Mistake(
        BACK,
        "x in place of normalized x",
        step="gamma",
        sentence=Text(
            "dout is multiplied by x itself; what gamma multiplies on the way there is the normalized x.",
            zh="dout 乘的是 x 本身；前向计算中 gamma 乘的是归一化的 x。",
        ),
        changes=(("dgamma = (dout * normalized)", "dgamma = (dout * x)"),),
    ),
    Mistake(
        BACK,
        "x less its mean in place of normalized x",
        step="gamma",
        sentence=Text(
            "dout is multiplied by x less its mean; the division by the root of variance plus epsilon is missing.",
            zh="dout 乘的是 x 减均值；还没有除以（方差加 epsilon）的平方根。",
        ),
        changes=(("dgamma = (dout * normalized)", "dgamma = (dout * normalized * deviation)"),),
    ),
    Mistake(
        BACK,
        "mean of dout times normalized x",
        step="gamma",
        sentence=Text(
            "it is a mean; gamma acts on all N numbers, so their gradients add up.",
            zh="求的是平均；gamma 作用在全部 N 个数上，它们的梯度要加起来。",
        ),
        changes=(("(dout * normalized).sum(axis=axes)", "(dout * normalized).mean(axis=axes)"),),
    ),
    Mistake(
        BACK,
        "gamma over the examples alone",
        step="gamma",
        sentence=Text(
            "it is added up over axis 0 alone; for images the sum goes over height and width, too.",
            zh="只对轴 0 求了和；对图片还要对高和宽求和。",
        ),
        changes=(("(dout * normalized).sum(axis=axes)", "(dout * normalized).sum(axis=0)"),),
    ),
    Mistake(
        BACK,
        "mean and variance taken as constants",
        step="x",
        sentence=Text(
            "mean and variance are treated as constants; both are computed from x, so x reaches the outputs through them, too.",
            zh="把均值和方差当成了常数；两者都由 x 算出，x 也会通过它们影响输出。",
        ),
        changes=(("(h - through_mean - through_variance)", "h"),),
    ),
    Mistake(
        BACK,
        "mean taken as a constant",
        step="x",
        sentence=Text(
            "the path through the mean is missing: the mean moves with each number of x.",
            zh="缺少经过均值的那条路：x 的每个数都会改变均值。",
        ),
        changes=(("(h - through_mean - through_variance)", "(h - through_variance)"),),
    ),
    Mistake(
        BACK,
        "variance taken as a constant",
        step="x",
        sentence=Text(
            "the path through the variance is missing: the variance moves with each number of x.",
            zh="缺少经过方差的那条路：x 的每个数都会改变方差。",
        ),
        changes=(("(h - through_mean - through_variance)", "(h - through_mean)"),),
    ),
    Mistake(
        BACK,
        "sums not divided by N",
        step="x",
        sentence=Text(
            "the sums on the paths through mean and variance are not divided by N.",
            zh="经过均值和方差的两条路上，求和之后没有除以 N。",
        ),
        changes=(
            ("h.mean(axis=axes)", "h.sum(axis=axes)"),
            ("(h * normalized).mean(axis=axes)", "(h * normalized).sum(axis=axes)"),
        ),
    ),
    Mistake(
        BACK,
        "sums divided by N twice",
        step="x",
        sentence=Text(
            "the sums on the paths through mean and variance are divided by N twice.",
            zh="经过均值和方差的两条路上，除以了两次 N。",
        ),
        changes=(
            ("h.mean(axis=axes)", "h.mean(axis=axes) / (x.size / x.shape[-1])"),
            ("(h * normalized).mean(axis=axes)", "(h * normalized).mean(axis=axes) / (x.size / x.shape[-1])"),
        ),
    ),
    Mistake(
        BACK,
        "all of it divided by N",
        step="x",
        sentence=Text(
            "all of it is divided by N once more; only the parts through mean and variance are.",
            zh="整个结果又除以了一次 N；只有经过均值和方差的两部分才除以 N。",
        ),
        changes=(("through_variance) / deviation", "through_variance) / deviation / (x.size / x.shape[-1])"),),
    ),
    Mistake(
        BACK,
        "dout not multiplied by N",
        step="x",
        sentence=Text(
            "where 1/N stands before the bracket, the direct path needs the factor N within it.",
            zh="如果把 1/N 提到括号外，括号里直接的那一项就要乘 N。",
        ),
        changes=(
            ("(h - through_mean - through_variance)", "(h / (x.size / x.shape[-1]) - through_mean - through_variance)"),
        ),
    ),
    Mistake(
        BACK,
        "N counts the examples alone",
        step="x",
        sentence=Text(
            "N counts the examples alone; for images it is examples times height times width.",
            zh="N 只数了样本；对图片，N 是样本数乘高乘宽。",
        ),
        changes=(
            (
                "(h - through_mean - through_variance)",
                "(h - (through_mean + through_variance) * (x.size / x.shape[-1] / len(x)))",
            ),
        ),
    ),
    Mistake(
        BACK,
        "all over the examples alone",
        step="x",
        sentence=Text(
            "mean, variance and sums are taken over axis 0 alone; for images they go over height and width, too.",
            zh="均值、方差和求和都只对轴 0；对图片还要对高和宽。",
        ),
        changes=(("tuple(range(x.ndim - 1))", "0"),),
    ),
    Mistake(
        BACK,
        "gamma left out",
        step="x",
        sentence=Text(
            "gamma is left out: the way back to the normalized x multiplies dout by gamma.",
            zh="漏掉了 gamma：回到归一化的 x 时，dout 要乘 gamma。",
        ),
        changes=(("h = gamma * dout", "h = 1.0 * dout"),),
    ),
    Mistake(
        BACK,
        "epsilon left out",
        step="x",
        sentence=Text(
            "epsilon is left out: it belongs under the square root, beside the variance, as on the way there.",
            zh="漏掉了 epsilon：和前向计算一样，它应该和方差一起在根号里。",
        ),
        changes=(("x.var(axis=axes) + epsilon", "x.var(axis=axes)"),),
    ),
    Mistake(
        BACK,
        "epsilon outside the square root",
        step="x",
        sentence=Text(
            "epsilon is added to the square root; it belongs under it, beside the variance.",
            zh="epsilon 加在了根号外面；它应该和方差一起在根号里。",
        ),
        changes=(("np.sqrt(x.var(axis=axes) + epsilon)", "np.sqrt(x.var(axis=axes)) + epsilon"),),
    ),
    Mistake(
        BACK,
        "no square root",
        step="x",
        sentence=Text(
            "it is divided by the variance; divide by the square root of variance plus epsilon.",
            zh="除以了方差；应该除以（方差加 epsilon）的平方根。",
        ),
        changes=(("np.sqrt(x.var(axis=axes) + epsilon)", "(x.var(axis=axes) + epsilon)"),),
    ),
    Mistake(
        BACK,
        "not divided by the deviation",
        step="x",
        sentence=Text(
            "the last step is missing: the sum of the three paths is divided by the root of variance plus epsilon.",
            zh="少了最后一步：三条路之和要除以（方差加 epsilon）的平方根。",
        ),
        changes=(("through_variance) / deviation", "through_variance)"),),
    ),
    Mistake(
        BACK,
        "sign of the variance's part",
        step="x",
        sentence=Text(
            "the part through the variance has the wrong sign: it is subtracted, as the one through the mean is.",
            zh="经过方差的那部分符号反了：它和经过均值的那部分一样，是减去的。",
        ),
        changes=(("through_mean - through_variance", "through_mean + through_variance"),),
    ),
    Mistake(
        BACK,
        "dout changed in place",
        step="x",
        layer="dout",
        setting="changed",
        changes=(("h = gamma * dout\n", "dout *= gamma\n    h = dout\n"),),
    ),
)
