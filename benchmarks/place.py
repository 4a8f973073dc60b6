"""Where measuring happens: a course built once in a folder of its own, and copied for each class."""

from __future__ import annotations

import contextlib
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.shared.helpers import bring_exercises

from .running import Deadline, run
from .students import ASSIGNMENT, Submission, hand_in

ROOT = Path(__file__).resolve().parents[1]

STOCK_CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "residual-networks"
c.CourseDirectory.root = __import__("os").path.dirname(__import__("os").path.abspath(__file__))
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
c.ExecutePreprocessor.timeout = 180
"""
"""nbgrader as it comes: it executes a notebook in one kernel, tests and all."""


@dataclass(slots=True)
class Place:
    """The folder for everything; `say` prints a line on how far measuring is."""

    folder: Path
    say: Callable[[str], None]
    deadline: Deadline
    copies: int = 0

    @property
    def built(self) -> Path:
        return self.folder / "built"

    @property
    def log(self) -> Path:
        """What all commands said."""
        return self.folder / "commands.log"

    def build(self) -> None:
        """Build the course: references, student version, gradebook. Once for all that is measured."""
        if self.built.is_dir():
            return
        self.say("building the course")
        blocks_alone = shutil.ignore_patterns("signs.ipynb")
        shutil.copytree(ROOT / "source" / ASSIGNMENT, self.built / "source" / ASSIGNMENT, ignore=blocks_alone)
        bring_exercises(self.built / "source" / ASSIGNMENT)
        shutil.copy(ROOT / "nbgrader_config.py", self.built)
        self.command("autograder", "build", ASSIGNMENT, "--seed", "benchmarks", cwd=self.built)

    def course(self, made: Sequence[Submission], stock: bool = False) -> Path:
        """A fresh copy of the course in which a class has handed in."""
        self.copies += 1
        root = self.folder / f"course-{self.copies}"
        shutil.copytree(self.built, root)
        if stock:
            (root / "nbgrader_config.py").write_text(STOCK_CONFIG)
        hand_in(made, root)
        return root

    def command(self, *command: str | Path, cwd: Path, statuses: Sequence[int] = (0,)) -> float:
        """Run a command within the step's time and give the seconds that it took."""
        return run(command, cwd, self.log, self.deadline, statuses=statuses)

    def processor_time(self, *command: str | Path, cwd: Path) -> float:
        """Run a command; the seconds of processor time that it and all that it waited for took."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.command(*command, cwd=cwd)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def grade(self, root: Path, *options: str) -> float:
        """Grade a class up to the gradebook; gives the seconds from the command to its end."""
        return self.command(*GRADE, *options, cwd=root)


GRADE = ("autograder", "grade", ASSIGNMENT, "--no-feedback")


@contextlib.contextmanager
def place(say: Callable[[str], None]) -> Iterator[Place]:
    """A folder outside the checkout that is gone after the block."""
    folder = Path(tempfile.mkdtemp(prefix="bench-")).resolve()
    try:
        yield Place(folder, say, Deadline(3600))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
