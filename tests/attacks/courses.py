"""The two courses under attack, each with nbgrader's stock configuration and with this kit's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import numpy as np
from nbformat import NotebookNode

from tests.attacks import plain_course, resnet_answers
from tests.shared.helpers import bring_exercises

ROOT = Path(__file__).resolve().parents[2]
SIDES = ("stock", "ours")

STOCK_CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "residual-networks"
c.CourseDirectory.root = __import__("os").path.dirname(__import__("os").path.abspath(__file__))
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}
c.ExecutePreprocessor.timeout = 60
c.Execute.timeout = 60
"""


@dataclass(frozen=True)
class Course:
    """A course made ready for one side: `root` is copied for each class, never graded in.

    `answers` are whole submissions by name; "right" and "wrong" are among them. `secrets` maps a text to what it is.
    """

    assignment: str
    side: str
    root: Path
    answers: Mapping[str, NotebookNode]
    secrets: Mapping[str, str] = field(default_factory=dict)
    full: float = 0.0


def environment() -> dict[str, str]:
    """For the commands that are run: this environment's come first, TensorFlow is quiet, nothing points to a course."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("AUTOGRADER_", "NBGRADER_", "PYTEST"))
    }
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return {**kept, "PATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}


def run(command: str, *arguments: object, cwd: Path) -> None:
    """One of the environment's commands. Raises RuntimeError with what it said if it fails."""
    done = subprocess.run(
        [command, *map(str, arguments)], cwd=cwd, env=environment(), capture_output=True, text=True, timeout=600
    )
    if done.returncode:
        raise RuntimeError(f"{command} {' '.join(map(str, arguments))}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")


def configure(root: Path, side: str) -> None:
    """Give a course the configuration of a side."""
    if side == "stock":
        (root / "nbgrader_config.py").write_text(STOCK_CONFIG)
    else:
        shutil.copy(ROOT / "nbgrader_config.py", root)


def plain(folder: Path, side: str, token: str) -> Course:
    """The course without TensorFlow."""
    made = plain_course.make(token)
    root = folder / f"plain-{side}"
    source = root / "source" / plain_course.ASSIGNMENT
    source.mkdir(parents=True)
    nbformat.write(made.source, source / "plain.ipynb")
    configure(root, side)
    run("nbgrader", "generate_assignment", plain_course.ASSIGNMENT, cwd=root)
    release = nbformat.read(root / "release" / plain_course.ASSIGNMENT / "plain.ipynb", as_version=4)
    answers = {
        "right": plain_course.answers(release, plain_course.RIGHT),
        "wrong": plain_course.answers(release, plain_course.WRONG),
    }
    return Course(plain_course.ASSIGNMENT, side, root, answers, made.secrets, plain_course.FULL)


def resnet(folder: Path, side: str, token: str) -> Course:
    """The kit's own course. It is built once, with `token` as its secret seed; the sides differ in configuration."""
    built = folder / "resnet-built"
    if not built.is_dir():
        blocks_alone = shutil.ignore_patterns("signs.ipynb")
        shutil.copytree(ROOT / "source" / "resnet", built / "source" / "resnet", ignore=blocks_alone)
        bring_exercises(built / "source" / "resnet")
        configure(built, "ours")
        run("autograder", "--course", built, "build", "resnet", "--seed", token, cwd=folder)
        run("nbgrader", "generate_assignment", "resnet", "--force", cwd=built)
    root = folder / f"resnet-{side}"
    shutil.copytree(built, root)
    configure(root, side)
    secrets = {token: "the secret seed", **_hidden(root)}
    return Course("resnet", side, root, resnet_answers.answers(), secrets, resnet_answers.FULL)


def _hidden(root: Path) -> dict[str, str]:
    """Sixteen telling bytes of every hidden output, in hexadecimal, and every hidden test case as `told` spells it."""
    from autograder.base.course import Course as Kit
    from autograder.references.references import load

    found = {}
    for name, references in load(Kit(root).references / "resnet" / "hidden.h5").references.items():
        for reference in references:
            values = np.ravel(reference.outputs)
            at = min(int(np.argmax(values)), values.size - 4)
            found[values[at : at + 4].tobytes().hex()] = f"hidden output of {name}"
            found[told(reference.case.arguments.values())] = f"hidden test case of {name}"
    return found


def told(arguments: Iterable[object]) -> str:
    """A test case's arguments as attacks spell them: `5 [43, 47, 53] 7 q`."""
    plain = (list(value) if isinstance(value, tuple) else value for value in arguments)
    return "case " + " ".join(map(str, plain))


MAKERS = {"plain": plain, "resnet": resnet}
