"""Evidence against reference: what differs, in the student's terms, and what it is worth."""

from .finding import Finding, Kind
from .graphs.judge_graph import judge_case
from .graphs.variants import variants_in
from .judging import Verdicts, after, judge, judge_of_blocks
from .verdict import CaseVerdict, Diagnosis, StepValue, Trouble

__all__ = [
    "CaseVerdict",
    "Diagnosis",
    "Finding",
    "Kind",
    "StepValue",
    "Trouble",
    "Verdicts",
    "after",
    "judge",
    "judge_case",
    "judge_of_blocks",
    "variants_in",
]
