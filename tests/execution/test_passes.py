"""A notebook's two passes: what is heard comes from the first, and nothing that was asked in silence goes into it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.base.course import Course
from autograder.execution import record
from autograder.execution.kernel.client import RunningKernel
from autograder.execution.kernel.local import LocalKernel
from autograder.execution.kernel.session import Session, SessionError, Times
from autograder.execution.passes import STOPPED, TwoPasses
from autograder.execution.settings import Settings
from autograder.execution.solution import Solution
from autograder.execution.submission.model import RestoredNotebook, Submission, TrustedCell
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

    def run(self, solution: Solution | None = None, there: tuple[str, ...] = ()) -> TwoPasses:
        node = nbformat.v4.new_notebook(cells=self.cells)
        source = self.folder / "source"
        source.mkdir(exist_ok=True)
        trusted = [
            TrustedCell(c.metadata.nbgrader.grade_id, "code", c.source, False, solution=c.metadata.nbgrader.solution)
            for c in self.cells
            if "nbgrader" in c.metadata
        ]
        course = Course(self.course or self.folder)
        submission = Submission(course, "ada", "hw", self.folder / "submitted", source, {"hw": trusted})
        restored = RestoredNotebook("hw", node, trusted, {})
        passes = TwoPasses(submission, restored, Settings(there=there), self.open, solution)
        passes.run()
        self.cells = passes.node.cells
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
    notebook.test("test_f", "", f"assert f({SECRET}) == {3 * SECRET}")
    notebook.student("def g(x):\n    raise ValueError(f'seen {seen}')", "g")
    notebook.run()
    assert notebook.score("test_f") == 4.0
    assert [session.silent for session in notebook.sessions] == [True]
    assert notebook.kernels == 1
    assert str(SECRET) not in notebook.everything()


def test_a_test_that_has_called_something_is_run_in_a_kernel_where_it_has_not(notebook: Executed) -> None:
    notebook.student("count = 0\ndef f():\n    global count\n    count += 1\n    return count", "f")
    notebook.test("test_f", "assert f() == 1\nassert count == 1\n", "assert f() == 2 and count == 2")
    notebook.test("test_g", "", "assert f() == 3")
    notebook.run()
    assert (notebook.score("test_f"), notebook.score("test_g")) == (4.0, 4.0)
    assert notebook.kernels == 2


def test_a_file_that_a_cell_has_written_is_there_for_the_test_in_both_passes(notebook: Executed) -> None:
    notebook.student("open('made.csv', 'w').write('a,b')", "f")
    notebook.test("test_f", "assert open('made.csv').read() == 'a,b'\n", "assert open('made.csv').read() == 'a,b'")
    notebook.run()
    assert notebook.score("test_f") == 4.0


def test_what_a_test_patches_is_patched_for_the_students_code_and_no_longer(notebook: Executed) -> None:
    notebook.locked("import time, random")
    notebook.student("import time, random\ndef f(x):\n    time.sleep(x)\n    return random.random()", "f")
    notebook.test("test_f", "slept = []\ntime.sleep = slept.append\nrandom.random = lambda: 7\nassert f(900) == 7")
    notebook.test("test_g", "assert 0 <= f(0) < 1 and slept == [900]")
    notebook.run()
    assert (notebook.score("test_f"), notebook.score("test_g")) == (4.0, 4.0)


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


def test_an_output_that_is_too_large_costs_nothing_but_itself(notebook: Executed) -> None:
    notebook.student("print('x' * 20_000_000)", "flood")
    notebook.student(
        "from IPython.display import display\n"
        "display({'image/png': 'A' * 20_000_000, 'text/plain': 'a figure'}, raw=True)"
    )
    notebook.student("raise ValueError('y' * 20_000_000)")
    notebook.student("print('after')\ndef f(x):\n    return x", "f")
    notebook.test("test_f", "assert f(3) == 3")
    begun = time.monotonic()
    notebook.run()
    assert notebook.score("test_f") == 4.0
    told = notebook.everything()
    for words in ("the rest is left out", "a figure", "too large to be shown: image/png: 20 MB", "ValueError", "after"):
        assert words in told
    assert time.monotonic() - begun < 60


def test_tests_write_into_a_copy_of_the_source(notebook: Executed) -> None:
    """And what the first pass wrote is not there in the second."""
    notebook.student("def f(x):\n    return x", "f")
    notebook.test(
        "test_f", "import os\nassert not os.path.exists('out.txt')\nopen('out.txt', 'w').write('1')\n", "f(1)"
    )
    notebook.test("test_g", "assert os.path.exists('out.txt')")
    notebook.run()
    assert (notebook.score("test_f"), notebook.score("test_g")) == (4.0, 4.0)
    assert not list((notebook.folder / "source").iterdir())


def test_where_the_solution_lacks_points_nobody_gets_fewer(notebook: Executed) -> None:
    """What can't be run here, or fails here for a right answer, is the course's matter: empty, and never 0."""
    notebook.student("def f(x):\n    return 3 * x", "f")
    notebook.test("test_f", "assert f(1) == 4")
    notebook.test("test_g", "", "assert f(1) == 4")
    notebook.test("test_h", "assert f(1) == 3")
    lacks = {"test_f": "it gets 0 of 4 points", "test_g": "it gets 0 of 4 points", "test_h": "no kernel"}
    notebook.run(Solution(lacks=lacks))
    assert [notebook.score(name) for name in ("test_f", "test_g", "test_h")] == [None, None, 4.0]
    assert "the course's own solution does not pass this test here" in notebook.record("test_f").why
    shown = [one for one in notebook.cell("test_f").outputs if not one.get("metadata", {}).get("autograder")]
    assert "solution" not in str(shown)


def test_a_test_in_the_students_kernel_is_marked(notebook: Executed) -> None:
    notebook.student("print = lambda *_: None\nclass Always:\n    __eq__ = lambda self, other: True", "f")
    for name, text in (("test_a", "assert Always() == 7"), ("test_b", "assert callable(Always)"), ("test_c", "2.5")):
        notebook.test(name, text)
    notebook.test("test_d", "", "assert not Always()")
    passes = notebook.run(there=("test_a", "test_c", "test_d"))
    assert [notebook.score(f"test_{name}") for name in "abcd"] == [4.0, 4.0, 2.5, 0.0]
    assert [notebook.record(f"test_{name}").forgeable for name in "abcd"] == [True, False, True, True]
    assert [name for name, why in passes.troubles if "can be forged" in why] == ["test_a", "test_c", "test_d"]
    assert "can be forged" in str(notebook.cell("test_a").outputs)


def test_what_a_test_defines_is_there_for_the_students_next_cell(notebook: Executed) -> None:
    """Where the course's own cells use it; and what it keeps hidden is not."""
    source = notebook.folder / "source"
    source.mkdir()
    instructors = new_notebook(cells=[new_code_cell("y = helper(3) + math.floor(1.5)")])
    nbformat.write(instructors, source / "hw.ipynb")
    notebook.test("test_a", "import math\nRATE = 2\ndef helper(x):\n    return RATE * x\nother = 4\n", "secret = 5")
    notebook.student("y = helper(3) + math.floor(1.5)\nz = {'secret', 'other'} & {*globals()}", "f")
    notebook.test("test_b", "assert y == 7 and z == set()")
    notebook.run()
    assert notebook.score("test_b") == 4.0


def test_files_go_both_ways_and_none_that_acts(notebook: Executed) -> None:
    source = notebook.folder / "source"
    source.mkdir()
    (source / "given.txt").write_text("the course's")
    notebook.student(
        "def f(x):\n    open('given.txt', 'w').write('mine')\n    open('json.py', 'w').write('1 / 0')\n"
        "    open('out.txt', 'w').write(open('in.txt').read() + x)",
        "f",
    )
    notebook.test(
        "test_f",
        "import os\nopen('in.txt', 'w').write('a')\nf('b')\nassert open('out.txt').read() == 'ab'\n"
        "assert open('given.txt').read() == \"the course's\" and not os.path.exists('json.py')",
    )
    notebook.run()
    assert notebook.score("test_f") == 4.0
