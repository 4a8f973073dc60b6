"""Which later cells leave alone what earlier ones have made, so that a test can be run after them."""

from __future__ import annotations

import time

import pytest

from autograder.base.messages import language_in
from autograder.execution.later import Notebook

BEFORE = (
    "import numpy as np\nfrom math import *",
    "LIMIT = 3\ndef double(x):\n    return helper(x) + missing",
    "double(2)",
    "def size(x):\n    return len(x)",
)

ALONE = (
    "",
    "# a comment",
    '"""a docstring"""',
    "def other(x, y=2, *, z=(1, 2)):\n    return double(x)",
    "async def other(): ...",
    "MORE = 5",
    "NAMES = MINE = ['a', 'b']",
    "import numpy as np",
    "import json, os.path",
    "raise NotImplementedError()",
    "pass",
    "x = (",
    "def other(:\n    return 1",
)

CHANGES = (
    "def double(x): ...",
    "def helper(x): ...",
    "missing = 1",
    "import other as np",
    "from os import *",
    "LIMIT = 4",
    "LIMIT += 1",
    "def other():\n    global LIMIT\n    LIMIT = 4",
    "@double\ndef other(): ...",
    "def other(x=double(3)): ...",
    "class Other(double(3)): ...",
    "other = double(3)",
    "np.random.seed(1)",
    "print(1)",
    "np.pi = 3",
    "box['a'] = 1",
    "del LIMIT",
    "for LIMIT in (1, 2): pass",
    "if True:\n    other = 1",
    "%matplotlib inline",
    "!ls",
    "files = !ls",
    "a = %time double(3)",
    "double?",
    "    double(3)",
    "/double 3",
    ">>> double(3)",
    "%%time\ndef other(): ...",
    "def len(x): return 3",
)


@pytest.mark.parametrize("later", ALONE)
def test_it_is_left_alone(later: str) -> None:
    assert made().is_left_alone_by(later)


@pytest.mark.parametrize("later", CHANGES)
def test_it_may_be_changed(later: str) -> None:
    assert not made().is_left_alone_by(later)


def made() -> Notebook:
    notebook = Notebook()
    for source in BEFORE:
        notebook.add(source)
    return notebook


def test_a_cell_that_nobody_can_read_may_have_bound_anything() -> None:
    notebook = made()
    notebook.add("%matplotlib inline\nplain = 1")
    assert notebook.is_left_alone_by("def more(): ...")
    assert not notebook.is_left_alone_by("plain = 2")
    notebook.add("%%bash\nls -l /")
    assert not notebook.is_left_alone_by("def more(): ...")


@pytest.mark.parametrize(
    "text", ["?", ";", "%", "=!", "\n", "\n%x", " ?", ">>> ", "-", "(", "a.", "a**", "lambda:", "not "]
)
def test_a_long_text_takes_no_longer_than_its_length(text: str) -> None:
    """In processor time of this process: whatever a student writes, others wait for it."""
    began = time.process_time()
    for notebook in (made(), made()):
        notebook.add(text * 100_000)
        notebook.is_left_alone_by(text * 100_000)
        language_in(text * 100_000)
    assert time.process_time() - began < 15
