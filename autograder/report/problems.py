"""A report goes on without its picture where drawing fails: that is a mistake in this kit, and never the student's."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TypeVar

from ..base.messages import Translate

T = TypeVar("T")


def picture_or_none(make: Callable[[], T], problems: list[str]) -> T | None:
    """What `make` gives; None where it fails, and the traceback is then added to `problems`."""
    try:
        return make()
    except Exception as error:
        problems.append("".join(traceback.format_exception(error)))
        return None


def note_of(problems: list[str], _: Translate) -> str:
    """The sentence on a picture that could not be drawn; "" where nothing went wrong."""
    if not problems:
        return ""
    last = problems[-1].strip().splitlines()[-1]
    return _(
        "The picture could not be drawn: that is a mistake in autograder, not yours ({error}). Nothing depends on it."
    ).format(error=last.partition(":")[0])
