"""`autograder build`: from the instructor's notebooks to references and student versions, every step proven.

The reference solutions stand in the instructor's notebooks and nowhere else, so building runs them.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from random import Random

import numpy as np

from ...base.course import Course, CourseError
from ...base.messages import translator
from ...base.notebooks import grade_id, read_node
from ...diagnosis import Diagnosis, judge
from ...diagnosis.steps import label
from ...evidence.evidence import Evidence
from ...execution.kernel.local import LocalKernel
from ...execution.kernel.notebookrun import NotebookRun, running
from ...exercises import NOTEBOOKS, Exercise, Mistake, TestCase
from ...exercises.definition import case_problems
from ...graph import GraphRefused, parse_graph
from ...graph.oracle import OracleError, forward
from ...lesson.signs.hidden import Pictures, keep_hidden
from ...lesson.training import building as trained
from ...nbgrader.calls import generate_assignment
from ...nbgrader.release import why_not_again
from ...references.notebook import Notebook, exercises_in, read_notebook
from ...references.references import Reference, ReferencesError, ReferenceSet, load
from ...references.sets import MISTAKES, family_files, family_name, instructors_files, source_digest
from ...report.sentences import describe, describe_error
from .authoring import DefinitionError, read_exercises, read_mistakes
from .mistakes import MistakeError, Tried, require_caught, require_told_apart, try_mistakes, with_fingerprints
from .references import save_if_changed

ORACLE_TOLERANCE = 1e-5
"""How far TensorFlow's float32 may be from the oracle's float64, as a share of the largest output."""

SOLUTION_MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")

Progress = Callable[[str], None]
Sets = Sequence[Sequence[Exercise]]
"""Exercises by the notebook that they stand in together."""


class BuildError(Exception):
    """The course does not hold together; the message names the cell or the exercise."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did, for its closing lines."""

    assignments: tuple[str, ...]
    cases: int
    furthest_from_oracle: float


def build(course: Course, assignments: Sequence[str], seed: str | None, progress: Progress) -> Built:
    """Build the named assignments of a course.

    `seed` replaces the secret seed; None keeps the one there is, or makes one. The references are those of the first
    assignment that asks for the exercises; every other one has to agree with them. Seed and references are written
    last, so that a build that fails leaves those there are. An assignment may have several notebooks.

    Raises:
        BuildError: a solution fails, disagrees with the oracle, an untouched notebook earns points, or a wrong answer
            that the author lists is not caught as it should be.
        CourseError, NotebookError: the course's folder or a notebook can't be used.
    """
    _require_writable(course)
    for why in filter(None, (why_not_again(course, assignment) for assignment in assignments)):
        raise BuildError(why)
    secret = seed or _secret_seed(course) or secrets.token_hex(16)
    families = {assignment: family_name(course, assignment) for assignment in assignments}
    made = [
        _build_family(course, name, [a for a in assignments if families[a] == name], secret, progress)
        for name in dict.fromkeys(families.values())
    ]
    for family in made:
        family.keep(course, secret)
    if made:
        _keep_secret(course, secret)
    furthest = max((family.furthest for family in made), default=0.0)
    return Built(tuple(assignments), sum(family.cases for family in made), furthest)


@dataclass(frozen=True, slots=True)
class _Made:
    """What the answers of one family are judged by, and how far TensorFlow was from the oracle."""

    name: str
    public: ReferenceSet | None
    hidden: ReferenceSet | None
    images: Pictures | None
    cases: int
    furthest: float

    def keep(self, course: Course, secret: str) -> None:
        if self.images is not None:
            keep_hidden(course.hidden_images, secret, self.images)
            trained.have_images(course)
        public_file, hidden_file = family_files(course, self.name)
        if self.public is not None and self.hidden is not None:
            save_if_changed(public_file, self.public)
            save_if_changed(hidden_file, self.hidden)
            hidden_file.chmod(0o600)


def _build_family(course: Course, name: str, assignments: Sequence[str], secret: str, progress: Progress) -> _Made:
    """Build assignments that ask for the same exercises, the kit's own or those of the assignment `name`."""
    exercises = read_exercises(course, name)
    sets: Sets = (exercises,) if name else NOTEBOOKS
    hidden_cases = _draw(exercises, secret)
    public, hidden = _standing(course, name, assignments, hidden_cases)
    digest = source_digest(course, name)
    images: Pictures | None = None
    furthest = 0.0
    for assignment in assignments:
        notebooks = _instructor_notebooks(course, assignment, sets)
        for notebook in notebooks:
            mistakes = read_mistakes(course, name) if public is None else ()
            progress(f"{assignment}: running the instructor's notebook {notebook.path.name}")
            evidence, tried = _run(notebook, hidden_cases, mistakes)
            if _is_trained(notebook):
                progress(f"{assignment}: measuring the instructor's network")
                images = images or trained.hidden_images(course, secret)
                _network_earns_all(course, notebook, evidence, images)
                continue
            progress(f"{assignment}: checking {sum(map(len, evidence.values()))} answers")
            furthest = max(furthest, _confirm(notebook, evidence, hidden_cases))
            public = public or _reference_set("public", notebook, evidence, hidden_cases, tried, digest)
            hidden = hidden or _reference_set("hidden", notebook, evidence, hidden_cases, tried, digest)
            _solutions_earn_all(notebook, evidence, (public, hidden))
            if tried:
                progress(f"{assignment}: proving that {len(tried)} wrong answers are caught")
                _mistakes_are_caught(course.source / name / MISTAKES, tried, (public, hidden))
        progress(f"{assignment}: making the student version")
        generate_assignment(course, assignment)
        _nothing_of_the_instructors(course, assignment)
        progress(f"{assignment}: trying the untouched student version")
        for notebook in notebooks:
            release = course.release / assignment / notebook.path.name
            _untouched_earns_nothing(release, sets, public, hidden, images)
    return _Made(name, public, hidden, images, sum(len(_cases(e, hidden_cases)) for e in exercises), furthest)


def _mistakes_are_caught(path: Path, tried: Sequence[Tried], sets: tuple[ReferenceSet, ReferenceSet]) -> None:
    try:
        require_told_apart(path, tried, *sets)
        require_caught(path, tried, lambda exercise, evidence: _judge(exercise, evidence, sets))
    except MistakeError as error:
        raise BuildError(str(error)) from None


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
    for folder in (course.public_references.parent, course.release):
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


def _standing(
    course: Course, name: str, assignments: Sequence[str], hidden_cases: dict[str, tuple[TestCase, ...]]
) -> tuple[ReferenceSet | None, ReferenceSet | None]:
    """The references there are, public and hidden, where the assignment that they are made from is not built now."""
    first = next(a for a in course.assignments() if family_name(course, a) == name)
    if first in assignments:
        return None, None
    public_file, hidden_file = family_files(course, name)
    try:
        public = load(public_file)
    except ReferencesError:
        return None, None
    if public.source != source_digest(course, name):
        return None, None
    try:
        hidden = load(hidden_file)
    except ReferencesError:
        return public, None
    drawn = {name: tuple(reference.case for reference in found) for name, found in hidden.references.items()}
    return public, hidden if drawn == hidden_cases else None


def _draw(exercises: Sequence[Exercise], seed: str) -> dict[str, tuple[TestCase, ...]]:
    return {exercise.name: _drawn(exercise, seed) for exercise in exercises}


def _drawn(exercise: Exercise, seed: str) -> tuple[TestCase, ...]:
    try:
        cases = tuple(exercise.draw_hidden_cases(Random(f"{seed}/{exercise.name}")))
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise DefinitionError(f"Exercise {exercise.name}: its hidden test cases can't be drawn: {what}") from None
    problem = next(case_problems(exercise, cases, hidden=True), None if cases else "there is no hidden test case")
    if problem:
        raise DefinitionError(f"Exercise {exercise.name}: {problem}.")
    return cases


def _cases(exercise: Exercise, hidden: dict[str, tuple[TestCase, ...]]) -> tuple[TestCase, ...]:
    return exercise.public_cases + hidden.get(exercise.name, ())


def _instructor_notebooks(course: Course, assignment: str, sets: Sets) -> tuple[Notebook, ...]:
    """The assignment's notebooks that have exercises of these; one at least has."""
    found = sorted((course.source / course.require(assignment)).glob("*.ipynb"))
    with_exercises = [path for path in found if exercises_in(read_node(path), sets)]
    return tuple(_instructor_notebook(path, sets) for path in with_exercises or found[:1])


def _is_trained(notebook: Notebook) -> bool:
    return all(exercise.kind == "trained" for exercise in notebook.exercises)


def _instructor_notebook(path: Path, sets: Sets) -> Notebook:
    notebook = read_notebook(path, sets=sets)
    if notebook.doubts:
        raise BuildError(f"{notebook.path}: {notebook.doubts[0]}")
    for cell in notebook.node.cells:
        if grade_id(cell) and not all(mark in cell.source for mark in SOLUTION_MARKS):
            raise BuildError(
                f"{notebook.path}, cell {grade_id(cell)}: the solution does not stand between {SOLUTION_MARKS[0]} and "
                f"{SOLUTION_MARKS[1]}, so students would get none of the cell."
            )
    return notebook


def _run(
    notebook: Notebook, hidden: dict[str, tuple[TestCase, ...]], mistakes: Sequence[Mistake]
) -> tuple[dict[str, tuple[Evidence, ...]], list[Tried]]:
    """What the solutions give, and the wrong answers."""
    with _running(notebook, notebook.path.parent) as session:
        if session.errors:
            failed = session.errors[0]
            raise BuildError(f"{notebook.path}, cell {failed.cell}: {failed.error.type}: {failed.error.message}")
        evidence = {
            exercise.name: session.collect(exercise, _cases(exercise, hidden), with_weights=True)
            for exercise in notebook.exercises
        }
        if any(given.error for found in evidence.values() for given in found):
            return evidence, []  # the solution comes first
        try:
            return evidence, try_mistakes(notebook, session, mistakes, lambda exercise: _cases(exercise, hidden))
        except MistakeError as error:
            raise BuildError(str(error)) from None


def _running(notebook: Notebook, folder: Path) -> AbstractContextManager[NotebookRun]:
    """Run one of the course's own notebooks, with the instructor's own rights."""
    return running(notebook.node, lambda: LocalKernel(folder.resolve()))


def _confirm(
    notebook: Notebook, evidence: dict[str, tuple[Evidence, ...]], hidden: dict[str, tuple[TestCase, ...]]
) -> float:
    """Every solution's output must follow from its graph and weights by the oracle, too; gives the largest gap."""
    furthest = 0.0
    for exercise in notebook.exercises:
        for case, given in zip(_cases(exercise, hidden), evidence[exercise.name], strict=True):
            where = f"{notebook.path}, cell {exercise.name}, test case {case.name}"
            if given.error is not None:
                raise BuildError(f"{where}: {describe_error(given.error, exercise, translator('en'))}")
            if exercise.kind == "function":
                continue  # what it computes is the author's to know; there is no second implementation
            if given.graph is None or given.outputs is None or given.weights is None:
                raise BuildError(f"{where}: the evidence is not whole.")
            try:
                graph = parse_graph(given.graph)
                label(exercise, graph)
                values = forward(graph, given.weights, case.input(), case.training)
            except (GraphRefused, OracleError, ValueError) as error:
                raise BuildError(f"{where}: {error}") from None
            expected = values[graph.output]
            gap = float(np.max(np.abs(expected - given.outputs)) / np.max(np.abs(expected)))
            if not gap <= ORACLE_TOLERANCE:
                raise BuildError(
                    f"{where}: the output is {gap:.1e} away from the oracle's; at most {ORACLE_TOLERANCE}."
                )
            furthest = max(furthest, gap)
    return furthest


def _reference_set(
    visibility: str,
    notebook: Notebook,
    evidence: dict[str, tuple[Evidence, ...]],
    hidden: dict[str, tuple[TestCase, ...]],
    tried: Sequence[Tried],
    source: str,
) -> ReferenceSet:
    references: dict[str, tuple[Reference, ...]] = {}
    canary = np.zeros(0, np.float32)
    for exercise in notebook.exercises:
        found = []
        for case, given in zip(_cases(exercise, hidden), evidence[exercise.name], strict=True):
            canary = canary if given.canary is None else given.canary
            if case.hidden == (visibility == "hidden"):
                found.append(_reference(exercise, case, given))
        references[exercise.name] = tuple(found)
    made = ReferenceSet(
        visibility="hidden" if visibility == "hidden" else "public",
        canary=canary,
        references=references,
        made_with={name: version(name) for name in ("keras", "tensorflow", "numpy")},
        solutions=solution_digests(notebook),
        definitions={exercise.name: exercise for exercise in notebook.exercises} if source else {},
        source=source,
    )
    return with_fingerprints(made, tried)


def _reference(exercise: Exercise, case: TestCase, given: Evidence) -> Reference:
    if exercise.kind == "function":
        return Reference(case, "", np.zeros(0, np.float32), None, given.answer)
    assert given.graph is not None
    assert given.outputs is not None
    return Reference(case, given.graph, given.outputs, given.weights if exercise.kind == "block" else None)


def solution_digests(notebook: Notebook) -> dict[str, str]:
    """A digest of each solution cell, by which references are known to be of this source."""
    return {
        name: hashlib.sha256(cell.source.encode()).hexdigest()
        for cell in notebook.node.cells
        if (name := grade_id(cell))
    }


def _solutions_earn_all(
    notebook: Notebook, evidence: dict[str, tuple[Evidence, ...]], sets: tuple[ReferenceSet, ReferenceSet]
) -> None:
    for exercise in notebook.exercises:
        diagnosis = _judge(exercise, evidence[exercise.name], sets)
        if diagnosis.points != exercise.max_points or not diagnosis.passed:
            why = [describe(finding, translator("en")) for finding in diagnosis.findings[:1]]
            raise BuildError(
                f"{notebook.path}, cell {exercise.name}: the solution earns {diagnosis.points:g} of "
                f"{exercise.max_points:g} points. {' '.join(why)}"
            )


def _network_earns_all(
    course: Course, notebook: Notebook, evidence: dict[str, tuple[Evidence, ...]], images: Pictures
) -> None:
    for exercise in notebook.exercises:
        why = trained.why_not_all(course, exercise, evidence[exercise.name][0], images)
        if why:
            raise BuildError(f"{notebook.path}, cell {exercise.name}: {why}")


def _untouched_earns_nothing(
    path: Path, sets: Sets, public: ReferenceSet | None, hidden: ReferenceSet | None, images: Pictures | None
) -> None:
    notebook = read_notebook(path, sets=sets)
    with _running(notebook, path.parent) as session:
        for exercise in notebook.exercises:
            if exercise.kind == "trained":
                assert images is not None
                (evidence,) = session.collect(exercise, exercise.public_cases)
                _must_be_nothing(path, exercise, trained.untouched_points(path.parent, exercise, evidence, images))
            else:
                assert public is not None
                assert hidden is not None
                _must_be_nothing(path, exercise, _points_of(session, exercise, (public, hidden)))


def _must_be_nothing(path: Path, exercise: Exercise, points: float) -> None:
    if points:
        raise BuildError(f"{path}, cell {exercise.name}: untouched, it earns {points:g} points; it must earn 0.")


def _points_of(session: NotebookRun, exercise: Exercise, sets: tuple[ReferenceSet, ReferenceSet]) -> float:
    cases = [reference.case for found in sets for reference in found.of(exercise)]
    return _judge(exercise, session.collect(exercise, cases), sets).points


def _judge(exercise: Exercise, evidence: Sequence[Evidence], sets: tuple[ReferenceSet, ReferenceSet]) -> Diagnosis:
    references = [reference for found in sets for reference in found.of(exercise)]
    return judge(exercise, evidence, references, sets[0].canary)
