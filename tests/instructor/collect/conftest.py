"""A course to collect into, and a place for downloads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.instructor.collect.downloads import make_course


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return make_course(tmp_path / "course")


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    return tmp_path / "downloads"
