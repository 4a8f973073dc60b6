"""A small class for each test to grade, made once: as it has handed in, and as it is once it has been graded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.shared.built import made_once
from tests.shared.light_class import grade, hand_in


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course with a class that has handed in."""
    return made_once(tmp_path_factory, "light", lambda folder: hand_in(folder / "course")) / "course"


@pytest.fixture
def course(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "course"))


@pytest.fixture(scope="session")
def graded_once(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same course, graded, without feedback."""
    return made_once(tmp_path_factory, "light-graded", lambda folder: _grade(ready, folder / "course")) / "course"


def _grade(ready: Path, course: Path) -> None:
    shutil.copytree(ready, course)
    grade(course, "--no-feedback")


@pytest.fixture
def graded(graded_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded_once, tmp_path / "course"))
