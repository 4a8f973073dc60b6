"""Give every cell of a submission the role that the gradebook says, whatever the submission claims.

Nothing here changes a file or an argument.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_notebook as empty_notebook

from .clean import as_node, clean_cells, new_id, new_notebook
from .model import (
    HIDDEN,
    KERNELSPEC,
    LIMITS,
    ROLES,
    UNRUN_TAGS,
    Intake,
    RestoredNotebook,
    Submission,
    Taken,
    TrustedCell,
    grade_id_of,
)
from .read import prepare


@dataclass(slots=True)
class _Place:
    """A cell on its way: `trusted` where it plays one of the gradebook's parts."""

    cell: NotebookNode
    trusted: int | None = None


@dataclass(slots=True)
class _Restoring:
    trusted: Sequence[TrustedCell]
    doubts: list[str] = field(default_factory=list)

    def doubt(self, index: int, sentence: str) -> None:
        self.doubts.append(f"Cell {self.trusted[index].grade_id}: {sentence}")


def take_in(submission: Submission) -> tuple[RestoredNotebook, ...]:
    """Read what a student handed in, clean it and restore its cells: a notebook for each that is wanted."""
    read = intake(submission)
    handed_in = {taken.name: taken.node for taken in read.notebooks if taken.node is not None}
    return tuple(_restored(taken, submission.notebooks[taken.name], handed_in) for taken in read.notebooks)


def intake(submission: Submission) -> Intake:
    """What a student handed in for the assignment's notebooks, known by their names or by the gradebook's cells."""
    ids = {name: [cell.grade_id for cell in cells] for name, cells in submission.notebooks.items()}
    return prepare(submission.folder, tuple(ids), grade_ids=ids)


def _restored(taken: Taken, trusted: Sequence[TrustedCell], handed_in: Mapping[str, NotebookNode]) -> RestoredNotebook:
    if taken.node is None:
        node, _ = restore(empty_notebook(), trusted)  # type: ignore[no-untyped-call]
        return RestoredNotebook(taken.name, node, trusted, handed_in, " ".join(taken.sentences), taken.sentences)
    node, doubts = restore(taken.node, trusted)
    return RestoredNotebook(taken.name, node, trusted, handed_in, doubts=(*taken.sentences, *doubts))


def restore_any(node: NotebookNode, trusted: Sequence[TrustedCell]) -> tuple[NotebookNode, tuple[str, ...]]:
    """As `restore`, of a notebook that may be anything: it is cleaned first."""
    slips: list[str] = []
    given = node.get("cells")
    cells = clean_cells(given if isinstance(given, list) else [], LIMITS, slips)
    metadata = node.get("metadata")
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    known = isinstance(spec, dict) and all(
        isinstance(spec.get(key), str) and spec[key].isprintable() for key in KERNELSPEC
    )
    kernelspec = {key: spec[key] for key in KERNELSPEC} if known and spec else KERNELSPEC
    clean, doubts = restore(new_notebook(cells, metadata, kernelspec), trusted)
    return clean, (*(f"{slip[0].upper()}{slip[1:]}." for slip in slips), *doubts)


def restore(node: NotebookNode, trusted: Sequence[TrustedCell]) -> tuple[NotebookNode, tuple[str, ...]]:
    """A new notebook in which every trusted cell stands once, in order and in its role; and what had to change.

    `node` is a clean one. Outputs are dropped. Students' own cells stay where they are; a trusted cell that was moved
    or deleted comes after the code that follows the trusted cell before it, because a helper written there belongs to
    what is tested.
    """
    work = _Restoring(trusted)
    cells = [copy.deepcopy(cell) for cell in node.cells]
    places = _cast(cells, work)
    _settle(places, work)
    order = _in_order(places, work)
    _fill(order, work)
    ids: set[str] = set()
    for place in order:
        place.cell.id = new_id(place.cell.get("id"), grade_id_of(place.cell) or "cell", ids)
    kernelspec = node.metadata.get("kernelspec", KERNELSPEC)
    return new_notebook([place.cell for place in order], node.metadata, kernelspec), tuple(work.doubts)


def _cast(cells: Iterable[NotebookNode], work: _Restoring) -> list[_Place]:
    """Which cell claims which part. A claim on a part that there is not is dropped."""
    index = {cell.grade_id: number for number, cell in enumerate(work.trusted)}
    places = []
    for cell in cells:
        grade_id = grade_id_of(cell)
        if grade_id is not None and grade_id not in index:
            work.doubts.append(
                f"Cell {grade_id}: there is no such cell in this assignment; it is an ordinary cell now."
            )
            del cell.metadata["nbgrader"]
        places.append(_Place(cell, index.get(grade_id) if grade_id else None))
    return places


def _settle(places: Sequence[_Place], work: _Restoring) -> None:
    """Of a trusted cell that is there several times keep one: the last solution, or the best placed locked cell."""
    for index, trusted in enumerate(work.trusted):
        if not trusted.locked:
            copies = [place for place in places if place.trusted == index]
            _dismiss(copies[:-1], index, "the last copy counts", work)
    kept = _longest(places, work.trusted)
    for index, trusted in enumerate(work.trusted):
        copies = [place for place in places if place.trusted == index]
        if trusted.locked and len(copies) > 1:
            chosen = next((place for place in copies if any(place is one for one in kept)), copies[0])
            _dismiss([place for place in copies if place is not chosen], index, "one copy is kept", work)


def _dismiss(places: Sequence[_Place], index: int, what: str, work: _Restoring) -> None:
    if not places:
        return
    work.doubt(index, f"it is there {len(places) + 1} times; {what}, and the others are ordinary cells now.")
    for place in places:
        place.trusted = None
        del place.cell.metadata["nbgrader"]


def _longest(places: Sequence[_Place], trusted: Sequence[TrustedCell]) -> list[_Place]:
    """The weightiest row of cells that stand in the right order; what is not in it was moved.

    A solution weighs more than all else together, so that a moved test goes back to its solution, not the reverse.
    """
    best: list[tuple[int, list[_Place]] | None] = [None] * len(trusted)
    for place in places:
        if place.trusted is None:
            continue
        weight = 1 if trusted[place.trusted].locked else len(trusted) + 1
        before = max((found for found in best[: place.trusted] if found), key=lambda found: found[0], default=(0, []))
        there = best[place.trusted]
        if there is None or before[0] + weight > there[0]:
            best[place.trusted] = (before[0] + weight, [*before[1], place])
    return max((found for found in best if found), key=lambda found: found[0], default=(0, []))[1]


def _in_order(places: Sequence[_Place], work: _Restoring) -> list[_Place]:
    """All cells, the trusted ones in the gradebook's order; those that were moved or deleted put where they belong."""
    standing = {id(place) for place in _longest(places, work.trusted)}
    claimed = {place.trusted: place for place in places if place.trusted is not None}
    order = [place for place in places if place.trusted is None or id(place) in standing]
    at = 0
    for index, trusted in enumerate(work.trusted):
        place = claimed.get(index)
        if place is not None and id(place) in standing:
            at = next(number for number, one in enumerate(order) if one is place) + 1
            continue
        if place is None:
            work.doubt(index, "it is missing and was put back.")
            place = _Place(_anew(trusted), index)
        else:
            work.doubt(index, "it was moved and was put back in its place.")
        at = _after_code(order, at) if index else at
        order.insert(at, place)
        at += 1
    return order


def _after_code(order: Sequence[_Place], at: int) -> int:
    """Past the last code cell of the student's own that follows, before the next trusted cell."""
    found = at
    for number in range(at, len(order)):
        if order[number].trusted is not None:
            break
        if order[number].cell.cell_type == "code":
            found = number + 1
    return found


def _anew(trusted: TrustedCell) -> NotebookNode:
    """A cell that is missing. A solution comes back empty: the release's stub would undo one written elsewhere."""
    source = trusted.source
    if not trusted.locked:
        note = f"This cell ({trusted.grade_id}) was missing from the submission."
        source = f"# {note}" if trusted.cell_type == "code" else f"*{note}*"
    marks = {"schema_version": 3, "grade_id": trusted.grade_id} | dict.fromkeys(ROLES, False)
    cell: NotebookNode = as_node(
        {"cell_type": trusted.cell_type, "metadata": {"nbgrader": marks | _roles(trusted)}, "source": source}
    )
    _retype(cell, trusted.cell_type)
    return cell


def _fill(order: Sequence[_Place], work: _Restoring) -> None:
    """Give each trusted cell its type, its role and, where it is locked, its source."""
    for place in order:
        if place.trusted is None:
            continue
        cell, trusted = place.cell, work.trusted[place.trusted]
        if cell.cell_type != trusted.cell_type:
            work.doubt(place.trusted, f"it was made a {cell.cell_type} cell and is a {trusted.cell_type} cell again.")
            _retype(cell, trusted.cell_type)
        roles = _roles(trusted)
        changed = [name for name, value in _claimed(cell.metadata.nbgrader).items() if value != _claimed(roles)[name]]
        if changed:
            work.doubt(place.trusted, f"its nbgrader settings were changed and are set back ({', '.join(changed)}).")
        cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": trusted.grade_id} | roles
        if trusted.locked:
            if cell.source.rstrip() not in (trusted.source.rstrip(), _as_released(trusted.source).rstrip()):
                work.doubt(place.trusted, "its text was changed and is set back.")
            cell.source = trusted.source
        tags = [tag for tag in cell.metadata.get("tags", []) if tag in UNRUN_TAGS]
        if tags and (trusted.locked or trusted.grade):
            work.doubt(place.trusted, f"it was tagged {', '.join(tags)}; the tag was taken off.")
            cell.metadata.pop("tags")


def _as_released(source: str) -> str:
    """A locked cell's text as students get it: without what nbgrader takes out for them."""
    kept, inside = [], False
    for line in source.split("\n"):
        inside = inside or any(f"BEGIN {what}" in line for what in HIDDEN)
        if not inside:
            kept.append(line)
        inside = inside and not any(f"END {what}" in line for what in HIDDEN)
    return "\n".join(kept)


def _retype(cell: NotebookNode, kind: str) -> None:
    cell.cell_type = kind
    if kind == "code":
        cell.pop("attachments", None)
        cell.outputs, cell.execution_count = [], None
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _roles(trusted: TrustedCell) -> dict[str, Any]:
    roles: dict[str, Any] = {role: getattr(trusted, role) for role in ROLES}
    if trusted.grade or trusted.task:
        roles["points"] = trusted.points or 0.0
    if trusted.checksum is not None:
        roles["checksum"] = trusted.checksum
    return roles | {"cell_type": trusted.cell_type}


def _claimed(marks: Mapping[str, Any]) -> dict[str, Any]:
    """What a cell's metadata says it is, read as nbgrader reads it."""
    locked = not marks["solution"] and (marks["grade"] or marks["locked"])
    points = marks.get("points") if marks["grade"] or marks["task"] else None
    return {
        "grade": marks["grade"],
        "solution": marks["solution"],
        "locked": locked,
        "task": marks["task"],
        "points": points,
    }
