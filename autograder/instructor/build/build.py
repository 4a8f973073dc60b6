"""`autograder build`: from the instructor's notebooks to references and student versions, every step proven.

The reference solutions stand in the instructor's notebooks and nowhere else, so building runs them.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from random import Random

from ...base.course import Course, CourseError
from ...exercises import Exercise, Mistake, TestCase
from ...exercises.definition import case_problems
from ...kinds import HiddenData, kind_of
from ...nbgrader.calls import generate_assignment
from ...nbgrader.release import why_not_again
from ...references.references import ReferencesError, ReferenceSet, load
from ...references.sets import DEFINITIONS, MISTAKES, ExerciseSet, instructors_files, set_name, source_digest
from .advice import advice
from .authoring import DefinitionError, read_mistakes, read_set
from .kernels import Kernels
from .references import save_if_changed
from .solutions import (
    Asked,
    BuildError,
    Sets,
    Solved,
    confirm,
    instructor_notebooks,
    notebook_names,
    reference_set,
    require_all_measured,
    require_all_points,
    require_graded_alike,
    require_mistakes_caught,
    require_nothing_untouched,
    solve,
)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did, for its closing lines."""

    assignments: tuple[str, ...]
    cases: int
    furthest_from_oracle: float


def build(course: Course, assignments: Sequence[str], seed: str | None, progress: Progress) -> Built:
    """Build the named assignments of a course.

    `seed` replaces the secret seed; None keeps the one there is, or makes one. Hidden test cases are drawn anew each
    time, from the seed and a number that is kept with them, unless a translation alone is built. The references are
    those of the first assignment that asks for the exercises; every other one has to agree with them. Seed and
    references are written last, so that a build that fails leaves those there are. An assignment may have several
    notebooks.

    Raises:
        BuildError: a solution fails, disagrees with the oracle, an untouched notebook earns points, or a wrong answer
            that the author lists is not caught as it should be.
        CourseError, NotebookError: the course's folder, an exercise's definition or a notebook can't be used.
    """
    _require_writable(course)
    for why in filter(None, (why_not_again(course, assignment) for assignment in assignments)):
        raise BuildError(why)
    secret = seed or _secret_seed(course) or secrets.token_hex(16)
    sets = {assignment: _set_name(course, assignment) for assignment in assignments}
    made = [
        _build_set(course, name, [a for a in assignments if sets[a] == name], secret, progress)
        for name in dict.fromkeys(sets.values())
    ]
    for one in made:
        one.keep()
    if made:
        _keep_secret(course, secret)
    furthest = max((one.furthest for one in made), default=0.0)
    return Built(tuple(assignments), sum(one.cases for one in made), furthest)


def _set_name(course: Course, assignment: str) -> str:
    name = set_name(course, course.require(assignment))
    if not name:
        raise DefinitionError(
            f"There are no exercises in {course.source / assignment}: it needs a file {DEFINITIONS}, such as "
            "`autograder new` makes, or a name that says which assignment it translates."
        )
    return name


@dataclass(frozen=True, slots=True)
class _Made:
    """What the answers of one set are judged by, and how far TensorFlow was from the oracle."""

    exercise_set: ExerciseSet
    public: ReferenceSet
    hidden: ReferenceSet
    data: Sequence[HiddenData]
    cases: int
    furthest: float

    def keep(self) -> None:
        for data in self.data:
            data.keep()
        save_if_changed(self.exercise_set.public, self.public)
        save_if_changed(self.exercise_set.hidden, self.hidden)
        self.exercise_set.hidden.chmod(0o600)


def _build_set(course: Course, name: str, assignments: Sequence[str], secret: str, progress: Progress) -> _Made:
    """Build assignments that ask for the exercises of one set. Their notebooks run side by side."""
    draw = _standing_draw(course, name, assignments) or secrets.token_hex(8)
    asked = _asked(read_set(course, name), secret, draw)
    public, hidden = _standing(asked, assignments)
    listed = read_mistakes(course, name)
    mistakes = () if public and hidden else listed
    digest = source_digest(course, name)
    proven: set[str] = set()
    furthest = 0.0
    with Kernels() as kernels:
        solving = _begin_solving(course, assignments, asked, mistakes, kernels, progress)
        untouched: list[Future[None]] = []
        for assignment in assignments:

            def say(words: str, assignment: str = assignment) -> None:
                progress(f"{assignment}: {words}")

            every = []
            for begun in solving[assignment]:
                solved = begun.result()
                every.append(solved)
                furthest = max(furthest, _confirmed(solved, asked, listed, say))
                proven |= solved.evidence.keys()
            public = public or reference_set("public", every, asked, digest)
            hidden = hidden or replace(reference_set("hidden", every, asked, digest), draw=draw)
            _prove(course, assignment, every, asked, (public, hidden), say)
            say("making the student version")
            generate_assignment(course, assignment)
            _nothing_of_the_instructors(course, assignment)
            say("trying the untouched student version")
            for solved in every:
                released = course.release / assignment / solved.notebook.path.name
                untouched.append(kernels.begin(require_nothing_untouched, released, asked, (public, hidden), kernels))
        for tried in untouched:
            tried.result()
    assert public is not None
    assert hidden is not None
    data = [data for exercise, data in asked.data.items() if exercise in proven]
    cases = sum(len(found) for exercise, found in asked.cases.items() if exercise not in asked.data)
    return _Made(asked.exercise_set, public, hidden, data, cases, furthest)


def _begin_solving(
    course: Course,
    assignments: Sequence[str],
    asked: Asked,
    mistakes: Sequence[Mistake],
    kernels: Kernels,
    progress: Progress,
) -> dict[str, list[Future[Solved]]]:
    """Begin to run the notebooks of each assignment."""
    begun: dict[str, list[Future[Solved]]] = {}
    for assignment in assignments:
        notebooks = instructor_notebooks(course, assignment, asked.exercise_set)
        # Once is enough for the wrong answers: a translation's solutions agree.
        wrong = () if begun else mistakes
        for notebook in notebooks:
            progress(f"{assignment}: running the instructor's notebook {notebook.path.name}")
        begun[assignment] = [kernels.begin(solve, notebook, asked, wrong, kernels) for notebook in notebooks]
    return begun


def _confirmed(solved: Solved, asked: Asked, listed: Sequence[Mistake], say: Progress) -> float:
    """Confirm a notebook's solutions by the oracle and by their hidden data; how far TensorFlow is from the oracle."""
    for forgotten in advice(solved.notebook.exercises, listed, dict(solved.evidence)):
        say(f"note: {forgotten}")
    furthest = 0.0
    if compared := asked.compared(solved.notebook):
        answers = sum(len(solved.evidence[exercise.name]) for exercise in compared)
        say(f"checking {answers} answers of {solved.notebook.path.name}")
        furthest = confirm(solved, asked)
    require_all_measured(solved, asked, say)
    return furthest


def _prove(course: Course, assignment: str, every: Sequence[Solved], asked: Asked, sets: Sets, say: Progress) -> None:
    """The solutions earn all points, and wrong answers what they should, here and by official grading."""
    mistakes = course.source / asked.exercise_set.name / MISTAKES
    for solved in every:
        require_all_points(solved, asked, sets)
    if tried := [one for solved in every for one in solved.tried]:
        say(f"proving that {len(tried)} wrong answers are caught")
        require_mistakes_caught(mistakes, tried, sets)
    for solved in every:
        say(f"grading {solved.notebook.path.name} as students' work is graded")
        require_graded_alike(course, assignment, solved, mistakes, sets)


def _asked(exercise_set: ExerciseSet, secret: str, draw: str) -> Asked:
    cases, data = {}, {}
    for exercise in exercise_set.exercises:
        own = kind_of(exercise).hidden_data(exercise_set, exercise, secret)
        if own is not None:
            data[exercise.name] = own
        cases[exercise.name] = exercise.public_cases + _drawn(exercise, f"{secret}/{draw}", needed=own is None)
    return Asked(exercise_set, cases, data)


def _nothing_of_the_instructors(course: Course, assignment: str) -> None:
    """The definitions and wrong answers must not reach students; nbgrader copies what it is not told to leave."""
    copied = [course.release / assignment / path.name for path in instructors_files(course.source / assignment)]
    found = [path for path in copied if path.exists()]
    for path in found:
        path.unlink()
    if found:
        names = [path.name for path in copied]
        raise BuildError(
            f"nbgrader copied {found[0].name} to the student version; it is deleted there. Add this line to "
            f"nbgrader_config.py, and build again: c.CourseDirectory.ignore.extend({names})"
        )


def _require_writable(course: Course) -> None:
    for folder in (course.references, course.release):
        existing = next(path for path in (folder, *folder.parents) if path.exists() or path.is_symlink())
        if not existing.is_dir():
            raise CourseError(f"{existing} is not a folder: move it away and build again.")
        if not os.access(existing, os.W_OK):
            raise CourseError(f"{existing} is not writable: give yourself the right to write there and build again.")


def _secret_seed(course: Course) -> str | None:
    """The secret that hidden test cases are drawn from, if there is one."""
    path = course.secret_seed
    return path.read_text().strip() or None if path.is_file() else None


def _keep_secret(course: Course, secret: str) -> None:
    """Keep the secret beside the references, readable by its owner alone."""
    path = course.secret_seed
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(secret + "\n")


def _stands(course: Course, name: str, assignments: Sequence[str]) -> bool:
    """Whether the assignment that a set's references are made from is not built now."""
    return next(a for a in course.assignments() if set_name(course, a) == name) not in assignments


def _standing_draw(course: Course, name: str, assignments: Sequence[str]) -> str:
    """What the hidden test cases that stay were drawn by, besides the secret; "" where they are drawn anew."""
    if not _stands(course, name, assignments):
        return ""
    try:
        return load(ExerciseSet(course, name).hidden).draw
    except ReferencesError:
        return ""


def _standing(asked: Asked, assignments: Sequence[str]) -> tuple[ReferenceSet | None, ReferenceSet | None]:
    """The references there are, public and hidden, where the assignment that they are made from is not built now."""
    exercise_set = asked.exercise_set
    course, name = exercise_set.course, exercise_set.name
    if not _stands(course, name, assignments):
        return None, None
    try:
        public = load(exercise_set.public)
    except ReferencesError:
        return None, None
    if (public.source, public.notebooks) != (source_digest(course, name), notebook_names(exercise_set)):
        return None, None
    try:
        hidden = load(exercise_set.hidden)
    except ReferencesError:
        return public, None
    drawn = {name: tuple(reference.case for reference in found) for name, found in hidden.references.items()}
    wanted = {name: tuple(case for case in cases if case.hidden) for name, cases in asked.cases.items()}
    return public, hidden if drawn == wanted else None


def _drawn(exercise: Exercise, seed: str, needed: bool) -> tuple[TestCase, ...]:
    try:
        cases = tuple(exercise.draw_hidden_cases(Random(f"{seed}/{exercise.name}")))
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise DefinitionError(f"Exercise {exercise.name}: its hidden test cases can't be drawn: {what}") from None
    lacking = "there is no hidden test case" if needed and not cases else None
    problem = next(case_problems(exercise, cases, hidden=True), lacking)
    if problem:
        raise DefinitionError(f"Exercise {exercise.name}: {problem}.")
    return cases
