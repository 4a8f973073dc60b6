"""One copy of the kit does not have its work done by the kernels of another."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared.helpers import ROOT


def run(folder: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-m", "autograder.cli", "check", "nowhere.ipynb"]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("by", ["the folder", "PYTHONPATH"])
def test_another_copy_is_refused(tmp_path: Path, by: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / "autograder", copy / "autograder", ignore=shutil.ignore_patterns("__pycache__"))
    done = run(copy) if by == "the folder" else run(tmp_path, PYTHONPATH=str(copy))
    assert done.returncode == 2
    assert f"runs the kit in {copy / 'autograder'}, and its kernels would run the one in {ROOT}" in done.stderr


def test_the_copy_that_is_installed_is_not(tmp_path: Path) -> None:
    for folder, environment in ((ROOT, {}), (tmp_path, {}), (tmp_path, {"PYTHONPATH": str(ROOT)})):
        assert "There is no file nowhere.ipynb" in run(folder, **environment).stderr
