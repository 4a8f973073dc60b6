"""Which evidence official grading asks a student's function for: as little as decides.

Initializers carry their seeds, so a graph says which values follow from it, and shows what is wrong; it is cheap. So
graphs come first. But a graph is what the student's code says of itself: an answer that is right by its graphs is asked
for tensors on a hidden test case, too, and these decide. They are asked for last, for one test case once more, so that
an answer which depends on what was asked before shows.

Public test cases are asked about first, while the student's code is heard; hidden ones later, when it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from ..evidence.evidence import Evidence
from ..exercises import Exercise, TestCase
from ..kinds import kind_of

Ask = Callable[[Sequence[TestCase], bool], Sequence[Evidence]]
"""Gives the evidence on the test cases; the flag asks for the graph alone."""
Passes = Callable[[Evidence, TestCase], bool]
"""Whether the evidence is a right answer's."""


def decisive(
    exercise: Exercise, cases: Sequence[TestCase], ask: Ask, passes: Passes, wrong: bool = False
) -> list[Evidence | None]:
    """The evidence for each of `cases`, all of them public or all hidden; None where it need not be asked for.

    `wrong` says that the answer's values are known to be wrong: a model's on top of that would say nothing.
    """
    if kind_of(exercise).graph_alone:
        return list(ask(cases, True))
    if exercise.kind == "model":
        return _of_a_model(cases, ask, passes, wrong)
    if exercise.kind == "function":
        return list(_of_a_function(cases, ask, passes))
    return list(_of_a_block(cases, ask, passes))


def _of_a_model(cases: Sequence[TestCase], ask: Ask, passes: Passes, wrong: bool) -> list[Evidence | None]:
    """The first one's graph, or its tensors where it is hidden; the other graphs where that is not right."""
    first = [given for case in cases[:1] for given in ask([case], wrong or not case.hidden)]
    if all(passes(given, case) for given, case in zip(first, cases, strict=False)):
        return [*first, *[None] * len(cases[1:])]
    return [*first, *ask(cases[1:], True)]


def _of_a_block(cases: Sequence[TestCase], ask: Ask, passes: Passes) -> list[Evidence]:
    """All graphs; then the tensors of a hidden test case where all are right, or of a public one where they are not.

    Its weights come with them and are compared, so that one is enough: of hidden ones that with the largest input, for
    normalized over few numbers much comes out as zero.
    """
    given = list(ask(cases, True))
    right = all(passes(graph, case) for graph, case in zip(given, cases, strict=True))
    if cases and cases[0].hidden == right:
        place = max(range(len(cases)), key=lambda i: prod(cases[i].input_shape)) if right else 0
        (given[place],) = ask([cases[place]], False)
    return given


def _of_a_function(cases: Sequence[TestCase], ask: Ask, passes: Passes) -> list[Evidence]:
    """It has no graph: its values are all there is. Hidden ones are asked for twice, the second time backwards."""
    given = list(ask(cases, False))
    places = [i for i, case in enumerate(cases) if case.hidden and passes(given[i], case)][::-1]
    # The flag changes nothing for a function, but what is asked for with another one is asked anew.
    again = ask([cases[i] for i in places], True) if places else ()
    for i, second in zip(places, again, strict=True):
        if not passes(second, cases[i]):
            given[i] = second
    return given
