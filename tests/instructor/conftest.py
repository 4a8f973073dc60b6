"""A course for each test to grade, made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.shared.light_class import hand_in


@pytest.fixture(scope="session")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course with a class that has handed in."""
    return hand_in(tmp_path_factory.mktemp("grading") / "course")


@pytest.fixture
def course(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "course"))
