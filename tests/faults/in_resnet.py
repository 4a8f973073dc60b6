"""A few faults on the real course, where a kernel holds TensorFlow and `grade` asks for evidence."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.faults.batch import Graded, grade_batch, hand_in
from tests.faults.fault import Fault, Points
from tests.shared.helpers import cell, right, solution

ASSIGNMENT = "resnet"
CELLS = ("test_identity_block", "test_convolutional_block", "test_resnet50")
FIRST_LINE = "    F1, F2, F3 = filters\n"

CONFIG = "\n\nc.Execute.timeout = 25\n"
"""Time enough for ResNet-50 on a slow machine, and not too long to wait for what hangs."""


def _fault(name: str, story: str, points: Points, change: Callable[[NotebookNode], None], word: str = "") -> Fault:
    def make(folder: Path) -> None:
        node = right()
        change(node)
        (folder / "resnet.ipynb").write_text(nbformat.writes(node), encoding="utf-8")

    return Fault(name, story, make, points, word)


def _first(name: str, line: str) -> Callable[[NotebookNode], None]:
    """The block's function begins with this line."""

    def change(node: NotebookNode) -> None:
        cell(node, name).source = solution(name, (FIRST_LINE, f"    {line}\n{FIRST_LINE}"))

    return change


def _before(name: str, code: str) -> Callable[[NotebookNode], None]:
    """The cell begins with this code."""

    def change(node: NotebookNode) -> None:
        cell(node, name).source = f"{code}\n{cell(node, name).source}"

    return change


def _at_the_end(node: NotebookNode) -> None:
    """The answer stands in a cell behind the test, and the cell that was given is as it was."""
    given = cell(node, "resnet50")
    node.cells.append(nbformat.v4.new_code_cell(given.source, id="mine"))
    given.source = "def ResNet50(input_shape=(64, 64, 3), classes=6):\n    raise NotImplementedError()"


def _without_tests(node: NotebookNode) -> None:
    for name in CELLS:
        node.cells.remove(cell(node, name))


WELL_BEHAVED = (_fault("ada", "everything is right", (10, 10, 10), lambda node: None),)

IN_RESNET = (
    _fault(
        "resnet: segfault",
        "the cell of ResNet-50 reads from address 0",
        (10, 10, 0),
        _before("resnet50", "import ctypes\nctypes.string_at(0)"),
        "The kernel died",
    ),
    _fault(
        "resnet: os._exit when called",
        "the convolutional block ends its process",
        (10, 0, 10),  # ResNet-50 calls it too, and is judged without it
        _first("convolutional_block", "__import__('os')._exit(0)"),
        "The kernel died",
    ),
    _fault(
        "resnet: hangs when called",
        "the identity block sleeps for two minutes",
        (0, 10, 10),  # ResNet-50 calls it too, and is judged without it
        _first("identity_block", "__import__('time').sleep(120)"),
        "25 seconds",
    ),
    _fault(
        "resnet: allocates when called",
        "the convolutional block asks for 8 GB, more than the sandbox has",
        (10, 0, 10),  # ResNet-50 calls it too, and is judged without it
        _first("convolutional_block", "b'x' * 2**33"),
        "Memory",
    ),
    _fault(
        "resnet: stopped before the def",
        "the cell of ResNet-50 raises an error before it defines anything",
        (10, 10, 0),
        _before("resnet50", "raise OSError('no network to be had')"),
        "OSError: no network to be had",
    ),
    _fault(
        "resnet: answered at the end",
        "ResNet-50 is defined in a cell behind its test",
        (10, 10, 0),
        _at_the_end,
        "comes after the one that grades it",
    ),
    _fault("resnet: tests deleted", "all tests are deleted", (10, 10, 10), _without_tests, "missing"),
)


def grade_resnet(place: Path, built: Path) -> Graded:
    """Grade the faults on a copy of a course that is built."""
    course = Path(shutil.copytree(built, place / "c"))
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(CONFIG)
    hand_in(course, (*WELL_BEHAVED, *IN_RESNET), ASSIGNMENT)
    return grade_batch(course, ASSIGNMENT, CELLS)
