"""A sandbox's two folders: made whatever lies there, and removed whatever lies in them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.sandbox.errors import SandboxError
from autograder.sandbox.scratch import fresh_run, remove


def test_work_stays_and_run_is_new(tmp_path: Path) -> None:
    scratch = tmp_path / "deep" / "s"
    run = fresh_run(scratch)
    assert run == scratch / "run"
    assert run.stat().st_mode & 0o077 == 0
    (run / "answer").write_text("of the kernel before")
    (scratch / "work" / "mine").write_text("kept")
    fresh_run(scratch)
    assert list(run.iterdir()) == []
    assert (scratch / "work" / "mine").read_text() == "kept"
    assert sorted(path.name for path in scratch.iterdir()) == ["run", "work"]


@pytest.mark.parametrize("target", ["elsewhere", "nowhere"])
def test_a_link_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "work").symlink_to(tmp_path / target)
    with pytest.raises(SandboxError, match="work is a link"):
        fresh_run(tmp_path / "s")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("target", ["elsewhere", "nowhere"])
def test_a_link_to_an_ended_sandbox_s_folder_makes_room(tmp_path: Path, target: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").touch()
    (tmp_path / "run").symlink_to(tmp_path / target)
    run = fresh_run(tmp_path)
    assert not run.is_symlink()
    assert list(run.iterdir()) == []
    assert (tmp_path / "elsewhere" / "file").exists()


def test_a_file_in_a_folder_s_place(tmp_path: Path) -> None:
    """In place of `run` it goes; in place of `work`, which stays as it is, nothing can start."""
    (tmp_path / "run").write_text("x")
    assert fresh_run(tmp_path).is_dir()
    remove(tmp_path / "work")
    (tmp_path / "work").write_text("x")
    with pytest.raises(SandboxError, match="can't be made"):
        fresh_run(tmp_path)


def test_whatever_lies_there_is_removed(tmp_path: Path) -> None:
    """Deeper than Python can go down, and closed; what links lead to stays."""
    sentinel = tmp_path / "sentinel"
    sentinel.mkdir()
    (sentinel / "file").write_text("as it was")
    left = tmp_path / "left"
    left.mkdir()
    (left / "link").symlink_to(sentinel)
    (left / "hard").hardlink_to(sentinel / "file")
    (left / "-rf").touch()
    os.mkfifo(left / "pipe")
    before = Path.cwd()
    os.chdir(left)
    for _ in range(1200):
        os.mkdir("deep")
        os.chdir("deep")
    os.chdir(before)
    closed = left / "closed"
    closed.mkdir()
    (closed / "file").touch()
    closed.chmod(0)
    remove(left)
    assert not left.exists()
    assert (sentinel / "file").read_text() == "as it was"
    assert sentinel.stat().st_mode & 0o700 == 0o700


def test_a_link_itself_is_removed(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    remove(tmp_path / "link")
    assert not (tmp_path / "link").is_symlink()
    assert (tmp_path / "there" / "file").exists()
