"""What ended the code from outside: time, memory, the kernel; and code that is not written yet."""

from __future__ import annotations

import ast
import re

from ....base.messages import N_
from ..row import Occurrence, Row, Told


def _left_in(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """`raise NotImplementedError()` with the student's own code above it."""
    body = occurrence.code.body
    raised = occurrence.code.statement
    if not isinstance(raised, ast.Raise) or len(body) < 2:
        return None
    words = {"line": occurrence.error.line, "text": occurrence.code.text(raised)}
    if raised is body[0]:
        return Told(
            N_("Your code is never reached: `{text}` still stands in line {line}, before it. Delete that line."), words
        )
    return Told(N_("Your code ends in line {line}, where `{text}` still stands: delete that line."), words)


def _untouched(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    if not isinstance(occurrence.code.statement, ast.Raise):
        return None  # Keras raises it, too
    return Told(UNTOUCHED, {"function": occurrence.exercise.function})


UNTOUCHED = N_(
    "The cell of {function} is still as it was given: write your code in place of `raise NotImplementedError()`."
)
ROWS = (
    Row("raise left in", "NotImplementedError", r"", tell=_left_in),
    Row("untouched", "NotImplementedError", r"", tell=_untouched),
    Row("untouched", "NotImplementedError", r"^$", UNTOUCHED),
    Row("time", "CellTimeoutError", r"^(?P<seconds>\d+)", N_("The code ran for more than {seconds} seconds and was stopped. Is there a loop that never ends?")),
    Row("kernel", "DeadKernelError", r"", N_("The kernel died while running this code. Does it need too much memory, or does it end Python itself?")),
    Row("time", "SubmissionTimeoutError", r"^(?P<seconds>\d+)", N_("The whole notebook ran for more than {seconds} seconds and was stopped.")),
    Row("memory", "LimitError", r"^memory$", N_("The code needed more memory than there is for it, and was stopped.")),
    Row("processes", "LimitError", r"^processes$", N_("The code started more processes than it may, and was stopped.")),
    Row("disk", "LimitError", r"^(?:disk|files)$", N_("The code wrote more to the disk than it may, and was stopped.")),
    Row("flood", "LimitError", r"^flood$", N_("The code printed more than it may, and was stopped.")),
    Row("open files", "LimitError", r"^open files$", N_("The code opened more files than it may, and was stopped.")),
    Row("processor", "LimitError", r"^processor$", N_("The code took more than its share of the processor, and was stopped.")),
    Row("time", "LimitError", r"", N_("The code ran for longer than it may, and was stopped.")),
)  # fmt: skip
