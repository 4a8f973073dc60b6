"""What became of a submission, and the closing table of `autograder grade`: a line a student, whole at 80 columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from unicodedata import combining

from rich.cells import cell_len, set_cell_size
from rich.columns import Columns
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ...execution.result import Troubles
from ...execution.submission.model import TrustedCell
from ...nbgrader.gradebook.queries import Rows

LATE, BY_HAND, EXCUSED = "late", "to be graded by hand", "excused"
_CROWDED = "time ran out while this machine was busy: grade again when it is not"


@dataclass(frozen=True, slots=True)
class GradedSubmission:
    """A student's row of the table: points by test cell, None where a score is not there.

    `marks` are LATE, BY_HAND and EXCUSED where they hold, `told` are sentences on what went wrong, and `graded` is
    whether all that can be graded by a machine has a score. `penalty` is taken off for handing in late.
    """

    student: str
    points: Mapping[str, float | None]
    max_points: Mapping[str, float]
    marks: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    graded: bool = True
    penalty: float = 0.0

    def with_rows(self, rows: Rows) -> GradedSubmission:
        """The same with what the gradebook says by now of handing in late."""
        others = tuple(mark for mark in self.marks if mark == BY_HAND)
        return replace(self, marks=(*_of_the_time(self.student, rows), *others), penalty=_penalty(rows))

    @property
    def total(self) -> float:
        """The points that count, without what handing in late costs."""
        return max(sum(score or 0.0 for score in self.points.values()) - self.penalty, 0.0)

    @property
    def status(self) -> str:
        """All that is to be said of it, in a line."""
        words = ", ".join(("graded" if self.graded else self.short_status, *self.marks))
        return f"{words}: {'; '.join(self.told)}" if self.told else words

    @property
    def short_status(self) -> str:
        """What became of it, in a word or two."""
        if self.graded:
            return "see below" if self.told else ""
        return "not graded" if all(score is None for score in self.points.values()) else "in part"


def not_graded(student: str, why: str) -> GradedSubmission:
    """The row of a submission that has no points at all."""
    return GradedSubmission(student, {}, {}, told=(why,), graded=False)


def graded(
    student: str, rows: Rows, cells: Mapping[str, Sequence[TrustedCell]], troubles: Troubles
) -> GradedSubmission:
    """The row of a submission, from what the gradebook holds on it and from what went wrong in it."""
    if not rows.submissions:
        return not_graded(student, "no entry in the gradebook")
    columns, there = _columns(cells), {row.key[1:]: row for row in rows.grades}
    points = {columns[key]: there[key].points if key in there else None for key in columns}
    maximum = {columns[name, cell.grade_id]: cell.points or 0.0 for name, cell in _graded_cells(cells)}
    by_hand = any(row.needs_manual_grade for row in rows.grades) and not troubles.not_graded
    marks = (*_of_the_time(student, rows), *([BY_HAND] if by_hand else []))
    told = (*_why_not(troubles, points), *troubles.stopped, *([_CROWDED] if troubles.crowded else []))
    return GradedSubmission(student, points, maximum, marks, told, not troubles.not_graded, _penalty(rows))


def _of_the_time(student: str, rows: Rows) -> tuple[str, ...]:
    if student in rows.standing.excused:
        return (EXCUSED,)
    return (LATE,) if any(row.seconds_late > 0 for row in rows.submissions) else ()


def _penalty(rows: Rows) -> float:
    return sum(row.late_submission_penalty or 0.0 for row in rows.notebooks)


def _graded_cells(cells: Mapping[str, Sequence[TrustedCell]]) -> Iterator[tuple[str, TrustedCell]]:
    for notebook, found in cells.items():
        yield from ((notebook, cell) for cell in found if cell.grade or cell.task)


def _columns(cells: Mapping[str, Sequence[TrustedCell]]) -> dict[tuple[str, str], str]:
    """The cells' names, with the notebook's where two notebooks of an assignment have a cell of one name."""
    counts = Counter(cell.grade_id for _, cell in _graded_cells(cells))
    return {
        (notebook, cell.grade_id): cell.grade_id if counts[cell.grade_id] == 1 else f"{notebook}: {cell.grade_id}"
        for notebook, cell in _graded_cells(cells)
    }


def _why_not(found: Troubles, points: Mapping[str, float | None]) -> tuple[str, ...]:
    if all(score is None for score in points.values()):
        return tuple(found.not_graded)
    return tuple(f"{', '.join(cells)}: {why}" for why, cells in found.not_graded.items())


# --- the table ----------------------------------------------------------------------------------------------------


def show(console: Console, assignment: str, lines: Sequence[GradedSubmission]) -> None:
    """Print the closing table of one assignment: who needs a person first, and what is to be said of them below."""
    marks_of_all = _marks_of_all(lines)
    ordered = sorted(lines, key=lambda line: (line.graded, not line.told, BY_HAND not in {*line.marks} - marks_of_all))
    maximum = next((line.max_points for line in lines if line.max_points), {})
    names = [_exercise(cell) for cell in maximum]
    numbers = [str(number) for number, _ in enumerate(names, 1)]
    rows = [_row(line, list(maximum), marks_of_all) for line in ordered]
    wanted = max((cell_len(line.student) for line in lines), default=0)
    # Numbers stand for the names where those have no room.
    headers = names if console.width - _width_beside(names, maximum, rows) >= max(wanted, len("student")) else numbers
    ids = shortened([line.student for line in ordered], max(console.width - _width_beside(headers, maximum, rows), 8))
    shown = Table(title=assignment, title_justify="left")
    shown.add_column("student", no_wrap=True)
    for header, points in zip(headers, maximum.values(), strict=True):
        shown.add_column(f"{header}\n({points:g})", justify="right", no_wrap=True)
    shown.add_column(f"total\n({sum(maximum.values()):g})", justify="right", no_wrap=True)
    shown.add_column("", no_wrap=True)
    for name, row in zip(ids, rows, strict=True):
        shown.add_row(escape(name), *row)
    console.print(shown)
    if headers != names:
        legend = (escape(f"{number} {name}") for number, name in zip(headers, names, strict=True))
        console.print(Columns(legend, padding=(0, 3)))
    for words in notes(ordered, marks_of_all):
        console.print(words, markup=False, highlight=False, soft_wrap=True)


def _marks_of_all(lines: Sequence[GradedSubmission]) -> frozenset[str]:
    marks = [frozenset(line.marks) - ({LATE} if line.penalty else set()) for line in lines if line.graded]
    return frozenset.intersection(*marks) if len(marks) > 1 else frozenset()


def _exercise(cell: str) -> str:
    notebook, colon, name = cell.rpartition(": ")
    return f"{notebook}{colon}{name.removeprefix('test_')}"


def _row(line: GradedSubmission, cells: Sequence[str], marks_of_all: frozenset[str]) -> list[str]:
    """The scores, their total, and what became of it in a few words."""
    scores = [line.points.get(cell) for cell in cells]
    excused = EXCUSED in line.marks  # then nothing else matters
    total = f"{round(line.total, 2):g}" if line.graded and not excused else "-"
    late = f"{LATE} -{round(line.penalty, 2):g}" if line.penalty else LATE
    short = {BY_HAND: "by hand", LATE: late}
    marks = [EXCUSED] if excused else [short[mark] for mark in line.marks if mark not in marks_of_all]
    words = ", ".join([*([line.short_status] if line.short_status else []), *marks])
    return [*("-" if score is None else f"{score:g}" for score in scores), total, words]


def _width_beside(headers: Sequence[str], maximum: Mapping[str, float], rows: Sequence[Sequence[str]]) -> int:
    """Cells that all columns but the students' take, borders included."""
    tops = [[header, f"({points:g})"] for header, points in zip(headers, maximum.values(), strict=True)]
    tops += [["total", f"({sum(maximum.values()):g})"], [""]]
    columns = [[*top, *(row[i] for row in rows)] for i, top in enumerate(tops)]
    return sum(max(map(cell_len, column)) + 3 for column in columns) + 4


def shortened(ids: Sequence[str], room: int) -> list[str]:
    """The ids, in so many cells of a terminal; those that are longer lose their middle, and stay different.

    Where no way of cutting keeps them apart, they are left whole.
    """
    for tail in chain(range((room - 1) // 2, room - 1), range((room - 1) // 2)):
        cut = [one if cell_len(one) <= room else _without_middle(one, room - 1 - tail, tail) for one in ids]
        if len(set(cut)) == len(set(ids)):
            return cut
    return list(ids)


def _without_middle(name: str, head: int, tail: int) -> str:
    starts = (i for i in range(1, len(name)) if cell_len(name[i:]) <= tail and not combining(name[i]))
    return f"{set_cell_size(name, head).rstrip()}…{name[next(starts, len(name)) :].lstrip()}"


def notes(lines: Sequence[GradedSubmission], marks_of_all: frozenset[str] = frozenset()) -> Iterator[str]:
    """What there is to say below the table, each sentence once, with whom it is about."""
    for mark in sorted(marks_of_all):
        yield f"all: {mark}"
    about: dict[str, list[str]] = {}
    for line in lines:
        for sentence in line.told:
            about.setdefault(sentence if line.graded else f"{line.short_status}: {sentence}", []).append(line.student)
    for sentence, students in about.items():
        yield f"{_whom(students, len(lines))}: {sentence}"


def _whom(students: Sequence[str], everybody: int) -> str:
    return "all" if len(students) == everybody > 1 else ", ".join(students)
