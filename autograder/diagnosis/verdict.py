"""Verdicts: what came of one test case, what came of all of them together, and how many points are left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..evidence.evidence import StudentError
from ..evidence.student_code import StudentCode
from ..exercises import Exercise, TestCase
from ..graph import Graph
from .edits import Script
from .finding import Finding
from .points import Charged, most_for, points_after

Trouble = Literal["refused", "incoherent", "values", "unexplained", "hidden"]
"""Why evidence earns nothing: it holds a layer that isn't read, its parts contradict each other, a model's tensors are
not those that follow from its graph, or something is wrong that no finding explains. On a hidden test case it is not
told which."""


@dataclass(frozen=True, slots=True)
class StepValue:
    """One layer's output, the student's beside the reference's.

    `largest` is the largest difference, None where the shapes differ; `agrees` says whether it is small enough.
    """

    step: str
    layer: str
    name: str
    shape: tuple[int, ...]
    expected_shape: tuple[int, ...]
    largest: float | None
    mean: float
    expected_mean: float
    agrees: bool


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """What came of one test case.

    Attributes:
        case: the test case.
        passed: whether everything is as asked.
        findings: what this test case shows to be wrong.
        error: the exception, or what is wrong with the function's result.
        trouble: why the evidence can't be relied on, None where it can.
        detail: of the trouble: what was refused, or what doesn't fit.
        why: of something refused: a key of REFUSALS in `autograder.report.sentences`.
        own_weights: the comparison was made with the student's weights, because this machine draws other numbers than
            the reference's.
        values: every layer's output beside the reference's, where both are known.
        graph: what the student built.
        script: how it differs from the reference.
        code: what the student's code tells of its lines; None for a hidden test case, of which it may tell nothing.
        steps: the step that each of the script's pairs belongs to.
        reached: where an error ended the function and its graph with it, the rubric's steps that were built before;
            the findings are about these alone. None where there is no such graph.
    """

    case: TestCase
    passed: bool
    findings: tuple[Finding, ...] = ()
    error: StudentError | None = None
    trouble: Trouble | None = None
    detail: str = ""
    why: str = ""
    own_weights: bool = False
    values: tuple[StepValue, ...] = ()
    graph: Graph | None = None
    script: Script | None = None
    steps: tuple[str, ...] = ()
    code: StudentCode | None = None
    reached: tuple[str, ...] | None = None

    @property
    def may_have_the_values(self) -> bool:
        """Whether the values may be the reference's, as far as this test case tells."""
        failed = self.error is not None or self.trouble is not None
        return not failed and all(finding.leaves_values for finding in self.findings)

    @property
    def worthless(self) -> bool:
        """Whether nothing is earned, whatever the graph shows: it isn't whole, or is made for what nobody asked for."""
        signature = self.error is not None and self.error.kind == "signature"  # calls of the function fail
        return self.reached is not None or signature or self.why == "input"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The verdict on an exercise: all test cases together.

    `without` names the student's blocks that are not right themselves: a model was judged with stand-ins for them.
    """

    exercise: Exercise
    verdicts: tuple[CaseVerdict, ...]
    findings: tuple[Finding, ...]
    points: float
    without: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.without and all(verdict.passed for verdict in self.verdicts) and bool(self.verdicts)

    @property
    def charged(self) -> Charged | None:
        """What later exercises of the notebook need not pay for again; None where the points were lost otherwise."""
        if self.findings and self.points == points_after(self.exercise, self.findings):
            return Charged(self.exercise, self.findings)
        return None

    @property
    def first_failure(self) -> CaseVerdict | None:
        """The first test case whose trouble is not a finding: an error, or evidence that can't be relied on."""
        return next((v for v in self.verdicts if v.error or v.trouble), None)

    def explained(self, verdict: CaseVerdict) -> dict[int, Finding]:
        """The finding that stands for each edit of a test case's script, by the edit's number.

        An edit has none where it only follows from another one, or where hidden test cases alone show the slip.
        """
        explained = {}
        for shown in verdict.findings:
            finding = next((finding for finding in self.findings if finding.covers(shown)), None)
            if finding is not None and not finding.hidden:
                explained.update(dict.fromkeys(shown.edits, finding))
        return explained


def points_of(
    exercise: Exercise,
    verdicts: tuple[CaseVerdict, ...],
    found: tuple[Finding, ...],
    earlier: Sequence[Charged] = (),
) -> float:
    """The points for an exercise: 0 where evidence can't be relied on, or where no finding explains an error.

    What was built before an error is looked at for the report, and earns nothing: the rest was never built. The
    `earlier` exercises of the notebook have been charged with their slips already.
    """
    if not verdicts or any(v.trouble or v.worthless or (v.error and not v.findings) for v in verdicts):
        return 0.0
    if not found and all(v.passed for v in verdicts):
        return exercise.max_points
    return min(points_after(exercise, found, earlier), most_for(exercise, _share(exercise, verdicts)))


def _share(exercise: Exercise, verdicts: Iterable[CaseVerdict]) -> float:
    """How much of what was asked for is there, where the least is: of the layers with weights, if there are any.

    Of a model that is made of blocks it is the blocks that count: what stands before and behind them is no network.
    """
    return min((_share_of_one(exercise, verdict) for verdict in verdicts if verdict.script), default=1.0)


def _share_of_one(exercise: Exercise, verdict: CaseVerdict) -> float:
    assert verdict.script is not None
    blocks = {part.step for part in exercise.outline if part.block}
    asked = [(step, pair) for step, pair in zip(verdict.steps, verdict.script.pairs, strict=True) if pair.mine]
    inside = [pair for step, pair in asked if step in blocks or (pair.mine and pair.mine.kind.endswith("()"))]
    pairs = inside or [pair for _, pair in asked]
    pairs = [pair for pair in pairs if pair.mine and pair.mine.weights] or pairs
    there = [pair for pair in pairs if pair.mine and pair.theirs and pair.mine.kind == pair.theirs.kind]
    return len(there) / len(pairs) if pairs else 1.0
