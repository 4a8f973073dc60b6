"""`autograder new ASSIGNMENT`: a folder in source/ with an example exercise that builds and grades as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ...base.course import Course, CourseError
from ...base.notebooks import read_node
from ...references.sets import DEFINITIONS, MISTAKES, set_name
from .from_notebook import begin_from

TEMPLATES = Path(__file__).parents[2] / "templates" / "new"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 60
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
MARKER = re.compile(r"^# language: *[a-z]{2}$", re.MULTILINE)


def new_assignment(
    course: Course, assignment: str, language: str = "en", solved: Path | None = None
) -> tuple[Path, ...]:
    """Make source/ASSIGNMENT/, and give the files made; from a notebook that is solved already, where one is given.

    An assignment that is called like another with a language behind it, `my-week-zh`, is its translation: it gets the
    other's notebook to be translated, and needs no definitions of its own.

    Raises CourseError where the name can't be one, or is taken.
    """
    _require_name(course, assignment)
    folder = course.source / assignment
    translated = set_name(course, assignment)
    if translated:
        original = sorted((course.source / translated).glob("*.ipynb"))[0]
        return (_write_notebook(folder / original.name, _to_translate(original, language)),)
    words = {"assignment": assignment, "slug": assignment, "function": assignment.replace("-", "_") + "_softmax"}
    words |= {"begin": "BEGIN", "end": "END"}  # nbgrader's marks stand in no file that students may get
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=False, undefined=StrictUndefined, keep_trailing_newline=True
    )  # it makes Python and Markdown, not HTML
    if solved is not None:
        return begin_from(solved, folder, words, environment)
    cells = environment.get_template(f"notebook-{language}.txt.j2").render(words)
    made = [_write_notebook(folder / f"{assignment}.ipynb", _notebook(cells, language))]
    for name in (DEFINITIONS, MISTAKES):
        (folder / name).write_text(environment.get_template(f"{name}.j2").render(words), encoding="utf-8")
        made.append(folder / name)
    return tuple(made)


def _require_name(course: Course, assignment: str) -> None:
    if not NAME.fullmatch(assignment) or len(assignment) > LONGEST:
        raise CourseError(
            f"{assignment!r} can't be an assignment's name: use small letters a to z, digits, and single hyphens "
            f"between them, such as my-week-1; at most {LONGEST} characters."
        )
    for folder in (course.source / assignment, course.release / assignment):
        if folder.exists() or folder.is_symlink():
            raise CourseError(f"There is a folder {folder} already: choose another name, or move it away.")
    if not (course.root / "nbgrader_config.py").is_file():
        raise CourseError(
            f"There is no nbgrader_config.py in {course.root}: run this in the course's folder, or name it with "
            "--course."
        )


def _to_translate(original: Path, language: str) -> NotebookNode:
    """The other language's notebook, marked as being in this one."""
    node = read_node(original)
    node.metadata["autograder"] = {"language": language}
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.source = MARKER.sub(f"# language: {language}", cell.source)
            cell.outputs, cell.execution_count = [], None
    return node


def _notebook(text: str, language: str) -> NotebookNode:
    node: NotebookNode = new_notebook(  # type: ignore[no-untyped-call]
        metadata={"autograder": {"language": language}, "kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    node.cells = list(_cells(text))
    return node


def _cells(text: str) -> Iterator[NotebookNode]:
    """The cells of a template: each begins with a line `%% KIND ID [POINTS]`."""
    for piece in re.split(r"^%% ", text, flags=re.MULTILINE)[1:]:
        head, _, source = piece.partition("\n")
        kind, name, *points = head.split()
        make = new_markdown_cell if kind == "markdown" else new_code_cell
        cell: NotebookNode = make(source.rstrip("\n"), id=name.replace("_", "-")[:64])  # type: ignore[no-untyped-call]
        if kind != "code":
            cell.metadata["nbgrader"] = _marks(kind, name, *points)
        yield cell


def _marks(kind: str, name: str, points: str = "") -> dict[str, object]:
    marks: dict[str, object] = {"grade_id": name, "schema_version": 3, "task": False}
    marks |= {"grade": kind == "test", "solution": kind == "solution", "locked": kind != "solution"}
    return marks | ({"points": int(points)} if points else {})


def _write_notebook(path: Path, node: NotebookNode) -> Path:
    path.parent.mkdir(parents=True)
    nbformat.write(node, path)  # type: ignore[no-untyped-call]
    return path
