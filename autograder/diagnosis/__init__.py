"""Evidence against reference: what differs, in the student's terms, and what it is worth."""

from .finding import Finding, Kind
from .verdict import Diagnosis, ProbeVerdict, StepValue, Trouble, Verdicts, judge, judge_probe

__all__ = [
    "Diagnosis",
    "Finding",
    "Kind",
    "ProbeVerdict",
    "StepValue",
    "Trouble",
    "Verdicts",
    "judge",
    "judge_probe",
]
