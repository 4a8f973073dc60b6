"""What a student's code tells of findings: their lines, and why a layer that was made is missing from the result.

The code explains findings and never makes one. Where several follow from one line, they are one finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..evidence.student_code import LayerCall, Place, StudentCode
from ..graph import Node
from .edits import INPUT, Edit
from .finding import Cause, Finding
from .lines import Calls, inner_place, outer_place
from .steps import Comparison


def explained(found: Iterable[Finding], compared: Comparison, code: StudentCode | None) -> tuple[Finding, ...]:
    """The findings with what the code tells of them. Without any code all that is left is what the graph shows."""
    whole = _input_returned(compared)
    findings = [whole] if whole else list(found)
    if code is None:
        return tuple(findings)
    calls = Calls(code)
    if whole is None:
        findings = list(_by_cause(findings, compared, calls))
    return tuple(_with_line(finding, compared, calls) for finding in findings)


# --- the output is the input ----------------------------------------------------------------------------------------


def _input_returned(compared: Comparison) -> Finding | None:
    """One finding for a graph without any layer."""
    if any(pair.theirs for pair in compared.script.pairs):
        return None
    steps = list(dict.fromkeys(part.step.partition(",")[0] for part in compared.exercise.outline))
    last = compared.reference.by_id[compared.reference.output]
    step = compared.labels[last.id]
    numbers = tuple(range(len(compared.script.edits)))
    others = tuple(one for one in steps if one != step)
    cause = Cause("input returned")
    return Finding(step, last.kind, "wrong wiring", found=INPUT, unseen=others, cause=cause, edits=numbers)


# --- made, and not used ---------------------------------------------------------------------------------------------


def _by_cause(findings: list[Finding], compared: Comparison, calls: Calls) -> list[Finding]:
    """The findings, those that have one cause as one; the first of them leads."""
    causes = [_cause(finding, compared, calls) for finding in findings]
    lost = {i for finding, cause in zip(findings, causes, strict=True) if cause for i in _gone(finding, compared)}
    known = list(dict.fromkeys(cause for cause in causes if cause))
    leaders: dict[Cause, int] = {}
    left: dict[int, Finding] = dict(enumerate(findings))
    for i, cause in enumerate(causes):
        if cause in leaders:
            leader = leaders[cause]
            left[leader] = _joined(left[leader], left.pop(i))
        elif cause is not None:
            leaders[cause] = i
            left[i] = replace(findings[i], cause=cause)
    for i, cause in enumerate(causes):
        if cause is None:
            followed = next((one for one in known if _follows(findings[i], one, compared, calls, lost)), None)
            if followed is not None:
                left[leaders[followed]] = _joined(left[leaders[followed]], left.pop(i))
    return list(left.values())


def _joined(leader: Finding, other: Finding) -> Finding:
    steps = dict.fromkeys((*leader.also, *other.steps))
    return replace(
        leader,
        also=tuple(step for step in steps if step != leader.step),
        unseen=tuple(dict.fromkeys((*leader.unseen, *other.unseen))),
        edits=(*leader.edits, *other.edits),
        cause=leader.cause and replace(leader.cause, alone=False),
        stands_for=(*leader.stands_for, other.key, *other.stands_for),
    )


def _edits(finding: Finding, compared: Comparison) -> list[Edit]:
    return [compared.script.edits[number] for number in finding.edits]


def _gone(finding: Finding, compared: Comparison) -> list[str]:
    """The reference's layers that the finding says are missing, or that a layer should be fed by and aren't there."""
    there = {pair.mine.id for pair in compared.script.pairs if pair.mine and pair.theirs}
    found: list[str] = []
    for edit in _edits(finding, compared):
        if edit.mine is not None and edit.operation == "missing":
            found.append(edit.mine.id)
        elif edit.mine is not None and edit.operation == "wiring":
            found.extend(i for i in edit.mine.inputs if i not in there)
    return found


def _follows(finding: Finding, cause: Cause, compared: Comparison, calls: Calls, lost: set[str]) -> bool:
    """Whether a layer is fed from elsewhere only because the layer before it was lost, or went into that variable."""
    given = {pair.mine.id: pair.theirs for pair in compared.script.pairs if pair.mine and pair.theirs}

    def explains(source: str) -> bool:
        call = calls.of(given[source]) if source in given else None
        place = outer_place(call) if call else None
        return source in lost or (place is not None and cause.kind == "overwritten" and place.line == cause.by)

    edits = _edits(finding, compared)
    return bool(edits) and all(
        edit.operation == "wiring" and edit.mine is not None and any(map(explains, edit.mine.inputs)) for edit in edits
    )


def _cause(finding: Finding, compared: Comparison, calls: Calls) -> Cause | None:
    """Why layers are not in the result that the code made all the same."""
    if finding.kind not in ("missing", "wrong wiring"):
        return None
    given = {pair.mine.id: pair.theirs for pair in compared.script.pairs if pair.mine and pair.theirs}
    made: set[int] = set()
    for identity in _gone(finding, compared):
        node = compared.reference.by_id[identity]
        if node.kind != "InputLayer":
            number = calls.lost(node, frozenset(_names(node, compared, given)))
            made |= set() if number is None else {number}
    if not made:
        return None
    end = max(map(calls.end_of, made))
    cause = _cause_of(end, compared, calls, finding.block)
    return cause and replace(cause, alone=(finding.block or end in made) and finding.kind == "missing")


def _names(node: Node, compared: Comparison, given: dict[str, Node]) -> Iterator[str]:
    """What the layers before a layer of the reference are called there, and by the student."""
    for identity in node.inputs:
        yield compared.reference.by_id[identity].name or identity
        if identity in given:
            yield given[identity].id.rpartition("/")[2].partition("#")[0]


def _cause_of(end: int, compared: Comparison, calls: Calls, block: bool) -> Cause | None:
    place = calls.place(end)
    if place is None:
        return None
    own = place.function == compared.exercise.function
    made = Cause("unused", place.line, variable=place.target or "", function="" if own else place.function)
    if place.target == "":
        return replace(made, kind="dropped")
    assignments = calls.code.assignments if own else []
    later = next((a for a in assignments if a.name == place.target and a.line > place.line and not a.looped), None)
    if place.target and later is not None and later.fresh:
        return replace(made, kind="overwritten", by=later.line)
    if own and not block and calls.code.result is not None and 0 <= calls.code.result < end:
        returned = outer_place(calls.code.calls[calls.code.result])
        if returned is not None:
            return replace(made, kind="not returned", by=returned.line)
    return made


# --- lines ----------------------------------------------------------------------------------------------------------


def _with_line(finding: Finding, compared: Comparison, calls: Calls) -> Finding:
    """The finding with the line that it is about, where that is known."""
    if finding.cause is not None:
        line = finding.cause.by if finding.cause.kind == "overwritten" else finding.cause.line
        return replace(finding, line=line, function=finding.cause.function)
    for number in finding.edits:
        node = compared.script.edits[number].theirs
        call = calls.of(node) if node is not None else None
        place = _place(call, finding) if call else None
        if place is not None:
            elsewhere = place.function != compared.exercise.function and not place.function.startswith("<")
            return replace(finding, line=place.line, function=place.function if elsewhere else "")
    return finding


def _place(call: LayerCall, finding: Finding) -> Place | None:
    return outer_place(call) if finding.block else inner_place(call)
