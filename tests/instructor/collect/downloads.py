"""A course without content, a class in its gradebook, and downloads as learning platforms pack them."""

from __future__ import annotations

import atexit
import io
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

from autograder.base.course import Course
from autograder.instructor.collect.collect import collect as collect_here
from autograder.report.console import PlainConsole
from tests.shared.helpers import ROOT

CLASS = (
    {"id": "weili", "first_name": "Wei", "last_name": "Li", "lms_user_id": "71"},
    {"id": "zhangmin", "first_name": "敏", "last_name": "张", "email": "zm@example.org"},
    {"id": "jose", "first_name": "José", "last_name": "Núñez"},
    {"id": "joerg", "first_name": "Jörg", "last_name": "Müller"},
    {"id": "zhu", "first_name": "镕基", "last_name": "朱"},
    {"id": "amy1", "first_name": "Amy", "last_name": "Smith"},
    {"id": "amy2", "first_name": "Amy", "last_name": "Smith", "lms_user_id": "99"},
)
CELLS = {"resnet": ("setup", "identity_block"), "signs": ("setup", "train_signs")}
"""The graded cells of each notebook; one name stands in both."""
DUE = datetime(2026, 11, 20, 12, 0)


def make_course(root: Path, students: Sequence[Mapping[str, str]] = CLASS, due: datetime | None = DUE) -> Path:
    """Assignment `resnet` with the notebooks resnet and signs."""
    root.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for folder in ("source", "release"):
        for name in ("resnet", "signs"):
            path = root / folder / "resnet" / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(work(name, *CELLS[name]))
    shutil.copy(_empty_gradebook(), root / "gradebook.db")
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "residual-networks") as book:
        book.add_assignment("resnet", duedate=due)
        for student in students:
            book.add_student(student["id"], **{key: value for key, value in student.items() if key != "id"})
    return root


@cache
def _empty_gradebook() -> Path:
    """Made once: nbgrader starts a process for it."""
    path = Path(tempfile.mkdtemp(prefix="gradebook-")) / "gradebook.db"
    atexit.register(shutil.rmtree, path.parent)
    Gradebook(f"sqlite:///{path}", "residual-networks").close()
    return path


def collect(course: Path, downloads: Path, *, new_students: bool = False) -> CompletedProcess[str]:
    """`autograder collect` without a process of its own.

    Nor is stderr redirected: nbgrader sets up logging anew, and then absl, where TensorFlow has loaded it, closes what
    was stderr before.
    """
    said = io.StringIO()
    console = PlainConsole(file=said, soft_wrap=True)
    done = collect_here(Course(course), downloads, "resnet", new_students, console)
    return CompletedProcess([], 0 if done else 1, said.getvalue(), "")


def left_out(done: CompletedProcess[str]) -> list[str]:
    return [line.removeprefix("left out: ") for line in done.stdout.splitlines() if line.startswith("left out: ")]


def notes(done: CompletedProcess[str]) -> list[str]:
    return [line.removeprefix("note: ") for line in done.stdout.splitlines() if line.startswith("note: ")]


def work(text: str, *grade_ids: str) -> bytes:
    """A notebook that can be told from others, and cells with these grade_ids."""
    cells = [new_code_cell(f"# {text}"), *(new_code_cell(name, metadata=_graded(name)) for name in grade_ids)]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    return nbformat.writes(new_notebook(cells=cells)).encode()


def _graded(name: str) -> dict[str, object]:
    roles = {"grade": False, "solution": True, "locked": False, "task": False}
    return {"nbgrader": {"grade_id": name, "schema_version": 3, **roles}}


def folder(place: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def zipped(files: Mapping[str, bytes], when: tuple[int, ...] = (2026, 11, 19, 8, 0, 0)) -> bytes:
    """A zip with these names, whatever they are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, when), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def named(archive: bytes, written: str, raw: bytes) -> bytes:
    """The zip with one entry's name exchanged for other bytes of the same length, not said to be UTF-8."""
    assert len(written) == len(raw)
    return archive.replace(written.encode(), raw)


def handed_in(course: Path) -> dict[str, str]:
    """What lies in submitted/: of a notebook its text, else the file's."""
    found = {}
    submitted = (course / "submitted").resolve()
    for path in sorted(submitted.rglob("*")):
        if path.is_file():
            is_notebook = path.suffix == ".ipynb"
            text = nbformat.read(path, as_version=4).cells[0].source[2:] if is_notebook else path.read_text().strip()
            found[str(path.relative_to(submitted))] = text
    return found
