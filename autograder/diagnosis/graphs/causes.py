"""What a student's code tells of findings: their lines, and why a layer that was made is missing from the result.

The code explains findings and never makes one. Where several follow from one line, they are one finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...evidence.student_code import StudentCode
from ...graph import Node
from ..edits import INPUT, Edit
from ..finding import Cause, Finding
from .lines import Calls, inner_place, outer_place
from .repeats import slip_of_name
from .steps import Comparison


def explained(found: Iterable[Finding], compared: Comparison, code: StudentCode | None) -> tuple[Finding, ...]:
    """The findings with what the code tells of them. Without any code all that is left is what the graph shows."""
    whole = _input_returned(compared)
    findings = [whole] if whole else list(found)
    if code is None:
        return tuple(findings)
    calls = Calls(code)
    if whole is None:
        findings = [part for finding in findings for part in _apart(finding, compared, calls)]
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


def _apart(finding: Finding, compared: Comparison, calls: Calls) -> Iterator[Finding]:
    """Missing blocks of a stage by what became of each: one that is made and lost, another that is not made at all."""
    blocks: dict[str, list[int]] = {}
    for number in finding.edits if finding.block and finding.kind == "missing" else ():
        step = compared.steps[compared.script.edits[number].pair]
        blocks.setdefault(step.partition(", block ")[2].partition(",")[0], []).append(number)
    if len(blocks) < 2:
        yield finding
        return
    fates: dict[Cause | None, dict[str, list[int]]] = {}
    for letter, numbers in blocks.items():
        one = replace(finding, expected=letter, edits=tuple(numbers))
        fates.setdefault(_cause(one, compared, calls), {})[letter] = numbers
    for part, (cause, some) in enumerate(sorted(fates.items(), key=lambda fate: fate[0] is not None)):
        edits = tuple(number for numbers in some.values() for number in numbers)
        step = f"{finding.step}, block {next(iter(some))}" if cause and part else finding.step
        yield replace(finding, step=step, expected=", ".join(some), edits=edits)


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
    used = [one.places for n, one in enumerate(calls.code.calls) if n in calls.used]
    same = [a for a in calls.code.assignments if (a.name, a.function) == (place.target, place.function)]
    looped = any(a.looped and a.line <= place.line <= a.last for a in same)
    if any(place in places for places in used):
        return replace(made, kind="each round" if looped else "side by side")
    later = (a for a in same if a.line > place.line and not a.looped)
    run = next((a for a in later if not a.branched or calls.made_after(end, a)), None)
    if run is not None and run.fresh:
        return replace(made, kind="overwritten", by=run.line)
    if own and not block and calls.code.result is not None and 0 <= calls.code.result < end:
        returned = outer_place(calls.code.calls[calls.code.result])
        if returned is not None:
            return replace(made, kind="not returned", by=returned.line)
    return made


# --- lines ----------------------------------------------------------------------------------------------------------


def _with_line(finding: Finding, compared: Comparison, calls: Calls) -> Finding:
    """The finding with the line that it is about, where that is known."""
    if finding.cause is not None:
        if finding.cause.kind == "input returned":
            return replace(finding, line=calls.code.return_line)
        line = finding.cause.by if finding.cause.kind == "overwritten" else finding.cause.line
        return replace(finding, line=line, function=finding.cause.function)
    whole = finding.block or _in_the_call(finding, compared)
    for number in finding.edits:
        node = compared.script.edits[number].theirs
        call = calls.of(node) if node is not None else None
        place = (outer_place if whole else inner_place)(call) if call else None
        if place is not None:
            elsewhere = place.function != compared.exercise.function and not place.function.startswith("<")
            return replace(finding, line=place.line, function=place.function if elsewhere else "")
    return finding


def _in_the_call(finding: Finding, compared: Comparison) -> bool:
    """Whether a slip inside a model's blocks stands where a block is called, and not in the block's function.

    So it is where other blocks of the function are free of it; and, if it is a setting, have other values there.
    """
    functions = {_block(part.step): part.block for part in compared.exercise.outline if part.block}
    touched = {_block(step) for step in finding.steps}
    made = {functions.get(block, "") for block in touched}
    others = {block for block, function in functions.items() if function in made} - touched
    if "" not in made and not others and finding.setting == "name":  # the function would misname all of them alike
        return len({slip_of_name(finding), *map(slip_of_name, finding.elsewhere)}) > 1
    if "" in made or not others:
        return False
    return finding.kind != "wrong setting" or all(
        _varies(edit, finding.setting, compared) for edit in _edits(finding, compared)
    )


def _varies(edit: Edit, setting: str, compared: Comparison) -> bool:
    """Whether the student's blocks have different values in that layer's setting."""
    mine = edit.mine
    if mine is None:
        return False
    own = compared.labels[mine.id]
    functions = {part.step: part.block for part in compared.exercise.outline}
    alike = [
        pair.theirs
        for pair, step in zip(compared.script.pairs, compared.steps, strict=True)
        if pair.mine and pair.theirs and pair.mine.kind == mine.kind
        if step.rpartition(", ")[2] == own.rpartition(", ")[2] and functions.get(step) == functions.get(own)
    ]
    return len({repr(node.name if setting == "name" else node.settings.get(setting)) for node in alike}) > 1


def _block(step: str) -> str:
    return step.rpartition(",")[0]
