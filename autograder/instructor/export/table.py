"""A CSV file that other programs read: written whole or not at all, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...base.files import write_whole
from ...nbgrader.gradebook.scores import ExportError

_BEGINS = r"(?P<before>(?:^|[;,\t|])[\s\"\u200b-\u200f\u2060\ufeff]*)"
"""The start of a cell, also for a spreadsheet that separates by something else than this file does."""
FORMULA = re.compile(_BEGINS + r"(?P<sign>[=+\-@＝＋－＠])")
"""What makes a spreadsheet compute a cell: https://owasp.org/www-community/attacks/CSV_Injection."""
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_BREAKS = ("\t", "\r", "\n")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might compute the cell, or a part of it, instead of showing it."""
    if text == "-" or _NUMBER.fullmatch(text) is not None:
        return False
    return FORMULA.search(text) is not None or text[:1] in _BREAKS


def shown(text: str) -> str:
    """A cell that people read, such as a name, which students choose: on one line, and never a formula.

    What would be one gets an apostrophe in front, as OWASP advises: spreadsheets then show the text.
    """
    line = _CONTROL.sub(" ", text)
    if not (is_formula(text) or is_formula(line)):
        return line
    whole = FORMULA.match(line) is not None or text[:1] in _BREAKS
    safe = FORMULA.sub(lambda found: found.group() if found.start() == 0 and whole else _quoted(found), line)
    return f"'{safe}" if whole else safe


def _quoted(found: re.Match[str]) -> str:
    return f"{found['before']}'{found['sign']}"


def number(points: float) -> str:
    """Points as every system reads them: a full stop, at most four decimals, no exponent."""
    return f"{points:.4f}".rstrip("0").rstrip(".")


def write_table(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file in UTF-8; the file that was there before stays until the new one is whole.

    Raises ExportError where the folder is missing or the file can't be written.
    """
    if not os.path.isdir(path.parent):  # pathlib's own raises where a name is too long
        raise ExportError(f"There is no folder {path.parent}: make it first, or choose another place for {path.name}.")
    if os.path.isdir(path):
        raise ExportError(f"{path} is a folder: name a file to write to.")
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    try:
        write_whole(path, text.getvalue(), private=True)
    except OSError as error:
        raise ExportError(f"{path} can't be written: {error.strerror}.") from None
