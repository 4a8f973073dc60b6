"""Evidence against reference: what differs, in the student's terms, and what it is worth."""

from .finding import Finding, Kind
from .verdict import CaseVerdict, Diagnosis, StepValue, Trouble, Verdicts, judge, judge_case

__all__ = [
    "CaseVerdict",
    "Diagnosis",
    "Finding",
    "Kind",
    "StepValue",
    "Trouble",
    "Verdicts",
    "judge",
    "judge_case",
]
