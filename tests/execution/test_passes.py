"""A notebook's two passes: what is heard comes from the first, and nothing that was asked in silence goes into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from traitlets.config import Config

from autograder.base.course import Course
from autograder.execution import record
from autograder.execution.kernel.client import RunningKernel
from autograder.execution.kernel.local import LocalKernel
from autograder.execution.kernel.session import Session, SessionError, Times
from autograder.execution.passes import STOPPED, TwoPasses
from autograder.execution.submission.model import Submission, TrustedCell
from tests.shared.built import BuiltCourse
from tests.shared.helpers import cell, right, solution

HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS\n"
SECRET = 271828
NOTE = f"if x == {SECRET}:\n        open('seen', 'a').write(str(x)); print(x, flush=True); seen.append(x)"
"""What a function does with a hidden argument: all that it can."""


@dataclass
class Executed:
    """A notebook that was executed, in kernels of this machine that each have a folder of their own."""

    folder: Path
    cells: list[NotebookNode] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    kernels: int = 0
    fails_from: int = 99
    course: Path | None = None
    times: Times = field(default_factory=lambda: Times(cell=60.0, start=60.0))

    def launch(self) -> RunningKernel:
        self.kernels += 1
        if self.kernels >= self.fails_from:
            raise SessionError("no kernel to be had")
        work = self.folder / f"work-{self.kernels}"
        work.mkdir()
        return LocalKernel(work)

    def open(self, silent: bool) -> Session:
        assert all(session._kernel is None for session in self.sessions)  # the first has ended
        self.sessions.append(Session(self.launch, self.times, silent=silent))
        return self.sessions[-1]

    def student(self, source: str, name: str = "") -> None:
        self.cells.append(new_code_cell(source, metadata={"nbgrader": _marks(name, solution=True)} if name else {}))

    def locked(self, source: str) -> None:
        self.cells.append(new_code_cell(source, metadata={"nbgrader": _marks("setup", locked=True)}))

    def test(self, name: str, source: str, hidden: str = "") -> None:
        text = source + (HIDDEN.format(hidden) if hidden else "")
        self.cells.append(new_code_cell(text, metadata={"nbgrader": _marks(name, grade=True, locked=True, points=4)}))

    def run(self) -> TwoPasses:
        node = nbformat.v4.new_notebook(cells=self.cells)
        source = self.folder / "source"
        source.mkdir()
        trusted = [
            TrustedCell(c.metadata.nbgrader.grade_id, "code", c.source, False, solution=c.metadata.nbgrader.solution)
            for c in self.cells
            if "nbgrader" in c.metadata
        ]
        course = Course(self.course or self.folder)
        submission = Submission(course, "ada", "hw", self.folder / "submitted", source, {"hw": trusted})
        passes = TwoPasses(node, submission, trusted, self.open, Config())
        passes.run()
        return passes

    def score(self, name: str) -> float | None:
        return self.record(name).score

    def record(self, name: str) -> record.CellRecord:
        found = record.cell_record(self.cell(name))
        assert found is not None
        return found

    def cell(self, name: str) -> NotebookNode:
        return next(c for c in self.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)

    def everything(self) -> str:
        """All that was written down, the tests' own sources aside."""
        return repr([(cell.outputs, cell.execution_count, cell.metadata) for cell in self.cells])


def _marks(name: str, **roles: Any) -> dict[str, Any]:
    return {"grade": False, "locked": False, "solution": False, "grade_id": name} | roles


@pytest.fixture
def notebook(tmp_path: Path) -> Executed:
    return Executed(tmp_path)


def test_where_later_cells_only_add_the_first_kernel_is_asked_when_all_have_run(notebook: Executed) -> None:
    notebook.student(f"seen = []\ndef f(x):\n    {NOTE}\n    return 3 * x", "f")
    notebook.test("test_f", "assert f(1) == 3\n", f"assert f({SECRET}) == {3 * SECRET}")
    notebook.student("def g(x):\n    raise ValueError(f'seen {seen}')", "g")
    notebook.test("test_g", "g(1)\n")
    notebook.run()
    assert (notebook.score("test_f"), notebook.score("test_g")) == (4.0, 0.0)
    assert [session.silent for session in notebook.sessions] == [True]
    assert notebook.kernels == 1
    assert "seen []" in notebook.everything()
    assert str(SECRET) not in notebook.everything()


TELLING: dict[str, str] = {
    "a cell prints it": "print(seen)",
    "a file": "import os\nprint(os.path.exists('seen') and open('seen').read())",
    "a later function's error": "def g(x):\n    raise ValueError(f'seen {seen}')\ng(1)",
    "a thread": "import threading, time\nthreading.Thread(target=lambda: [print(seen) for _ in range(9)]).start()",
    "a name": "g = type(f'Seen{seen}', (), {})()\ng",
    "a document": "f.__doc__ = f'seen {seen}'\nf?",
    "an update": "from IPython.display import display\nhandle.update(f'seen {seen}')",
}


@pytest.mark.parametrize("case", TELLING)
def test_where_later_cells_do_more_a_second_kernel_runs_all_again_in_silence(case: str, notebook: Executed) -> None:
    notebook.student("seen = []\nfrom IPython.display import display\nhandle = display('nothing', display_id=True)")
    notebook.student(f"def f(x):\n    {NOTE}\n    return 3 * x", "f")
    notebook.test("test_f", "assert f(1) == 3\n", f"assert f({SECRET}) == {3 * SECRET}")
    notebook.student(TELLING[case])
    notebook.test("test_g", "", "assert f(2) == 6")
    notebook.run()
    assert (notebook.score("test_f"), notebook.score("test_g")) == (4.0, 4.0)
    assert [session.silent for session in notebook.sessions] == [False, True]
    assert notebook.kernels == 2
    assert str(SECRET) not in notebook.everything()


def test_a_test_sees_what_the_notebook_had_made_by_its_place(notebook: Executed) -> None:
    """As under nbgrader, though it is run later: a name may mean something else further down."""
    notebook.student("answer = 1\ndef f(x): return answer", "f")
    notebook.test("test_1", "assert f(0) == 1\n", "assert (f(0), answer) == (1, 1)")
    notebook.student("answer = 2")
    notebook.test("test_2", "assert f(0) == 2\n", "assert (f(0), answer) == (2, 2)")
    notebook.student("def f(x): return 'another exercise'")
    notebook.run()
    assert (notebook.score("test_1"), notebook.score("test_2")) == (4.0, 4.0)


def test_what_one_test_defines_the_next_finds_in_silence_too(notebook: Executed) -> None:
    notebook.student("def f(x): return 3 * x", "f")
    notebook.test("test_1", "import fractions\nlimit = 10\nassert f(1) == 3\n", "")
    notebook.test("test_2", "near = lambda x: x < limit\nassert f(1) == 4\n", "")
    notebook.test("test_3", "", "assert near(f(2)) and fractions.Fraction(f(1)) == 3")
    notebook.run()
    assert [notebook.score(f"test_{n}") for n in (1, 2, 3)] == [4.0, 0.0, 4.0]


def test_a_test_that_fails_where_it_is_visible_is_not_run_in_silence(notebook: Executed) -> None:
    notebook.student("def f(x): return x", "f")
    notebook.test("test_f", "assert f(1) == 3, 'visible words'\n", f"assert f({SECRET}) == {3 * SECRET}")
    notebook.run()
    assert notebook.score("test_f") == 0.0
    assert "visible words" in repr(notebook.cell("test_f").outputs)
    assert [session.silent for session in notebook.sessions] == [False]


def test_what_is_stopped_in_silence_is_told_without_a_reason(notebook: Executed) -> None:
    """A hidden argument decides how the kernel ends, and how long it takes."""
    notebook.student("import os, time\ndef f(x):\n    if x > 1: os._exit(3)\n    return 3 * x", "f")
    notebook.test("test_f", "assert f(1) == 3\n", "assert f(2) == 6")
    passes = notebook.run()
    assert notebook.score("test_f") == 0.0
    assert passes.troubles == (("test_f", STOPPED),)
    assert "died" not in notebook.everything()
    assert passes.silent_seconds > 0


def test_a_cell_that_had_to_be_stopped_is_not_run_again(notebook: Executed) -> None:
    notebook.times = Times(cell=3.0, start=60.0)
    notebook.student("import time\ncount = 0")
    notebook.student("count += 1\ntime.sleep(600)")
    notebook.student("def f(x): return 3 * x", "f")
    notebook.test("test_f", "", "assert (f(1), count) == (3, 0)")
    notebook.student("print('something')")
    passes = notebook.run()
    assert notebook.score("test_f") == 4.0
    assert len(passes.troubles) == 1
    assert "more than 3 seconds" in passes.troubles[0][1]


def test_without_a_second_kernel_there_is_no_score(notebook: Executed) -> None:
    notebook.fails_from = 2
    notebook.student("def f(x): return 3 * x", "f")
    notebook.test("test_f", "assert f(1) == 3\n", "assert f(2) == 6")
    notebook.student("print('something')")
    notebook.test("test_g", "", "assert f(3) == 9")
    notebook.run()
    assert notebook.record("test_f") == notebook.record("test_g")
    assert (notebook.score("test_f"), notebook.record("test_f").why) == (None, "no kernel to be had")


def test_neither_pass_sees_the_folder_of_the_other(notebook: Executed) -> None:
    notebook.student(
        "import os\nfirst = not os.path.exists('left')\nopen('left', 'w').close()\ndef f(x): return first", "f"
    )
    notebook.test("test_f", "assert f(1)\n", "assert f(2)")
    notebook.student("print('something')")
    notebook.test("test_g", "", "assert f(2)")
    notebook.run()
    assert (notebook.score("test_f"), notebook.score("test_g")) == (4.0, 4.0)


ODD: dict[str, tuple[str, Callable[[float | None], bool]]] = {
    "random numbers": (
        "import random\ndraw = random.random()\nprint(draw)\ndef f(x): return draw < 2",
        lambda s: s == 4.0,
    ),
    "an error": ("def f(x): return True\n1 / 0", lambda s: s == 4.0),
}


@pytest.mark.parametrize("case", ODD)
def test_cells_that_raise_or_draw_numbers_run_again_like_others(case: str, notebook: Executed) -> None:
    source, fits = ODD[case]
    notebook.student(source, "f")
    notebook.test("test_f", "", "assert f(1)")
    notebook.student("print('something')")
    notebook.test("test_g", "", "assert f(1)")
    notebook.run()
    assert fits(notebook.score("test_f"))
    assert notebook.score("test_g") == 4.0


GRADED = {
    "visible": "grade(identity_block)",
    "hidden": HIDDEN.format("grade(identity_block)"),
    "in a loop": "sum(grade(one) for one in (identity_block,))",
    "in a helper of the course": "points_of_the_block()",
    "where its own except takes all": "try:\n    points = grade(identity_block)\nexcept:\n    points = 1\npoints",
    "after a check": "check(identity_block)\ngrade(identity_block)",
}


def test_whatever_grades_is_run_in_silence_and_has_its_public_answers_from_before(
    notebook: Executed, built: BuiltCourse
) -> None:
    """The function tells of each call; what it tells of hidden ones is heard nowhere."""
    notebook.course = built.root
    notebook.locked(cell(right(), "setup").source + "\ndef points_of_the_block():\n    return grade(identity_block)\n")
    tells = ("    F1, F2, F3 = filters\n", "    F1, F2, F3 = filters\n    told.append(stage)\n")
    notebook.student("told = []\n" + solution("identity_block", tells), "identity_block")
    for name, source in GRADED.items():
        notebook.test(name, source)
    notebook.student("print('told', sorted(set(told)))")
    notebook.test("last", HIDDEN.format("grade(identity_block)"))
    for one in notebook.cells:
        if one.metadata.nbgrader.get("grade") if "nbgrader" in one.metadata else False:
            one.metadata.nbgrader["points"] = 10
    notebook.run()
    assert {name: notebook.score(name) for name in (*GRADED, "last")} == dict.fromkeys((*GRADED, "last"), 10.0)
    assert all("identity_block: 10 of 10" in repr(notebook.cell(name).outputs) for name in GRADED)
    assert "told [1, 3]" in notebook.everything()
    assert [session.silent for session in notebook.sessions] == [False, True]
