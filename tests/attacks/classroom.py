"""A class of attackers and honest students, graded by nbgrader's own commands."""

from __future__ import annotations

import copy
import json
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook, MissingEntry

from tests.attacks import prepare
from tests.attacks.attack import Attack
from tests.attacks.courses import Course, environment, run
from tests.attacks.sentinels import Sentinels

HERE = Path(__file__).resolve().parent
LATE = 3.0
"""Seconds that are left to what outlives its kernel."""
FIRST, LAST = "ada", "zoe"
"""Two honest students with right answers, graded before and after everybody else."""


@dataclass(frozen=True)
class Class:
    """A graded class.

    `log` is what nbgrader said; `scores` are totals by student, None where there is none; `errors` are what came out of
    an attack's kernel as an error, by the attack's mark: its type and its text.
    """

    course: Course
    root: Path
    sentinels: Sentinels
    attacks: tuple[Attack, ...]
    scores: Mapping[str, float | None]
    friend_secret: str
    log: str
    errors: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)

    def secrets(self) -> dict[str, str]:
        """Every text that must stay hidden, and what it is."""
        return {**self.course.secrets, **self.sentinels.secrets(), self.friend_secret: "another student's submission"}

    def folder(self, step: str, student: str) -> Path:
        return self.root / step / student / self.course.assignment


def grade(course: Course, attacks: Sequence[Attack], root: Path, sentinels: Sentinels) -> Class:
    """Hand in everything, grade it and write the feedback. The course's folder is copied to `root`."""
    shutil.copytree(course.root, root)
    for attack in attacks:
        sentinels.target(attack.name, attack.mark, attack.process)
    friend_secret = f"friend-{secrets.token_hex(8)}"
    heard = [str(sentinels.signals), str(sentinels.errors)]
    command = [sys.executable, str(HERE / "observed.py"), *heard, "autograde", course.assignment]
    log = root.with_name(f"{root.name}.log")
    with log.open("w") as output:
        grader = subprocess.Popen(
            command,
            cwd=root,
            env={**environment(), **sentinels.environment},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            for student in (FIRST, LAST):
                _write(_with_comment(course.answers["right"], friend_secret), _path(root, student, course))
            for name in sorted({attack.base for attack in attacks} | {"wrong"}):
                _write(course.answers[name], _path(root, f"base-{name}", course))
            for attack in attacks:
                hand_in(attack, course, root, sentinels.known(attack.name, root, grader.pid))
            grader.communicate("go\n", timeout=1200)
        finally:
            if grader.poll() is None:
                grader.kill()
                grader.wait()
    time.sleep(LATE)
    try:
        run("nbgrader", "generate_feedback", course.assignment, cwd=root)
    except RuntimeError as error:
        with log.open("a") as output:
            output.write(str(error))
    students = [path.name for path in (root / "submitted").iterdir()]
    scores = _scores(root, course.assignment, students)
    said = log.read_text(errors="replace")
    return Class(course, root, sentinels, tuple(attacks), scores, friend_secret, said, _errors(sentinels.errors))


def _errors(file: Path) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for line in file.read_text().splitlines() if file.exists() else ():
        mark, error, text = json.loads(line)
        found.setdefault(mark, []).append((error, text))
    return found


def hand_in(attack: Attack, course: Course, root: Path, known: Mapping[str, Any]) -> None:
    """Put an attack's submission where nbgrader looks for it."""
    node = copy.deepcopy(course.answers[attack.base])
    path = _path(root, attack.student_id, course)
    path.parent.mkdir(parents=True)
    for part in attack.parts:
        _place(node, path.parent, part.place, part.text.replace("OUTSIDE", known["outside"]))
    words = ", ".join(f"{key}={value!r}" for key, value in known.items())
    told = f"from types import SimpleNamespace\nknown = SimpleNamespace({words})"
    node.cells.insert(0, new_code_cell(told, id="known"))
    if attack.prepare:
        getattr(prepare, attack.prepare)(node, path.parent, prepare.Known(**known))
    _write(node, path)


def _place(node: NotebookNode, folder: Path, place: str, text: str) -> None:
    kind, _, name = place.partition(" ")
    if kind == "file":
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    elif kind == "first":
        node.cells.insert(0, new_code_cell(text))
    elif kind == "last":
        node.cells.append(new_code_cell(text))
    elif kind == "before":
        node.cells.insert(_index(node, name), new_code_cell(text))
    else:
        node.cells[_index(node, place)].source = text


def _index(node: NotebookNode, name: str) -> int:
    found = [i for i, c in enumerate(node.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == name]
    return found[0]


def _with_comment(node: NotebookNode, text: str) -> NotebookNode:
    """The same answers with a comment that tells this student's from any other's."""
    mine = copy.deepcopy(node)
    mine.cells.append(new_code_cell(f"# {text}"))
    return mine


def _path(root: Path, student: str, course: Course) -> Path:
    return root / "submitted" / student / course.assignment / f"{course.assignment}.ipynb"


def _write(node: NotebookNode, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(node, path)


def _scores(root: Path, assignment: str, students: Sequence[str]) -> dict[str, float | None]:
    scores: dict[str, float | None] = {}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "residual-networks") as book:
        for student in students:
            try:
                submission = book.find_submission(assignment, student)
            except MissingEntry:
                scores[student] = None
                continue
            graded = (root / "autograded" / student / assignment / f"{assignment}.ipynb").exists()
            scores[student] = float(submission.score) if graded else None
    return scores
