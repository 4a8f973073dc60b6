"""`autograder export --format`: the exporters by name, each the same class that stock nbgrader is given by its path."""

from __future__ import annotations

import os
from pathlib import Path

from ...base.course import Course
from ...nbgrader.calls import gradebook, has_gradebook
from ...nbgrader.gradebook.scores import ExportError
from .canvas import CanvasExport
from .grades_csv import CsvExport
from .gradescope import GradescopeExport
from .lms import LmsExport
from .moodle import MoodleExport

FORMATS: dict[str, type[LmsExport | CsvExport]] = {
    "canvas": CanvasExport,
    "csv": CsvExport,
    "gradescope": GradescopeExport,
    "moodle": MoodleExport,
}


def export(
    course: Course,
    name: str,
    assignment: str | None = None,
    *,
    to: Path | None = None,
    roster: Path | None = None,
    incomplete: bool = False,
    column: str | None = None,
    identify: str | None = None,
) -> tuple[Path, tuple[str, ...]]:
    """Write the scores of one assignment, or of all; gives the file and sentences on who has no score.

    Options that are left out are the plugin's own defaults. Raises ExportError; then nothing is written.
    """
    plugin = FORMATS[name]()
    asked = {
        "roster": _absolute(roster),
        "incomplete": incomplete or None,
        "column": column,
        "identify": identify,
    }
    for option, value in asked.items():
        if value is not None:
            if not plugin.has_trait(option):
                raise ExportError(f"--{option} is not an option of --format {name}.")
            setattr(plugin, option, value)
    plugin.assignment = [assignment] if assignment else []
    default = plugin.file_name if isinstance(plugin, LmsExport) else "grades.csv"
    plugin.to = _absolute(to) or str(course.root / default)
    if not has_gradebook(course):
        raise ExportError("Nothing has been graded yet: run `autograder grade`.")
    with gradebook(course) as book:
        written = plugin.write(book)
    return (written.relative_to(Path.cwd()) if written.is_relative_to(Path.cwd()) else written), plugin.notes


def _absolute(path: Path | None) -> str | None:
    """Nbgrader works in the course's folder; a path on the command line is from where its reader is."""
    return None if path is None else os.path.abspath(path)
