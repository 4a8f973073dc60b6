"""Which evidence official grading asks a student's function for: as little as decides.

Initializers carry their seeds, so the graph determines the values. If it is the reference's graph, its tensors were
computed when the references were made; if it is not, the graph shows what is wrong. So graphs come first. A model's
graph may take Keras a third of a second, so at first only one is asked for of the public test cases, and one of the
hidden ones. No public test case has its arguments, so a function that is right there does read them.

Public test cases are asked about first, while the student's code is heard; hidden ones later, when it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..evidence.evidence import Evidence
from ..exercises import Exercise, TestCase
from ..kinds import kind_of

Ask = Callable[[Sequence[TestCase], bool], Sequence[Evidence]]
"""Gives the evidence on the test cases; the flag asks for the graph alone."""
Passes = Callable[[Evidence, TestCase], bool]
"""Whether the evidence is a right answer's."""


def decisive(exercise: Exercise, cases: Sequence[TestCase], ask: Ask, passes: Passes) -> list[Evidence | None]:
    """The evidence for each of `cases`, all of them public or all hidden; None where it need not be asked for."""
    if kind_of(exercise).graph_alone:
        return list(ask(cases, True))
    if exercise.kind == "model":
        return _of_a_model(cases, ask, passes)
    if exercise.kind == "function":
        return list(ask(cases, False))  # it has no graph: its values are all there is
    return list(_of_a_block(cases, ask, passes))


def _of_a_model(cases: Sequence[TestCase], ask: Ask, passes: Passes) -> list[Evidence | None]:
    first = list(ask(cases[:1], True))
    if all(passes(given, case) for given, case in zip(first, cases, strict=False)):
        return [*first, *[None] * len(cases[1:])]
    return [*first, *ask(cases[1:], True)]


def _of_a_block(cases: Sequence[TestCase], ask: Ask, passes: Passes) -> list[Evidence]:
    """Ask for all graphs, then for the values of one test case: a hidden one if it is right, a public one if wrong."""
    given = list(ask(cases, True))
    right = all(passes(graph, case) for graph, case in zip(given, cases, strict=True))
    if cases and cases[0].hidden == right:
        (given[0],) = ask(cases[:1], False)
    return given
