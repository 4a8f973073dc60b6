"""Wrong answers to beyond-convolutions' exercises, and what each is to get: `autograder build` proves it."""

from autograder.exercises import Mistake, Text

BLOCK, STEP, LAYER, LOSS = "separable_block", "up_step", "encoder_layer", "cross_entropy"


def setting(exercise: str, name: str, step: str, layer: str, which: str, old: str, new: str) -> Mistake:
    """A slip in one of a layer's settings."""
    return Mistake(exercise, name, step, layer, which, kind="wrong setting", changes=((old, new),))


MISTAKES = (
    # The separable block.
    setting(
        BLOCK,
        "the window is fixed",
        "depthwise",
        "DepthwiseConv2D",
        "kernel_size",
        "        f, strides",
        "        3, strides",
    ),
    setting(BLOCK, "the stride is forgotten", "depthwise", "DepthwiseConv2D", "strides", "strides=stride, ", ""),
    setting(BLOCK, "no padding", "depthwise", "DepthwiseConv2D", "padding", 'padding="same", ', ""),
    setting(
        BLOCK,
        "no seed for the depthwise kernel",
        "depthwise",
        "DepthwiseConv2D",
        "depthwise_initializer_seed",
        ", depthwise_initializer=glorot_uniform(seed=0)",
        "",
    ),
    setting(
        BLOCK,
        "a bias at the first part",
        "depthwise",
        "DepthwiseConv2D",
        "use_bias",
        'padding="same", use_bias=False',
        'padding="same"',
    ),
    setting(
        BLOCK,
        "two filters for each channel",
        "depthwise",
        "DepthwiseConv2D",
        "depth_multiplier",
        "use_bias=False, depthwise",
        "use_bias=False, depth_multiplier=2, depthwise",
    ),
    Mistake(
        BLOCK,
        "a plain convolution in place of the depthwise one",
        "depthwise",
        "DepthwiseConv2D",
        kind="missing",
        changes=(
            ("X = DepthwiseConv2D(\n        f, ", "X = Conv2D(\n        X.shape[-1], f, "),
            ("depthwise_initializer", "kernel_initializer"),
        ),
    ),
    Mistake(
        BLOCK,
        "no ReLU between the parts",
        "depthwise",
        "ReLU",
        kind="missing",
        changes=(("    X = ReLU()(X)\n\n", "\n"),),
    ),
    Mistake(
        BLOCK,
        "no normalization at the end",
        "pointwise",
        "BatchNormalization",
        kind="missing",
        changes=(("    X = BatchNormalization()(X)\n    return", "    return"),),
    ),
    setting(
        BLOCK,
        "a window of 3 at the second part",
        "pointwise",
        "Conv2D",
        "kernel_size",
        "Conv2D(filters, 1, use_bias",
        "Conv2D(filters, 3, use_bias",
    ),
    # The step of a U-Net.
    Mistake(
        STEP,
        "the skip comes first",
        "join",
        "Concatenate",
        kind="wrong wiring",
        changes=(("[X, skip]", "[skip, X]"),),
    ),
    Mistake(
        STEP,
        "the skip is taken twice",
        "join",
        "Concatenate",
        kind="wrong wiring",
        changes=(("[X, skip]", "[X, skip, skip]"),),
    ),
    Mistake(
        STEP,
        "the skip is forgotten",
        "join",
        "Concatenate",
        kind="missing",
        changes=(("    X = Concatenate()([X, skip])\n", ""),),
    ),
    setting(
        STEP,
        "a window of 3 on the way up",
        "up",
        "Conv2DTranspose",
        "kernel_size",
        "(filters, 2, strides",
        "(filters, 3, strides",
    ),
    setting(
        STEP,
        "no seed on the way up",
        "up",
        "Conv2DTranspose",
        "seed",
        'strides=2, padding="same", kernel_initializer=glorot_uniform(seed=0)',
        'strides=2, padding="same"',
    ),
    setting(
        STEP,
        "the filters are doubled on the way up",
        "up",
        "Conv2DTranspose",
        "filters",
        "Conv2DTranspose(filters,",
        "Conv2DTranspose(2 * filters,",
    ),
    Mistake(
        STEP,
        "no ReLU after the first convolution",
        "first",
        "ReLU",
        kind="missing",
        changes=(
            (
                'padding="same", activation="relu", kernel_initializer=glorot_uniform(seed=0)',
                'padding="same", kernel_initializer=glorot_uniform(seed=0)',
            ),
        ),
    ),
    setting(STEP, "both convolutions have one seed", "second", "Conv2D", "seed", "seed=1", "seed=0"),
    setting(
        STEP,
        "a window of 1 at the end",
        "second",
        "Conv2D",
        "kernel_size",
        "return Conv2D(filters, 3,",
        "return Conv2D(filters, 1,",
    ),
    Mistake(
        STEP,
        "sigmoid at the end",
        "second",
        "ReLU",
        kind="missing",
        changes=(
            (
                'activation="relu", kernel_initializer=glorot_uniform(seed=1)',
                'activation="sigmoid", kernel_initializer=glorot_uniform(seed=1)',
            ),
        ),
    ),
    # The encoder layer.
    setting(
        LAYER,
        "one head too many",
        "attention",
        "MultiHeadAttention",
        "num_heads",
        "MultiHeadAttention(heads, width,",
        "MultiHeadAttention(heads + 1, width,",
    ),
    setting(
        LAYER,
        "the width is the number of features",
        "attention",
        "MultiHeadAttention",
        "key_dim",
        "MultiHeadAttention(heads, width,",
        "MultiHeadAttention(heads, X.shape[-1],",
    ),
    setting(
        LAYER,
        "attention does not look ahead",
        "attention",
        "MultiHeadAttention",
        "use_causal_mask",
        "(X, X)\n",
        "(X, X, use_causal_mask=True)\n",
    ),
    Mistake(
        LAYER,
        "no dropout after attention",
        "attention",
        "Dropout",
        kind="missing",
        changes=(("    attended = Dropout(rate)(attended)\n", ""),),
    ),
    setting(
        LAYER,
        "the default epsilon at the first sum",
        "first sum",
        "LayerNormalization",
        "epsilon",
        "X = LayerNormalization(epsilon=1e-6)",
        "X = LayerNormalization()",
    ),
    Mistake(
        LAYER,
        "no shortcut around attention",
        "first sum",
        "Add",
        kind="missing",
        changes=(("Add()([X, attended])", "attended"),),
    ),
    Mistake(
        LAYER,
        "batch normalization in place of the first one",
        "first sum",
        "LayerNormalization",
        kind="missing",
        changes=(("X = LayerNormalization(epsilon=1e-6)", "X = BatchNormalization(epsilon=1e-6)"),),
    ),
    Mistake(
        LAYER,
        "relu in place of gelu",
        "dense",
        "GELU",
        kind="missing",
        changes=(('activation="gelu"', 'activation="relu"'),),
    ),
    Mistake(
        LAYER,
        "the second dense layer has an activation",
        "dense",
        "GELU",
        kind="extra",
        changes=(("Dense(X.shape[-1], kernel", 'Dense(X.shape[-1], activation="gelu", kernel'),),
    ),
    Mistake(
        LAYER,
        "the second shortcut begins at the layer's input",
        "second sum",
        "Add",
        kind="wrong wiring",
        changes=(
            ("    attended = MultiHead", "    first = X\n    attended = MultiHead"),
            ("Add()([X, inner])", "Add()([first, inner])"),
        ),
    ),
    # The loss: an answer with the same values gets the sentence.
    Mistake(
        LOSS,
        "the sum of the losses",
        "loss",
        sentence=Text("the losses are added up; asked is their mean.", zh="把各样本的损失加了起来；要求的是平均。"),
        changes=(("labels].mean()", "labels].sum()"),),
    ),
    Mistake(
        LOSS,
        "the minus is missing",
        "loss",
        sentence=Text("the sign is the wrong way round: a loss is never negative.", zh="符号反了：损失不会是负的。"),
        changes=(("loss = -logarithms", "loss = logarithms"),),
    ),
    Mistake(
        LOSS,
        "the mean over all classes",
        "loss",
        sentence=Text(
            "all classes take part; only the logarithm at the example's own class does.",
            zh="所有类别都算进去了；只应取样本所属类别的对数。",
        ),
        changes=(("-logarithms[np.arange(examples), labels].mean()", "-logarithms.mean()"),),
    ),
    Mistake(
        LOSS,
        "logarithms to base 2",
        "loss",
        sentence=Text(
            "the logarithm is the one to base 2; asked is the natural one.",
            zh="用了以 2 为底的对数；要求的是自然对数。",
        ),
        changes=(("labels].mean()", "labels].mean() / np.log(2)"),),
    ),
    Mistake(
        LOSS,
        "a loss for each example",
        "loss",
        setting="shape",
        layer="loss",
        changes=(("labels].mean()", "labels]"),),
    ),
    Mistake(
        LOSS,
        "the probability and not its logarithm",
        "loss",
        sentence=Text(
            "it is the mean of 1 - p; asked is the mean of -log p.", zh="算的是 1 - p 的平均；要求的是 -log p 的平均。"
        ),
        changes=(
            (
                "loss = -logarithms[np.arange(examples), labels].mean()",
                "loss = 1 - np.exp(logarithms[np.arange(examples), labels]).mean()",
            ),
        ),
    ),
    Mistake(
        LOSS,
        "the exponential of the scores as they are",
        "loss",
        sentence=Text(
            "the exponential of a large score is no finite number: subtract each row's largest score first.",
            zh="分数很大时，指数不再是有限的数：先减去每一行的最大值。",
        ),
        changes=((" - scores.max(axis=1, keepdims=True)", ""),),
    ),
    Mistake(
        LOSS,
        "the logarithm of a probability that is 0",
        "loss",
        sentence=Text(
            "a probability is 0 to all digits here, which has no logarithm: work out log p from the scores.",
            zh="这里有概率小到成了 0，而 0 没有对数：log p 要直接由分数算出。",
        ),
        changes=(
            (
                "logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))",
                "logarithms = np.log(np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True))",
            ),
        ),
    ),
    Mistake(
        LOSS,
        "the largest of all scores is subtracted",
        "loss",
        sentence=Text(
            "the largest of all scores is subtracted: in a row far below it every exponential is 0. Subtract each row's own.",
            zh="减去的是全部分数里的最大值：远低于它的那一行，指数全是 0。应减去每一行自己的最大值。",
        ),
        changes=(("scores.max(axis=1, keepdims=True)", "scores.max()"),),
    ),
    Mistake(
        LOSS,
        "the gradient of the sum",
        "gradient",
        sentence=Text(
            "it is the gradient of the sum of the losses; divide by the number of examples, as the mean does.",
            zh="这是损失之和的梯度；要像求平均那样除以样本数。",
        ),
        changes=(("gradient / examples", "gradient"),),
    ),
    Mistake(
        LOSS,
        "the gradient is the probabilities alone",
        "gradient",
        sentence=Text("the 1 at the example's own class is not subtracted.", zh="没有在样本所属的类别处减去 1。"),
        changes=(("    gradient[np.arange(examples), labels] -= 1\n", ""),),
    ),
    Mistake(
        LOSS,
        "divided by the number of classes",
        "gradient",
        sentence=Text(
            "it is divided by the number of classes; the mean is over the examples.",
            zh="除以了类别数；平均是对样本求的。",
        ),
        changes=(("gradient / examples", "gradient / scores.shape[1]"),),
    ),
    Mistake(
        LOSS,
        "the gradient points up",
        "gradient",
        sentence=Text(
            "the sign is the wrong way round: it is p less 1, not 1 less p.", zh="符号反了：应是 p 减 1，不是 1 减 p。"
        ),
        changes=(("gradient / examples", "-gradient / examples"),),
    ),
    Mistake(
        LOSS,
        "the scores are changed",
        "gradient",
        setting="changed",
        layer="scores",
        changes=(
            (
                "    shifted = scores - scores.max(axis=1, keepdims=True)\n",
                "    scores -= scores.max(axis=1, keepdims=True)\n    shifted = scores\n",
            ),
        ),
    ),
)
