"""A report as plain text, for terminals."""

from __future__ import annotations

from ..base.messages import Translate, translator
from ..base.plain import plain
from .problems import note_of, picture_or_none
from .record import ReportRecord
from .sentences import step_in_full
from .terminal import picture_lines
from .wrap import wrap

MOST_SAID = 600
"""Characters of Python's own words in a terminal; a page has all of them."""
MARKS = {True: "[ok]", False: "[!!]", None: "[??]"}


def render_text(report: ReportRecord, width: int = 100) -> str:
    """The report in lines of at most `width` columns; right and wrong are told by words, not by colour."""
    _ = translator(report.language)
    lines = [
        _("{function}: {points} of {max_points} points").format(
            function=report.function, points=f"{report.points:g}", max_points=f"{report.max_points:g}"
        )
    ]
    lines.extend(f"  {MARKS[line.right]} {step_in_full(line.label, line.title)}" for line in report.steps)
    findings = [line for finding in report.findings for line in _wrapped(finding.message, width)]
    error_lines = _wrapped(report.error, width) if report.error else []
    lines.extend([*error_lines, *findings] if report.error_comes_first else [*findings, *error_lines])
    error = report.student_error
    if error and error.line and error.code:
        where = _("in {function}, line {line}:").format(function=error.function, line=error.line)
        lines.extend(wrap(f"{where}  {error.code}", width, "      ", "        "))
    if report.python_says:
        said = " ".join(report.python_says.split())
        words = _("Python's own words: {words}").format(words=said[:MOST_SAID])
        lines.extend(wrap(words, width, "      ", "        "))
    known = len(report.problems)
    drawn = picture_or_none(lambda: _picture(report, _), report.problems) or []
    for note in filter(None, (*report.notes, note_of(report.problems[known:], _))):
        lines.extend(_wrapped(note, width, bullet="  * "))
    if report.passed:
        lines.append("  " + _("Everything is as asked."))
    lines.extend(drawn)
    return "\n".join(plain(line) for line in lines)


def _picture(report: ReportRecord, _: Translate) -> list[str]:
    """The picture's lines, where something is wrong."""
    if report.picture is None or report.passed:
        return []
    return ["", *("  " + line if line else "" for line in picture_lines(report.picture, _))]


def _wrapped(text: str, width: int, bullet: str = "  - ") -> list[str]:
    return wrap(text, width, bullet, indent="    ")
