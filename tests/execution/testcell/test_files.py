"""Files of the student's code for a test: data, and nothing that a library on the test's side would act by."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.execution.testcell.surroundings import SharedFiles


@pytest.mark.parametrize("name", ["out.csv", "settings.ini", "tests.toml"])
def test_data_comes(name: str, tmp_path: Path) -> None:
    SharedFiles(tmp_path).take(name, b"data")
    assert (tmp_path / name).read_bytes() == b"data"


@pytest.mark.parametrize(
    "name",
    [
        "pytest.ini",
        "PyTest.ini",
        "tox.ini",
        "pyproject.toml",
        "conftest.py",
        "statistics.py",
        "../out.csv",
        ".hidden.txt",
    ],
)
def test_nothing_comes_that_acts(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    SharedFiles(tmp_path / "folder").take(name, b"[pytest]\naddopts = --collect-only\n")
    assert [path.name for path in tmp_path.rglob("*")] == ["folder"]


def test_data_comes_into_folders_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    files = SharedFiles(tmp_path)
    files.take("data/out.csv", b"1")
    files.take("elsewhere/out.csv", b"1")
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()] == ["data/out.csv"]


def test_a_temporary_file_of_the_tests_is_written_by_both(tmp_path: Path) -> None:
    files = SharedFiles(tmp_path)
    (tmp_path / "tmpabc").write_text("test's")
    (tmp_path / "made").mkdir()
    assert files.written() == {"tmpabc": b"test's", "made/": b""}
    files.take("tmpabc", b"student's")
    files.take("tmpxyz", b"student's")
    assert (tmp_path / "tmpabc").read_text() == "student's"
    assert not (tmp_path / "tmpxyz").exists()


def test_the_courses_own_files_stay(tmp_path: Path) -> None:
    (tmp_path / "expected.csv").write_text("1")
    SharedFiles(tmp_path).take("expected.csv", b"2")
    assert (tmp_path / "expected.csv").read_text() == "1"
