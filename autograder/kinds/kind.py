"""What a kind of exercise has to do for the engine, which knows nothing of how its answers are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ..base.course import Course
from ..diagnosis import Diagnosis, Verdicts
from ..evidence.evidence import Evidence
from ..exercises import Exercise, TestCase
from ..references.sets import ExerciseSet
from ..report import Report


class Collect(Protocol):
    """Runs a student's function; gives the evidence for each test case, None where it need not be asked for.

    With `of_blocks`, there are stand-ins in the place of a model's blocks.
    """

    def __call__(
        self, exercise: Exercise, cases: Sequence[TestCase], of_blocks: bool = False
    ) -> Sequence[Evidence | None]: ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """A student's function that is to be reported on, and all that a kind may need for it.

    `collect` runs it. `graded` says whether it is for points, as in `grade`, or a `check`; `official`, whether hidden
    data is a must. `handed_in` is the folder of the notebook. `verdicts` are those to use again: `grade` asks what
    `check` did.

    `earlier` gives the attempts at the exercises that the notebook asks for before this one, and `reached` holds what
    has come of them, by exercise: where it has, that is used, whatever their functions have become since.
    """

    exercise: Exercise
    exercises: ExerciseSet
    collect: Collect
    graded: bool
    official: bool
    handed_in: Path
    language: str
    verdicts: Verdicts | None = None
    earlier: Callable[[], Sequence[Attempt]] = tuple
    reached: dict[str, Diagnosis] = field(default_factory=dict)


class HiddenData(Protocol):
    """What an exercise is graded by instead of references; a build makes it, proves it, and only then writes it."""

    @property
    def progress(self) -> str:
        """What proving it is called, such as "measuring the instructor's network"."""

    def why_not_all(self, evidence: Evidence) -> str:
        """Why the instructor's solution does not earn all points, "" if it does."""

    def untouched_points(self, evidence: Evidence, release: Path) -> float:
        """What the student version in that folder earns as it is released."""

    def keep(self) -> None:
        """Write it, readable by its owner alone."""


class ExerciseKind(Protocol):
    """How exercises of one kind are judged."""

    @property
    def graph_alone(self) -> bool:
        """Whether a network's graph is all that is asked for, without outputs and weights."""

    @property
    def beside(self) -> tuple[str, ...]:
        """The names of the files that are handed in beside the notebook and count."""

    def problems(self, exercise: Exercise) -> Iterator[str]:
        """What is wrong with a definition, a sentence each, besides what `exercises.definition` finds."""

    def require(self, exercises: ExerciseSet, hidden: bool) -> None:
        """Raise ReferencesError where what answers are judged by can't be used: the public part, or `hidden`, all."""

    def report(self, attempt: Attempt) -> Report:
        """The report on an attempt. Raises ReferencesError as `require` does."""

    def state_of(self, folder: Path) -> str:
        """Changes whenever the files in the folder that are `beside` a notebook would be judged otherwise."""

    def parts_of(self, folder: Path) -> frozenset[str]:
        """Digests of what the files hold that are `beside` a notebook, part by part: a copy has the same."""

    def public_files(self, course: Course) -> tuple[Path, ...]:
        """The course's files, besides references, that student code may read; some may not be there."""

    def hidden_data(self, exercises: ExerciseSet, exercise: Exercise, secret: str) -> HiddenData | None:
        """What the exercise is graded by, from the course's secret seed; None where it is compared with references."""
