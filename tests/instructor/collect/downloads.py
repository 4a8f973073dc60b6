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

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

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
DUE = datetime(2026, 11, 20, 12, 0)


def make_course(root: Path, students: Sequence[Mapping[str, str]] = CLASS, due: datetime | None = DUE) -> Path:
    """Assignment `resnet` with the notebooks resnet and signs."""
    root.mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for folder in ("source", "release"):
        for name in ("resnet", "signs"):
            path = root / folder / "resnet" / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(work(name))
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


def work(text: str) -> bytes:
    """A notebook that can be told from others."""
    cell = new_code_cell(f"# {text}")
    cell.id = "only"
    return nbformat.writes(new_notebook(cells=[cell])).encode()


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
    for path in sorted((course / "submitted").rglob("*")):
        if path.is_file():
            is_notebook = path.suffix == ".ipynb"
            text = nbformat.read(path, as_version=4).cells[0].source[2:] if is_notebook else path.read_text().strip()
            found[str(path.relative_to(course / "submitted"))] = text
    return found
