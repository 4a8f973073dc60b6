"""What is kept of a report in a graded notebook, and that what was kept before is still read."""

from __future__ import annotations

from dataclasses import replace

from autograder.diagnosis import Finding
from autograder.evidence.evidence import StudentError
from autograder.execution.record import CellRecord, findings_of
from autograder.report import failed_report
from tests.shared.exercises import IDENTITY_BLOCK

ERROR = failed_report(IDENTITY_BLOCK, StudentError(kind="raised", type="T" * 150, message="no"))
PADDING = Finding("2b", "Conv2D", "wrong setting", "padding", "same", "valid")


def test_a_finding() -> None:
    report = replace(
        ERROR, error=None, student_error=None, findings=(PADDING, replace(PADDING, hidden=True, found=None))
    )
    first, second = findings_of(report)
    assert (first.exercise, first.step, first.layer) == ("identity_block", "2b", "Conv2D")
    assert (first.kind, first.setting, first.found, first.hidden) == ("wrong setting", "padding", "'valid'", False)
    assert (second.found, second.hidden) == ("", True)


def test_an_error_and_what_cannot_be_relied_on() -> None:
    (found,) = findings_of(ERROR)
    assert (found.kind, found.step, found.setting) == ("error", "", "T" * 150)
    (found,) = findings_of(replace(ERROR, student_error=None))
    assert (found.kind, found.setting) == ("unusable", "")
    assert [found.kind for found in findings_of(replace(ERROR, findings=(PADDING,)))] == ["wrong setting", "error"]
    assert findings_of(replace(ERROR, error=None, student_error=None)) == ()


def test_a_student_s_text_is_bounded() -> None:
    report = replace(ERROR, findings=(replace(PADDING, setting="s" * 999, found="w" * 999),))
    assert max(len(findings_of(report)[0].setting), len(findings_of(report)[0].found)) <= 200


def test_a_record_from_before_findings_were_kept() -> None:
    assert CellRecord.model_validate({"two_sided": True, "score": 3.0, "why": ""}).findings is None
