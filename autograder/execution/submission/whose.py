"""Which of an assignment's notebooks a file is, whatever it is called: by the graded cells that stand in it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from ...base.files import read_plain
from .model import LIMITS, grade_id_of


def whose_notebook(found: Collection[str], cells: Mapping[str, Collection[str]]) -> str:
    """The notebook most of whose own cells are among these grade_ids; "" where it can't be told.

    Cells of the same name may stand in several notebooks, such as `setup`: they tell nothing.
    """
    score = {name: len(set(found) & own_cells(name, cells)) for name in cells}
    best = max(score.values(), default=0)
    leading = [name for name, count in score.items() if count == best]
    return leading[0] if best and len(leading) == 1 else ""


def own_cells(name: str, cells: Mapping[str, Collection[str]]) -> set[str]:
    """The grade_ids that stand in this notebook and in no other of the assignment."""
    return set(cells[name]).difference(*(ids for other, ids in cells.items() if other != name))


def bytes_of(path: Path) -> bytes:
    """A stranger's file, b"" where it can't be read or is too large."""
    try:
        size = path.lstat().st_size
    except OSError:
        return b""
    found = read_plain(path, min(size, LIMITS.file))
    return found if isinstance(found, bytes) else b""


def grade_ids_in(path: Path) -> frozenset[str]:
    """The grade_ids in a file that may be no notebook at all."""
    raw = bytes_of(path)
    if b"grade_id" not in raw or sum(map(raw.count, (b",", b"[", b"{"))) > LIMITS.values:
        return frozenset()
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(found for cell in _cells(data) if isinstance(found := grade_id_of(cell), str))


def _cells(data: Any) -> Iterator[Any]:
    """The cells of a notebook, or of one in the format before 2015."""
    sheets = data.get("worksheets") if isinstance(data, dict) else None
    for holder in (data, *(sheets if isinstance(sheets, list) else ())):
        cells = holder.get("cells") if isinstance(holder, dict) else None
        yield from (cell for cell in cells if isinstance(cell, dict)) if isinstance(cells, list) else ()
