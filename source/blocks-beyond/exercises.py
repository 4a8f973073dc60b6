"""The exercises of blocks-beyond: a network to mend, a pre-activation block, and batch normalization there and back in NumPy."""

from random import Random

from autograder.exercises import Drawn, Exercise, Part, Rubric, TestCase, Text

# --- a network with three faults ----------------------------------------------------------------------------------

BASIC = ("Conv2D", "BatchNormalization", "ReLU", "Conv2D", "BatchNormalization")
FIRST = Text("block 1", en="block 1", zh="块 1")
SECOND = Text("block 2", en="block 2", zh="块 2")
THIRD = Text("block 3", en="block 3", zh="块 3")


def stage_case(name: str, filters: int, sizes: tuple[int, int, int], seed: int, hidden: bool = False) -> TestCase:
    """Pictures with as many channels as the first block has filters, the second test case in training mode."""
    return TestCase(
        name=name,
        arguments={"filters": filters},
        input_shape=(*sizes, filters),
        input_seed=seed,
        training=name.endswith("2"),
        hidden=hidden,
        by_keyword=name.endswith("2"),
    )


def hidden_stages(random: Random) -> tuple[TestCase, ...]:
    """Even and odd sides, few filters and more."""
    filters = random.sample((2, 5, 6, 7), 2)
    sides = [(2 * random.randint(2, 5), 2 * random.randint(2, 5) + 1), (2 * random.randint(2, 5) + 1, 4)]
    return tuple(
        stage_case(f"hidden-{i + 1}", filters[i], (i + 2, *sides[i]), random.randrange(2**32), hidden=True)
        for i in range(2)
    )


MENDED_STAGE = Exercise(
    name="mended_stage",
    function="mended_stage",
    kind="block",
    signature=("X", "filters"),
    outline=(
        Part(FIRST, (*BASIC, "Add", "ReLU")),
        Part(SECOND, (*BASIC, "Conv2D", "BatchNormalization", "Add", "ReLU")),
        Part(THIRD, (*BASIC, "Add", "ReLU")),
    ),
    rubric=(
        Rubric(
            FIRST,
            3.0,
            (
                Text(
                    "What does the shortcut of this block carry to the addition, and what should it carry?",
                    zh="这个块的捷径把什么带到了相加处？它应该带什么？",
                ),
                Text(
                    "A variable holds what was in X at the moment of the assignment. What is in X in the line before?",
                    zh="变量里存的是赋值那一刻的 X。在它前一行，X 里是什么？",
                ),
                Text(
                    "X_shortcut = X belongs before the first convolution of the block.",
                    zh="X_shortcut = X 应该放在这个块的第一个卷积之前。",
                ),
            ),
        ),
        Rubric(
            SECOND,
            4.0,
            (
                Text(
                    "Go along the main path of this block with your finger on the plan. Which layer comes off?",
                    zh="用手指着计划，沿这个块的主路径走一遍。哪一层对不上？",
                ),
                Text(
                    "Two convolutions with nothing but a normalization between them compute no more than one does.",
                    zh="两个卷积之间如果只有归一化，它们能算的并不比一个卷积多。",
                ),
                Text(
                    'X = Activation("relu")(X) is missing between the first normalization and the second convolution.',
                    zh='第一个归一化和第二个卷积之间少了 X = Activation("relu")(X)。',
                ),
            ),
        ),
        Rubric(
            THIRD,
            3.0,
            (
                Text(
                    "How many convolutions does the plan ask for in this block, and how many are made?",
                    zh="计划要求这个块里有几个卷积？代码里建了几个？",
                ),
                Text(
                    "A layer is made where its class is called, and not where it is applied to a tensor. Applied twice, it has one set of weights for both places.",
                    zh="层是在调用它的类时建立的，而不是作用到张量上时。作用两次，两处用的是同一组权重。",
                ),
                Text(
                    "Write X = convolution(2 * filters, 3)(X) in both places, and leave same_size out.",
                    zh="两处都写 X = convolution(2 * filters, 3)(X)，去掉 same_size。",
                ),
            ),
        ),
    ),
    public_cases=(stage_case("public-1", 4, (2, 6, 7), 91), stage_case("public-2", 3, (3, 5, 8), 92)),
    draw_hidden_cases=hidden_stages,
)

# --- the pre-activation block -------------------------------------------------------------------------------------

COMPONENT = ("BatchNormalization", "ReLU", "Conv2D")


def hidden_blocks(random: Random) -> tuple[TestCase, ...]:
    """Other windows, filters, stages and letters than the public test cases have.

    Among them are a window of 1 and one of 6 or more, a stage of 10 or later, a block of two letters, filters that are
    all equal, a picture of a few pixels and a large one. One test case gives the arguments by name.
    """
    late, named = random.randrange(3), random.randrange(3)
    windows = random.sample([1, random.randint(6, 8), random.choice((2, 4, 5))], 3)
    stages, blocks = random.sample(range(5, 10), 3), random.sample("efghijk", 3)
    stages[late], blocks[(late + 1) % 3] = random.randint(10, 99), "".join(random.sample("efghijk", 2))
    sizes = [random.sample((1, 2, 3), 2), random.sample(range(5, 9), 2), random.sample(range(15, 24), 2)]
    cases = []
    for i in range(3):
        first, second, channels = random.sample(range(2, 9), 3)
        if i == 2:
            first = second = channels = random.randint(11, 16)
        cases.append(
            TestCase(
                name=f"hidden-{i + 1}",
                arguments={
                    "f": windows[i],
                    "filters": (first, second, channels),
                    "stage": stages[i],
                    "block": blocks[i],
                },
                input_shape=(i + 1, *sizes[i], channels),
                input_seed=random.randrange(2**32),
                training=i == 1,
                hidden=True,
                by_keyword=i == named,
            )
        )
    return tuple(cases)


PRE_ACTIVATION_BLOCK = Exercise(
    name="pre_activation_block",
    function="pre_activation_block",
    kind="block",
    signature=("X", "f", "filters", "stage", "block"),
    outline=(Part("2a", COMPONENT), Part("2b", COMPONENT), Part("2c", COMPONENT), Part("add", ("Add",))),
    rubric=(
        Rubric(
            "2a",
            2.5,
            (
                Text(
                    "Which layer is the first one that the block's input passes here, and which one is the last of the component?",
                    zh="这里块的输入首先经过哪一层？这个部分的最后一层又是哪一层？",
                ),
                Text(
                    "Normalize, apply ReLU, and only then convolve: 1x1, with F1 filters. The two layers that come first have moved, nothing else about them has changed.",
                    zh="先归一化，再 ReLU，最后才是卷积：1x1，F1 个滤波器。前两层只是换了位置，其他都没有变。",
                ),
                Text(
                    "X = BatchNormalization(axis=3, name=bn_name_base + '2a')(X), X = Activation('relu')(X), then X = Conv2D(F1, (1, 1), name=conv_name_base + '2a', kernel_initializer=glorot_uniform(seed=0))(X).",
                    zh="X = BatchNormalization(axis=3, name=bn_name_base + '2a')(X)，X = Activation('relu')(X)，然后 X = Conv2D(F1, (1, 1), name=conv_name_base + '2a', kernel_initializer=glorot_uniform(seed=0))(X)。",
                ),
            ),
        ),
        Rubric(
            "2b",
            2.5,
            (
                Text(
                    "The shortcut carries height and width on as they are. What does that ask of the f by f convolution?",
                    zh="捷径保持高和宽不变。这对 f x f 的卷积有什么要求？",
                ),
                Text(
                    "As in 2a: normalization, ReLU, convolution. The convolution has F2 filters, a window of f by f, and padding 'same'.",
                    zh="和 2a 一样：归一化、ReLU、卷积。卷积有 F2 个滤波器，窗口为 f x f，padding 为 'same'。",
                ),
                Text(
                    "..., then X = Conv2D(F2, (f, f), padding='same', name=conv_name_base + '2b', kernel_initializer=glorot_uniform(seed=0))(X).",
                    zh="……，然后 X = Conv2D(F2, (f, f), padding='same', name=conv_name_base + '2b', kernel_initializer=glorot_uniform(seed=0))(X)。",
                ),
            ),
        ),
        Rubric(
            "2c",
            2.5,
            (
                Text(
                    "In the block of 2015 the third component has no ReLU. Why may this one have it?",
                    zh="2015 年的块里，第三个部分没有 ReLU。为什么这里可以有？",
                ),
                Text(
                    "The ReLU stands before the convolution, so what is added can still be negative. F3 filters, 1x1.",
                    zh="ReLU 在卷积之前，所以相加的数仍然可以是负的。F3 个滤波器，1x1。",
                ),
                Text(
                    "Normalization and ReLU as before, then X = Conv2D(F3, (1, 1), name=conv_name_base + '2c', kernel_initializer=glorot_uniform(seed=0))(X).",
                    zh="归一化和 ReLU 同前，然后 X = Conv2D(F3, (1, 1), name=conv_name_base + '2c', kernel_initializer=glorot_uniform(seed=0))(X)。",
                ),
            ),
        ),
        Rubric(
            "add",
            2.5,
            (
                Text(
                    "What may happen to the shortcut between the block's input and the next block's input, if it is to carry the identity?",
                    zh="如果捷径要传递恒等映射，从这一块的输入到下一块的输入之间，捷径上可以有什么？",
                ),
                Text(
                    "Nothing: keep the input in a variable before the first layer, add it at the end, and let no ReLU follow.",
                    zh="什么都不可以有：在第一层之前把输入存进一个变量，最后把它加上，后面不再有 ReLU。",
                ),
                Text(
                    "X_shortcut = X as the first line, and at the end return Add()([X, X_shortcut]).",
                    zh="第一行 X_shortcut = X，最后 return Add()([X, X_shortcut])。",
                ),
            ),
        ),
    ),
    public_cases=(
        TestCase(
            name="public-1",
            arguments={"f": 3, "filters": (2, 4, 6), "stage": 2, "block": "b"},
            input_shape=(3, 5, 4, 6),
            input_seed=11,
        ),
        TestCase(
            name="public-2",
            arguments={"f": 2, "filters": (5, 3, 4), "stage": 4, "block": "d"},
            input_shape=(2, 6, 7, 4),
            input_seed=12,
            training=True,
            by_keyword=True,
        ),
    ),
    draw_hidden_cases=hidden_blocks,
)

# --- batch normalization ------------------------------------------------------------------------------------------

TRAINING = Text("training", en="the output in training", zh="训练时的输出")
INFERENCE = Text("inference", en="the output in inference", zh="推理时的输出")
AVERAGES = Text("averages", en="the moving averages", zh="移动平均")


def batch(
    name: str,
    shape: tuple[int, ...],
    seed: int,
    training: bool,
    momentum: float,
    hidden: bool = False,
    by_keyword: bool = False,
) -> TestCase:
    """One call: every array has values of its own, and epsilon is large enough to show."""
    channels = shape[-1:]
    return TestCase(
        name=name,
        arguments={
            "x": Drawn(shape=shape, seed=seed, scale=2.0, shift=1.0),
            "gamma": Drawn(shape=channels, seed=seed + 1, distribution="uniform", shift=0.5),
            "beta": Drawn(shape=channels, seed=seed + 2),
            "moving_mean": Drawn(shape=channels, seed=seed + 3),
            "moving_variance": Drawn(shape=channels, seed=seed + 4, distribution="uniform", shift=0.5),
            "training": training,
            "momentum": momentum,
            "epsilon": 0.01,
        },
        hidden=hidden,
        by_keyword=by_keyword,
    )


def hidden_batches(random: Random) -> tuple[TestCase, ...]:
    """A table and a stack of images, each in both modes; half of them give the arguments by name."""
    cases = []
    for number in range(1, 5):
        table = number % 2
        size = (random.randint(4, 9),) if table else (random.randint(2, 4), random.randint(3, 5), random.randint(3, 5))
        momentum = random.choice((0.6, 0.8, 0.95))
        shape = (*size, random.randint(2, 5))
        seed = random.randrange(2**31)
        cases.append(batch(f"hidden-{number}", shape, seed, number <= 2, momentum, hidden=True, by_keyword=number > 2))
    return tuple(cases)


BATCH_NORM_FORWARD = Exercise(
    name="batch_norm_forward",
    function="batch_norm_forward",
    kind="function",
    signature=("x", "gamma", "beta", "moving_mean", "moving_variance", "training", "momentum", "epsilon"),
    outputs=("out", "moving_mean", "moving_variance"),
    outline=(
        Part(TRAINING, ("out",), when={"training": True}),
        Part(INFERENCE, ("out",), when={"training": False}),
        Part(AVERAGES, ("moving_mean", "moving_variance")),
    ),
    rubric=(
        Rubric(
            TRAINING,
            4.0,
            (
                Text(
                    "Each channel is to have mean 0 and variance 1. Over which numbers do you take the two?",
                    zh="每个通道应该均值为 0、方差为 1。这两个数是对哪些数求的？",
                ),
                Text(
                    "Over all axes but the last one. Subtract the mean, divide by the square root of variance plus epsilon, multiply by gamma, add beta.",
                    zh="对除最后一个轴以外的所有轴。减去均值，除以（方差加 epsilon）的平方根，乘 gamma，加 beta。",
                ),
                Text(
                    "axes = tuple(range(x.ndim - 1)), mean = x.mean(axis=axes), variance = x.var(axis=axes), then gamma * (x - mean) / np.sqrt(variance + epsilon) + beta.",
                    zh="axes = tuple(range(x.ndim - 1))，mean = x.mean(axis=axes)，variance = x.var(axis=axes)，然后 gamma * (x - mean) / np.sqrt(variance + epsilon) + beta。",
                ),
            ),
        ),
        Rubric(
            INFERENCE,
            3.0,
            (
                Text(
                    "The output for one picture must not depend on the others in the batch. Whose mean and variance are left?",
                    zh="一张图片的输出不能依赖同一批里的其他图片。那么还能用谁的均值和方差？",
                ),
                Text(
                    "The formula stays; mean and variance are the moving averages that the function is given.",
                    zh="公式不变；均值和方差用函数得到的移动平均。",
                ),
                Text(
                    "else: mean, variance = moving_mean, moving_variance; the lines after the if serve both modes.",
                    zh="else: mean, variance = moving_mean, moving_variance；if 之后的几行两种模式共用。",
                ),
            ),
        ),
        Rubric(
            AVERAGES,
            3.0,
            (
                Text(
                    "With momentum 0.99, how much of the old average is left after one batch? And after one batch in inference?",
                    zh="momentum 为 0.99 时，一批之后旧的平均还剩多少？在推理时，一批之后呢？",
                ),
                Text(
                    "In training, momentum times the old value plus (1 - momentum) times that of the batch. In inference both are returned as they came.",
                    zh="训练时：momentum 乘旧值，加上 (1 - momentum) 乘这一批的值。推理时两者原样返回。",
                ),
                Text(
                    "moving_mean = momentum * moving_mean + (1 - momentum) * mean, and moving_variance likewise; not with +=, which would change the caller's arrays.",
                    zh="moving_mean = momentum * moving_mean + (1 - momentum) * mean，moving_variance 同理；不要用 +=，它会改动调用者的数组。",
                ),
            ),
        ),
    ),
    public_cases=(
        batch("public-1", (5, 3), 21, training=True, momentum=0.9),
        batch("public-2", (5, 3), 31, training=False, momentum=0.9, by_keyword=True),
        batch("public-3", (2, 3, 4, 2), 41, training=True, momentum=0.7),
    ),
    draw_hidden_cases=hidden_batches,
)

# --- batch normalization, backward --------------------------------------------------------------------------------

BETA = Text("beta", en="the gradient by beta", zh="对 beta 的梯度")
GAMMA = Text("gamma", en="the gradient by gamma", zh="对 gamma 的梯度")
INPUT = Text("x", en="the gradient by x", zh="对 x 的梯度")


def way_back(name: str, shape: tuple[int, ...], seed: int, epsilon: float, hidden: bool = False) -> TestCase:
    """A batch and the gradient that comes from above; gammas of either sign."""
    return TestCase(
        name=name,
        arguments={
            "dout": Drawn(shape=shape, seed=seed, shift=0.5),
            "x": Drawn(shape=shape, seed=seed + 1, scale=0.5, shift=1.0),
            "gamma": Drawn(shape=shape[-1:], seed=seed + 2, scale=2.0),
            "epsilon": epsilon,
        },
        hidden=hidden,
        by_keyword=name.endswith("2"),
    )


def hidden_ways_back(random: Random) -> tuple[TestCase, ...]:
    """A table, one picture alone, a stack of pictures, and sequences."""
    shapes = (
        (random.randint(4, 9), random.randint(2, 5)),
        (1, random.randint(3, 5), random.randint(3, 5), random.randint(2, 4)),
        (random.randint(2, 4), random.randint(2, 5), random.randint(2, 5), random.randint(2, 4)),
        (random.randint(2, 4), random.randint(4, 7), random.randint(2, 4)),
    )
    epsilons = random.sample((0.003, 0.01, 0.03, 0.1), 4)
    return tuple(
        way_back(f"hidden-{i + 1}", shapes[i], random.randrange(2**31), epsilons[i], hidden=True) for i in range(4)
    )


BATCH_NORM_BACKWARD = Exercise(
    name="batch_norm_backward",
    function="batch_norm_backward",
    kind="function",
    signature=("dout", "x", "gamma", "epsilon"),
    outputs=("dx", "dgamma", "dbeta"),
    outline=(Part(BETA, ("dbeta",)), Part(GAMMA, ("dgamma",)), Part(INPUT, ("dx",))),
    rubric=(
        Rubric(
            BETA,
            2.0,
            (
                Text(
                    "One beta is added to all N numbers of its channel. If it grows a little, how many outputs change?",
                    zh="一个 beta 加到该通道的全部 N 个数上。它增加一点，有多少个输出会变？",
                ),
                Text(
                    "Each of them by as much, so the gradients that come from above add up, over all axes but the last.",
                    zh="每个输出都变化同样多，所以上面传来的梯度要全部加起来：对除最后一个轴以外的所有轴求和。",
                ),
                Text(
                    "axes = tuple(range(x.ndim - 1)), then dbeta = dout.sum(axis=axes).",
                    zh="axes = tuple(range(x.ndim - 1))，然后 dbeta = dout.sum(axis=axes)。",
                ),
            ),
        ),
        Rubric(
            GAMMA,
            3.0,
            (
                Text(
                    "By how much does one output change where its gamma grows by 1?",
                    zh="gamma 增加 1，一个输出会变化多少？",
                ),
                Text(
                    "By its normalized x. Compute it again as forward does, multiply it by dout, and add up as for beta.",
                    zh="变化它的归一化的 x。像前向计算那样再算一遍，乘以 dout，再像 beta 那样求和。",
                ),
                Text(
                    "deviation = np.sqrt(x.var(axis=axes) + epsilon), normalized = (x - x.mean(axis=axes)) / deviation, then dgamma = (dout * normalized).sum(axis=axes).",
                    zh="deviation = np.sqrt(x.var(axis=axes) + epsilon)，normalized = (x - x.mean(axis=axes)) / deviation，然后 dgamma = (dout * normalized).sum(axis=axes)。",
                ),
            ),
        ),
        Rubric(
            INPUT,
            5.0,
            (
                Text(
                    "On which three paths does one number of x reach the outputs of its channel?",
                    zh="x 的一个数通过哪三条路影响该通道的输出？",
                ),
                Text(
                    "Directly, through the mean and through the variance. Write h = gamma * dout and add up the three derivatives of the text; a sum over the channel divided by N is a mean.",
                    zh="直接、通过均值、通过方差。令 h = gamma * dout，把正文里的三个导数加起来；对通道求和再除以 N 就是求平均。",
                ),
                Text(
                    "h = gamma * dout, then dx = (h - h.mean(axis=axes) - normalized * (h * normalized).mean(axis=axes)) / deviation.",
                    zh="h = gamma * dout，然后 dx = (h - h.mean(axis=axes) - normalized * (h * normalized).mean(axis=axes)) / deviation。",
                ),
            ),
        ),
    ),
    public_cases=(
        way_back("public-1", (5, 3), 51, 0.01),
        way_back("public-2", (3, 2, 4, 2), 61, 0.02),
        way_back("public-3", (2, 4, 3), 71, 0.05),
    ),
    draw_hidden_cases=hidden_ways_back,
)

EXERCISES = (MENDED_STAGE, PRE_ACTIVATION_BLOCK, BATCH_NORM_FORWARD, BATCH_NORM_BACKWARD)
