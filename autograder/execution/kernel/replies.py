"""What a student's kernel answers, read from files in a folder that student code can write to.

So every file is opened as a stranger's: no links, no pipes, no more bytes than asked for. What is in it may have been
written by the student's code in place of `answers`: it is parsed strictly, and proves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from ...base.files import read_plain
from ...evidence.evidence import Evidence, EvidenceError, StudentError, from_json
from . import wire
from .answers import CANNOT, RAISED, VALUE

MAX_SENTENCE = 2000
"""Bytes that are read of a sentence on what can't cross."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a student's name stands for; `value` is plain data where `kind` is "value", else the type's name."""

    kind: Literal["value", "callable", "other", "undefined"]
    value: Any


class _WithError(Exception):
    def __init__(self, error: StudentError) -> None:
        super().__init__(error.message)
        self.error = error


class Raised(_WithError):
    """The student's code raised; `error` says what."""


class NoAnswer(_WithError):
    """The kernel gave no usable answer; `error` says why, in the form of a student's error."""


def no_answer(kind: str = "DeadKernelError", message: str = "") -> NoAnswer:
    """A NoAnswer for a reason that this side gives; report/sentences.py has the words."""
    return NoAnswer(StudentError(kind="raised", type=kind, message=message))


def read_value(path: Path) -> Any:
    """The plain data that a call returned. Raises Raised, wire.CannotCross or NoAnswer."""
    try:
        data = _read(path, wire.MAX_BYTES)
        if data.startswith(RAISED):
            raise Raised(StudentError.model_validate_json(data[len(RAISED) :]))
        if data.startswith(CANNOT):
            text = data[len(CANNOT) :][:MAX_SENTENCE].decode("utf-8", "replace")
            raise wire.CannotCross(f"it returned {text}")
        if not data.startswith(VALUE):
            raise wire.WireError("not an answer")
        return wire.loads(data[len(VALUE) :])
    except (wire.WireError, ValidationError):
        raise no_answer() from None


def read_seen(path: Path, names: Sequence[str]) -> dict[str, Seen]:
    """What each of the names stands for. Raises NoAnswer."""
    try:
        found = read_value(path)
    except (Raised, wire.CannotCross):  # not what `answers.look` says
        raise no_answer() from None
    if type(found) is not dict or set(found) != set(names):
        raise no_answer()
    return {name: _seen(entry) for name, entry in found.items()}


def _seen(entry: object) -> Seen:
    if type(entry) is tuple and len(entry) == 2 and entry[0] in ("value", "callable", "other", "undefined"):
        return Seen(entry[0], entry[1])
    raise no_answer()


def read_evidence(path: Path, limit: int) -> Evidence | None:
    """The evidence in a file of at most `limit` bytes; None where there is none that can be used."""
    try:
        return from_json(_read(path, limit), limit)
    except EvidenceError:
        return None


def _read(path: Path, limit: int) -> bytes:
    """The bytes of an answer; empty, which counts as none, if it is no plain file or longer than `limit` bytes."""
    found = read_plain(path, limit)
    return found if isinstance(found, bytes) else b""
