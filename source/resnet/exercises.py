"""The exercises of the lesson on residual networks: its two blocks, ResNet-50, and a small network that is trained."""

from random import Random

from autograder.exercises import (
    AGREED,
    CalledBlock,
    Conventions,
    Exercise,
    Part,
    Rubric,
    Sign,
    TestCase,
    Text,
    Variant,
)

# What a slip in a convention costs, once, in whatever layers and exercises it stands; a slip in anything else costs the
# points of one step it stands in.
BLOCKS_AGREED = Conventions(AGREED, each=0.5, together=1.5)
NETWORK_AGREED = Conventions((*AGREED, "stage", "block"), each=0.5, together=1.0)

# --- designs that go by other names -------------------------------------------------------------------------------


def setting(step: str, name: str, found: str | int | tuple[int, int] | None = None, layer: str = "Conv2D") -> Sign:
    return Sign(step=step, kind="wrong setting", layer=layer, setting=name, found=found)


BASIC = Text(
    "This looks like the basic block of ResNet-18 and ResNet-34, with two convolutions of the large window. ResNet-50 is made of bottleneck blocks: 1x1, f x f, 1x1.",
    zh="这像是 ResNet-18 和 ResNet-34 的基本块（basic block）：两个大窗口的卷积。ResNet-50 用的是瓶颈块：1×1、f×f、1×1。",
)
PRE_ACTIVATION = Text(
    "This is the pre-activation design, known as ResNet v2: batch normalization and ReLU stand before each convolution. The exercise asks for the first version, in which they follow it.",
    zh="这是预激活（pre-activation）的设计，也叫 ResNet v2：批归一化和 ReLU 在每个卷积之前。练习要的是最初的版本：它们在卷积之后。",
)
POOLED = Text(
    "A pooling layer on the shortcut is known from the variant ResNet-D. In the exercise nothing is pooled: the shortcut's convolution has the stride s itself.",
    zh="在捷径上用池化层，是变体 ResNet-D 的做法。练习里捷径上没有池化：步长 s 由捷径上的卷积自己来做。",
)
MIDDLE_STRIDE = Text(
    "This is the variant known as ResNet v1.5: the stride stands in 2b. The exercise asks for the first version, which has it in 2a.",
    zh="这是被称为 ResNet v1.5 的变体：步长放在 2b 步。练习要的是最初的版本：步长在 2a 步。",
)

BLOCK_VARIANTS = (
    Variant(MIDDLE_STRIDE, (setting("2a", "strides", (1, 1)), setting("2b", "strides"))),
    Variant(
        PRE_ACTIVATION,
        (
            Sign(step="2a", kind="wrong order", layer="BatchNormalization"),
            Sign(step="2b", kind="wrong order", layer="BatchNormalization"),
            Sign(step="2a", kind="extra", layer="ReLU"),
        ),
    ),
    Variant(
        PRE_ACTIVATION,
        (
            Sign(step="2a", kind="extra", layer="BatchNormalization"),
            Sign(step="2a", kind="extra", layer="ReLU"),
            Sign(step="2c", kind="missing", layer="BatchNormalization"),
        ),
    ),
    Variant(BASIC, (setting("2c", "kernel_size"), Sign(step="2a", kind="missing", layer="Conv2D"))),
    Variant(BASIC, (setting("2a", "kernel_size"), Sign(step="2c", kind="missing", layer="Conv2D"))),
    *(
        Variant(POOLED, (Sign(step="shortcut", kind="extra", layer=layer), setting("shortcut", "strides", (1, 1))))
        for layer in ("AveragePooling2D", "MaxPooling2D")
    ),
)

# --- the two blocks -----------------------------------------------------------------------------------------------

CONVOLUTION = ("Conv2D", "BatchNormalization", "ReLU")
LINEAR_CONVOLUTION = ("Conv2D", "BatchNormalization")

MAIN_PATH = (Part("2a", CONVOLUTION), Part("2b", CONVOLUTION), Part("2c", LINEAR_CONVOLUTION))
SHORTCUT = (Part("shortcut", LINEAR_CONVOLUTION),)
MEETING = (Part("add", ("Add", "ReLU")),)

LETTERS = "bcdefghijk"


def shuffled(random: Random, numbers: list[int]) -> list[int]:
    return random.sample(numbers, len(numbers))


def draw_block_cases(random: Random, strides: bool) -> tuple[TestCase, ...]:
    """Four hidden test cases of a block, the second and the fourth in training mode.

    Among them are, each in a place that is drawn: a window of 1 and one of 6 or more; a stage of 10 or later; a block
    of two letters; filters that are all equal, and more than ten of them (everywhere else all numbers of filters differ,
    so that exchanged ones show); a picture of a few pixels, with one picture in the batch, and one that is larger than
    in any public test case. Half of them give the arguments by name. So a function that follows its arguments only
    where public test cases do always shows.

    With `strides` there is an s, which is 1, 2, 3 and 4 or more (2 where it is left out); without, F3 must be n_C.
    """
    small = random.choice((0, 2))  # in training mode so few numbers would be nothing but their mean
    equal, late = random.randrange(4), random.randrange(4)
    windows = shuffled(random, [1, random.randint(6, 8), *random.sample((2, 3, 4, 5), 2)])
    stages = shuffled(random, random.sample(range(2, 10), 4))
    stages[late] = random.randint(10, 99)
    blocks = random.sample(LETTERS, 4)
    blocks[random.randrange(4)] += random.choice(LETTERS)
    moves = shuffled(random, [1, 2, 3, random.randint(4, 5)])
    named = random.sample(range(4), 2)
    large = random.choice([i for i in range(4) if i != small])
    heights = random.sample(range(5, 12), 4)
    cases = []
    for i in range(4):
        first, second, third, channels = random.sample(range(2, 10), 4)
        height, width = heights[i], random.choice([n for n in range(5, 12) if n != heights[i]])
        if i == equal:
            first = second = third = random.randint(11, 16)
        if i == small:
            height, width = random.sample((1, 2, 3), 2)
        elif i == large:
            height, width = random.sample(range(17, 28), 2)
        arguments = {"f": windows[i], "filters": (first, second, third), "stage": stages[i], "block": blocks[i]}
        if strides and moves[i] != 2:
            arguments["s"] = moves[i]
        cases.append(
            TestCase(
                name=f"hidden-{i + 1}",
                arguments=arguments,
                input_shape=(1 if i == small else random.randint(2, 3), height, width, channels if strides else third),
                input_seed=random.randrange(2**32),
                training=i % 2 == 1,
                hidden=True,
                by_keyword=i in named,
            )
        )
    return tuple(cases)


def hidden_identity_blocks(random: Random) -> tuple[TestCase, ...]:
    return draw_block_cases(random, strides=False)


IDENTITY_BLOCK = Exercise(
    name="identity_block",
    function="identity_block",
    kind="block",
    signature=("X", "f", "filters", "stage", "block"),
    outline=MAIN_PATH + MEETING,
    agreed=BLOCKS_AGREED,
    rubric=(
        Rubric(
            "2a",
            2.5,
            (
                Text(
                    "What does a 1x1 convolution do to the number of channels, and which of F1, F2 and F3 belongs here?",
                    zh="1×1 卷积怎样改变通道数？这里该用 F1、F2、F3 中的哪一个？",
                ),
                Text(
                    "The first component has three layers on the main path: Conv2D, BatchNormalization, ReLU. Go through its line of the table setting by setting: filters, kernel size, stride, padding, name, initializer.",
                    zh="2a 步在主路径上有三层：Conv2D、BatchNormalization、ReLU。对照表格里的这一步，把设置逐项检查一遍：过滤器数、窗口大小、步长、填充、名称、初始化器。",
                ),
                Text(
                    "Conv2D(F1, (1, 1), strides=(1, 1), padding='valid', name=conv_name_base + '2a', kernel_initializer=glorot_uniform(seed=0)), then BatchNormalization(axis=3, name=bn_name_base + '2a'), then Activation('relu'), each called on X.",
                    zh="Conv2D(F1, (1, 1), strides=(1, 1), padding='valid', name=conv_name_base + '2a', kernel_initializer=glorot_uniform(seed=0))，然后是 BatchNormalization(axis=3, name=bn_name_base + '2a')，再是 Activation('relu')，每一层都作用在 X 上。",
                ),
            ),
        ),
        Rubric(
            "2b",
            2.5,
            (
                Text(
                    "Which component looks at a pixel's neighbours, and what must its padding be so that height and width stay as they are?",
                    zh="哪一步会看到一个像素周围的像素？要让高和宽保持不变，它需要哪种填充？",
                ),
                Text(
                    "The second component is the first one again with three changes: F2 filters, a window of f by f, and the padding.",
                    zh="2b 步就是把 2a 步再写一遍，改动三处：F2 个过滤器、f×f 的窗口，还有填充。",
                ),
                Text(
                    "Conv2D(F2, (f, f), strides=(1, 1), padding='same', name=conv_name_base + '2b', ...), then batch normalization and ReLU as in 2a.",
                    zh="Conv2D(F2, (f, f), strides=(1, 1), padding='same', name=conv_name_base + '2b', ...)，然后和 2a 步一样，是批归一化和 ReLU。",
                ),
            ),
        ),
        Rubric(
            "2c",
            2.5,
            (
                Text(
                    "The main path is about to be added to the block's input. How many channels must it have by then, and should it still be allowed to be negative?",
                    zh="主路径马上就要和块的输入相加了。它必须有多少个通道？这时它的值还可以是负数吗？",
                ),
                Text(
                    "The third component is a 1x1 convolution with F3 filters and a batch normalization. What do the first two have that it must not have?",
                    zh="2c 步是一个有 F3 个过滤器的 1×1 卷积和一个批归一化。前两步有什么是它不能有的？",
                ),
                Text(
                    "Conv2D(F3, (1, 1), ..., name=conv_name_base + '2c', ...), then BatchNormalization(axis=3, name=bn_name_base + '2c'), and no ReLU here.",
                    zh="Conv2D(F3, (1, 1), ..., name=conv_name_base + '2c', ...)，然后是 BatchNormalization(axis=3, name=bn_name_base + '2c')，这里没有 ReLU。",
                ),
            ),
        ),
        Rubric(
            "add",
            2.5,
            (
                Text(
                    "Which two tensors meet here, and at what moment must you have kept the second one?",
                    zh="在这里相加的是哪两个张量？其中第二个必须在什么时候就保存下来？",
                ),
                Text(
                    "Keep the block's input in a variable before the first layer. At the end, add it to the main path; the last ReLU comes after the addition.",
                    zh="在第一层之前，先把块的输入存到一个变量里。最后把它和主路径相加；最后一个 ReLU 在加法之后。",
                ),
                Text(
                    "X_shortcut = X as the first line; at the end X = Add()([X, X_shortcut]), then X = Activation('relu')(X), and return X.",
                    zh="第一行写 X_shortcut = X；最后写 X = Add()([X, X_shortcut])，然后 X = Activation('relu')(X)，再 return X。",
                ),
            ),
        ),
    ),
    public_cases=(
        TestCase(
            name="public-1",
            arguments={"f": 2, "filters": (2, 4, 6), "stage": 1, "block": "a"},
            input_shape=(3, 4, 4, 6),
            input_seed=1,
        ),
        TestCase(
            name="public-2",
            arguments={"f": 3, "filters": (4, 3, 8), "stage": 3, "block": "c"},
            input_shape=(2, 5, 7, 8),
            input_seed=2,
            training=True,
            by_keyword=True,
        ),
    ),
    draw_hidden_cases=hidden_identity_blocks,
    variants=BLOCK_VARIANTS,
)


def hidden_convolutional_blocks(random: Random) -> tuple[TestCase, ...]:
    return draw_block_cases(random, strides=True)


CONVOLUTIONAL_BLOCK = Exercise(
    name="convolutional_block",
    function="convolutional_block",
    kind="block",
    signature=("X", "f", "filters", "stage", "block", "s"),
    defaults={"s": 2},
    outline=MAIN_PATH + SHORTCUT + MEETING,
    agreed=BLOCKS_AGREED,
    rubric=(
        Rubric(
            "2a",
            2.0,
            (
                Text(
                    "This block can make the image smaller. Which component of the main path does that, and with which argument?",
                    zh="这个块可以把图片变小。主路径上的哪一步做这件事？用的是哪个参数？",
                ),
                Text(
                    "The first component is that of the identity block except for its stride, which is the argument s.",
                    zh="2a 步和恒等块的一样，只是步长不同：步长是参数 s。",
                ),
                Text(
                    "Conv2D(F1, (1, 1), strides=(s, s), padding='valid', name=conv_name_base + '2a', kernel_initializer=glorot_uniform(seed=0)), then batch normalization and ReLU.",
                    zh="Conv2D(F1, (1, 1), strides=(s, s), padding='valid', name=conv_name_base + '2a', kernel_initializer=glorot_uniform(seed=0))，然后是批归一化和 ReLU。",
                ),
            ),
        ),
        Rubric(
            "2b",
            2.0,
            (
                Text(
                    "The image already has its final size when it gets here. What stride does that leave for the f by f convolution?",
                    zh="图片到这里已经是最终的大小了。那么 f×f 卷积的步长应该是多少？",
                ),
                Text(
                    "The second component is exactly that of the identity block: F2 filters, f by f, stride 1, padding 'same'.",
                    zh="2b 步和恒等块的完全一样：F2 个过滤器，f×f，步长 1，填充 'same'。",
                ),
                Text(
                    "Conv2D(F2, (f, f), strides=(1, 1), padding='same', name=conv_name_base + '2b', ...), then batch normalization and ReLU.",
                    zh="Conv2D(F2, (f, f), strides=(1, 1), padding='same', name=conv_name_base + '2b', ...)，然后是批归一化和 ReLU。",
                ),
            ),
        ),
        Rubric(
            "2c",
            2.0,
            (
                Text(
                    "Is there a ReLU between the last batch normalization of the main path and the addition?",
                    zh="主路径上最后一个批归一化和加法之间，有没有 ReLU？",
                ),
                Text(
                    "The third component is exactly that of the identity block: a 1x1 convolution with F3 filters, a batch normalization, nothing else.",
                    zh="2c 步和恒等块的完全一样：一个有 F3 个过滤器的 1×1 卷积，一个批归一化，再没有别的。",
                ),
                Text(
                    "Conv2D(F3, (1, 1), ..., name=conv_name_base + '2c', ...), then BatchNormalization(axis=3, name=bn_name_base + '2c').",
                    zh="Conv2D(F3, (1, 1), ..., name=conv_name_base + '2c', ...)，然后是 BatchNormalization(axis=3, name=bn_name_base + '2c')。",
                ),
            ),
        ),
        Rubric(
            "shortcut",
            2.0,
            (
                Text(
                    "What shape does the main path end with, and what has to happen to the block's input so that the two can be added?",
                    zh="主路径最后输出什么形状？块的输入要经过怎样的处理，两者才能相加？",
                ),
                Text(
                    "The shortcut starts at the block's input. It needs a 1x1 convolution with F3 filters and stride s, and a batch normalization; their names end in '1'. It stays linear.",
                    zh="捷径从块的输入开始。它需要一个有 F3 个过滤器、步长为 s 的 1×1 卷积，再加一个批归一化；两者的名称都以 '1' 结尾。捷径上没有 ReLU。",
                ),
                Text(
                    "X_shortcut = Conv2D(F3, (1, 1), strides=(s, s), padding='valid', name=conv_name_base + '1', kernel_initializer=glorot_uniform(seed=0))(X_shortcut), then BatchNormalization(axis=3, name=bn_name_base + '1')(X_shortcut).",
                    zh="X_shortcut = Conv2D(F3, (1, 1), strides=(s, s), padding='valid', name=conv_name_base + '1', kernel_initializer=glorot_uniform(seed=0))(X_shortcut)，然后是 BatchNormalization(axis=3, name=bn_name_base + '1')(X_shortcut)。",
                ),
            ),
        ),
        Rubric(
            "add",
            2.0,
            (
                Text(
                    "Which two tensors are added, and what happens to their sum?",
                    zh="相加的是哪两个张量？它们的和接下来要经过什么？",
                ),
                Text(
                    "Add the end of the main path and the end of the shortcut; the ReLU comes after the addition.",
                    zh="把主路径的终点和捷径的终点相加；ReLU 在加法之后。",
                ),
                Text(
                    "X = Add()([X, X_shortcut]), then X = Activation('relu')(X), and return X.",
                    zh="X = Add()([X, X_shortcut])，然后 X = Activation('relu')(X)，最后 return X。",
                ),
            ),
        ),
    ),
    public_cases=(
        TestCase(
            name="public-1",
            arguments={"f": 2, "filters": (2, 4, 6), "stage": 1, "block": "a"},
            input_shape=(3, 4, 4, 6),
            input_seed=1,
        ),
        TestCase(
            name="public-2",
            arguments={"f": 3, "filters": (4, 3, 7), "stage": 4, "block": "b", "s": 3},
            input_shape=(2, 6, 8, 5),
            input_seed=3,
            training=True,
            by_keyword=True,
        ),
        TestCase(
            name="public-3",
            arguments={"f": 4, "filters": (3, 5, 2), "stage": 2, "block": "d", "s": 1},
            input_shape=(2, 7, 5, 4),
            input_seed=4,
        ),
    ),
    draw_hidden_cases=hidden_convolutional_blocks,
    variants=BLOCK_VARIANTS,
)

# --- ResNet-50 ----------------------------------------------------------------------------------------------------

IDENTITY_BLOCKS = {2: 2, 3: 3, 4: 5, 5: 2}
"""How many identity blocks follow the convolutional one in each stage (He et al. 2015, arXiv 1512.03385, table 1)."""


def network_outline() -> tuple[Part, ...]:
    parts = [Part("stage 1", ("ZeroPadding2D", "Conv2D", "BatchNormalization", "ReLU", "MaxPooling2D"))]
    for stage, identity_blocks in IDENTITY_BLOCKS.items():
        for i in range(identity_blocks + 1):
            block = IDENTITY_BLOCK if i else CONVOLUTIONAL_BLOCK
            place = f"stage {stage}, block {chr(ord('a') + i)}"
            for part in block.outline:
                parts.append(Part(f"{place}, {part.step}", part.layers, block=block.function))
    parts.append(Part("head", ("AveragePooling2D", "Flatten", "Dense", "Softmax")))
    return tuple(parts)


def network_case(name: str, height: int, width: int, classes: int, seed: int, hidden: bool = False) -> TestCase:
    return TestCase(
        name=name,
        arguments={"input_shape": (height, width, 3), "classes": classes},
        input_shape=(1, height, width, 3),
        input_seed=seed,
        distribution="uniform",
        hidden=hidden,
        by_keyword=hidden,
    )


def blocks(stage: int, found: int) -> Sign:
    return Sign(step=f"stage {stage}", kind="extra", layer="identity_block", found=found)


NETWORK_VARIANTS = (
    Variant(
        Text(
            "With 36 blocks in stage 4 and 8 in stage 3 this is ResNet-152. The exercise asks for ResNet-50.",
            zh="第 4 阶段 36 个块、第 3 阶段 8 个块，这是 ResNet-152。练习要的是 ResNet-50。",
        ),
        (blocks(3, 7), blocks(4, 35)),
    ),
    Variant(
        Text(
            "With 23 blocks in stage 4 this is ResNet-101. The exercise asks for ResNet-50.",
            zh="第 4 阶段有 23 个块，这是 ResNet-101。练习要的是 ResNet-50。",
        ),
        (blocks(4, 22),),
    ),
    Variant(
        Text(
            "A 256 in stage 5 is known from an old copy of this course, and is a mistake there: all three numbers of filters double from stage to stage.",
            zh="第 5 阶段的 256 见于这门课的一份旧材料，那里写错了：三个过滤器数每个阶段都翻一倍。",
        ),
        (setting("stage 5, block a, 2a", "filters", 256), setting("stage 5, block a, 2b", "filters", 256)),
    ),
    *BLOCK_VARIANTS,
)

# Nothing is given here: what the first line says is what holds.
DEFAULT_NETWORK = TestCase(
    name="public-1", arguments={}, input_shape=(1, 64, 64, 3), input_seed=5, distribution="uniform"
)


def hidden_networks(random: Random) -> tuple[TestCase, ...]:
    """One shape, not square, and a number of classes, neither of which a public test case has."""
    height, width = random.choice((48, 64, 80)), random.choice((56, 72, 88))
    classes = random.choice([n for n in range(3, 20) if n not in (4, 6)])
    return (network_case("hidden-1", height, width, classes, random.randrange(2**32), hidden=True),)


RESNET50 = Exercise(
    name="resnet50",
    function="ResNet50",
    kind="model",
    signature=("input_shape", "classes"),
    defaults={"input_shape": (64, 64, 3), "classes": 6},
    outline=network_outline(),
    agreed=NETWORK_AGREED,
    blocks=(
        CalledBlock(function="identity_block", signature=IDENTITY_BLOCK.signature, channels="filters"),
        CalledBlock(
            function="convolutional_block",
            signature=CONVOLUTIONAL_BLOCK.signature,
            channels="filters",
            strides="s",
            defaults={"s": 2},
        ),
    ),
    rubric=(
        Rubric(
            "stage 1",
            1.5,
            (
                Text(
                    "What happens to the image before the first residual block: which layer makes room at its border, and which two make it smaller?",
                    zh="在第一个残差块之前，图片经过了什么：哪一层在它四周补边，哪两层把它变小？",
                ),
                Text(
                    "Stage 1 is ZeroPadding2D, a 7x7 convolution with 64 filters and stride 2, batch normalization, ReLU, max pooling: in this order, named conv1 and bn_conv1.",
                    zh="第 1 阶段依次是：ZeroPadding2D，有 64 个过滤器、步长为 2 的 7×7 卷积，批归一化，ReLU，最大池化。卷积和批归一化的名称是 conv1 和 bn_conv1。",
                ),
                Text(
                    "ZeroPadding2D((3, 3)); Conv2D(64, (7, 7), strides=(2, 2), name='conv1', kernel_initializer=glorot_uniform(seed=0)); BatchNormalization(axis=3, name='bn_conv1'); Activation('relu'); MaxPooling2D((3, 3), strides=(2, 2)).",
                    zh="ZeroPadding2D((3, 3))；Conv2D(64, (7, 7), strides=(2, 2), name='conv1', kernel_initializer=glorot_uniform(seed=0))；BatchNormalization(axis=3, name='bn_conv1')；Activation('relu')；MaxPooling2D((3, 3), strides=(2, 2))。",
                ),
            ),
        ),
        Rubric(
            "stage 2",
            1.5,
            (
                Text(
                    "Max pooling has just halved the image. Which s does the first block of stage 2 need, then?",
                    zh="最大池化刚刚把图片缩小了一半。那么第 2 阶段的第一个块需要多大的 s？",
                ),
                Text(
                    "Stage 2: one convolutional block (block 'a', s=1), then two identity blocks ('b', 'c'), all with filters [64, 64, 256] and f=3.",
                    zh="第 2 阶段：一个卷积块（block 'a'，s=1），然后是两个恒等块（'b'、'c'），过滤器都是 [64, 64, 256]，f=3。",
                ),
                Text(
                    "convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block='a', s=1), then identity_block(X, 3, [64, 64, 256], stage=2, block='b'), and 'c'.",
                    zh="convolutional_block(X, f=3, filters=[64, 64, 256], stage=2, block='a', s=1)，然后是 identity_block(X, 3, [64, 64, 256], stage=2, block='b')，以及 'c'。",
                ),
            ),
        ),
        Rubric(
            "stage 3",
            1.5,
            (
                Text(
                    "How many blocks does stage 3 have, and what doubles there while the image is halved?",
                    zh="第 3 阶段有几个块？图片缩小一半的同时，什么变成了两倍？",
                ),
                Text(
                    "Stage 3: a convolutional block (block 'a', s=2), then three identity blocks ('b' to 'd'), filters [128, 128, 512].",
                    zh="第 3 阶段：一个卷积块（block 'a'，s=2），然后是三个恒等块（'b' 到 'd'），过滤器 [128, 128, 512]。",
                ),
                Text(
                    "convolutional_block(X, f=3, filters=[128, 128, 512], stage=3, block='a', s=2), then identity_block(X, 3, [128, 128, 512], stage=3, block='b'), 'c', 'd'.",
                    zh="convolutional_block(X, f=3, filters=[128, 128, 512], stage=3, block='a', s=2)，然后是 identity_block(X, 3, [128, 128, 512], stage=3, block='b')，以及 'c'、'd'。",
                ),
            ),
        ),
        Rubric(
            "stage 4",
            1.5,
            (
                Text(
                    "Which stage is the longest, and how does its line of the table differ from stage 3's?",
                    zh="哪个阶段最长？表格里它那一行和第 3 阶段有什么不同？",
                ),
                Text(
                    "Stage 4: a convolutional block (block 'a', s=2), then five identity blocks ('b' to 'f'), filters [256, 256, 1024].",
                    zh="第 4 阶段：一个卷积块（block 'a'，s=2），然后是五个恒等块（'b' 到 'f'），过滤器 [256, 256, 1024]。",
                ),
                Text(
                    "convolutional_block(X, f=3, filters=[256, 256, 1024], stage=4, block='a', s=2), then identity_block(X, 3, [256, 256, 1024], stage=4, block='b'), 'c', 'd', 'e', 'f'.",
                    zh="convolutional_block(X, f=3, filters=[256, 256, 1024], stage=4, block='a', s=2)，然后是 identity_block(X, 3, [256, 256, 1024], stage=4, block='b')，以及 'c'、'd'、'e'、'f'。",
                ),
            ),
        ),
        Rubric(
            "stage 5",
            1.5,
            (
                Text(
                    "Look at the three numbers of filters from stage to stage. Which numbers continue the series in stage 5?",
                    zh="比较各个阶段的三个过滤器数。照这个规律，第 5 阶段应该是哪三个数？",
                ),
                Text(
                    "Stage 5: a convolutional block (block 'a', s=2), then two identity blocks ('b', 'c'). All three numbers of filters double once more; copies of this course that say 256 here are wrong.",
                    zh="第 5 阶段：一个卷积块（block 'a'，s=2），然后是两个恒等块（'b'、'c'）。三个过滤器数都再翻一倍；有的课程资料在这里写 256，那是错的。",
                ),
                Text(
                    "convolutional_block(X, f=3, filters=[512, 512, 2048], stage=5, block='a', s=2), then identity_block(X, 3, [512, 512, 2048], stage=5, block='b'), and 'c'.",
                    zh="convolutional_block(X, f=3, filters=[512, 512, 2048], stage=5, block='a', s=2)，然后是 identity_block(X, 3, [512, 512, 2048], stage=5, block='b')，以及 'c'。",
                ),
            ),
        ),
        Rubric(
            "head",
            2.5,
            (
                Text(
                    "How does a stack of small images become one probability for each class?",
                    zh="怎样把一叠小图片变成每个类别一个概率？",
                ),
                Text(
                    "After stage 5: average pooling over 2x2, Flatten, and one Dense layer whose units, name and activation depend on the task.",
                    zh="第 5 阶段之后：2×2 的平均池化，Flatten，再加一个 Dense 层；它的单元数、名称和激活函数由任务决定。",
                ),
                Text(
                    "AveragePooling2D((2, 2)); Flatten(); Dense(classes, activation='softmax', name='fc' + str(classes), kernel_initializer=glorot_uniform(seed=0)); then Model(inputs=X_input, outputs=X).",
                    zh="AveragePooling2D((2, 2))；Flatten()；Dense(classes, activation='softmax', name='fc' + str(classes), kernel_initializer=glorot_uniform(seed=0))；最后 Model(inputs=X_input, outputs=X)。",
                ),
            ),
        ),
    ),
    public_cases=(DEFAULT_NETWORK, network_case("public-2", 48, 80, 4, seed=6)),
    draw_hidden_cases=hidden_networks,
    inner_cap=3.0,
    variants=NETWORK_VARIANTS,
    closing=Text(
        "Every exercise is right. You have built a residual network of fifty layers: well done.",
        zh="所有练习都对了。你搭出了一个五十层的残差网络：做得好。",
    ),
)

# --- a network that is trained ------------------------------------------------------------------------------------

# There is no one right answer here: the graph must be a residual network, the weights that were saved must fit it, and
# what both together say of images that nobody has seen is measured.
TRAIN_SIGNS = Exercise(
    name="train_signs",
    function="small_resnet",
    kind="trained",
    signature=("input_shape", "classes"),
    outline=(),
    rubric=(
        Rubric(
            "graph",
            3.0,
            (
                Text(
                    "Which of your two blocks may change the shape of its input, and which may not?",
                    zh="你的两个块里，哪一个可以改变输入的形状，哪一个不可以？",
                ),
                Text(
                    "A first convolution and a pooling make the picture smaller; then come stages, each a convolutional block followed by an identity block; then one number for each channel, and a Dense layer with a softmax over the six classes.",
                    zh="先用一个卷积和一次池化把图片变小；然后是若干阶段，每个阶段是一个卷积块，后面跟一个恒等块；最后每个通道取一个数，再接一个对六个类别做 softmax 的 Dense 层。",
                ),
                Text(
                    "X = convolutional_block(X, f=3, filters=[24, 24, 48], stage=2, block='a', s=1); then stage 3 with filters [48, 48, 96]: convolutional_block(..., block='a', s=2) and identity_block(X, 3, [48, 48, 96], stage=3, block='b'); stage 4 in the same way with [64, 64, 128]; at the end GlobalAveragePooling2D() and Dense(classes, activation='softmax'), and Model(inputs=X_input, outputs=X).",
                    zh="X = convolutional_block(X, f=3, filters=[24, 24, 48], stage=2, block='a', s=1)；然后第 3 阶段用 [48, 48, 96]：convolutional_block(..., block='a', s=2) 和 identity_block(X, 3, [48, 48, 96], stage=3, block='b')；第 4 阶段同样，用 [64, 64, 128]；最后 GlobalAveragePooling2D() 和 Dense(classes, activation='softmax')，再 Model(inputs=X_input, outputs=X)。",
                ),
            ),
        ),
        Rubric(
            "weights",
            1.0,
            (
                Text(
                    "What does a network need besides its layers, and where does training leave it?",
                    zh="除了层以外，一个网络还需要什么？训练之后它在哪里？",
                ),
                Text(
                    "The cell that trains saves signs.safetensors beside the notebook. It belongs to the network as it was when it was trained, and it is handed in together with the notebook.",
                    zh="负责训练的单元格会把 signs.safetensors 保存在笔记本旁边。它只属于训练时的那个网络，并且要和笔记本一起交上来。",
                ),
                Text(
                    "Run history = signs.train(small_resnet(), data) once more after every change of small_resnet, to its end, and hand in signs.safetensors with signs.ipynb.",
                    zh="每次改过 small_resnet 之后，都要把 history = signs.train(small_resnet(), data) 重新运行到底，并把 signs.safetensors 和 signs.ipynb 一起交上来。",
                ),
            ),
        ),
        Rubric(
            "accuracy",
            6.0,
            (
                Text(
                    "Look at the two curves. Are both still rising when training ends, or does only the one for training images rise?",
                    zh="看看那两条曲线：训练结束时，两条都还在上升，还是只有训练图片的那条在上升？",
                ),
                Text(
                    "If both still rise, train longer, or give the network more filters. If the test curve lags far behind and then jumps, batch normalization's moving averages have not converged yet: that takes some hundreds of steps.",
                    zh="如果两条都还在上升，就训练得更久，或者给网络更多卷积核。如果测试曲线先远远落后、然后突然跳上来，那是批归一化的滑动平均还没有收敛：这需要几百步。",
                ),
                Text(
                    "Pictures scaled to between -1 and 1 by Rescaling(1 / 127.5, offset=-1), a convolution of 24 filters with stride 2 and a pooling, three stages with filters from [24, 24, 48] to [64, 64, 128], no dropout, and the epochs that signs.train takes by default come to well over 90%.",
                    zh="用 Rescaling(1 / 127.5, offset=-1) 把图片缩放到 -1 到 1 之间，一个 24 个卷积核、步幅 2 的卷积加一次池化，三个阶段，卷积核从 [24, 24, 48] 到 [64, 64, 128]，不用 dropout，再加上 signs.train 默认的轮数，可以明显超过 90%。",
                ),
            ),
        ),
    ),
    public_cases=(
        TestCase(
            name="public-1",
            arguments={"input_shape": (64, 64, 3), "classes": 6},
            input_shape=(1, 64, 64, 3),
            input_seed=7,
            distribution="uniform",
        ),
    ),
    settings={
        "full_points_from": 0.9,  # the share of the hidden images that must be right for all points of `accuracy`
        "no_points_up_to": 0.5,  # in between the points rise evenly
        "hidden_images": 240,
        "max_parameters": 2_000_000,  # numbers in all weights together; the course's own net has 196,022
        "max_products": 60_000_000,  # multiplications for one image: six times what the course's own net needs
    },
)

EXERCISES = (IDENTITY_BLOCK, CONVOLUTIONAL_BLOCK, RESNET50, TRAIN_SIGNS)
