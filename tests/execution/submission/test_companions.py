"""The files beside a submitted notebook that its code may use."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.execution.submission import companions
from autograder.execution.submission.model import Limits
from tests.execution.submission.paper import good, handed_in


def test_companions_are_plain_files_within_the_limits(tmp_path: Path) -> None:
    handed_in(tmp_path, good())
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text("1,2")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "b.csv").write_text("1,2")
    (tmp_path / "link").symlink_to("/")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    files, doubts = companions.companions(tmp_path, [".ipynb_checkpoints"])
    assert files == (Path("data", "a.csv"),)
    assert sorted(doubt.split("'")[1] for doubt in doubts) == ["dangling", "link", "pipe"]
    files, doubts = companions.companions(tmp_path, limits=Limits(companions_size=2))
    assert files == ()
    assert "left out" in doubts[-1]


def test_a_folder_in_a_files_place_is_left_out(tmp_path: Path) -> None:
    for name in ("timestamp.txt/x", "plain.ipynb/x", "data/timestamp.txt/x"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    files, doubts = companions.companions(tmp_path, files_names=["timestamp.txt", "plain.ipynb", "other"])
    assert files == (Path("data/timestamp.txt/x"),)
    assert len(doubts) == 2
    assert "'timestamp.txt' is a folder with a file's name" in doubts[1]
