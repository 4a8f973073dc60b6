"""The same submissions under Otter-Grader, which executes a notebook in one kernel and its tests after it.

It is installed into an environment of its own under build/, where it sees this kit's packages.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat

from .place import ROOT, Place
from .running import FailedError, run
from .students import ASSIGNMENT, FULL, Submission

FOLDER = ROOT / "build" / "otter"
COMMAND = FOLDER / "bin" / "otter"

FUNCTIONS = {"identity_block": 10, "convolutional_block": 10, "ResNet50": 10}

TEST = """\
OK_FORMAT = True
test = {{
    "name": {name!r},
    "points": {points},
    "suites": [{{"type": "doctest", "scored": True, "setup": "", "teardown": "", "cases": [
        {{"code": ">>> grade({name})\\n{points}.0", "hidden": True, "locked": False}}
    ]}}],
}}
"""


@dataclass(slots=True)
class Otter:
    """An installed Otter-Grader, and an autograder that asks what the course's hidden tests ask."""

    place: Place
    autograder: Path
    version: str

    def grade(self, one: Submission) -> float:
        """Grade one submission and give the seconds that it took. Raises FailedError where no scores came out."""
        folder = self.autograder.parent / one.student
        folder.mkdir()
        notebook = folder / f"{ASSIGNMENT}.ipynb"
        nbformat.write(one.node, notebook)  # type: ignore[no-untyped-call]
        # The kernel is told that it grades officially, and where the course is: as nbgrader's own kernel knows.
        told = {"NBGRADER_EXECUTION": "autograde", "AUTOGRADER_COURSE": str(self.autograder.parent)}
        command: list[str | Path] = [
            COMMAND,
            "run",
            "--no-logo",
            "-a",
            self.autograder,
            "-o",
            folder,
            notebook,
        ]
        took = run(command, folder, self.place.log, self.place.deadline, told)
        points = points_of(folder / "results.json")
        if (points == FULL) != one.right:
            raise FailedError(f"otter run gave {points:g} points to {one.student} ({one.story})")
        return took


def points_of(results: Path) -> float:
    """What a submission earned, from Otter's results."""
    tests = json.loads(results.read_text())["tests"]
    return float(sum(test.get("score") or 0.0 for test in tests))


def prepare(place: Place) -> tuple[Otter | None, str]:
    """Install it and make the autograder; None and one line where that can't be done."""
    try:
        _install(place)
    except (FailedError, OSError, subprocess.SubprocessError) as error:
        return None, f"otter run was left out: it can't be installed ({str(error).splitlines()[0][:200]})"
    root = place.course((), stock=True)
    tests = root / "otter-tests"
    tests.mkdir()
    for name, points in FUNCTIONS.items():
        (tests / f"{name}.py").write_text(TEST.format(name=name, points=points))
    archive = root / "autograder.zip"
    options: list[str | Path] = ["-t", tests, "-o", archive, "--no-config", "--no-requirements", "--no-environment"]
    place.command(COMMAND, "generate", *options, cwd=root)
    return Otter(place, archive, _version()), ""


def _install(place: Place) -> None:
    if (COMMAND).is_file():
        return
    place.say("installing Otter-Grader into build/otter")
    FOLDER.parent.mkdir(exist_ok=True)
    place.command(sys.executable, "-m", "venv", "--clear", FOLDER, cwd=ROOT)
    ours = next(path for path in sys.path if path.endswith("site-packages"))
    theirs = next((FOLDER / "lib").glob("python3*/site-packages"))
    (theirs / "kit.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    pip: list[str | Path] = [
        FOLDER / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "otter-grader",
    ]
    place.command(*pip, cwd=ROOT)


def _version() -> str:
    code = "from importlib.metadata import version; print(version('otter-grader'))"
    command = [FOLDER / "bin" / "python", "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return found.stdout.strip()
