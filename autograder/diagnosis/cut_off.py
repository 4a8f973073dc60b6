"""A graph that ends where an exception was raised: compared with as much of the reference as it can have reached."""

from __future__ import annotations

from collections.abc import Iterable

from ..evidence.student_code import MEETING
from ..graph import Graph, Node
from .edits import Edit, Script, compare
from .finding import Finding
from .steps import Comparison


def compare_so_far(reference: Graph, student: Graph) -> Script:
    """What must change in what there is; layers that would have come later may be missing."""
    scripts = [compare(part, student, inputs=False) for part in (_until_next_meeting(reference, student), reference)]
    return min(scripts, key=lambda script: len(script.edits) - len(_later(script, reference)))


def reached(findings: Iterable[Finding], compared: Comparison) -> tuple[Finding, ...]:
    """The findings without those about what comes after the exception, or about the collector's own addition."""
    later = _later(compared.script, compared.reference)
    return tuple(
        finding
        for finding in findings
        if finding.edits and not any(number in later or _own(compared.script.edits[number]) for number in finding.edits)
    )


def unreached(compared: Comparison) -> tuple[str, ...]:
    """The steps of which at least one layer was still to come."""
    later = _later(compared.script, compared.reference)
    there = {
        pair.mine.id
        for number, pair in enumerate(compared.script.pairs)
        if pair.mine and not (pair.theirs and pair.theirs.id == MEETING)
        if not any(compared.script.edits[one].pair == number for one in later)
    }
    return tuple(dict.fromkeys(compared.labels[node.id] for node in compared.reference.linear if node.id not in there))


def _until_next_meeting(reference: Graph, student: Graph) -> Graph:
    """The reference up to the first meeting of paths that the student's graph has not reached.

    It is left out, but for a graph with two ends. Of its paths the one is kept that the student's names stand in.
    """
    done = sum(len(set(node.inputs)) > 1 for node in student.nodes if node.id != MEETING)
    meetings = [node for node in reference.linear if len(node.inputs) > 1]
    if done >= len(meetings):
        return reference
    output = meetings[done].id
    if all(node.id != MEETING for node in student.nodes):
        names = {node.name for node in student.nodes if node.name}

        def shared(end: str) -> tuple[int, int]:
            before = _before(reference, end)
            return len(names & {node.name for node in before}), len(before)

        output = max(meetings[done].inputs, key=shared)
    return Graph(_before(reference, output), output)


def _before(graph: Graph, end: str) -> tuple[Node, ...]:
    """The layers that a layer is made by, itself among them, in the graph's order."""
    kept, stack = {end}, [end]
    while stack:
        for source in graph.by_id[stack.pop()].inputs:
            if source not in kept:
                kept.add(source)
                stack.append(source)
    return tuple(node for node in graph.nodes if node.id in kept)


def _later(script: Script, reference: Graph) -> frozenset[int]:
    """The edits for layers that are missing and that no layer which is there comes after."""
    there = {pair.mine.id for pair in script.pairs if pair.mine and pair.theirs and pair.theirs.id != MEETING}
    leads_on: set[str] = set()
    for node in reversed(reference.nodes):  # every node follows its inputs
        if node.id in there or node.id in leads_on:
            leads_on.update(node.inputs)
    return frozenset(
        number
        for number, edit in enumerate(script.edits)
        if (edit.operation == "missing" and edit.mine is not None and edit.mine.id not in leads_on)
        or edit.setting == "output"
    )


def _own(edit: Edit) -> bool:
    return edit.theirs is not None and edit.theirs.id == MEETING
