"""A class that hands in the `resnet` course: half right in several spellings, half with a mistake each.

No two submissions have the same text: names, variables and comments differ, so that no result of one can serve for
another. The same number gives the same class.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

Edits = tuple[tuple[str, str], ...]

EXERCISES = ("identity_block", "convolutional_block", "resnet50")
ASSIGNMENT = "resnet"
FULL = 30.0
"""All the points of a right submission."""

NO_SEED = (("kernel_initializer=glorot_uniform(seed=0)", "kernel_initializer=glorot_uniform()"),)


@dataclass(frozen=True, slots=True)
class Answer:
    """How the reference solution is changed: wherever it applies, and in the exercises named."""

    story: str
    everywhere: Edits = ()
    edits: Mapping[str, Edits] = field(default_factory=dict)
    untouched: tuple[str, ...] = ()


RIGHT: tuple[Answer, ...] = (
    Answer("as the instructor has it"),
    Answer(
        "ReLU() and +",
        (('Activation("relu")(X)', "ReLU()(X)"), ("Add()([X, X_shortcut])", "X + X_shortcut")),
    ),
    Answer(
        "keras.ops.relu, layers.add, bare numbers",
        (
            ('Activation("relu")(X)', "keras.ops.relu(X)"),
            ("Add()([X, X_shortcut])", "layers.add([X_shortcut, X])"),
            ("(1, 1)", "1"),
        ),
    ),
    Answer(
        "what is the default left out", (("strides=(1, 1), ", ""), ('padding="valid", ', ""), ("axis=3, ", "axis=-1, "))
    ),
    Answer("layers with their module, axis -1", (("Conv2D(", "layers.Conv2D("), ("axis=3", "axis=-1"))),
)

WRONG: tuple[Answer, ...] = (
    Answer("2b valid", edits={"identity_block": (('padding="same"', 'padding="valid"'),)}),
    Answer("no batch normalization on the shortcut", edits={
        "convolutional_block": (
            ('    X_shortcut = BatchNormalization(axis=3, name=bn_name_base + "1")(X_shortcut)\n', ""),
        )
    }),
    Answer("stage 5 with 256 filters", edits={"resnet50": (("[512, 512, 2048]", "[256, 256, 2048]"),)}),
    Answer("a ReLU after 2c", edits={
        "identity_block": (
            ('name=bn_name_base + "2c")(X)', 'name=bn_name_base + "2c")(X)\n    X = Activation("relu")(X)'),
        )
    }),
    Answer("a syntax error", edits={"convolutional_block": (("F1, F2, F3 = filters", "F1, F2, F3 = filters)"),)}),
    Answer("one block short in stage 4", edits={"resnet50": (('"bcdef"', '"bcde"'),)}),
    Answer("the main path added to itself", edits={"identity_block": (("[X, X_shortcut]", "[X, X]"),)}),
    Answer("the shortcut keeps its size", edits={
        "convolutional_block": (('strides=(s, s), padding="valid", name=conv_name_base + "1"',
                                 'strides=(1, 1), padding="valid", name=conv_name_base + "1"'),)
    }),
    Answer("no softmax", edits={"resnet50": (('activation="softmax", ', ""),)}),
    Answer("untouched", untouched=EXERCISES),
    Answer("initializers without a seed", edits={"identity_block": NO_SEED}),
    Answer("2b with 1 x 1", edits={"convolutional_block": (("(f, f)", "(1, 1)"),)}),
    Answer("no padding in stage 1", edits={"resnet50": (("X = ZeroPadding2D((3, 3))(X_input)", "X = X_input"),)}),
    Answer("no ReLU at the end", edits={
        "identity_block": (('Add()([X, X_shortcut])\n    X = Activation("relu")(X)', "Add()([X, X_shortcut])"),)
    }),
    Answer("the shortcut with F1 filters", edits={
        "convolutional_block": (("X_shortcut = Conv2D(F3", "X_shortcut = Conv2D(F1"),)
    }),
    Answer("stage 3 with stride 1", edits={"resnet50": (('stage=3, block="a", s=2', 'stage=3, block="a", s=1'),)}),
    Answer("only the network untouched", untouched=("resnet50",)),
    Answer("a wrong name in 2a", edits={"identity_block": (('conv_name_base + "2a"', 'conv_name_base + "a2"'),)}),
    Answer("nothing returned", edits={"convolutional_block": (("    return X\n", ""),)}),
    Answer("average instead of maximum", edits={"resnet50": (("MaxPooling2D((3, 3)", "AveragePooling2D((3, 3)"),)}),
)  # fmt: skip

VARIABLES: Mapping[str, Sequence[str]] = {
    "X_shortcut": ("X_shortcut", "shortcut", "X_skip", "saved", "X_in"),
    "conv_name_base": ("conv_name_base", "conv_name", "res", "conv_prefix"),
    "bn_name_base": ("bn_name_base", "bn_name", "bn", "bn_prefix"),
    "letter": ("letter", "which", "b"),
}


@dataclass(frozen=True, slots=True)
class Submission:
    """A student's name and notebook."""

    student: str
    story: str
    right: bool
    node: NotebookNode


def make(course: Path, number: int, group: str = "s") -> tuple[Submission, ...]:
    """So many students, by turns right and wrong; another group's have other names and comments."""
    source, release = _read(course / "source"), _read(course / "release")
    solutions = {name: cell.source for cell in source.cells if (name := _name(cell)) in EXERCISES}
    made = tuple(_submission(release, solutions, i, f"{group}{i:04}") for i in range(number))
    texts = {tuple(cell.source for cell in one.node.cells) for one in made}
    assert len(texts) == number, "two submissions have the same text"
    return made


def spread(made: Sequence[Submission], number: int) -> tuple[Submission, ...]:
    """So many of them, evenly from the whole class, with its share of right ones; by turns right and wrong."""
    right, wrong = ([one for one in made if one.right is kind] for kind in (True, False))
    chosen = []
    for i in range(number):
        half, wanted = (wrong, number // 2) if i % 2 else (right, (number + 1) // 2)
        at = i // 2
        # A step further each time: mistakes go round the exercises, and a fixed step would find one of them only.
        chosen.append(half[at * len(half) // wanted + at % max(len(half) // wanted, 1)])
    return tuple(chosen)


def hand_in(made: Sequence[Submission], course: Path) -> None:
    """Put notebooks where nbgrader looks for them."""
    for one in made:
        folder = course / "submitted" / one.student / ASSIGNMENT
        folder.mkdir(parents=True)
        nbformat.write(one.node, folder / f"{ASSIGNMENT}.ipynb")  # type: ignore[no-untyped-call]


def _submission(release: NotebookNode, solutions: Mapping[str, str], i: int, student: str) -> Submission:
    right = i % 2 == 0
    kinds = RIGHT if right else WRONG
    answer = kinds[i // 2 % len(kinds)]
    node = copy.deepcopy(release)
    for cell in node.cells:
        name = _name(cell)
        if name in EXERCISES:
            given = cell.source if name in answer.untouched else _written(answer, name, solutions[name], i)
            cell.source = f"# {student}\n{given}"
    return Submission(student, answer.story, right, node)


def _written(answer: Answer, exercise: str, solution: str, i: int) -> str:
    text = "\n".join(line for line in solution.splitlines() if "### " not in line) + "\n"
    for old, new in answer.everywhere:
        text = text.replace(old, new)
    for old, new in answer.edits.get(exercise, ()):
        assert old in text, f"{answer.story}: {exercise} does not hold {old!r}"
        text = text.replace(old, new)
    for at, (old, names) in enumerate(VARIABLES.items()):
        text = re.sub(rf"\b{old}\b", names[(i // 2 // (at + 1)) % len(names)], text)
    return text


def _read(folder: Path) -> NotebookNode:
    found: NotebookNode = nbformat.read(folder / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    return found


def _name(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
