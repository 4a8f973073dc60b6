"""Count the package's files that a student's function, or a submission, passes through on its way to points.

    python tools/hops.py check      check() and grade() of the reference solution's first exercise, as in a notebook
    python tools/hops.py grade      a class of one through `autograder grade`, in this process and its workers

A file counts when one of its functions is called on the way; what is only imported does not. What runs in the kernel
that holds the student's code is not seen by `grade`; it is what `check` calls to collect evidence.
"""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from multiprocessing import util
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = str(ROOT / "autograder") + os.sep
SOLUTION = "resnet"
_called: set[str] = set()


def _note(frame: FrameType, event: str, _argument: Any) -> None:
    if (
        event == "call" and frame.f_code.co_flags & inspect.CO_OPTIMIZED
    ):  # a function's, not a class's or a module's body
        _called.add(frame.f_code.co_filename)


def _listen(folder: Path) -> None:
    """Note what is called from now on, here and in forked processes, each of which writes it down as it ends."""
    os.environ["HOPS"] = str(folder)
    threading.setprofile(_note)
    sys.setprofile(_note)
    os.register_at_fork(after_in_child=_in_child)


def _in_child() -> None:
    _called.clear()
    sys.setprofile(_note)
    util.Finalize(None, _write, exitpriority=0)


def _write() -> None:
    sys.setprofile(None)
    mine = sorted(name.removeprefix(PACKAGE) for name in _called if name.startswith(PACKAGE))
    (Path(os.environ["HOPS"]) / f"{os.getpid()}.txt").write_text("\n".join(mine))


def _report(folder: Path) -> None:
    found = sorted({line for path in folder.glob("*.txt") for line in path.read_text().split()})
    print("\n".join(found))
    print(f"{len(found)} files")


def _check() -> None:
    """Run the solution's cells as a notebook would, then ask for its points."""
    import nbformat

    node = nbformat.read(ROOT / "source" / SOLUTION / f"{SOLUTION}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    wanted = [cell for cell in node.cells if cell.cell_type == "code"]
    first = next(i for i, cell in enumerate(wanted) if cell.metadata.get("nbgrader", {}).get("solution"))
    names: dict[str, Any] = {"__name__": "__main__"}
    os.chdir(ROOT)
    for cell in wanted[: first + 1]:
        exec(compile(cell.source, "cell", "exec"), names)
    function = names[wanted[first].metadata.nbgrader.grade_id]
    from autograder import check, grade

    check(function)
    print(grade(function), "points")


def _grade() -> None:
    from autograder.cli import main

    with tempfile.TemporaryDirectory() as place:
        course = Path(place)
        for name in ("source", "release", "data"):
            shutil.copytree(ROOT / name, course / name)
        shutil.copy(ROOT / "nbgrader_config.py", course)
        sys.setprofile(None)
        subprocess.run([sys.executable, "-m", "autograder.cli", "--course", place, "build", SOLUTION], check=True)
        shutil.copytree(course / "release" / SOLUTION, course / "submitted" / "ada" / SOLUTION)
        shutil.copy(course / "source" / SOLUTION / f"{SOLUTION}.ipynb", course / "submitted" / "ada" / SOLUTION)
        sys.setprofile(_note)
        main(["--course", place, "grade", SOLUTION, "-j", "1"])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        _listen(Path(folder))
        {"check": _check, "grade": _grade}[sys.argv[1]]()
        _write()
        _report(Path(folder))
