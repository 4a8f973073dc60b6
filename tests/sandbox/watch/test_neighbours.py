"""What sandboxes tell each other."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from autograder.sandbox.watch.neighbours import Neighbours, Word


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place of this test's own: sandboxes of other tests may be at work."""
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))


def test_each_hears_the_others(tmp_path: Path) -> None:
    first, second = Neighbours(), Neighbours()
    assert first.others() == ()
    first.tell(Word(False, 5))
    second.tell(Word(True, 7))
    assert first.others() == (Word(True, 7),)
    assert second.others() == (Word(False, 5),)
    second.leave()
    assert first.others() == ()
    first.leave()
    assert list(tmp_path.iterdir()) == []


def test_who_is_silent_is_gone(tmp_path: Path) -> None:
    first, second = Neighbours(), Neighbours()
    second.tell(Word(True, 7))
    (file,) = next(tmp_path.iterdir()).iterdir()
    age = file.stat().st_mtime - 10
    os.utime(file, (age, age))
    assert first.others() == ()
    assert file.exists()
    os.utime(file, (age - 100, age - 100))
    assert first.others() == ()
    assert not file.exists()


def test_what_is_no_word_is_passed_over(tmp_path: Path) -> None:
    first, second = Neighbours(), Neighbours()
    second.tell(Word(True, 7))
    folder = next(tmp_path.iterdir())
    (folder / "odd").write_text("no word")
    (folder / "folder").mkdir()
    assert first.others() == (Word(True, 7),)


def test_a_folder_that_is_a_link_is_not_used(tmp_path: Path) -> None:
    target = tmp_path / "somebody's"
    target.mkdir()
    (tmp_path / f"ag-neighbours-{os.getuid()}").symlink_to(target)
    one = Neighbours()
    one.tell(Word(True, 7))
    assert list(target.iterdir()) == []
    assert one.others() == ()
    one.leave()
