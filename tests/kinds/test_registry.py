"""Which kinds of exercise there are, and that the engine finds further ones without importing them by name."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.kinds import kind_of, kinds
from autograder.references.references import ReferencesError
from tests.shared.exercises import IDENTITY_BLOCK, TRAIN_SIGNS
from tests.shared.helpers import ROOT

BELOW_THE_LESSON = (
    "base.course sandbox.kernel exercises evidence.collect graph references.notebook diagnosis report kinds "
    "execution.cache execution.kernel.confined student.notebook_api nbgrader.steps.execute"
)


def python(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **environment}
    )
    return done.stdout


def test_what_is_compared_with_references_is_one_kind_and_the_lessons_is_another() -> None:
    assert len({id(kinds()[name]) for name in ("block", "model", "function")}) == 1
    assert kind_of(TRAIN_SIGNS) is kinds()["trained"]
    assert kind_of(TRAIN_SIGNS) is not kind_of(IDENTITY_BLOCK)
    assert kind_of(TRAIN_SIGNS).beside == ("signs.safetensors",)


def test_a_kind_that_nobody_brings_is_named_with_those_there_are() -> None:
    with pytest.raises(ReferencesError, match=r"'essay', and there is none but .*block, model, function"):
        kind_of(replace(IDENTITY_BLOCK, kind="essay"))


def test_another_package_may_bring_a_kind_but_not_replace_the_engines(tmp_path: Path) -> None:
    (tmp_path / "essays.py").write_text("ESSAY = 'the kind of essays'\n")
    (tmp_path / "essays-1.0.dist-info").mkdir()
    (tmp_path / "essays-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: essays\nVersion: 1.0\n")
    (tmp_path / "essays-1.0.dist-info" / "entry_points.txt").write_text(
        "[autograder.exercise_kinds]\nessay = essays:ESSAY\nblock = essays:ESSAY\n"
    )
    code = "from autograder.kinds import kinds; print(kinds()['essay'], kinds()['block'] is kinds()['model'])"
    assert python(code, PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}") == "the kind of essays True\n"


def test_nothing_below_the_lesson_imports_it() -> None:
    imports = "; ".join(f"import autograder.{name}" for name in BELOW_THE_LESSON.split())
    code = f"import sys; {imports}; print([name for name in sys.modules if name.startswith('autograder.lesson')])"
    assert python(code) == "[]\n"
