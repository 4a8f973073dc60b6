"""`autograder package ASSIGNMENT --for gradescope`: the zip that Gradescope makes an autograder's container from.

It is the instructor's: solutions, hidden tests and hidden references are in it, but no gradebook and no secret seed.
What the zip must have at its top, and what is run when, stands at
https://gradescope-autograders.readthedocs.io/en/latest/specs/.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ...base.course import Course, CourseError
from ...base.notebooks import language_of, read_node
from ...nbgrader.calls import execution_settings, gradebook
from ...nbgrader.gradebook.queries import released_cells
from ...references.sets import ExerciseSet, instructors_files, require_current, set_name
from .on_gradescope import COURSE, GRADER, GRADERS, Grader, Visibility
from .package import installed_from, the_wheel
from .zips import read_file, write_zip

_SCRIPTS = Path(__file__).parents[2] / "templates" / "gradescope"


def gradescope(course: Course, assignment: str, folder: Path, wheel: Path | None, visibility: Visibility) -> Path:
    """Write `ASSIGNMENT-gradescope.zip` into `folder`. Raises CourseError or ReferencesError where something lacks."""
    settings = execution_settings(course)
    with gradebook(course) as book:
        cells = released_cells(book, assignment)
    if not cells:
        raise CourseError(f"{assignment} was never released: run `autograder build {assignment}` first.")
    notebook = course.source / assignment / f"{min(cells)}.ipynb"
    # Paths of this machine mean nothing there.
    sandbox = {name: value for name, value in settings.sandbox.items() if isinstance(value, int) or name == "at_least"}
    grader = Grader(assignment, language_of(read_node(notebook)), visibility, cells, replace(settings, sandbox=sandbox))
    scripts = {name: read_file(_SCRIPTS / name) for name in ("setup.sh", "run_autograder")}
    members = {f"{COURSE}/{name}": read_file(path) for name, path in _of_the_course(course, assignment)}
    members |= {**scripts, GRADER: GRADERS.dump_json(grader, indent=1)}
    with the_wheel(wheel) as built:
        members |= installed_from(built, "[instructor]")
    return write_zip(folder / f"{assignment}-gradescope.zip", members, scripts, private=True)


def _of_the_course(course: Course, assignment: str) -> Iterator[tuple[str, Path]]:
    """What grading reads: the instructor's notebooks, what lies beside them, and what answers are judged by."""
    own = course.source / assignment
    for path in sorted(own.rglob("*")):
        if path.is_file() and path not in instructors_files(own) and not _hidden(path.relative_to(own)):
            yield f"source/{assignment}/{path.relative_to(own).as_posix()}", path
    if name := set_name(course, assignment):
        require_current(course, name)
        references = ExerciseSet(course, name).folder
        for path in sorted(references.rglob("*")):
            if path.is_file() and path.suffix != ".seed" and not _hidden(path.relative_to(references)):
                yield f"data/references/{name}/{path.relative_to(references).as_posix()}", path


def _hidden(path: Path) -> bool:
    """Whether it is an editor's or Jupyter's own."""
    return any(part.startswith(".") for part in path.parts)
