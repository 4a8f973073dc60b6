"""What a student handed in, read as a stranger's: for each notebook that the assignment wants a clean notebook of known
size and shape, or one sentence on why there is none.

Nothing is changed here, neither a file nor an argument. What can be mended is mended, because a student whose notebook
is odd still wants the points of what is right in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from ...base.files import Unread, Why, read_plain
from .clean import cleaned
from .model import KERNELSPEC, LIMITS, Condition, Intake, Limits, Refused, Taken, belongs, grade_id_of, megabytes
from .whose import whose_notebook


def prepare(
    submitted: Path,
    notebooks: Sequence[str],
    *,
    grade_ids: Mapping[str, Collection[str]] | None = None,
    kernelspec: Mapping[str, str] | None = None,
    limits: Limits = LIMITS,
) -> Intake:
    """Read what one student handed in for one assignment.

    `notebooks` are the names that the assignment wants, without `.ipynb`; `grade_ids` says by name which cells
    belong to each, and without it any cell with a grade_id counts. `kernelspec` is the course's own.
    """
    ids = grade_ids or {}
    spec = dict(kernelspec or KERNELSPEC)
    taken = (_take(submitted, name, notebooks, ids, spec, limits) for name in notebooks)
    return Intake(submitted, tuple(taken))


def _take(
    folder: Path,
    name: str,
    wanted: Sequence[str],
    grade_ids: Mapping[str, Collection[str]],
    kernelspec: Mapping[str, str],
    limits: Limits,
) -> Taken:
    ids = grade_ids.get(name)
    path = folder / f"{name}.ipynb"
    if os.path.lexists(path):
        return _read(path, name, ids, kernelspec, limits)
    try:
        others = sorted(
            other
            for other in folder.iterdir()
            if other.suffix.lower() == ".ipynb" and not (other.suffix == ".ipynb" and other.stem in wanted)
        )
    except FileNotFoundError:
        return Taken(name, Condition.MISSING, sentences=(f"{path.name} is missing, and so is its folder.",))
    except OSError as error:
        return Taken(name, Condition.UNREADABLE, sentences=(f"The folder of {path.name} can't be read: {_why(error)}",))
    found = [
        read
        for other in others[:20]
        if (read := _read(other, name, ids, kernelspec, limits)).node is not None and _is(name, read.node, grade_ids)
    ]
    if len(found) == 1:
        return _renamed(found[0], path.name)
    if found:
        names = _listed(str(read.path and read.path.name) for read in found)
        why = f"{path.name} is missing, and {names} hold its cells: it is not clear which one counts."
    elif others:
        names = _listed(other.name for other in others)
        why = f"{path.name} is missing; none of the other notebooks ({names}) holds its cells."
    else:
        why = f"{path.name} is missing: no notebook was handed in under this name."
    return Taken(name, Condition.MISSING, sentences=(why,))


def _is(name: str, node: NotebookNode, grade_ids: Mapping[str, Collection[str]]) -> bool:
    """Whether a notebook of another name is this one, and no other of the assignment that has some cells in common."""
    if name not in grade_ids:
        return belongs(node, None)
    found = [grade_id for cell in node.cells if isinstance(grade_id := grade_id_of(cell), str)]
    return whose_notebook(found, grade_ids) == name


def _renamed(read: Taken, wanted: str) -> Taken:
    called = read.path.name if read.path else ""
    sentence = f"{wanted} was handed in as {called}: this is the one notebook that holds its cells, and it is used."
    condition = min(read.condition, Condition.RENAMED, key=list(Condition).index)
    return replace(read, condition=condition, sentences=(sentence, *read.sentences))


def _listed(names: Iterable[str]) -> str:
    shown = [repr(name[:80]) for name in names]
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")


def _read(path: Path, name: str, ids: Collection[str] | None, kernelspec: Mapping[str, str], limits: Limits) -> Taken:
    notes: list[str] = []
    try:
        node, condition = cleaned(_load(path, limits, notes), ids, kernelspec, limits, notes)
    except Refused as refused:
        return Taken(name, refused.condition, path, None, (f"{path.name} {refused.why}",))
    if not belongs(node, ids):
        notes.append("holds none of the assignment's cells: is it the right notebook?")
    return Taken(name, condition, path, node, tuple(f"{path.name} {note}" for note in notes))


def _load(path: Path, limits: Limits, notes: list[str]) -> Any:
    """The file's JSON. Nothing but a regular file is opened: a pipe would never end, a link may lead anywhere."""
    raw = _bytes(path, limits)
    if not raw.strip():
        raise Refused(Condition.NOT_JSON, "is empty.")
    if sum(map(raw.count, (b",", b"[", b"{"))) > limits.values:
        raise Refused(Condition.TOO_LARGE, f"may hold more than {limits.values:,} values, too many to read.")
    encoding = json.detect_encoding(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = raw.decode(encoding, errors="replace")
        notes.append("holds bytes that are no text; each was replaced by a question mark.")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused(
            Condition.NOT_JSON, f"is no notebook: it is not JSON ({error.msg}, line {error.lineno})."
        ) from None
    except RecursionError:
        raise Refused(Condition.DAMAGED, "is damaged: its JSON is nested too deep.") from None
    except ValueError:
        raise Refused(Condition.DAMAGED, "is damaged: it holds a number too long to read.") from None
    except MemoryError:
        raise Refused(Condition.TOO_LARGE, "is too large to read here.") from None


def _bytes(path: Path, limits: Limits) -> bytes:
    match read_plain(path, limits.file):
        case bytes() as raw:
            return raw
        case Unread(Why.TOO_LARGE):
            raise Refused(Condition.TOO_LARGE, f"is larger than {megabytes(limits.file)}, and is not read.")
        case Unread(Why.LINK):
            why = "it is a link, and only the file itself is taken"
        case Unread(Why.NO_FILE):
            why = "it is not a file"
        case Unread(words=words):
            why = words.lower()
    raise Refused(Condition.UNREADABLE, f"can't be read: {why}.")


def _why(error: OSError) -> str:
    return f"{(error.strerror or type(error).__name__).lower()}."
