"""What the graph shows that was built before an exception: the steps above the error, judged as far as they go."""

from __future__ import annotations

from collections.abc import Iterator

from ...evidence.student_code import StudentCode
from ...exercises import Exercise
from ...graph import Graph, Node
from ..edits import Edit, Script, compare
from ..finding import Finding
from .aggregate import findings
from .causes import explained
from .steps import Comparison

LIKELY = 4
"""Of a deep network, the beginnings compared are those that end in a layer of the same name, or so many."""


def judge_before(
    exercise: Exercise, reference: Graph, graph: Graph, code: StudentCode | None = None
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings on a graph that ends where an error came up, and the rubric's steps that it has whole.

    It is compared with that beginning of the reference from which it differs least: what was not built yet is not
    missing.
    """
    if len(graph.nodes) < 2:
        return (), ()
    beginnings = [(_cost(script), -len(cut.nodes), script, cut) for cut, script in _compared(reference, graph)]
    if not beginnings:
        return (), ()
    *_, script, cut = min(beginnings, key=lambda entry: entry[:2])
    compared = Comparison(exercise, reference, script)
    built = {node.id for node in cut.nodes}
    open_steps = {exercise.rubric_of(step).step for id_, step in compared.labels.items() if id_ not in built}
    whole = tuple(line.step for line in exercise.rubric if line.step not in open_steps)
    return explained(findings(compared), compared, code), whole


def _compared(reference: Graph, graph: Graph) -> Iterator[tuple[Graph, Script]]:
    for node in _ends(reference, graph):
        cut = _until(reference, node)
        yield cut, compare(cut, graph, inputs=False)


def _ends(reference: Graph, graph: Graph) -> list[Node]:
    """The layers of the reference in which the graph may end."""
    last = graph.by_id[graph.output]
    nodes = [node for node in reference.nodes if node.kind != "InputLayer"]
    if len(nodes) <= 2 * len(graph.nodes) or len(nodes) < 40:
        near = [node for node in nodes if abs(len(_until(reference, node).nodes) - len(graph.nodes)) <= LIKELY]
    else:
        near = [node for node in nodes if abs(reference.nodes.index(node) - len(graph.nodes)) <= LIKELY]
    named = [node for node in nodes if last.name and node.name == last.name]
    return named or near


def _until(graph: Graph, end: Node) -> Graph:
    """The part of the graph that the layer's output depends on."""
    needed, stack = set[str](), [end.id]
    while stack:
        current = stack.pop()
        if current not in needed:
            needed.add(current)
            stack.extend(graph.by_id[current].inputs)
    return Graph(tuple(node for node in graph.nodes if node.id in needed), end.id)


WEIGHTS = {"missing": 4, "extra": 4, "replaced": 4, "wiring": 3, "setting": 1}


def _cost(script: Script) -> int:
    def of(edit: Edit) -> int:
        if edit.operation == "missing" and edit.mine is not None and len(edit.mine.inputs) > 1:
            return 5  # rather not come to yet than left out
        return 3 if edit.setting == "name" else WEIGHTS[edit.operation]

    return sum(map(of, script.edits))
