"""How much a folder holds, whatever lies in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.sandbox.watch.disk import Held, held

MIB = 2**20
SLACK = 2**16
"""What a file system may take for a file beside its content."""


def fill(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.write(os.urandom(size))
        os.fsync(file.fileno())  # not every file system says at once what a file takes


def test_files_and_folders_together(tmp_path: Path) -> None:
    for name in ("one", "two", "one/deeper"):
        (tmp_path / name).mkdir()
        fill(tmp_path / name / "file", MIB)
    found = held([tmp_path / "one", tmp_path / "two"], 100)
    assert found.files == 4
    assert 3 * MIB <= found.size < 3 * MIB + SLACK


def test_a_file_with_two_names_counts_once(tmp_path: Path) -> None:
    fill(tmp_path / "file", MIB)
    os.link(tmp_path / "file", tmp_path / "again")
    found = held([tmp_path], 100)
    assert found.files == 2
    assert found.size < MIB + SLACK


def test_a_hole_takes_nothing(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        file.truncate(100 * MIB)
    assert held([tmp_path], 100).size < SLACK


def test_links_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    fill(tmp_path / "elsewhere" / "large", MIB)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "folder").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "here" / "file").symlink_to(tmp_path / "elsewhere" / "large")
    (tmp_path / "here" / "circle").symlink_to(".")
    found = held([tmp_path / "here"], 100)
    assert found.files == 3
    assert found.size < SLACK


@pytest.mark.parametrize("deep", [False, True])
def test_no_more_is_looked_at_than_asked_for(tmp_path: Path, deep: bool) -> None:
    place = tmp_path
    for number in range(50):
        (place / str(number)).mkdir()
        place = place / str(number) if deep else place
    assert held([tmp_path], 50).files == 50
    assert held([tmp_path], 49).files == 50
    assert held([tmp_path], 10).files == 11


def test_what_is_not_there_or_closed_counts_nothing(tmp_path: Path) -> None:
    assert held([tmp_path / "gone"], 100) == Held(0, 0, vanished=1)
    (tmp_path / "file").touch()
    assert held([tmp_path / "file"], 100) == Held(0, 0, vanished=1)
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "in it").touch()
    (tmp_path / "closed").chmod(0)
    try:
        assert held([tmp_path], 100).files == (2 if os.geteuid() else 3)
    finally:
        (tmp_path / "closed").chmod(0o700)
