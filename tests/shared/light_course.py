"""A light course for broken submissions: one assignment, `plain`, with three exercises and no TensorFlow."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.shared.helpers import ROOT

ASSIGNMENT = "plain"
MAX_POINTS = {"test_double": 2.0, "test_mean": 3.0, "test_total": 5.0}

SOLUTIONS = {
    "double": "def double(x):\n    return 2 * x",
    "mean": "def mean(rows):\n    return np.asarray(rows).mean(axis=0)",
    "total": "def total(text):\n    return len(text.split())",
}
TESTS = {
    "double": ("assert double(2) == 4", "assert double(-7.5) == -15"),
    "mean": (
        "import numpy as np\nnp.testing.assert_allclose(mean(np.array([[1.0, 2.0], [3.0, 4.0]])), [2.0, 3.0])",
        "np.testing.assert_allclose(mean(np.arange(12.0).reshape(4, 3)), [4.5, 5.5, 6.5])",
    ),
    # Its value is the points: partial credit, worked out from what the student's function returned.
    "total": ('total("one two")', '5 - abs(total("a b  c") - 3)'),
}

STOCK_CONFIG = """\
import os
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "light"
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.Execute.timeout = 4
"""
"""nbgrader as it comes, but with a short timeout."""

OWN_CONFIG = """

# --- set by the test: a short timeout and small limits ---
c.Execute.timeout = 4
c.SandboxProvisioner.memory = 2**30
c.SandboxProvisioner.processes = 100
c.SandboxProvisioner.file_size = 32 * 2**20
c.SandboxProvisioner.disk = 128 * 2**20
c.SandboxProvisioner.files = 2000
c.SandboxProvisioner.tmp_size = 64 * 2**20
c.SandboxProvisioner.wall_seconds = 120
"""


def make_course(root: Path, ours: bool) -> None:
    """Write the course's source and configuration: this kit's own, or nbgrader's defaults."""
    folder = root / "source" / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(source(), folder / f"{ASSIGNMENT}.ipynb")
    config = root / "nbgrader_config.py"
    if ours:
        shutil.copy(ROOT / "nbgrader_config.py", config)
        with config.open("a") as file:
            file.write(OWN_CONFIG)
    else:
        config.write_text(STOCK_CONFIG)


def source() -> NotebookNode:
    """The instructor's notebook."""
    cells = [
        _cell("markdown", "intro", "# Three functions", locked=True),
        _cell("code", "setup", "import numpy as np", locked=True),
    ]
    for name, solution in SOLUTIONS.items():
        visible, hidden = TESTS[name]
        body = solution.replace("\n    ", "\n    ### BEGIN SOLUTION\n    ") + "\n    ### END SOLUTION"
        test = f"{visible}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
        cells += [
            _cell("markdown", f"task_{name}", f"Write `{name}`.", locked=True),
            _cell("code", name, body, solution=True),
            _cell("code", f"test_{name}", test, grade=True, locked=True, points=MAX_POINTS[f"test_{name}"]),
        ]
    return _notebook(cells)


def released() -> NotebookNode:
    """What a student starts from, without nbgrader's having to make it."""
    node = source()
    for cell in node.cells:
        name = cell.metadata.nbgrader.grade_id
        if name in SOLUTIONS:
            cell.source = SOLUTIONS[name].split("\n")[0] + "\n    raise NotImplementedError()"
        elif name.startswith("test_"):
            cell.source = cell.source.split("\n### BEGIN HIDDEN")[0]
    return node


def answered(**cells: str) -> NotebookNode:
    """A right notebook, with these solution cells exchanged."""
    node = released()
    for name, text in (SOLUTIONS | cells).items():
        find(node, name).source = text
    return node


def find(node: NotebookNode, name: str) -> NotebookNode:
    """The cell with this grade_id."""
    return next(cell for cell in node.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)


def write(folder: Path, node: NotebookNode, name: str = f"{ASSIGNMENT}.ipynb") -> None:
    """Write a notebook as it is, valid or not."""
    (folder / name).write_text(json.dumps(node, indent=1), encoding="utf-8")


def _notebook(cells: list[NotebookNode]) -> NotebookNode:
    node = nbformat.v4.new_notebook(cells=cells)
    node.metadata = nbformat.from_dict(
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"},
            "language_info": {"name": "python"},
        }
    )
    return node


def _cell(
    kind: str,
    name: str,
    text: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> NotebookNode:
    new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    marks = {"schema_version": 3, "grade_id": name, "grade": grade, "solution": solution, "locked": locked}
    marks |= {"task": False} | ({} if points is None else {"points": points})
    cell: NotebookNode = new(text, id=name.replace("_", "-"), metadata={"nbgrader": marks})
    return cell
