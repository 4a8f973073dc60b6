"""What grading writes down in the graded notebook beside the outputs: how each test went, and what went wrong."""

from __future__ import annotations

from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict, ValidationError

from ..report import Report

KEY = "autograder"
LONGEST = 200
"""Characters that are kept of a text which may be a student's."""
FOR_INSTRUCTOR = {KEY: {"for": "instructor"}}
"""The metadata of an output that students don't get to see."""


class FindingRecord(BaseModel):
    """One finding of a report in plain words, or what kept there from being any.

    `kind` is a finding's, or "error" where the function could not be called, or "unusable" where what it gave could
    not be relied on; `setting` then is the exception's type. `found` may be a student's own text. `hidden` says that
    public test cases don't show it.
    """

    model_config = ConfigDict(frozen=True)

    exercise: str
    function: str = ""
    step: str = ""
    layer: str = ""
    kind: str
    setting: str = ""
    found: str = ""
    hidden: bool = False


class CellRecord(BaseModel):
    """In a test cell's metadata: its score, None with the reason where none could be computed.

    `forgeable` says that it was run in the student's own kernel, whose word the score is.

    `findings` are those of the reports that the cell showed; None where it showed none, or was graded before they were
    kept.
    """

    model_config = ConfigDict(frozen=True)

    two_sided: bool = True
    score: float | None = None
    why: str = ""
    findings: tuple[FindingRecord, ...] | None = None
    forgeable: bool = False


class NotebookRecord(BaseModel):
    """In the notebook's metadata: the protection that its code ran under, and the cells that had to be stopped.

    `troubles` are pairs of a cell's name and a sentence. `crowded` says that time ran out for something that had to
    wait for the processor; `greedy` that the code took more than its share of it, and had to be stopped.
    """

    model_config = ConfigDict(frozen=True)

    protection: str = ""
    troubles: tuple[tuple[str, str], ...] = ()
    crowded: bool = False
    greedy: bool = False


def findings_of(report: Report) -> tuple[FindingRecord, ...]:
    """What is kept of a report."""
    kept = [
        FindingRecord(
            exercise=report.exercise,
            function=report.function[:LONGEST],
            step=found.step[:LONGEST],
            layer=found.layer[:LONGEST],
            kind=found.kind,
            setting=found.setting[:LONGEST],
            found="" if found.found is None else repr(found.found)[:LONGEST],
            hidden=found.hidden,
        )
        for found in report.findings
    ]
    if report.error is not None:
        raised = report.student_error
        kind, setting = ("error", raised.type[:LONGEST]) if raised else ("unusable", "")
        kept.append(
            FindingRecord(exercise=report.exercise, function=report.function[:LONGEST], kind=kind, setting=setting)
        )
    return tuple(kept)


def write(node: NotebookNode, record: CellRecord | NotebookRecord) -> None:
    """Put the record into a cell's or a notebook's metadata."""
    node.metadata[KEY] = record.model_dump(mode="json")


def is_for_instructor(output: NotebookNode) -> bool:
    """Whether only the instructor may see this output."""
    return bool(output.get("metadata", {}).get(KEY, {}).get("for") == "instructor")


def cell_record(cell: NotebookNode) -> CellRecord | None:
    """A test cell's record; None for a cell that the two-sided executor has not run."""
    try:
        return CellRecord.model_validate(cell.metadata[KEY])
    except (KeyError, ValidationError):
        return None


def notebook_record(node: NotebookNode) -> NotebookRecord:
    """A graded notebook's record; an empty one where there is none."""
    try:
        return NotebookRecord.model_validate(node.metadata.get(KEY, {}))
    except ValidationError:
        return NotebookRecord()
