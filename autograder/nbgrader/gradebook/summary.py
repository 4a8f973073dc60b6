"""The top of a feedback page: all points, each exercise's report, what a person said, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedNotebook

from ...base.messages import N_, Translate, language_in, translator
from ...base.notebooks import is_test
from ...execution.record import cell_record
from .standing import read_standing


@dataclass(frozen=True, slots=True)
class NotebookPoints:
    """One notebook of the submission: its points, and the page beside this one."""

    name: str
    points: float
    max_points: float
    here: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One graded cell: what it is called, its points, what the machine shows, and what people said.

    `shown` is the HTML of reports, which this kit made, and `texts` what the tests say as plain text. `by_hand` says
    that a person gave the points, `waiting` that a person has yet to look. `next_step` is a sentence on what to do,
    "" where there is nothing left.
    """

    title: str
    place: str
    points: float
    max_points: float
    by_hand: bool
    waiting: bool
    shown: tuple[str, ...]
    texts: tuple[str, ...]
    comments: tuple[str, ...]
    next_step: str

    @property
    def full(self) -> bool:
        return not self.waiting and self.points >= self.max_points


@dataclass(frozen=True, slots=True)
class Summary:
    """All that stands at the top of a student's page."""

    language: str
    notebooks: tuple[NotebookPoints, ...]
    parts: tuple[Part, ...]
    penalty: float
    excused: bool = False

    @property
    def translate(self) -> Translate:
        """From English into its language."""
        return translator(self.language)

    @property
    def told(self) -> Iterator[str]:
        """Sentences on the whole, below its points."""
        _ = self.translate
        if self.excused:
            yield _("You are excused: this assignment does not count for you.")
        elif self.penalty:
            taken = f"{round(self.penalty, 2):g}"
            yield _("{points} points are taken off for handing in late.").format(points=taken)

    @property
    def points(self) -> float:
        """Of all notebooks together, what handing in late costs taken off."""
        return max(sum(one.points for one in self.notebooks) - self.penalty, 0.0)

    @property
    def max_points(self) -> float:
        return sum(one.max_points for one in self.notebooks)


def summarize(nb: NotebookNode, book: Gradebook, assignment: str, notebook: str, student: str) -> Summary:
    """Read it from the gradebook and the graded notebook, in which what is hidden is hidden already."""
    language = next((found for cell in nb.cells if (found := language_in(cell.source))), "en")
    notebooks = sorted(book.find_submission(assignment, student).notebooks, key=lambda one: str(one.name))
    (mine,) = (one for one in notebooks if one.name == notebook)
    return Summary(
        language=language,
        notebooks=tuple(NotebookPoints(one.name, one.score, one.max_score, one is mine) for one in notebooks),
        parts=tuple(_parts(nb, mine, translator(language))),
        penalty=sum(one.late_submission_penalty or 0.0 for one in notebooks),
        excused=student in read_standing(book, assignment).excused,
    )


def _parts(nb: NotebookNode, notebook: SubmittedNotebook, _: Translate) -> Iterator[Part]:
    """The graded cells in their order; what was said on an answer comes with the test that follows it."""
    grades = {one.name: one for one in notebook.grades}
    said = {one.name: one.manual_comment for one in notebook.comments if one.manual_comment}
    comments: list[str] = []
    for cell in nb.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        comments += [said.pop(name)] if name in said else []
        if name not in grades:
            continue
        grade = grades[name]
        yield Part(
            title=name.removeprefix("test_"),
            place=name,
            points=grade.score,
            max_points=grade.max_score,
            by_hand=grade.manual_score is not None,
            waiting=bool(grade.needs_manual_grade),
            shown=tuple(_reports(cell)),
            texts=tuple(_texts(cell)),
            comments=tuple(comments),
            next_step=_next_step(cell, _),
        )
        comments = []


def _reports(cell: NotebookNode) -> Iterator[str]:
    """The reports that a test cell shows. Of a cell that this kit did not execute, a student may have made them."""
    if cell_record(cell) is None or not is_test(cell):
        return
    for output in cell.outputs:
        data = output.get("data", {})
        if "text/html" in data:
            yield "".join(data["text/html"])


def _texts(cell: NotebookNode) -> Iterator[str]:
    for output in cell.get("outputs", ()) if is_test(cell) else ():
        text = output.get("data", {}).get("text/plain", "") or output.get("text", "")
        if text and output.output_type != "execute_result":
            yield "".join(text)


def _next_step(cell: NotebookNode, _: Translate) -> str:
    record = cell_record(cell)
    for found in (record.findings if record else None) or ():
        if found.step:
            words = N_("Next: step {step}. In the notebook, hint({function}) asks a question that leads there.")
            return _(words).format(step=found.step, function=found.function or found.exercise)
        return _(N_("Next: in the notebook, check({function}) says this again while you work on it.")).format(
            function=found.function or found.exercise
        )
    return ""
