"""An exercise judged anew: which tensor differs on which test case, and how the points come about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.diagnosis import judge
from autograder.evidence.collect import collect
from autograder.evidence.evidence import Array, from_json, to_json
from autograder.instructor.explain.anew import Anew, _differs
from autograder.references.references import Reference
from autograder.report import make_report
from tests.shared.builders import student
from tests.shared.exercises import IDENTITY_BLOCK
from tests.shared.sources import IDENTITY

HEAD = "def identity_block(X, f, filters, stage, block):"


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Right but for a seed in 2a and a missing ReLU."""
    body = IDENTITY.replace("{pad}", "same").replace("seed=0", "seed=1", 1)
    body = body.replace('X = Activation("relu")(BatchNormalization(axis=3, name="bn" + label + "2b")(X))',
                        'X = BatchNormalization(axis=3, name="bn" + label + "2b")(X)')  # fmt: skip
    return student(tmp_path_factory.mktemp("answer"), HEAD + body).identity_block


def test_the_first_tensor_that_differs_is_named(
    answer: object, identity_references: tuple[Reference, ...], canary: Array
) -> None:
    reference = identity_references[0]
    given = from_json(to_json(collect(answer, IDENTITY_BLOCK, reference.case)))  # type: ignore[arg-type]
    verdict = judge(IDENTITY_BLOCK, [given], [reference], canary).verdicts[0]
    told = "\n".join(_differs(verdict, given, reference))
    assert "the first tensor that differs is the output of Conv2D in step 2a, largest difference" in told
    assert "is right; no other differs more" in told
    assert "the initializer seed of Conv2D is 1" in told

    hidden = replace(reference, case=reference.case.model_copy(update={"hidden": True}))
    failed = replace(given, error=collect(_fails, IDENTITY_BLOCK, reference.case).error, graph=None)
    verdict = judge(IDENTITY_BLOCK, [failed], [reference], canary).verdicts[0]
    assert "secret" in "".join(_differs(verdict, failed, reference))
    assert "secret" not in "".join(_differs(verdict, failed, hidden))


def _fails(X: object, f: object, filters: object, stage: object, block: object) -> object:
    raise ValueError("secret")


def test_the_sum_is_what_the_report_gives(
    answer: object, identity_references: tuple[Reference, ...], canary: Array
) -> None:
    evidence = [collect(answer, IDENTITY_BLOCK, one.case) for one in identity_references]  # type: ignore[arg-type]
    report = make_report(judge(IDENTITY_BLOCK, evidence, identity_references, canary))
    lines = list(Anew(IDENTITY_BLOCK, report, "", ()).arithmetic())
    assert lines[-1] == f"= {report.points:g}"
    assert lines[1:-1] == ["−2.5  step 2b", "−0.5  convention seed"]
    assert report.points == 7.0
