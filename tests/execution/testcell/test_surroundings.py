"""What test cells do to files and to this process stays with the notebook that they belong to."""

from __future__ import annotations

import builtins
import os
import random
import sys
from contextlib import closing
from pathlib import Path

from autograder.execution.testcell.surroundings import Surroundings


def test_a_test_cell_writes_into_a_copy(tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("given")
    (tmp_path / "own.py").write_text("SIZE = 3")
    before = Path.cwd()
    with closing(Surroundings(tmp_path)) as around:
        with around.entered():
            assert Path("in.txt").read_text() == "given"
            Path("in.txt").write_text("abc")
            Path("new.txt").write_text("abc")
            import own  # type: ignore[import-not-found]

            assert own.SIZE == 3
        with around.entered():  # the next test cell of the same notebook
            assert Path("new.txt").read_text() == "abc"
        assert Path.cwd() == before
    assert "own" not in sys.modules
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.txt", "own.py"]
    assert (tmp_path / "in.txt").read_text() == "given"
    with closing(Surroundings(tmp_path)) as around, around.entered():
        assert not Path("new.txt").exists()
        assert Path("in.txt").read_text() == "given"


def test_the_process_is_as_it_was(tmp_path: Path) -> None:
    state, opened = random.getstate(), builtins.open
    with closing(Surroundings(tmp_path)) as around, around.entered():
        random.seed(1)
        os.environ["COURSE_TEST"] = "1"
        sys.path.append("/somewhere")
        builtins.open = builtins.print  # type: ignore[assignment]
        builtins.answer = 42  # type: ignore[attr-defined]
    assert random.getstate() == state
    assert builtins.open is opened
    assert "COURSE_TEST" not in os.environ
    assert "/somewhere" not in sys.path
    assert not hasattr(builtins, "answer")
