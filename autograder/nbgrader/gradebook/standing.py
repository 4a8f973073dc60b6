"""What the gradebook says beside nbgrader's own tables: who is excused, what lateness costs, whether nothing is 0.

It stands in a table of its own in the gradebook's database, since nbgrader has no place for it. nbgrader leaves such a
table alone, and every reader of grades finds it where the grades are.
"""

from __future__ import annotations

from collections.abc import Mapping

from nbgrader.api import Gradebook
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Column, Float, MetaData, String, Table, delete, insert, inspect, select

_TABLE = Table(
    "autograder_standing",
    MetaData(),
    Column("assignment", String(128), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("value", Float),
)
_EXCUSED, _PERCENT, _ZERO = "excused", "percent", "missing is 0"
_EVERYBODY = ""


class Standing(BaseModel):
    """What was settled of one assignment.

    `percent` are taken off each notebook's points for handing in late, by student. `missing_is_zero` says that who
    handed in nothing has 0 points; else they have no score.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    excused: frozenset[str] = frozenset()
    missing_is_zero: bool = False
    percent: Mapping[str, float] = {}


def read_standing(book: Gradebook, assignment: str) -> Standing:
    """What was settled; nothing, where nothing ever was."""
    if not inspect(book.engine).has_table(_TABLE.name):
        return Standing()
    rows = book.db.execute(select(_TABLE).where(_TABLE.c.assignment == assignment)).all()
    return Standing(
        excused=frozenset(row.student for row in rows if row.what == _EXCUSED),
        missing_is_zero=any(row.what == _ZERO for row in rows),
        percent={row.student: row.value for row in rows if row.what == _PERCENT},
    )


def write_standing(book: Gradebook, assignment: str, standing: Standing) -> None:
    """Settle this, in place of what was settled before."""
    if standing == read_standing(book, assignment):
        return
    _TABLE.create(book.engine, checkfirst=True)
    book.db.execute(delete(_TABLE).where(_TABLE.c.assignment == assignment))
    rows: list[tuple[str, str, float | None]] = [(student, _EXCUSED, None) for student in sorted(standing.excused)]
    rows += [(student, _PERCENT, value) for student, value in sorted(standing.percent.items())]
    rows += [(_EVERYBODY, _ZERO, None)] if standing.missing_is_zero else []
    for student, what, value in rows:
        book.db.execute(insert(_TABLE).values(assignment=assignment, student=student, what=what, value=value))
    book.db.commit()
