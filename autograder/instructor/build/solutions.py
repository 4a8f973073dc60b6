"""Run the instructor's notebooks, and prove what their solutions and the untouched student versions are worth."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from ...base.course import Course
from ...base.messages import translator
from ...base.notebooks import grade_id, read_node
from ...diagnosis import Diagnosis, judge
from ...diagnosis.graphs.steps import label
from ...evidence.evidence import Array, Evidence
from ...execution.kernel.notebookrun import NotebookRun, running
from ...execution.kernel.session import SessionError
from ...exercises import Exercise, Mistake, TestCase
from ...graph import GraphRefused, parse_graph, refusals
from ...graph.oracle import OracleError, forward
from ...kinds import HiddenData
from ...references.notebook import Notebook, exercises_in, notebook_of
from ...references.references import Reference, ReferenceSet, Visibility
from ...references.sets import ExerciseSet
from ...report.errors import describe_error
from ...report.sentences import describe
from ...sandbox.errors import SandboxUnavailable
from .kernels import Kernels
from .mistakes import MistakeError, Tried, require_caught, require_told_apart, try_mistakes, with_fingerprints
from .official import answers_of, require_drawn, require_graded

ORACLE_TOLERANCE = 1e-5
"""How far TensorFlow's float32 may be from the oracle's float64, as a share of the largest output."""

SOLUTION_MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")

Sets = tuple[ReferenceSet, ReferenceSet]
"""The public and the hidden references."""


class BuildError(Exception):
    """The course does not hold together; the message names the cell or the exercise."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a build asks of a set's solutions.

    `cases` are all test cases, by exercise. An exercise with `data` is graded by these, the others by references.
    """

    exercise_set: ExerciseSet
    cases: Mapping[str, tuple[TestCase, ...]]
    data: Mapping[str, HiddenData]

    def compared(self, notebook: Notebook) -> tuple[Exercise, ...]:
        """The notebook's exercises that are compared with references."""
        return tuple(exercise for exercise in notebook.exercises if exercise.name not in self.data)


@dataclass(frozen=True, slots=True)
class Solved:
    """An instructor's notebook, what its solutions gave on all test cases, by exercise, and what wrong answers did.

    `of_blocks` is what models gave with stand-ins in the place of their blocks.
    """

    notebook: Notebook
    evidence: Mapping[str, tuple[Evidence, ...]]
    tried: Sequence[Tried]
    of_blocks: Mapping[str, tuple[Evidence, ...]]


def instructor_notebooks(course: Course, assignment: str, exercise_set: ExerciseSet) -> tuple[Notebook, ...]:
    """The assignment's notebooks that have exercises of the set; one at least has."""
    nodes = {path: read_node(path) for path in sorted((course.source / assignment).glob("*.ipynb"))}
    asking = [path for path, node in nodes.items() if exercises_in(node, exercise_set)]
    return tuple(_whole(notebook_of(path, nodes[path], exercise_set)) for path in asking or list(nodes)[:1])


def _whole(notebook: Notebook) -> Notebook:
    if notebook.doubts:
        raise BuildError(f"{notebook.path}: {notebook.doubts[0]}")
    for cell in notebook.node.cells:
        if grade_id(cell) and not all(mark in cell.source for mark in SOLUTION_MARKS):
            raise BuildError(
                f"{notebook.path}, cell {grade_id(cell)}: the solution does not stand between {SOLUTION_MARKS[0]} and "
                f"{SOLUTION_MARKS[1]}, so students would get none of the cell."
            )
    return notebook


def solve(notebook: Notebook, asked: Asked, mistakes: Sequence[Mistake], kernels: Kernels) -> Solved:
    """What the solutions give, and those of the wrong answers that are answers to this notebook's exercises."""
    with _running(notebook, notebook.path.parent, kernels) as session:
        if session.errors:
            failed = session.errors[0]
            raise BuildError(f"{notebook.path}, cell {failed.cell}: {failed.error.type}: {failed.error.message}")
        evidence = {
            exercise.name: session.collect(exercise, asked.cases[exercise.name], with_weights=True)
            for exercise in notebook.exercises
        }
        if any(given.error for found in evidence.values() for given in found):
            return Solved(notebook, evidence, (), {})  # the solution comes first
        of_blocks = {
            exercise.name: session.collect(exercise, asked.cases[exercise.name], of_blocks=True)
            for exercise in notebook.exercises
            if exercise.blocks
        }
        mine = [mistake for mistake in mistakes if mistake.exercise in evidence]
        try:
            tried = try_mistakes(notebook, session, mine, lambda exercise: asked.cases[exercise.name])
        except MistakeError as error:
            raise BuildError(str(error)) from None
        return Solved(notebook, evidence, tried, of_blocks)


def _running(notebook: Notebook, folder: Path, kernels: Kernels) -> AbstractContextManager[NotebookRun]:
    """Run one of the course's own notebooks, with the instructor's own rights."""
    return running(notebook.node, lambda: kernels.launch(folder.resolve()))


# --- references --------------------------------------------------------------------------------------------------


def confirm(solved: Solved, asked: Asked) -> float:
    """Every solution's output must follow from its graph and weights by the oracle, too; gives the largest gap."""
    compared = asked.compared(solved.notebook)
    gaps = (gap for exercise in compared for gap in _gaps(solved, exercise, asked.cases[exercise.name]))
    return max(gaps, default=0.0)


def _gaps(solved: Solved, exercise: Exercise, cases: Sequence[TestCase]) -> Iterator[float]:
    for case, given in zip(cases, solved.evidence[exercise.name], strict=True):
        where = f"{solved.notebook.path}, cell {exercise.name}, test case {case.name}"
        if given.error is not None:
            raise BuildError(f"{where}: {describe_error(given.error, exercise, translator('en'))}")
        if exercise.kind == "function":
            continue  # what it computes is the author's to know; there is no second implementation
        if given.graph is None or given.outputs is None or given.weights is None:
            raise BuildError(f"{where}: the evidence is not whole.")
        try:
            graph = parse_graph(given.graph)
            label(exercise, graph)
            values = forward(graph, given.weights, case.inputs(), case.training)
        except GraphRefused as error:
            refused = refusals(given.graph)
            page = "docs/reference/layers.md"
            names = f" Not in {page}, or not with these settings: {', '.join(refused)}." if refused else ""
            raise BuildError(f"{where}: {error}.{names}") from None
        except (OracleError, ValueError) as error:
            raise BuildError(f"{where}: {error}") from None
        expected = values[graph.output]
        gap = gap_of(given.outputs, expected)
        if not gap <= ORACLE_TOLERANCE:
            raise BuildError(f"{where}: the output is {gap:.1e} away from the oracle's; at most {ORACLE_TOLERANCE}.")
        yield gap


def gap_of(outputs: Array, expected: np.ndarray) -> float:
    """The largest difference, as a share of the largest value expected: of a small picture all may be zero."""
    return float(np.max(np.abs(expected - outputs))) / (float(np.max(np.abs(expected))) or 1.0)


def reference_set(visibility: Visibility, every: Sequence[Solved], asked: Asked, source: str) -> ReferenceSet:
    """The references that the solutions make; `source` is the digest of the set's definitions."""
    exercises = asked.exercise_set.exercises
    canaries = (given.canary for solved in every for found in solved.evidence.values() for given in found)
    made = ReferenceSet(
        visibility=visibility,
        canary=next((canary for canary in canaries if canary is not None), np.zeros(0, np.float32)),
        references={
            exercise.name: tuple(_references(exercise, asked, solved, visibility))
            for solved in every
            for exercise in asked.compared(solved.notebook)
        },
        made_with={name: version(name) for name in ("keras", "tensorflow", "numpy")},
        solutions=solution_digests(every),
        definitions={exercise.name: exercise for exercise in exercises},
        notebooks=notebook_names(asked.exercise_set),
        source=source,
    )
    return with_fingerprints(made, [one for solved in every for one in solved.tried])


def _references(exercise: Exercise, asked: Asked, solved: Solved, visibility: Visibility) -> Iterator[Reference]:
    whole = {given.case: given for given in solved.of_blocks.get(exercise.name, ())}
    for case, given in zip(asked.cases[exercise.name], solved.evidence[exercise.name], strict=True):
        if case.hidden != (visibility == "hidden"):
            continue
        if exercise.kind == "function":
            yield Reference(case, "", np.zeros(0, np.float32), None, given.answer)
        else:
            assert given.graph is not None
            assert given.outputs is not None
            weights = given.weights if exercise.kind == "block" else None
            of_blocks = _of_blocks(exercise, case, whole[case.name]) if exercise.blocks else None
            yield Reference(case, given.graph, given.outputs, weights, of_blocks=of_blocks)


def _of_blocks(exercise: Exercise, case: TestCase, given: Evidence) -> Reference:
    """What the solution gives with stand-ins. Raises BuildError where that is not what the outline says."""
    where = f"{exercise.name}, test case {case.name}, with stand-ins for its blocks"
    if given.graph is None or given.outputs is None:
        words = describe_error(given.error, exercise, translator("en")) if given.error else "the evidence is not whole."
        raise BuildError(f"{where}: {words}")
    reference = Reference(case, given.graph, given.outputs, None)
    try:
        label(exercise.of_blocks, reference.graph)
    except (GraphRefused, ValueError) as error:
        raise BuildError(f"{where}: {error}") from None
    return reference


def notebook_names(exercise_set: ExerciseSet) -> tuple[tuple[str, ...], ...]:
    """The names of the exercises that stand in one notebook together."""
    return tuple(tuple(exercise.name for exercise in together) for together in exercise_set.notebooks)


def solution_digests(every: Sequence[Solved]) -> dict[str, str]:
    """A digest of each exercise's solution cell, by which references are known to be of this source."""
    return {
        name: hashlib.sha256(cell.source.encode()).hexdigest()
        for solved in every
        for cell in solved.notebook.node.cells
        if (name := grade_id(cell)) and name in solved.evidence
    }


# --- proofs ------------------------------------------------------------------------------------------------------


def require_all_points(solved: Solved, asked: Asked, sets: Sets) -> None:
    """The solutions that are compared with references earn all points."""
    for exercise in asked.compared(solved.notebook):
        diagnosis = _judge(exercise, solved.evidence[exercise.name], sets)
        if diagnosis.points != exercise.max_points or not diagnosis.passed:
            why = [describe(finding, translator("en")) for finding in diagnosis.findings[:1]]
            raise BuildError(
                f"{solved.notebook.path}, cell {exercise.name}: the solution earns {diagnosis.points:g} of "
                f"{exercise.max_points:g} points. {' '.join(why)}"
            )
        try:
            require_drawn(diagnosis, f"{solved.notebook.path}, cell {exercise.name}")
        except MistakeError as error:
            raise BuildError(str(error)) from None


def require_all_measured(solved: Solved, asked: Asked, progress: Callable[[str], None]) -> None:
    """So do those that are judged by hidden data of their own."""
    for name, data in asked.data.items():
        if name in solved.evidence:
            progress(data.progress)
            why = data.why_not_all(solved.evidence[name][0])
            if why:
                raise BuildError(f"{solved.notebook.path}, cell {name}: {why}")


def require_mistakes_caught(path: Path, tried: Sequence[Tried], sets: Sets) -> None:
    """Every wrong answer of the file gets its finding, and none passes for another."""
    try:
        require_told_apart(path, tried, *sets)
        require_caught(path, tried, lambda exercise, evidence: _judge(exercise, evidence, sets))
        for one in tried:
            where = f"{path}: the mistake {one.mistake.name} of {one.exercise.name}"
            require_drawn(_judge(one.exercise, one.evidence, sets), where)
    except MistakeError as error:
        raise BuildError(str(error)) from None


def require_graded_alike(course: Course, assignment: str, solved: Solved, path: Path, sets: Sets) -> None:
    """Official grading gives the solutions all points, and each wrong answer what was found here."""
    solutions = {name: cell.source for cell in solved.notebook.node.cells if (name := grade_id(cell))}
    points = [_judge(one.exercise, one.evidence, sets).points for one in solved.tried]
    try:
        require_graded(course, assignment, solved.notebook, answers_of(solved.tried, solutions, points, path), sets)
    except MistakeError as error:
        raise BuildError(str(error)) from None
    except SandboxUnavailable:
        return  # on Windows, where nobody can be graded
    except SessionError as error:
        raise BuildError(f"{solved.notebook.path}: {error}") from None


def require_nothing_untouched(path: Path, asked: Asked, sets: Sets, kernels: Kernels) -> None:
    """The student version earns no points as it is released."""
    notebook = notebook_of(path, read_node(path), asked.exercise_set)
    with _running(notebook, path.parent, kernels) as session:
        for exercise in notebook.exercises:
            points = _untouched_points(session, exercise, path.parent, asked, sets)
            if points:
                raise BuildError(
                    f"{path}, cell {exercise.name}: untouched, it earns {points:g} points; it must earn 0."
                )


def _untouched_points(session: NotebookRun, exercise: Exercise, folder: Path, asked: Asked, sets: Sets) -> float:
    if exercise.name in asked.data:
        evidence = session.collect(exercise, exercise.public_cases)
        return asked.data[exercise.name].untouched_points(evidence[0], folder)
    cases = [reference.case for found in sets for reference in found.of(exercise)]
    diagnosis = _judge(exercise, session.collect(exercise, cases), sets)
    try:
        require_drawn(diagnosis, f"{folder}, cell {exercise.name}, untouched")
    except MistakeError as error:
        raise BuildError(str(error)) from None
    return diagnosis.points


def _judge(exercise: Exercise, evidence: Sequence[Evidence], sets: Sets) -> Diagnosis:
    references = [reference for found in sets for reference in found.of(exercise)]
    return judge(exercise, evidence, references, sets[0].canary)
