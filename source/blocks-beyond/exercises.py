"""The exercises of blocks-beyond: a pre-activation residual block, and batch normalization in plain NumPy."""

from random import Random

from autograder.exercises import Drawn, Exercise, Part, Rubric, TestCase, Text

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

EXERCISES = (PRE_ACTIVATION_BLOCK, BATCH_NORM_FORWARD)
