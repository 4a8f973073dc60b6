"""The answers of backward.py, judged on the public test cases as `check` does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.diagnosis import judge
from autograder.evidence.collect_function import collect_function
from autograder.references.references import load
from tests.corpus.backward import ANSWERS, Answer
from tests.shared.helpers import ROOT

pytestmark = pytest.mark.corpus

FOUND = load(ROOT / "data" / "references" / "blocks-beyond" / "public.h5")
EXERCISE = FOUND.definitions["batch_norm_backward"]
WORTH = {str(line.step): line.points for line in EXERCISE.rubric}


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.title)
def test_each_answer_gets_the_verdict_that_was_written_first(answer: Answer) -> None:
    space: dict[str, Any] = {"np": np}
    exec(answer.code, space)
    references = FOUND.of(EXERCISE)
    made = [collect_function(space["batch_norm_backward"], EXERCISE, one.case) for one in references]
    diagnosis = judge(EXERCISE, made, references, FOUND.canary)
    assert sorted((str(f.step), f.setting) for f in diagnosis.findings) == sorted(answer.findings)
    assert diagnosis.points == 10 - sum(WORTH[step] for step, _ in answer.findings)
