"""Reading the assignments of this folder, see README.md, and grading them by stock nbgrader and by the kit."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

from tests.attacks.courses import SIDES, configure, run

HERE = Path(__file__).resolve().parent
ASSIGNMENT = "foreign"
STUDENTS = ("right", "untouched", "wrong")
_MARK = re.compile(r"# %% (given|locked|solution|right|wrong|test)(?: (\d+))?")
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}

Scores = Mapping[tuple[str, str, str], float | None]
"""By student, notebook and test cell."""


@dataclass(frozen=True)
class Foreign:
    """One notebook: the instructor's cells, and what answers have in place of its solution cells; a right one may have
    the solution itself.
    """

    name: str
    subject: str
    cells: tuple[NotebookNode, ...]
    wrong: Mapping[str, str]
    right: Mapping[str, str]


def read(path: Path) -> Foreign:
    lines = path.read_text(encoding="utf-8").splitlines()
    subject = lines[0].removeprefix("# subject: ")
    parts: list[tuple[str, str, list[str]]] = []
    for line in lines[2:]:
        mark = _MARK.fullmatch(line)
        if mark:
            parts.append((mark.group(1), mark.group(2) or "", []))
        else:
            parts[-1][2].append(line)
    cells: list[NotebookNode] = []
    answers: dict[str, dict[str, str]] = {"wrong": {}, "right": {}}
    for number, (kind, points, text) in enumerate(parts):
        source = "\n".join(text).strip("\n")
        if kind in answers:
            answers[kind][cells[-1].metadata.nbgrader.grade_id] = source
            continue
        cells.append(_cell(f"{kind}-{number}", kind, source, float(points or 0)))
    return Foreign(path.stem, subject, tuple(cells), answers["wrong"], answers["right"])


def _cell(name: str, kind: str, source: str, points: float) -> NotebookNode:
    if kind == "given":
        return new_code_cell(source, id=name)
    marks = {
        "grade": kind == "test", "grade_id": name, "locked": kind != "solution", "schema_version": 3,
        "solution": kind == "solution", "task": False,
    }  # fmt: skip
    if kind == "test":
        marks["points"] = points
    return new_code_cell(source, id=name, metadata={"nbgrader": marks})


def all_foreign() -> tuple[Foreign, ...]:
    return tuple(read(path) for path in sorted((HERE / "assignments").glob("*.py")))


def graded(folder: Path, chosen: tuple[Foreign, ...]) -> Mapping[str, Scores]:
    """The scores that each side gives, all notebooks being one assignment's; both sides at the same time."""
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda side: _graded(folder / side, side, chosen), SIDES)
        return dict(zip(SIDES, found, strict=True))


def _graded(root: Path, side: str, chosen: tuple[Foreign, ...]) -> Scores:
    source = root / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    for one in chosen:
        node = new_notebook(cells=list(one.cells), metadata={"kernelspec": _KERNEL})
        nbformat.write(node, source / f"{one.name}.ipynb")
    shutil.copy(HERE / "sales.csv", source)
    before = sorted(path.name for path in source.iterdir())
    configure(root, side)
    run("nbgrader", "generate_assignment", ASSIGNMENT, cwd=root)
    for student in STUDENTS:
        for one in chosen:
            _hand_in(root, student, one)
    run("nbgrader", "autograde", ASSIGNMENT, cwd=root)
    if side == "ours":
        assert sorted(path.name for path in source.iterdir()) == before
    return _scores(root)


def _hand_in(root: Path, student: str, one: Foreign) -> None:
    release = nbformat.read(root / "release" / ASSIGNMENT / f"{one.name}.ipynb", as_version=4)
    solved = {cell.id: cell.source for cell in one.cells} | dict(one.right)
    for cell in release.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution") and student != "untouched":
            name = marks["grade_id"]
            cell.source = solved[name] if student == "right" else one.wrong[name]
    folder = root / "submitted" / student / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(release, folder / f"{one.name}.ipynb")
    shutil.copy(HERE / "sales.csv", folder)


def _scores(root: Path) -> Scores:
    found: dict[tuple[str, str, str], float | None] = {}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "residual-networks") as book:
        for student in STUDENTS:
            for notebook in book.find_submission(ASSIGNMENT, student).notebooks:
                for grade in notebook.grades:
                    found[student, notebook.name, grade.cell.name] = grade.auto_score
    return found
