"""One course, built for real once a test run: the workers share what one of them made."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shared.helpers import ROOT, autograder, bring_exercises
from tests.shared.kernels import forked_kernels

SECRET = "a secret of the tests"
"""Given to the first build with --seed, and to be kept by the second."""


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first worker to ask for it fills, while the others wait. Nobody changes it afterwards."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / name
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            (folder / "done").touch()
    return folder


@dataclass(frozen=True)
class BuiltCourse:
    """The course, and what building it said: resnet first, with a seed, then resnet-zh without one."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "course"

    @property
    def data_before(self) -> Path:
        """The data folder as it was between the two builds."""
        return self.folder / "data-before"

    @property
    def english(self) -> str:
        return (self.folder / "resnet.txt").read_text()

    @property
    def chinese(self) -> str:
        return (self.folder / "resnet-zh.txt").read_text()

    def copy(self, to: Path) -> Path:
        """Another course like this one, for a test to work in."""
        return Path(shutil.copytree(self.root, to))


def build(folder: Path) -> None:
    """Build both languages of the course into an empty folder."""
    root = folder / "course"
    others = shutil.ignore_patterns(".ipynb_checkpoints", "signs.ipynb")  # tests/lesson/training is about that notebook
    shutil.copytree(ROOT / "source", root / "source", ignore=others)
    bring_exercises(root / "source" / "resnet")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for assignment, seed in (("resnet", ("--seed", SECRET)), ("resnet-zh", ())):
        with forked_kernels():
            done = autograder("--course", root, "build", assignment, *seed, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        (folder / f"{assignment}.txt").write_text(done.stdout)
        if seed:
            shutil.copytree(root / "data", folder / "data-before")
