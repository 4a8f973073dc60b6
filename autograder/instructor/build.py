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

from ..course import Course, CourseError
from ..diagnosis import Diagnosis, judge
from ..diagnosis.fold import label
from ..evidence import Evidence
from ..exercises import EXERCISES, Exercise, Probe
from ..graph import Refused, parse_graph
from ..messages import translator
from ..notebook import Notebook, exercises_in, grade_id, read_node, read_notebook
from ..oracle import OracleError, forward
from ..references import Reference, ReferencesError, ReferenceSet, load, save
from ..report.sentences import describe, describe_error
from ..signs.hidden import Pictures, keep_hidden
from ..twosides.local import LocalKernel
from ..twosides.notebookrun import NotebookRun, running
from . import trained
from .nbgrader_calls import generate_assignment
from .released import why_not_again

ORACLE_TOLERANCE = 1e-5
"""How far TensorFlow's float32 may be from the oracle's float64, as a share of the largest output."""

SOLUTION_MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")

Progress = Callable[[str], None]


class BuildError(Exception):
    """The course does not hold together; the message names the cell or the exercise."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did, for its closing lines."""

    assignments: tuple[str, ...]
    probes: int
    furthest_from_oracle: float


def build(course: Course, assignments: Sequence[str], seed: str | None, progress: Progress) -> Built:
    """Build the named assignments of a course.

    `seed` replaces the secret seed; None keeps the one there is, or makes one. The references are those of the
    course's first assignment; every other one has to agree with them. Seed and references are written last, so that
    a build that fails leaves those there are. An assignment may have several notebooks.

    Raises:
        BuildError: a solution fails, disagrees with the oracle, or an untouched notebook earns points.
        CourseError, NotebookError: the course's folder or a notebook can't be used.
    """
    _require_writable(course)
    for why in filter(None, (why_not_again(course, assignment) for assignment in assignments)):
        raise BuildError(why)
    secret = seed or _secret_seed(course) or secrets.token_hex(16)
    hidden_probes = _draw(secret)
    public, hidden = _standing(course, assignments, hidden_probes)
    images: Pictures | None = None
    furthest = 0.0
    for assignment in assignments:
        notebooks = _instructor_notebooks(course, assignment)
        for notebook in notebooks:
            progress(f"{assignment}: running the instructor's notebook {notebook.path.name}")
            evidence = _run(notebook, hidden_probes)
            if _is_trained(notebook):
                progress(f"{assignment}: measuring the instructor's network")
                images = images or trained.hidden_images(course, secret)
                _network_earns_all(course, notebook, evidence, images)
                continue
            progress(f"{assignment}: checking {sum(map(len, evidence.values()))} answers against the oracle")
            furthest = max(furthest, _confirm(notebook, evidence, hidden_probes))
            public = public or _reference_set("public", notebook, evidence, hidden_probes)
            hidden = hidden or _reference_set("hidden", notebook, evidence, hidden_probes)
            _solutions_earn_all(notebook, evidence, (public, hidden))
        progress(f"{assignment}: making the student version")
        generate_assignment(course, assignment)
        progress(f"{assignment}: trying the untouched student version")
        for notebook in notebooks:
            _untouched_earns_nothing(course.release / assignment / notebook.path.name, public, hidden, images)
    if images is not None:
        keep_hidden(course.hidden_images, secret, images)
        trained.have_images(course)
        _keep_secret(course, secret)
    if public is not None and hidden is not None:
        _save_if_changed(course.public_references, public)
        _save_if_changed(course.hidden_references, hidden)
        course.hidden_references.chmod(0o600)
        _keep_secret(course, secret)
    return Built(tuple(assignments), sum(map(len, hidden_probes.values())) + _public_count(), furthest)


def _public_count() -> int:
    return sum(len(exercise.public_probes) for exercise in EXERCISES)


def _require_writable(course: Course) -> None:
    for folder in (course.public_references.parent, course.release):
        existing = next(path for path in (folder, *folder.parents) if path.exists() or path.is_symlink())
        if not existing.is_dir():
            raise CourseError(f"{existing} is not a folder: move it away and build again.")
        if not os.access(existing, os.W_OK):
            raise CourseError(f"{existing} is not writable: give yourself the right to write there and build again.")


def _secret_seed(course: Course) -> str | None:
    """The secret that hidden probes are drawn from, if there is one."""
    path = course.secret_seed
    return path.read_text().strip() or None if path.is_file() else None


def _keep_secret(course: Course, secret: str) -> None:
    """Keep the secret beside the references, readable by its owner alone."""
    path = course.secret_seed
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(secret + "\n")


def _standing(
    course: Course, assignments: Sequence[str], hidden_probes: dict[str, tuple[Probe, ...]]
) -> tuple[ReferenceSet | None, ReferenceSet | None]:
    """The references there are, public and hidden, where the assignment that they are made from is not built now."""
    if course.assignments()[0] in assignments:
        return None, None
    try:
        public = load(course.public_references)
    except ReferencesError:
        return None, None
    try:
        hidden = load(course.hidden_references)
    except ReferencesError:
        return public, None
    drawn = {name: tuple(reference.probe for reference in found) for name, found in hidden.references.items()}
    return public, hidden if drawn == hidden_probes else None


def _draw(seed: str) -> dict[str, tuple[Probe, ...]]:
    return {exercise.name: exercise.draw_hidden_probes(Random(f"{seed}/{exercise.name}")) for exercise in EXERCISES}


def _probes(exercise: Exercise, hidden: dict[str, tuple[Probe, ...]]) -> tuple[Probe, ...]:
    return exercise.public_probes + hidden.get(exercise.name, ())


def _instructor_notebooks(course: Course, assignment: str) -> tuple[Notebook, ...]:
    """The assignment's notebooks that have exercises of this kit; one at least has."""
    found = sorted((course.source / course.require(assignment)).glob("*.ipynb"))
    with_exercises = [path for path in found if exercises_in(read_node(path))]
    return tuple(_instructor_notebook(path) for path in with_exercises or found[:1])


def _is_trained(notebook: Notebook) -> bool:
    return all(exercise.kind == "trained" for exercise in notebook.exercises)


def _instructor_notebook(path: Path) -> Notebook:
    notebook = read_notebook(path)
    if notebook.doubts:
        raise BuildError(f"{notebook.path}: {notebook.doubts[0]}")
    for cell in notebook.node.cells:
        if grade_id(cell) and not all(mark in cell.source for mark in SOLUTION_MARKS):
            raise BuildError(
                f"{notebook.path}, cell {grade_id(cell)}: the solution does not stand between {SOLUTION_MARKS[0]} and "
                f"{SOLUTION_MARKS[1]}, so students would get none of the cell."
            )
    return notebook


def _run(notebook: Notebook, hidden: dict[str, tuple[Probe, ...]]) -> dict[str, tuple[Evidence, ...]]:
    with _running(notebook, notebook.path.parent) as session:
        if session.errors:
            failed = session.errors[0]
            raise BuildError(f"{notebook.path}, cell {failed.cell}: {failed.error.type}: {failed.error.message}")
        return {
            exercise.name: session.collect(exercise, _probes(exercise, hidden), with_weights=True)
            for exercise in notebook.exercises
        }


def _running(notebook: Notebook, folder: Path) -> AbstractContextManager[NotebookRun]:
    """Run one of the course's own notebooks, with the instructor's own rights."""
    return running(notebook.node, lambda: LocalKernel(folder.resolve()))


def _confirm(
    notebook: Notebook, evidence: dict[str, tuple[Evidence, ...]], hidden: dict[str, tuple[Probe, ...]]
) -> float:
    """Every solution's output must follow from its graph and weights by the oracle, too; gives the largest gap."""
    furthest = 0.0
    for exercise in notebook.exercises:
        for probe, given in zip(_probes(exercise, hidden), evidence[exercise.name], strict=True):
            where = f"{notebook.path}, cell {exercise.name}, probe {probe.name}"
            if given.error is not None:
                raise BuildError(f"{where}: {describe_error(given.error, exercise, translator('en'))}")
            if given.graph is None or given.outputs is None or given.weights is None:
                raise BuildError(f"{where}: the evidence is not whole.")
            try:
                graph = parse_graph(given.graph)
                label(exercise, graph)
                values = forward(graph, given.weights, probe.input(), probe.training)
            except (Refused, OracleError, ValueError) as error:
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
    visibility: str, notebook: Notebook, evidence: dict[str, tuple[Evidence, ...]], hidden: dict[str, tuple[Probe, ...]]
) -> ReferenceSet:
    references: dict[str, tuple[Reference, ...]] = {}
    canary = None
    for exercise in notebook.exercises:
        found = []
        for probe, given in zip(_probes(exercise, hidden), evidence[exercise.name], strict=True):
            assert given.graph is not None
            assert given.outputs is not None
            canary = given.canary
            if probe.hidden == (visibility == "hidden"):
                weights = given.weights if exercise.kind == "block" else None
                found.append(Reference(probe, given.graph, given.outputs, weights))
        references[exercise.name] = tuple(found)
    assert canary is not None
    return ReferenceSet(
        visibility="hidden" if visibility == "hidden" else "public",
        canary=canary,
        references=references,
        made_with={name: version(name) for name in ("keras", "tensorflow", "numpy")},
        solutions=solution_digests(notebook),
    )


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
    path: Path, public: ReferenceSet | None, hidden: ReferenceSet | None, images: Pictures | None
) -> None:
    notebook = read_notebook(path)
    with _running(notebook, path.parent) as session:
        for exercise in notebook.exercises:
            if exercise.kind == "trained":
                assert images is not None
                (evidence,) = session.collect(exercise, exercise.public_probes)
                _must_be_nothing(path, exercise, trained.untouched_points(path.parent, exercise, evidence, images))
            else:
                assert public is not None
                assert hidden is not None
                _must_be_nothing(path, exercise, _points_of(session, exercise, (public, hidden)))


def _must_be_nothing(path: Path, exercise: Exercise, points: float) -> None:
    if points:
        raise BuildError(f"{path}, cell {exercise.name}: untouched, it earns {points:g} points; it must earn 0.")


def _points_of(session: NotebookRun, exercise: Exercise, sets: tuple[ReferenceSet, ReferenceSet]) -> float:
    probes = [reference.probe for found in sets for reference in found.of(exercise)]
    return _judge(exercise, session.collect(exercise, probes), sets).points


def _judge(exercise: Exercise, evidence: Sequence[Evidence], sets: tuple[ReferenceSet, ReferenceSet]) -> Diagnosis:
    references = [reference for found in sets for reference in found.of(exercise)]
    return judge(exercise, evidence, references, sets[0].canary)


def _save_if_changed(path: Path, references: ReferenceSet) -> None:
    """Leave a file alone that says the same, so that a build does not touch what is committed."""
    try:
        if _alike(load(path), references):
            return
    except ReferencesError:
        pass
    save(path, references)


def _alike(a: ReferenceSet, b: ReferenceSet) -> bool:
    if (a.visibility, dict(a.made_with), dict(a.solutions)) != (b.visibility, dict(b.made_with), dict(b.solutions)):
        return False
    if set(a.references) != set(b.references) or not np.array_equal(a.canary, b.canary):
        return False
    return all(
        len(mine) == len(theirs) and all(map(_same_reference, mine, theirs))
        for mine, theirs in ((a.references[name], b.references[name]) for name in a.references)
    )


def _same_reference(a: Reference, b: Reference) -> bool:
    if a.probe != b.probe or a.graph_text != b.graph_text or not np.array_equal(a.outputs, b.outputs):
        return False
    if a.weights is None or b.weights is None:
        return a.weights is b.weights
    return set(a.weights) == set(b.weights) and all(
        np.array_equal(x, y) for k in a.weights for x, y in zip(a.weights[k], b.weights[k], strict=True)
    )
