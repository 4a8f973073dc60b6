"""What an author may have forgotten: told at every build, all at once, and nothing that keeps it from building."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...evidence.evidence import Evidence
from ...exercises import Exercise, Mistake
from ...graph import Graph, GraphRefused, Node, parse_graph

TO_DO = "TODO"
"""What a hint begins with that `autograder new --from` has left to its author."""
NOT_DRAWN = ("Zeros", "Ones", "Constant", "Identity")


def advice(
    exercises: Sequence[Exercise], mistakes: Sequence[Mistake], evidence: dict[str, tuple[Evidence, ...]]
) -> Iterator[str]:
    """A sentence for each: a missing seed, hints to be written, steps that no wrong answer is listed for."""
    for exercise in exercises:
        yield from _of_seeds(exercise, evidence.get(exercise.name, ()))
        lacking = [line.step for line in exercise.rubric if any(hint.startswith(TO_DO) for hint in line.hints)]
        if lacking:
            yield f"{exercise.name}: hints are still to be written for {', '.join(lacking)}"
        if exercise.kind in ("block", "function"):
            listed = {exercise.rubric_of(m.step).step for m in mistakes if m.exercise == exercise.name and m.step}
            unlisted = [line.step for line in exercise.rubric if line.step not in listed]
            if mistakes and unlisted:
                yield f"{exercise.name}: mistakes.py lists no wrong answer for {', '.join(unlisted)}"


def _of_seeds(exercise: Exercise, evidence: Sequence[Evidence]) -> Iterator[str]:
    graph = next((graph for given in evidence if (graph := _graph(given))), None)
    drawn = [f"{node.kind} {node.name}".strip() for node in graph.nodes if _lacks_seed(node)] if graph else []
    if drawn:
        yield (
            f"{exercise.name}: no seed is given for {', '.join(dict.fromkeys(drawn))}, so weights differ on every run: "
            "a right answer's are not the reference's"
        )


def _graph(given: Evidence) -> Graph | None:
    try:
        return parse_graph(given.graph) if given.graph else None
    except GraphRefused:
        return None


def _lacks_seed(node: Node) -> bool:
    """Whether an array of the layer is drawn, and nothing says from which seed."""
    for setting, value in node.settings.items():
        if value is None and (setting == "seed" or setting.endswith("_initializer_seed")):
            name = "kernel_initializer" if setting == "seed" else setting.removesuffix("_seed")
            if not str(node.settings.get(name, "")).startswith(NOT_DRAWN):
                return True
    return False
