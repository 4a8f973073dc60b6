"""One slip in several places: findings that repeat each other are joined into one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ..finding import COMPONENT, Elsewhere, Finding

MANY_NAMES = 12
"""More findings on names than this are one."""


def join_repeats(found: Iterable[Finding]) -> list[Finding]:
    """Join findings that are one slip repeated, or two values exchanged; the first place leads, the others follow."""
    joined: list[Finding] = []
    for finding in found:
        for i, leader in enumerate(joined):
            if _repeats(leader, finding):
                joined[i] = _with(leader, finding)
                break
        else:
            joined.append(finding)
    names = [finding for finding in joined if finding.setting == "name"]
    if len(names) > MANY_NAMES:  # names of another network altogether
        leader = names[0]
        for other in names[1:]:
            leader = _with(leader, other)
        joined = [leader if finding is names[0] else finding for finding in joined if finding not in names[1:]]
    return [replace(f, also=tuple(step for step in f.also if step != f.step)) for f in joined]


def _with(leader: Finding, other: Finding) -> Finding:
    also = tuple(dict.fromkeys((*leader.also, other.step)))
    elsewhere = leader.elsewhere
    if other.kind == "wrong setting":
        elsewhere = (*elsewhere, Elsewhere(other.step, other.expected, other.found))
    return replace(leader, also=also, elsewhere=elsewhere, edits=(*leader.edits, *other.edits))


def _repeats(leader: Finding, other: Finding) -> bool:
    if leader.kind != other.kind or leader.setting != other.setting:
        return False
    inside = leader.step.rpartition(", ")[2] == other.step.rpartition(", ")[2] and "," in leader.step
    if leader.setting == "name":
        mine, theirs = slip_of_name(leader), slip_of_name(other)
        if mine is None or theirs is None:  # no name at all
            return mine == theirs and leader.layer == other.layer
        return mine == theirs or ("," in leader.step and _is_count(mine) and _is_count(theirs))
    if leader.layer != other.layer:
        return False
    if leader.unseen or other.unseen or leader.expected == COMPONENT or leader.block:
        return False
    if leader.kind == "wrong setting":
        exchanged = (leader.expected, leader.found) == (other.found, other.expected)
        own = leader.setting == "filters"  # each step has its own number: one wrong list shows in all of them
        return leader.step != other.step and (leader.found == other.found or exchanged or inside or own)
    if leader.step == other.step:
        return False
    return inside or (leader.kind != "wrong wiring" and leader.found == other.found)


def _is_count(slip: tuple[str, str]) -> bool:
    """Whether one letter or number stands for another: blocks or stages counted otherwise, each after the other."""
    return all(re.fullmatch(r"[a-z]?\d{0,3}", part) for part in slip)


def slip_of_name(finding: Finding | Elsewhere) -> tuple[str, str] | None:
    """The parts in which an expected and a found name differ, between common beginning and end; None without names."""
    if not isinstance(finding.expected, str) or not isinstance(finding.found, str):
        return None
    a, b = finding.expected, finding.found
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return a[start : len(a) - end], b[start : len(b) - end]
