"""Which evidence official grading asks a student's function for: as little as decides.

Initializers carry their seeds, so the values follow from the graph. Where it is the reference's, its tensors were
computed when the references were made; where it is not, the graph says what is wrong. So graphs come first, and of
ResNet-50, whose graph takes Keras a third of a second, that of a hidden probe alone: its shape and classes are none of
the public ones', so that a function which is right there has read its arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..evidence.evidence import Evidence
from ..exercises import Exercise, Probe

Ask = Callable[[Sequence[Probe], bool], Sequence[Evidence]]
"""Gives the evidence on the probes; the flag asks for the graph alone."""
Passes = Callable[[Evidence, Probe], bool]
"""Whether the evidence is a right answer's."""


def decisive(
    exercise: Exercise, probes: Sequence[Probe], hidden: Sequence[Probe], ask: Ask, passes: Passes
) -> list[Evidence | None]:
    """The evidence for each of `probes`, None where it need not be asked for. `hidden` are all hidden ones."""
    if exercise.kind == "model":
        return _of_a_model(probes, hidden[:1], ask, passes)
    if exercise.kind == "function":
        return list(ask(probes, False))  # it has no graph: its values are all there is
    if exercise.kind == "trained":
        return list(ask(probes, True))
    return list(_of_a_block(probes, ask, passes))


def _of_a_model(probes: Sequence[Probe], first: Sequence[Probe], ask: Ask, passes: Passes) -> list[Evidence | None]:
    known = {probe.name: given for probe, given in zip(first, ask(first, True), strict=True)}
    if first and all(passes(known[probe.name], probe) for probe in first):
        return [known.get(probe.name) for probe in probes]
    return list(ask(probes, True))


def _of_a_block(probes: Sequence[Probe], ask: Ask, passes: Passes) -> list[Evidence]:
    """Graphs; then values once: on a hidden probe of a right answer, on a public one of a wrong one, to be shown."""
    given = list(ask(probes, True))
    right = all(passes(graph, probe) for graph, probe in zip(given, probes, strict=True))
    for i, probe in enumerate(probes):
        if probe.hidden == right:
            (given[i],) = ask([probe], False)
            break
    return given
