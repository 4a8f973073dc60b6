"""What `run_autograder` starts in Gradescope's container: grade what was handed in, and write results.json.

Gradescope documents the file at https://gradescope-autograders.readthedocs.io/en/latest/specs/ (read in November 2026;
the page's source: github.com/gradescope/autograder_samples, docs/specs.md).

An error of the kit's own is never a score, and neither is a container that can't keep student code in: then no
results.json is written, and the status is 1. Gradescope then tells the student that the autograder failed, and the
instructor reads why in its output.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

import nh3
from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict, TypeAdapter

from ...base.course import Course
from ...base.files import write_whole
from ...base.messages import translator
from ...base.notebooks import is_test
from ...base.plain import plain
from ...execution.record import cell_record, is_for_instructor
from ...execution.result import ExecutedNotebook, ExecutedSubmission
from ...execution.settings import Settings
from ...execution.submission.model import Submission, TrustedCell
from ..grade.workers import Failed, execute_submission

TAGS = set("b br code details em div h4 li ol p pre span strong summary table tbody td th thead tr ul".split())
"""Gradescope takes away elements, and doesn't say which. So a report has plain ones alone there."""
WITH_CONTENT = {"figure", "script", "style", "svg"}
MOST_FOLDERS = 1_000

COURSE, GRADER = "course", "grader.json"
"""Where what grading needs of a course lies in the zip, and what is to be graded and how."""
Visibility = Literal["after_due_date", "visible", "after_published", "hidden"]
"""When students see points and reports, in Gradescope's words."""


@dataclass(frozen=True, slots=True)
class Grader:
    """What an unpacked zip grades: the assignment's cells by notebook, as released, and how code may run."""

    assignment: str
    language: str
    visibility: Visibility
    cells: Mapping[str, tuple[TrustedCell, ...]]
    settings: Settings


GRADERS = TypeAdapter(Grader)


class Test(BaseModel):
    """One of Gradescope's tests: here an exercise, or a word on what was handed in."""

    model_config = ConfigDict(frozen=True)
    __test__ = False

    name: str
    score: float | None = None
    max_score: float | None = None
    status: Literal["passed", "failed"] | None = None
    output: str = ""
    output_format: Literal["html"] = "html"
    visibility: Visibility


class Results(BaseModel):
    """results.json. What grading prints is for instructors."""

    model_config = ConfigDict(frozen=True)

    tests: tuple[Test, ...]
    execution_time: int
    output: str = ""
    output_format: Literal["text"] = "text"
    stdout_visibility: Literal["hidden"] = "hidden"


def main() -> int:
    """Grade in the current folder, which is /autograder there. Returns 0, or 1 where there can be no grade."""
    place = Path.cwd()
    grader = GRADERS.validate_json((place / "source" / GRADER).read_bytes())
    course = Course(place / "source" / COURSE)
    folder = handed_in(place / "submission", [f"{name}.ipynb" for name in grader.cells])
    source = course.source / grader.assignment
    outcome = execute_submission(
        Submission(course, "submission", grader.assignment, folder, source, grader.cells), grader.settings
    )
    lines = list(_why_no_grade(outcome))
    if isinstance(outcome, ExecutedSubmission):
        for name, notebook in outcome.notebooks.items():
            lines += [f"{name}: {doubt}" for doubt in (notebook.restored.refused, *notebook.doubts) if doubt]
            lines.append(f"{name}: protection: {notebook.result.whole.protection or 'nothing was run'}")
        lines += outcome.troubles.stopped
    print("\n".join(map(plain, lines)))
    if isinstance(outcome, Failed) or any(_why_no_grade(outcome)):
        return 1
    (place / "results").mkdir(exist_ok=True)
    write_whole(
        place / "results" / "results.json", results(outcome, grader).model_dump_json(exclude_none=True, indent=1)
    )
    return 0


def handed_in(submission: Path, wanted: Sequence[str]) -> Path:
    """The folder of the notebooks: the upload itself, or one in it where a zip or a repository was handed in.

    A learner's copy comes before a notebook as it was given out, and then what lies least deep. No link is followed.
    """
    found: list[tuple[bool, bool, int, str]] = []
    for number, (folder, folders, names) in enumerate(os.walk(submission)):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if any(name.endswith(".ipynb") for name in names):
            inside = Path(folder).relative_to(submission)
            found.append((not set(wanted) & set(names), "release" in inside.parts, len(inside.parts), folder))
        if number >= MOST_FOLDERS:
            break
    return Path(min(found)[-1]) if found else submission


def _why_no_grade(outcome: ExecutedSubmission | Failed) -> Iterator[str]:
    """What keeps there from being a grade, and is nothing of the student's."""
    if isinstance(outcome, Failed):
        yield f"Not graded: {outcome.why}"
        return
    for notebook in outcome.notebooks.values():
        if not notebook.restored.refused:
            yield from (f"Not graded: {name}: {cell.why}" for name, cell in notebook.tests() if cell.score is None)


def results(outcome: ExecutedSubmission, grader: Grader) -> Results:
    """A test for each test cell, after one that says at once what was handed in."""
    _ = translator(grader.language)
    received, tests, by_hand = [], [], 0.0
    for name, notebook in outcome.notebooks.items():
        words = _("{name} was received.")
        if notebook.restored.refused:
            words = _("{name} is missing or can't be read: hand it in again, under this name.")
        received.append(words.format(name=f"{name}.ipynb"))
        tests += [
            _test(cell, notebook, received[-1], f"{name}: " if len(outcome.notebooks) > 1 else "", grader)
            for cell in notebook.node().cells
            if cell.cell_type == "code" and is_test(cell)
        ]
        trusted = grader.cells[name]
        by_hand += sum(one.points or 0.0 for one in trusted if (one.grade and one.solution) or one.task)
    complete = not any(notebook.restored.refused for notebook in outcome.notebooks.values())
    first = Test(
        name=_("What was handed in"),
        status="passed" if complete else "failed",
        output="".join(f"<p>{escape(line, quote=False)}</p>" for line in received),
        visibility="visible",
    )
    note = _("{points} more points are given by a person.").format(points=f"{by_hand:g}") if by_hand else ""
    return Results(tests=(first, *tests), execution_time=round(outcome.seconds), output=note)


def _test(cell: NotebookNode, notebook: ExecutedNotebook, received: str, before: str, grader: Grader) -> Test:
    found = cell_record(cell)
    refused = bool(notebook.restored.refused)
    return Test(
        name=before + str(cell.metadata.nbgrader.grade_id).removeprefix("test_"),
        score=0.0 if refused or found is None else found.score,
        max_score=float(cell.metadata.nbgrader.points),
        output=f"<p>{escape(received, quote=False)}</p>" if refused else "".join(_shown(cell)),
        visibility=grader.visibility,
    )


def _shown(cell: NotebookNode) -> Iterator[str]:
    """What students see of a test cell's outputs, as HTML of plain elements."""
    for output in cell.outputs:
        if is_for_instructor(output) or output.output_type == "execute_result":
            continue
        data = output.get("data", {})
        text = output.get("text") or data.get("text/plain") or "\n".join(output.get("traceback", ()))
        if "text/html" in data:
            yield nh3.clean(data["text/html"], tags=TAGS, clean_content_tags=WITH_CONTENT, attributes={})
        elif text:
            yield f"<pre>{escape(plain(text), quote=False)}</pre>"


if __name__ == "__main__":
    sys.exit(main())
