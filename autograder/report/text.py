"""A report as plain text, for terminals."""

from __future__ import annotations

from ..base.messages import Translate, translator
from .problems import note_of, picture_or_none
from .record import ReportRecord
from .terminal import picture_lines
from .wrap import plain, wrap

MARKS = {True: "[ok]", False: "[!!]", None: "[??]"}


def render_text(report: ReportRecord, width: int = 100) -> str:
    """The report in lines of at most `width` columns; right and wrong are told by words, not by colour."""
    _ = translator(report.language)
    lines = [
        _("{function}: {points} of {max_points} points").format(
            function=report.function, points=f"{report.points:g}", max_points=f"{report.max_points:g}"
        )
    ]
    lines.extend(f"  {MARKS[line.right]} {line.step:<9} {line.title}" for line in report.steps)
    for finding in report.findings:
        lines.extend(_wrapped(finding.message, width))
    if report.error:
        lines.extend(_wrapped(report.error, width))
    error = report.student_error
    if error and error.line and error.code:
        where = _("in {function}, line {line}:").format(function=error.function, line=error.line)
        lines.extend(wrap(f"{where}  {error.code}", width, "      ", "        "))
    known = len(report.problems)
    drawn = picture_or_none(lambda: _picture(report, _), report.problems) or []
    for note in filter(None, (*report.notes, note_of(report.problems[known:], _))):
        lines.extend(_wrapped(note, width, bullet="  * "))
    if report.passed:
        lines.append("  " + _("Everything is as asked."))
    lines.extend(drawn)
    if report.protection:
        lines.extend(_wrapped(_("Protection: {words}").format(words=report.protection), width, bullet="  * "))
    return "\n".join(plain(line) for line in lines)


def _picture(report: ReportRecord, _: Translate) -> list[str]:
    """The picture's lines, where something is wrong."""
    if report.picture is None or report.passed:
        return []
    return ["", *("  " + line if line else "" for line in picture_lines(report.picture, _))]


def _wrapped(text: str, width: int, bullet: str = "  - ") -> list[str]:
    return wrap(text, width, bullet, indent="    ")
