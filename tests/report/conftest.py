"""Diagnoses of corpus cases, made on the real path: the case's code, evidence, the committed public references."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from functools import cache

import keras
import pytest

from autograder.diagnosis import Diagnosis, judge
from autograder.evidence.collect import collect
from autograder.references.references import ReferenceSet
from tests.corpus import cases
from tests.shared.exercises import by_name

Diagnose = Callable[[str], Diagnosis]


@pytest.fixture(scope="session")
def diagnose(public: ReferenceSet) -> Diagnose:
    """The diagnosis of a corpus case, by its id; for a model the first public test case will do."""
    names = cases.namespace()

    @cache
    def of(case_id: str) -> Diagnosis:
        case = cases.read(cases.ROOT / f"{case_id}.py")
        exercise = by_name(case.exercise)
        assert exercise is not None
        references = public.of(exercise)[: 1 if exercise.kind == "model" else None]
        keras.utils.clear_session()
        with contextlib.redirect_stdout(io.StringIO()):
            function = cases.run(case, names)[case.function]
            evidence = [collect(function, exercise, reference.case) for reference in references]
        return judge(exercise, evidence, references, public.canary)

    return of
