"""One course, built for real once a session. Tests that use it carry `pytest.mark.xdist_group("course")`."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.course.helpers import ROOT, autograder

SECRET = "a secret of the tests"
"""Given to the first build with --seed, and to be kept by the second."""


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@dataclass(frozen=True)
class BuiltCourse:
    """The course, and what building it said: resnet first, with a seed, then resnet-zh without one."""

    root: Path
    english: subprocess.CompletedProcess[str]
    chinese: subprocess.CompletedProcess[str]
    data_before: dict[str, bytes]
    data_after: dict[str, bytes]
    modes: dict[str, int]

    def copy(self, to: Path) -> Path:
        """Another course like this one, as it was when it was built."""
        return Path(shutil.copytree(self.root.with_name("pristine"), to))


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> BuiltCourse:
    root = tmp_path_factory.mktemp("built") / "course"
    root.mkdir()
    shutil.copytree(ROOT / "source", root / "source", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    english = autograder("--course", root, "build", "resnet", "--seed", SECRET, cwd=root.parent)
    assert english.returncode == 0, english.stdout + english.stderr
    before = files(root / "data")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (root / "data" / "references").iterdir()}
    chinese = autograder("--course", root, "build", "resnet-zh", cwd=root.parent)
    assert chinese.returncode == 0, chinese.stdout + chinese.stderr
    shutil.copytree(root, root.with_name("pristine"))
    return BuiltCourse(root, english, chinese, before, files(root / "data"), modes)
