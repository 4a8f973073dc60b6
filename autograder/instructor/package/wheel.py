"""The package as a wheel, built from a plain copy of a checkout, so that nothing else that lies there gets in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ...base.course import CourseError

CHECKOUT = Path(__file__).resolve().parents[3]
PARTS = ("autograder", "pyproject.toml", "README.md", "LICENSE")
"""What a wheel is made of."""
EPOCH = 315532800
"""1980, the first time that a zip can hold: the same sources give the same bytes."""
_BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"


def build_wheel(folder: Path, checkout: Path = CHECKOUT) -> Path:
    """Build the wheel into `folder`; the checkout stays as it is. Needs no network.

    Raises CourseError where there is no checkout to build from, or setuptools can't.
    """
    lacking = [part for part in PARTS if not (checkout / part).exists()]
    if lacking:
        raise CourseError(
            f"The wheel is built from a checkout of the kit, and {checkout} has no {lacking[0]}: "
            "run this in one, or pass --wheel FILE."
        )
    with tempfile.TemporaryDirectory(prefix="wheel-") as scratch:
        copy = Path(scratch)
        for part in PARTS:
            _copy(checkout / part, copy / part)
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)}
        done = subprocess.run(
            [sys.executable, "-c", _BUILD, str(folder.resolve())],
            cwd=copy,
            env=environment,
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode:
            raise CourseError(f"The wheel could not be built: {_last(done.stderr)}. Run `make install`.")
    (made,) = folder.glob("*.whl")
    return made


def _copy(path: Path, to: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, to, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", ".*"))
    else:
        shutil.copyfile(path, to)
    for one in (to, *to.rglob("*")):
        one.chmod(0o755 if one.is_dir() else 0o644)  # the umask of whoever checked it out is not to show


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason given"
