"""What a student's kernel answers, read from files in a folder that student code can write to; and what it asks itself.

So every file is opened as a stranger's: no links, no pipes, no more bytes than asked for. What is in it may have been
written by the student's code in place of `answers`: it is parsed strictly, and proves nothing.

While a question is open, the student's code may call a function of the test's or read `input`, and what it called may
ask the same kernel again. Both go over the channel that Jupyter has for input, one message at a time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...base.files import read_plain
from ...evidence.evidence import Evidence, EvidenceError, StudentError, from_json
from . import answers, wire
from .answers import CANNOT, RAISED, VALUE
from .client import END_OF_INPUT, Client

MAX_WARNED = 20
MAX_SENTENCE = 2000
"""Bytes that are read of a sentence on what can't cross."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about the notebook's objects, see `objects.Objects.do`, and its arguments as `wire` writes them."""

    what: str
    request: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question, and what the student's code did besides: all that is its word, and nothing more.

    `printed` and `complained` are what it wrote to stdout and to stderr.
    `given` holds what has become of arguments that can be changed, by their numbers, `files` what it has written, and
    `names` what the notebook's names stand for now that stood for something else when they were looked at.
    """

    value: Any
    printed: str = ""
    warned: tuple[tuple[str, str], ...] = ()
    given: Mapping[int, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    names: Mapping[str, Any] = field(default_factory=dict)
    complained: str = ""


@dataclass(frozen=True, slots=True)
class Thrown:
    """What an exception says of itself: its classes by module and name, its arguments, and a reference to itself.

    `lent` is the number of the test's own exception that it is said to be, and `cause` the classes, arguments and words
    of what it was raised from.
    """

    kinds: tuple[tuple[str, str], ...] = ()
    arguments: tuple[Any, ...] | None = None
    itself: object = None
    lent: int | None = None
    cause: tuple[tuple[tuple[str, str], ...], tuple[Any, ...] | None, str] | None = None


class _WithError(Exception):
    def __init__(self, error: StudentError) -> None:
        super().__init__(error.message)
        self.error = error


class Raised(_WithError):
    """The student's code raised; `error` says what, and `answer` what it did before."""

    def __init__(self, error: StudentError, thrown: Thrown, answer: Answer) -> None:
        super().__init__(error)
        self.thrown, self.answer = thrown, answer


class NoAnswer(_WithError):
    """The kernel gave no usable answer; `error` says why, in the form of a student's error."""


def no_answer(kind: str = "DeadKernelError", message: str = "") -> NoAnswer:
    """A NoAnswer for a reason that this side gives; report/sentences.py has the words."""
    return NoAnswer(StudentError(kind="raised", type=kind, message=message))


def read_answer(path: Path, meet: wire.Meet | None = None) -> Answer:
    """What a question was answered with. Raises Raised, wire.CannotCross or NoAnswer."""
    data = _read(path, wire.MAX_BYTES)
    if data.startswith(CANNOT):
        text = data[len(CANNOT) :][:MAX_SENTENCE].decode("utf-8", "replace")
        raise wire.CannotCross(f"it returned {text}")
    try:
        tag = next((one for one in (VALUE, RAISED) if data.startswith(one)), None)
        if tag is None:
            raise wire.WireError("not an answer")
        value, effects = wire.loads(data[len(tag) :], meet)
        answer = Answer(value if tag == VALUE else None, *_effects(effects))
        if tag == RAISED:
            raise Raised(*_thrown(value), answer)
        return answer
    except (wire.WireError, ValidationError, ValueError, TypeError, KeyError):
        raise no_answer() from None


_EFFECTS = ("printed", "warned", "given", "files", "names", "complained")


def _effects(found: Any) -> tuple[Any, ...]:
    printed, warned, given, files, names, complained = (found[one] for one in _EFFECTS)
    if (
        type(printed) is not str
        or type(complained) is not str
        or type(warned) is not list
        or len(warned) > MAX_WARNED
        or type(given) is not dict
    ):
        raise wire.WireError("not the effects of a call")
    if any(type(one) is not tuple or [type(part) for part in one] != [str, str] for one in warned):
        raise wire.WireError("not warnings")
    if type(files) is not dict or any(type(name) is not str or type(one) is not bytes for name, one in files.items()):
        raise wire.WireError("no files")
    if type(names) is not dict or any(type(name) is not str for name in names):
        raise wire.WireError("no names")
    return printed, tuple(warned), given, files, names, complained


def _thrown(found: Any) -> tuple[StudentError, Thrown]:
    error, kinds, arguments, itself, lent, cause = found
    if cause is not None:
        of_cause, its_arguments, words = cause
        cause = _names(of_cause), its_arguments if type(its_arguments) is tuple else None, str(words)[:MAX_SENTENCE]
    number = lent if type(lent) is int else None
    thrown = Thrown(_names(kinds), arguments if type(arguments) is tuple else None, itself, number, cause)
    return StudentError.model_validate_json(error), thrown


def _names(kinds: Any) -> tuple[tuple[str, str], ...]:
    names = tuple((module, name) for module, name in kinds)
    if any(type(module) is not str or type(name) is not str for module, name in names):
        raise wire.WireError("not the names of classes")
    return names


def read_call(path: Path, meet: wire.Meet) -> tuple[int, str, list[Any], dict[str, Any]]:
    """Which object of the test's is asked, what ("call" or "getattr"), and with what. Raises NoAnswer."""
    try:
        number, what, positional, named = wire.loads(_read(path, wire.MAX_BYTES), meet)
    except (wire.WireError, ValueError, TypeError):
        raise no_answer() from None
    if [type(one) for one in (number, what, positional, named)] != [int, str, list, dict]:
        raise no_answer()
    return number, what, positional, named


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


MAX_TOLD = 200_000
"""How often the student's code may call back while it answers one question."""
MAX_WITHIN = 12
"""How deep the test and the student's code may call each other."""

Called = Callable[[Path], str]
"""Calls a function of the test's: gets the file with the arguments, and gives the reply."""


class Conversation:
    """All that is said while one question is open."""

    def __init__(self, path: Path, called: Called, read_input: Callable[[str], str]) -> None:
        """The kernel is to answer into the file `path`; `read_input` gives what `input` reads there."""
        self._paths = [path]
        self._called, self._read_input = called, read_input
        self._often = 0
        self.given_up: BaseException | None = None
        """What has ended the test, while the kernel was waiting for it."""

    def tell(self, question: str) -> str:
        """What a kernel is told that asks."""
        self._often += 1
        if self._often > MAX_TOLD or self.given_up is not None:
            return END_OF_INPUT
        try:
            if question != answers.CALL:
                return self._read_input(question)
            return self._called(self._paths[-1].with_name(self._paths[-1].name + answers.CALLED))
        except BaseException as given_up:  # the test can't go on: what its function raised by itself is in the reply
            self.given_up = given_up
            return END_OF_INPUT

    def ask(self, client: Client, path: Path, arguments: tuple[str, ...], seconds: float) -> None:
        """Have a kernel that waits for the test answer something into `path`. Raises NoAnswer."""
        if len(self._paths) > MAX_WITHIN:
            raise no_answer("RecursionError", "the test and the code call each other too deeply")
        self._paths.append(path)
        try:
            told = json.dumps({"ask": [*arguments, str(path)]})
            while (question := client.converse(told, seconds)) == answers.CALL:
                told = self.tell(question)
        finally:
            self._paths.pop()
        if question != answers.DONE:
            raise no_answer("RecursionError", "the code did not answer while the test was answering it")
