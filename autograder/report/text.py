"""A report as plain text, for terminals."""

from __future__ import annotations

from ..base.messages import translator
from ..base.plain import plain
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
    for note in report.notes:
        lines.extend(_wrapped(note, width, bullet="  * "))
    if report.passed:
        lines.append("  " + _("Everything is as asked."))
    elif report.picture is not None:
        lines.extend(["", *("  " + line if line else "" for line in picture_lines(report.picture, _))])
    if report.protection:
        lines.extend(_wrapped(_("Protection: {words}").format(words=report.protection), width, bullet="  * "))
    return "\n".join(plain(line) for line in lines)


def _wrapped(text: str, width: int, bullet: str = "  - ") -> list[str]:
    return wrap(text, width, bullet, indent="    ")
