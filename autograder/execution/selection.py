"""Which evidence official grading asks a student's function for: as little as decides.

Initializers carry their seeds, so a graph says which values follow from it, and shows what is wrong; it is cheap. So
graphs come first. But a graph is what the student's code says of itself: an answer that is right by its graphs is asked
for tensors on hidden test cases, too, and these decide. They are asked for last and in another order, so that an answer
which depends on what was asked before shows.
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

BLOCK_VALUES = 2
"""Hidden test cases of a block, from the end, whose tensors are asked for; one of them is in training mode."""


def decisive(
    exercise: Exercise, cases: Sequence[TestCase], hidden: Sequence[TestCase], ask: Ask, passes: Passes
) -> list[Evidence | None]:
    """The evidence for each of `cases`, None where it need not be asked for. `hidden` are all hidden test cases."""
    if kind_of(exercise).graph_alone:
        return list(ask(cases, True))
    if exercise.kind == "model":
        return _of_a_model(cases, hidden[:1], ask, passes)
    if exercise.kind == "function":
        return list(_of_a_function(cases, ask, passes))
    return list(_of_a_block(cases, ask, passes))


def _of_a_model(
    cases: Sequence[TestCase], first: Sequence[TestCase], ask: Ask, passes: Passes
) -> list[Evidence | None]:
    """One public test case's graph, then one hidden one's tensors; all graphs where one of the two is not right."""
    known: dict[str, Evidence] = {}
    right = bool(first)
    public = [case for case in cases if not case.hidden][:1]
    for asked, graph_alone in ((public, True), (first, False)):
        if right:
            given = dict(zip((case.name for case in asked), ask(asked, graph_alone), strict=True))
            known |= given
            right = all(passes(given[case.name], case) for case in asked)
    if not right:
        rest = [case for case in cases if case.name not in known]
        known |= zip((case.name for case in rest), ask(rest, True), strict=True)
    return [known.get(case.name) for case in cases]


def _of_a_block(cases: Sequence[TestCase], ask: Ask, passes: Passes) -> list[Evidence]:
    """All graphs; then the tensors of some hidden test cases if all are right, else those of a public one."""
    given = list(ask(cases, True))
    right = all(passes(graph, case) for graph, case in zip(given, cases, strict=True))
    places = [i for i, case in enumerate(cases) if case.hidden == right]
    for i in places[: -BLOCK_VALUES - 1 : -1] if right else places[:1]:
        (given[i],) = ask([cases[i]], False)
    return given


def _of_a_function(cases: Sequence[TestCase], ask: Ask, passes: Passes) -> list[Evidence]:
    """It has no graph: its values are all there is. Hidden ones are asked for twice, the second time backwards."""
    given = list(ask(cases, False))
    places = [i for i, case in enumerate(cases) if case.hidden and passes(given[i], case)]
    again = ask([cases[i] for i in places[::-1]], True) if places else ()
    for i, second in zip(places[::-1], again, strict=True):
        if not passes(second, cases[i]):
            given[i] = second
    return given
