"""The exercises of beyond-convolutions: a separable block, a step of a U-Net, an encoder layer, and a loss in NumPy."""

from random import Random

from autograder.exercises import Drawn, Exercise, Part, Rubric, Sign, TestCase, Text, Variant

# --- the depthwise-separable block --------------------------------------------------------------------------------

DEPTHWISE = Text("depthwise", en="depthwise convolution", zh="逐通道卷积")
POINTWISE = Text("pointwise", en="pointwise convolution", zh="逐点卷积")


def hidden_separable(random: Random) -> tuple[TestCase, ...]:
    """Other windows, filters and strides, a picture whose sides the stride does not divide, and a call by name."""
    windows, strides = random.sample([1, 2, 5, 7], 3), random.sample([1, 2, 3], 3)
    named = random.randrange(3)
    return tuple(
        TestCase(
            name=f"hidden-{i + 1}",
            arguments={"f": windows[i], "filters": random.randint(2, 9), "stride": strides[i]},
            input_shape=(i + 1, random.randint(5, 11), random.randint(5, 11), random.randint(2, 6)),
            input_seed=random.randrange(2**32),
            training=i == 1,
            hidden=True,
            by_keyword=i == named,
        )
        for i in range(3)
    )


SEPARABLE_BLOCK = Exercise(
    name="separable_block",
    function="separable_block",
    kind="block",
    signature=("X", "f", "filters", "stride"),
    outline=(
        Part(DEPTHWISE, ("DepthwiseConv2D", "BatchNormalization", "ReLU")),
        Part(POINTWISE, ("Conv2D", "BatchNormalization", "ReLU")),
    ),
    rubric=(
        Rubric(
            DEPTHWISE,
            5.0,
            (
                Text(
                    "Which layer of Keras convolves each channel by itself, and which of the two parts changes the size?",
                    zh="Keras 的哪一层对每个通道单独卷积？两部分里，哪一部分会改变图片的大小？",
                ),
                Text(
                    "DepthwiseConv2D with the window f, the stride and padding 'same'; its initializer has a name of its own.",
                    zh="DepthwiseConv2D，窗口为 f，带步长，padding 为 'same'；它的初始化参数有自己的名字。",
                ),
                Text(
                    'X = DepthwiseConv2D(f, strides=stride, padding="same", use_bias=False, depthwise_initializer=glorot_uniform(seed=0))(X), then BatchNormalization()(X) and ReLU()(X).',
                    zh='X = DepthwiseConv2D(f, strides=stride, padding="same", use_bias=False, depthwise_initializer=glorot_uniform(seed=0))(X)，然后 BatchNormalization()(X) 和 ReLU()(X)。',
                ),
            ),
        ),
        Rubric(
            POINTWISE,
            5.0,
            (
                Text(
                    "How large is the window of a convolution that looks at one pixel at a time?",
                    zh="每次只看一个像素的卷积，窗口有多大？",
                ),
                Text(
                    "Conv2D with a window of 1, stride 1 and no bias, then normalization and ReLU once more.",
                    zh="窗口为 1、步长为 1、没有偏置的 Conv2D，然后再来一次归一化和 ReLU。",
                ),
                Text(
                    "X = Conv2D(filters, 1, use_bias=False, kernel_initializer=glorot_uniform(seed=0))(X), then BatchNormalization()(X) and ReLU()(X).",
                    zh="X = Conv2D(filters, 1, use_bias=False, kernel_initializer=glorot_uniform(seed=0))(X)，然后 BatchNormalization()(X) 和 ReLU()(X)。",
                ),
            ),
        ),
    ),
    public_cases=(
        TestCase(
            name="public-1", arguments={"f": 3, "filters": 6, "stride": 2}, input_shape=(2, 6, 7, 4), input_seed=51
        ),
        TestCase(
            name="public-2",
            arguments={"f": 4, "filters": 3, "stride": 1},
            input_shape=(3, 5, 5, 2),
            input_seed=52,
            training=True,
            by_keyword=True,
        ),
    ),
    draw_hidden_cases=hidden_separable,
)

# --- a step of a U-Net ---------------------------------------------------------------------------------------------

UP = Text("up", en="the way up", zh="放大")
JOIN = Text("join", en="where the skip joins", zh="与 skip 拼接处")
FIRST = Text("first", en="first convolution", zh="第一个卷积")
SECOND = Text("second", en="second convolution", zh="第二个卷积")


def up_case(
    name: str, filters: int, size: tuple[int, int], channels: int, skip: int, seed: int, hidden: bool = False
) -> TestCase:
    """A small picture with some channels, and a skip of twice the size with others."""
    height, width = size
    return TestCase(
        name=name,
        arguments={"filters": filters},
        input_shape=(2, height, width, channels),
        more_inputs=((2, 2 * height, 2 * width, skip),),
        input_seed=seed,
        hidden=hidden,
        by_keyword=name.endswith("2"),
    )


def hidden_up(random: Random) -> tuple[TestCase, ...]:
    """Other sizes; the skip has as many channels as come from below, fewer, and more."""
    filters = random.sample(range(2, 9), 3)
    return tuple(
        up_case(
            f"hidden-{i + 1}",
            filters[i],
            (random.randint(2, 6), random.randint(2, 6)),
            random.randint(2, 5),
            filters[i] + i - 1,
            random.randrange(2**32),
            hidden=True,
        )
        for i in range(3)
    )


UP_STEP = Exercise(
    name="up_step",
    function="up_step",
    kind="block",
    signature=("X", "skip", "filters"),
    tensors=2,
    outline=(
        Part(UP, ("Conv2DTranspose",)),
        Part(JOIN, ("Concatenate",)),
        Part(FIRST, ("Conv2D", "ReLU")),
        Part(SECOND, ("Conv2D", "ReLU")),
    ),
    rubric=(
        Rubric(
            UP,
            3.0,
            (
                Text("Which layer makes a picture larger and has weights?", zh="哪一层有权重，又能把图片放大？"),
                Text(
                    "Conv2DTranspose with a window of 2 and a stride of 2: each pixel becomes four.",
                    zh="Conv2DTranspose，窗口为 2，步长为 2：一个像素变成四个。",
                ),
                Text(
                    'X = Conv2DTranspose(filters, 2, strides=2, padding="same", kernel_initializer=glorot_uniform(seed=0))(X).',
                    zh='X = Conv2DTranspose(filters, 2, strides=2, padding="same", kernel_initializer=glorot_uniform(seed=0))(X)。',
                ),
            ),
        ),
        Rubric(
            JOIN,
            3.0,
            (
                Text(
                    "Two tensors of the same height and width: what does a U-Net do with them that a residual block doesn't?",
                    zh="两个高和宽相同的张量：U-Net 对它们做了什么，而残差块不做？",
                ),
                Text(
                    "It lays their channels side by side, in a fixed order: what comes from below, then the skip.",
                    zh="把它们的通道并排放在一起，顺序固定：先是从下面来的，再是 skip。",
                ),
                Text("X = Concatenate()([X, skip]).", zh="X = Concatenate()([X, skip])。"),
            ),
        ),
        Rubric(
            FIRST,
            2.0,
            (
                Text("What keeps the size as it is, at a window of 3?", zh="窗口为 3 时，怎样保持大小不变？"),
                Text(
                    "Padding 'same'. The ReLU can stand in the layer: activation='relu'.",
                    zh="padding 为 'same'。ReLU 可以写在层里：activation='relu'。",
                ),
                Text(
                    'X = Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer=glorot_uniform(seed=0))(X).',
                    zh='X = Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer=glorot_uniform(seed=0))(X)。',
                ),
            ),
        ),
        Rubric(
            SECOND,
            2.0,
            (
                Text("What is different from the first convolution?", zh="和第一个卷积有什么不同？"),
                Text("Nothing but the seed, which is 1.", zh="只有种子不同，是 1。"),
                Text(
                    'return Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer=glorot_uniform(seed=1))(X).',
                    zh='return Conv2D(filters, 3, padding="same", activation="relu", kernel_initializer=glorot_uniform(seed=1))(X)。',
                ),
            ),
        ),
    ),
    public_cases=(up_case("public-1", 4, (3, 4), 5, 3, 61), up_case("public-2", 3, (2, 2), 2, 4, 62)),
    draw_hidden_cases=hidden_up,
)

# --- a Transformer's encoder layer ----------------------------------------------------------------------------------

ATTENTION = Text("attention", en="attention", zh="注意力")
SUM_1 = Text("first sum", en="first sum and normalization", zh="第一次相加和归一化")
DENSE = Text("dense", en="dense layers", zh="全连接层")
SUM_2 = Text("second sum", en="second sum and normalization", zh="第二次相加和归一化")


def encoder_case(
    name: str, shape: tuple[int, int, int], sizes: tuple[int, int, int], rate: float, seed: int, hidden: bool = False
) -> TestCase:
    """A sequence, and how wide the layer is."""
    heads, width, units = sizes
    return TestCase(
        name=name,
        arguments={"heads": heads, "width": width, "units": units, "rate": rate},
        input_shape=shape,
        input_seed=seed,
        hidden=hidden,
        by_keyword=name.endswith("2"),
    )


def hidden_encoder(random: Random) -> tuple[TestCase, ...]:
    """One head and several, a sequence of one vector and a longer one, more features than units and fewer."""
    cases = []
    for number, (heads, steps) in enumerate(((1, random.randint(5, 9)), (random.randint(3, 5), 1)), 1):
        shape = (number + 1, steps, random.randint(3, 8))
        sizes = (heads, random.randint(2, 6), random.randint(9, 16) if number == 1 else 2)
        rate = random.choice((0.2, 0.3, 0.4))
        cases.append(encoder_case(f"hidden-{number}", shape, sizes, rate, random.randrange(2**32), hidden=True))
    return tuple(cases)


PRE_NORM = Variant(
    Text(
        "This is the design known as pre-norm, as in GPT-2: each normalization stands before attention or the dense layers. The exercise asks for the first Transformer's, post-norm: it stands after each addition.",
        zh="这是被称为 pre-norm 的设计，GPT-2 就是这样：归一化在注意力和全连接层之前。练习要的是最初的 Transformer 的 post-norm：归一化在每次相加之后。",
    ),
    (
        Sign(step=ATTENTION, kind="extra", layer="LayerNormalization"),
        Sign(step=SUM_2, kind="missing", layer="LayerNormalization"),
    ),
)

ENCODER_LAYER = Exercise(
    name="encoder_layer",
    function="encoder_layer",
    kind="block",
    signature=("X", "heads", "width", "units", "rate"),
    outline=(
        Part(ATTENTION, ("MultiHeadAttention", "Dropout")),
        Part(SUM_1, ("Add", "LayerNormalization")),
        Part(DENSE, ("Dense", "GELU", "Dense", "Dropout")),
        Part(SUM_2, ("Add", "LayerNormalization")),
    ),
    rubric=(
        Rubric(
            ATTENTION,
            3.0,
            (
                Text(
                    "In self-attention, where do queries and values come from?",
                    zh="自注意力里，查询和值从哪里来？",
                ),
                Text(
                    "Both from X: call the layer on (X, X). A dropout follows.",
                    zh="都来自 X：用 (X, X) 调用这一层。后面接一个 Dropout。",
                ),
                Text(
                    "attended = MultiHeadAttention(heads, width, kernel_initializer=glorot_uniform(seed=0))(X, X), then attended = Dropout(rate)(attended).",
                    zh="attended = MultiHeadAttention(heads, width, kernel_initializer=glorot_uniform(seed=0))(X, X)，然后 attended = Dropout(rate)(attended)。",
                ),
            ),
        ),
        Rubric(
            SUM_1,
            3.0,
            (
                Text("What is added to what attention gives?", zh="注意力的结果要加上什么？"),
                Text(
                    "X itself, and the sum is normalized: LayerNormalization, with an epsilon of its own.",
                    zh="X 本身，再对和做 LayerNormalization，epsilon 另有规定。",
                ),
                Text(
                    "X = LayerNormalization(epsilon=1e-6)(Add()([X, attended])).",
                    zh="X = LayerNormalization(epsilon=1e-6)(Add()([X, attended]))。",
                ),
            ),
        ),
        Rubric(
            DENSE,
            3.0,
            (
                Text(
                    "After the two dense layers a shortcut is added. How many units must the second one have?",
                    zh="两个全连接层之后要加捷径。第二层必须有多少个单元？",
                ),
                Text(
                    "As many as X has features: X.shape[-1]. Only the first one has an activation, gelu.",
                    zh="和 X 的特征一样多：X.shape[-1]。只有第一层有激活函数 gelu。",
                ),
                Text(
                    'inner = Dense(units, activation="gelu", kernel_initializer=glorot_uniform(seed=1))(X), then Dense(X.shape[-1], kernel_initializer=glorot_uniform(seed=2)) and Dropout(rate).',
                    zh='inner = Dense(units, activation="gelu", kernel_initializer=glorot_uniform(seed=1))(X)，然后 Dense(X.shape[-1], kernel_initializer=glorot_uniform(seed=2)) 和 Dropout(rate)。',
                ),
            ),
        ),
        Rubric(
            SUM_2,
            3.0,
            (
                Text(
                    "Which tensor does the second shortcut carry: the layer's input, or what the first sum gave?",
                    zh="第二条捷径带的是哪个张量：这一层的输入，还是第一次相加的结果？",
                ),
                Text(
                    "What the first sum gave, after its normalization.",
                    zh="第一次相加、归一化之后的结果。",
                ),
                Text(
                    "return LayerNormalization(epsilon=1e-6)(Add()([X, inner])).",
                    zh="return LayerNormalization(epsilon=1e-6)(Add()([X, inner]))。",
                ),
            ),
        ),
    ),
    public_cases=(
        encoder_case("public-1", (2, 5, 6), (2, 3, 8), 0.1, 71),
        encoder_case("public-2", (3, 4, 5), (3, 2, 4), 0.5, 72),
    ),
    draw_hidden_cases=hidden_encoder,
    variants=(PRE_NORM,),
)

# --- softmax cross-entropy ------------------------------------------------------------------------------------------

LOSS = Text("loss", en="the loss", zh="损失")
GRADIENT = Text("gradient", en="the gradient", zh="梯度")


def scored(name: str, shape: tuple[int, int], scale: float, seed: int, hidden: bool = False) -> TestCase:
    """Scores, and for each example the number of a class."""
    examples, classes = shape
    labels = Drawn(shape=(examples,), seed=seed + 1, distribution="uniform", scale=float(classes), dtype="int64")
    return TestCase(
        name=name,
        arguments={"scores": Drawn(shape=shape, seed=seed, scale=scale), "labels": labels},
        hidden=hidden,
        by_keyword=name.endswith("2"),
    )


def hidden_scores(random: Random) -> tuple[TestCase, ...]:
    """Small scores, large ones, of which no exponential and no probability's logarithm is finite, and a square."""
    square = random.randint(4, 6)
    shapes = (
        (random.randint(5, 8), random.randint(2, 4)),
        (random.randint(3, 5), random.randint(6, 9)),
        (square, square),
    )
    scales = (random.uniform(1, 3), random.uniform(2000, 4000), random.uniform(1, 3))
    return tuple(
        scored(f"hidden-{i + 1}", shapes[i], scales[i], random.randrange(2**31), hidden=True) for i in range(3)
    )


CROSS_ENTROPY = Exercise(
    name="cross_entropy",
    function="cross_entropy",
    kind="function",
    signature=("scores", "labels"),
    outputs=("loss", "gradient"),
    outline=(Part(LOSS, ("loss",)), Part(GRADIENT, ("gradient",))),
    rubric=(
        Rubric(
            LOSS,
            5.0,
            (
                Text(
                    "Of each row of probabilities the loss looks at one number. Which one?",
                    zh="每一行概率里，损失只看一个数。是哪一个？",
                ),
                Text(
                    "The logarithm of the probability of the example's class, with a minus; then the mean over the examples.",
                    zh="样本所属类别的概率取对数，加负号，再对样本求平均。",
                ),
                Text(
                    "logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), then -logarithms[np.arange(len(scores)), labels].mean().",
                    zh="logarithms = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))，然后 -logarithms[np.arange(len(scores)), labels].mean()。",
                ),
            ),
        ),
        Rubric(
            GRADIENT,
            5.0,
            (
                Text(
                    "What is the gradient of one example's loss, and what does the mean do to it?",
                    zh="一个样本的损失的梯度是什么？求平均对它有什么影响？",
                ),
                Text(
                    "The probabilities, less 1 at the example's class, divided by the number of examples.",
                    zh="概率，在样本所属的类别处减 1，再除以样本数。",
                ),
                Text(
                    "gradient = np.exp(logarithms), gradient[np.arange(len(scores)), labels] -= 1, then gradient / len(scores).",
                    zh="gradient = np.exp(logarithms)，gradient[np.arange(len(scores)), labels] -= 1，然后 gradient / len(scores)。",
                ),
            ),
        ),
    ),
    public_cases=(scored("public-1", (4, 3), 2.0, 81), scored("public-2", (3, 5), 3000.0, 83)),
    draw_hidden_cases=hidden_scores,
)

EXERCISES = (SEPARABLE_BLOCK, UP_STEP, ENCODER_LAYER, CROSS_ENTROPY)
