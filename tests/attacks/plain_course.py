"""A course without TensorFlow: eight small exercises as an instructor writes them, with hidden tests worth stealing."""

from __future__ import annotations

import base64
import copy
import hashlib
import pickle
from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ASSIGNMENT = "plain"
NUMBERS = (271828182, 314159265, 161803398)
VALUES = [31.25, 4.5, 17.75, 90210.5]
TERMS = (11, 101, 1009)

SETUP = """\
import base64
import hashlib
import json
import math
import pickle

import numpy as np


def close(a, b):
    return abs(a - b) < 1e-9
"""

RIGHT = {
    "triple": "def triple(x):\n    return 3 * x\n",
    "relu": "def relu(x):\n    return np.maximum(x, 0)\n",
    "stats": """\
def stats(values):
    return {
        "count": len(values),
        "mean": sum(values) / len(values),
        "sorted": sorted(values),
        "ends": (min(values), max(values)),
    }
""",
    "label": """\
def label(n):
    return "small" if n < 10 else "medium" if n < 100 else "large"
""",
    "median": """\
def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
""",
    "estimate": """\
def estimate(n):
    return sum(4 * (-1) ** k / (2 * k + 1) for k in range(n))
""",
    "pack": "def pack(pairs):\n    return dict(pairs)\n",
    "essay": 'print("a program of my own")\n',
}
WRONG = {
    "triple": "def triple(x):\n    return x\n",
    "relu": "def relu(x):\n    return x\n",
    "stats": "def stats(values):\n    return {}\n",
    "label": 'def label(n):\n    return ""\n',
    "median": "def median(values):\n    return 0\n",
    "estimate": "def estimate(n):\n    return 0.0\n",
    "pack": "def pack(pairs):\n    return {}\n",
    "essay": 'print("a program of my own")\n',
}
POINTS = {"triple": 4, "relu": 4, "stats": 4, "label": 4, "median": 4, "estimate": 4, "pack": 4, "essay": 3}
FULL = 28.0
"""What the right answers earn: the essay waits for a person."""


@dataclass(frozen=True, slots=True)
class Plain:
    """The instructor's notebook, and what in it is secret: a text to look for, and what it is."""

    source: NotebookNode
    secrets: Mapping[str, str]


def statistics_of(values: list[float]) -> dict[str, object]:
    """What a right `stats` gives."""
    return {
        "count": len(values),
        "mean": sum(values) / len(values),
        "sorted": sorted(values),
        "ends": (min(values), max(values)),
    }


def leibniz(n: int) -> float:
    """What a right `estimate` gives."""
    return sum(4 * (-1) ** k / (2 * k + 1) for k in range(n))


def make(token: str) -> Plain:
    """The course's notebook; `token` makes its markers unlike those of any other run."""
    tests = {name: _test(name, token) for name in _TESTS}
    cells = [_locked("introduction", markdown="# Small functions"), _locked("setup", code=SETUP)]
    for name, solution in RIGHT.items():
        body = f"### BEGIN SOLUTION\n{solution}### END SOLUTION\n"
        if name == "essay":
            cells.append(_cell(name, body, grade=True, solution=True, points=POINTS[name]))
            continue
        cells.append(_cell(name, body, solution=True))
        cells.append(_cell(f"test_{name}", tests[name], grade=True, locked=True, points=POINTS[name]))
    secrets = {_marker(name, token): f"hidden test of {name}" for name in tests}
    secrets |= {str(3 * n): "expected value of triple" for n in NUMBERS}
    secrets |= {str(n): "hidden argument of triple" for n in NUMBERS}
    secrets |= {str(VALUES[-1]): "hidden argument of stats"}
    secrets |= {repr(statistics_of(VALUES)["mean"]): "expected value of stats"}
    secrets |= {repr(leibniz(TERMS[-1])): "expected value of estimate"}
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})
    return Plain(notebook, secrets)


def answers(release: NotebookNode, texts: Mapping[str, str]) -> NotebookNode:
    """A copy of the student version with these solution cells filled in."""
    node = copy.deepcopy(release)
    for cell in node.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in texts:
            cell.source = texts[name]
    return node


def _marker(name: str, token: str) -> str:
    return f"marker-{name}-{token}"


def _locked(name: str, code: str = "", markdown: str = "") -> NotebookNode:
    return _cell(name, code or markdown, locked=True, markdown=bool(markdown))


def _cell(
    name: str,
    source: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
    markdown: bool = False,
) -> NotebookNode:
    marks = {
        "grade": grade, "grade_id": name, "locked": locked, "schema_version": 3, "solution": solution, "task": False,
    }  # fmt: skip
    if points is not None:
        marks["points"] = points
    make_cell = new_markdown_cell if markdown else new_code_cell
    cell: NotebookNode = make_cell(source, metadata={"nbgrader": marks}, id=f"cell-{name}".replace("_", "-"))
    return cell


def _test(name: str, token: str) -> str:
    visible, hidden = _TESTS[name]
    packed = base64.b64encode(pickle.dumps(statistics_of(VALUES))).decode()
    digest = hashlib.sha256(b"large").hexdigest()
    for key, value in (
        ("NUMBERS", NUMBERS), ("VALUES", VALUES), ("TERMS", TERMS), ("PACKED", packed), ("DIGEST", digest),
    ):  # fmt: skip
        hidden = hidden.replace(f"<{key}>", repr(value))
    return f"{visible}### BEGIN HIDDEN TESTS\n# {_marker(name, token)}\n{hidden}### END HIDDEN TESTS\n"


_TESTS = {
    "triple": (
        "assert triple(3) == 9\n",
        "for number in <NUMBERS>:\n    expected = 3 * number\n    assert triple(number) == expected\n",
    ),
    "relu": (
        "np.testing.assert_allclose(relu(np.array([-1.0, 0.0, 2.0])), [0.0, 0.0, 2.0])\n",
        "x = np.random.uniform(-1, 1, size=20)\n"
        "got = relu(x)\n"
        "np.testing.assert_allclose(got, np.where(x > 0, x, 0))\n",
    ),
    "stats": (
        'assert stats([3, 1, 2]) == {"count": 3, "mean": 2, "sorted": [1, 2, 3], "ends": (1, 3)}\n',
        "got = stats(<VALUES>)\n"
        "want = pickle.loads(base64.b64decode(<PACKED>))\n"
        "assert got == want\n"
        'assert got["ends"] == want["ends"]\n',
    ),
    "label": (
        'assert label(3) == "small"\n',
        'for got, want in zip(map(label, (7, 50, 500)), ("small", "medium", "large")):\n'
        "    assert got == want\n"
        "assert hashlib.sha256(label(4711).encode()).hexdigest() == <DIGEST>\n",
    ),
    "median": (
        "assert median([1, 2, 3]) == 2\n",
        "import statistics\n\n"
        "for values in ([5, 1, 4], [8, 8, 1, 3], [2.5]):\n"
        "    assert close(median(values), statistics.median(values))\n",
    ),
    "estimate": (
        "# The nearer your estimate, the more of the 4 points.\n",
        "error = 0\n"
        "for n in <TERMS>:\n"
        "    error += abs(estimate(n) - sum(4 * (-1) ** k / (2 * k + 1) for k in range(n))) / 3\n"
        "points = 4 * (1 - 10 * error)\n"
        "0.0 if points < 0 else points\n",
    ),
    "pack": (
        'assert pack([("a", 1)]) == {"a": 1}\n',
        'got = pack([("b", [2]), ("a", (1, None))])\n'
        'assert json.dumps(got, sort_keys=True) == json.dumps({"a": [1, None], "b": [2]}, sort_keys=True)\n',
    ),
}
