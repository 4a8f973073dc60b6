"""Feedback in the form that a platform takes: which files there are, and what they are called.

- Moodle, "Upload multiple feedback files in a zip" (mod/assign/feedback/file/importziplib.php): a file goes to the
  participant whose number stands in its name, `Full name_12345_assignsubmission_file_...`, as in the names of "Download
  all submissions"; what follows is what the student sees. One that is there under the same name is replaced.
- Canvas, "Upload Submissions" (app/models/assignment.rb, infer_comment_context_from_filename): the first two numbers
  between underscores are the student's and the handed-in file's. The student gets a comment with the file attached,
  under the name of the file that was handed in. So that is a notebook here, too.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nbformat

from ...base.course import Course
from ...base.notebooks import read_node
from ...nbgrader.calls import gradebook
from ...nbgrader.gradebook.summary import summarize
from ...nbgrader.steps.hide import HideHidden
from ..export.table import shown
from .pages import Feedback
from .summary import as_notebook


@dataclass(frozen=True, slots=True)
class Packed:
    """One file to be handed over: its name in the zip or folder, what is in it, and whose it is."""

    name: str
    content: bytes
    student: str


def for_moodle(feedback: Sequence[Feedback]) -> Iterator[Packed]:
    """Each page, in the name that Moodle gave the student's work."""
    for one in feedback:
        mark = next(iter(one.sent_as.values()))
        for page in one.pages:
            yield Packed(f"{mark}_feedback-{page.name}", page.read_bytes(), one.student.id)


def for_canvas(course: Course, assignment: str, feedback: Sequence[Feedback]) -> Iterator[Packed]:
    """A notebook with the reports for each notebook that was handed in."""
    with gradebook(course) as book:
        for one in feedback:
            student = one.student.id
            for name, mark in sorted(one.sent_as.items()):
                graded = course.autograded / student / assignment / name
                if graded.is_file():
                    node, _ = HideHidden().preprocess(read_node(graded), {})
                    told = as_notebook(summarize(node, book, assignment, graded.stem, student))
                    yield Packed(f"{mark}_{name}", nbformat.writes(told).encode(), student)  # type: ignore[no-untyped-call]


def for_folder(assignment: str, feedback: Sequence[Feedback]) -> Iterator[Packed]:
    """A zip for each student, and a table that says whose it is: for whoever mails them."""
    lines = io.StringIO()
    table = csv.writer(lines)
    table.writerow(["student", "first name", "last name", "email", "file"])
    for one in feedback:
        who = one.student
        table.writerow([shown(text) for text in (who.id, who.first_name, who.last_name, who.email)] + [f"{who.id}.zip"])
        yield Packed(f"{who.id}.zip", zipped((page.name, page.read_bytes()) for page in one.pages), who.id)
    yield Packed(f"{assignment}.csv", lines.getvalue().encode("utf-8-sig"), "")


def zipped(files: Iterator[tuple[str, bytes]]) -> bytes:
    """A zip of these files, the same for the same files."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()
