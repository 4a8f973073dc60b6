"""Right answers as students write them: plain ones, each with choices of its own, and an odd one."""

from __future__ import annotations

from random import Random

STARTS = (
    "    F1, F2, F3 = filters\n    shortcut = X",
    "    X_shortcut = X\n    F1, F2, F3 = filters",
    "    F1 = filters[0]\n    F2 = filters[1]\n    F3 = filters[2]\n    X_shortcut = X",
    "    (n1, n2, n3) = filters\n    skip = X",
)
RELUS = ('Activation("relu")(X)', "Activation('relu')(X)", "ReLU()(X)", "layers.ReLU()(X)")
SEEDS = ("glorot_uniform(seed=0)", "GlorotUniform(seed=0)", "keras.initializers.glorot_uniform(seed=0)")
NAMES = (
    '"res" + str(stage) + block + "_branch{step}"',
    'f"res{{stage}}{{block}}_branch{step}"',
    'conv_name_base + "{step}"',
)
SUMS = ("Add()([X, {short}])", "Add()([{short}, X])", "X + {short}", "layers.add([X, {short}])")


def plain(generator: Random) -> str:
    """A right identity block, straight down, each choice made anew."""
    start, relu, seed = generator.choice(STARTS), generator.choice(RELUS), generator.choice(SEEDS)
    name, total = generator.choice(NAMES), generator.choice(SUMS)
    filters = ("n1", "n2", "n3") if "n1" in start else ("F1", "F2", "F3")
    short = next(word for word in ("X_shortcut", "shortcut", "skip") if word in start)
    axis, padded = generator.choice(("axis=3, ", "")), generator.random() < 0.7
    strides = generator.choice(("strides=(1, 1), ", "strides=1, ", ""))
    lines = ["def identity_block(X, f, filters, stage, block):", start]
    if "conv_name_base" in name:
        lines.append('    conv_name_base = "res" + str(stage) + block + "_branch"')
    for step, number, size in zip(("2a", "2b", "2c"), filters, ("(1, 1)", "(f, f)", "(1, 1)"), strict=True):
        padding = 'padding="same", ' if step == "2b" else 'padding="valid", ' if padded else ""
        lines.append(f"    # {step}")
        lines.append(
            f"    X = Conv2D({number}, {size}, {strides}{padding}name={name.format(step=step)}, "
            f"kernel_initializer={seed})(X)"
        )
        lines.append(f'    X = BatchNormalization({axis}name="bn" + str(stage) + block + "_branch{step}")(X)')
        if step != "2c":
            lines.append(f"    X = {relu}")
    lines += [f"    X = {total.format(short=short)}", f"    X = {relu}", "    return X"]
    return "\n".join(lines) + "\n"


ODD = """\
def identity_block(X, f, filters, stage, block):
    todo = list(zip("abc", filters, [1, f, 1]))
    kept = X
    while todo:
        letter, many, side = todo.pop(0)
        label = "_branch2".join([str(stage) + block, letter])
        X = Conv2D(many, side, padding="same" if side == f else "valid", name="res" + label,
                   kernel_initializer=glorot_uniform(seed=0))(X)
        X = BatchNormalization(name="bn" + label)(X)
        X = X if not todo else Activation("relu")(X)
    return Activation("relu")(Add()([X, kept]))
"""

RENAMED = '''\
def identity_block(X, f, filters, stage, block):
    """My own."""
    queue = list(zip('abc', filters, [1, f, 1]))   # what is to do

    start = X
    while queue:
        part, n, k = queue.pop(0)
        text = '_branch2'.join([str(stage) + block, part])
        X = Conv2D(
            n,
            k,
            padding='same' if k == f else 'valid',
            name='res' + text,
            kernel_initializer=glorot_uniform(seed=0),
        )(X)
        X = BatchNormalization(name='bn' + text)(X)
        X = X if not queue else Activation('relu')(X)
    return Activation('relu')(Add()([X, start]))
'''
"""The same with other names, quotes, lines and comments."""
