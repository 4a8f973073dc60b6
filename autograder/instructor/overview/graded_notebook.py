"""What a graded notebook tells of a submission: how its tests went, what the student wrote, how the code ran."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from ...base.notebooks import NotebookError, is_test, read_node
from ...execution.record import CellRecord, cell_record, notebook_record
from ...execution.submission.model import TrustedCell

DENIED = re.compile(
    r"PermissionError|Permission denied|Operation not permitted|Read-only file system|Network is unreachable"
    r"|name resolution|Name or service not known|ConnectionRefusedError"
)
"""What an error says when the sandbox has kept code from something."""


@dataclass(frozen=True, slots=True)
class GradedNotebook:
    """The records by test cell, the code by solution cell, and sentences on what was unusual.

    The code of cells that the student added is under "". `written` are answers in words, by cell.
    """

    records: Mapping[str, CellRecord]
    sources: Mapping[str, str]
    written: Mapping[str, str]
    unusual: tuple[str, ...]


def read_graded(path: Path, cells: Sequence[TrustedCell]) -> GradedNotebook | None:
    """Read a notebook of autograded/; only the gradebook's `cells` are believed to be tests and solutions.

    None where there is no notebook that can be read.
    """
    try:
        node = read_node(path)
    except NotebookError:
        return None
    tests = {cell.grade_id for cell in cells if cell.grade}
    in_words = {cell.grade_id for cell in cells if cell.solution and cell.cell_type == "markdown"}
    solutions = {cell.grade_id for cell in cells if cell.solution and cell.cell_type == "code"}
    records: dict[str, CellRecord] = {}
    sources: dict[str, str] = {}
    written: dict[str, str] = {}
    denied: list[str] = []
    for cell in node.cells:
        grade_id = str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if cell.cell_type != "code":
            written |= {grade_id: cell.source} if grade_id in in_words else {}
            continue
        if is_test(cell):
            record = cell_record(cell)
            if record is not None and grade_id in tests:
                records[grade_id] = record
            continue
        denied += _denials(grade_id or "a cell of their own", cell)
        if grade_id in solutions:
            sources[grade_id] = cell.source
        elif not grade_id:
            sources[""] = "\n".join(filter(None, (sources.get("", ""), cell.source)))
    run = notebook_record(node)
    stopped = [f"{where}: {sentence}" for where, sentence in run.troubles]
    return GradedNotebook(records, sources, written, (*stopped, *denied, *_lacking(run.protection)))


def _denials(where: str, cell: NotebookNode) -> Iterator[str]:
    for output in cell.get("outputs", ()):
        if output.output_type == "error":
            words = f"{output.get('ename', '')}: {output.get('evalue', '')}"
            if DENIED.search(words):
                yield f"{where}: {words[:300]}"


def _lacking(protection: str) -> Iterator[str]:
    if protection.startswith("none") or "; without " in protection:
        yield f"ran under less protection than there is elsewhere: {protection}"
