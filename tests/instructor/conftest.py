"""A small class for each test to grade: as it has handed in, and as it is once it has been graded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def course(light_class: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(light_class, tmp_path / "course"))


@pytest.fixture
def graded(light_class_graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(light_class_graded, tmp_path / "course"))
