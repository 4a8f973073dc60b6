"""What the kernel that holds a student's code is asked for, and how it answers: one file for each answer.

This module runs beside student code, and decides nothing. Its files are read by `replies`, which trusts neither their
bytes nor that it was this module that wrote them.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import json
import sys
import warnings
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from ...base.files import plain_files, write_whole
from ...evidence.collect import collect
from ...evidence.errors import student_error
from ...evidence.evidence import Evidence, StudentError, to_json
from ...exercises import PlainTask, TestCase
from .bounded import bound_messages
from .changes import become
from .objects import MAX_WATCHED_GIVEN, Objects, claims
from .wire import CannotCross, Whole, dumps, loads

VALUE, RAISED, CANNOT = b"value\n", b"raised\n", b"cannot\n"
"""How an answer begins: a value in the form of `wire`, an exception in that form, or a sentence."""
CALL, DONE = "autograder: call", "autograder: done"
"""What the kernel asks its client for: to call a function of the test's, and what to do next."""
CALLED = ".call"
"""Behind the name of an answer's file: with what a function of the test's is to be called."""
MAX_PRINTED = 100_000
_ASKED_BY_TEST = r"__main__\Z|autograder\."
"""The modules whose warnings are always told, the notebook and what stands for the test in its kernel: whether one is
heard is for the test to say."""
MAX_FILE = 2**20
"""Bytes of a file that goes to the other side."""


class EvidenceRequest(BaseModel):
    """A question for evidence of one exercise on some test cases.

    What there is to know of the exercise comes along: nothing is looked up on the side of the student's code.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    exercise: PlainTask
    cases: tuple[TestCase, ...]
    with_weights: bool | None = None
    graph_alone: bool = False
    of_blocks: bool = False


def begin() -> None:
    """Make the kernel ready: modules beside the notebook can be imported, and no message is too large to be sent."""
    if "" not in sys.path:
        sys.path.insert(0, "")
    bound_messages()
    _at.first = _at.files = plain_files(Path())


def evidence(request: str, path: str) -> None:
    """Answer an EvidenceRequest in JSON: test case number i in the file `path` with `.i` behind it."""
    asked = EvidenceRequest.model_validate_json(request)
    exercise = asked.exercise
    function = _names().get(exercise.function)
    for i, case in enumerate(asked.cases):
        if callable(function):
            found = collect(function, exercise, case, asked.with_weights, asked.graph_alone, asked.of_blocks)
        else:
            error = StudentError(kind="undefined", type="NameError", function=exercise.function)
            found = Evidence(exercise.function, case.name, error=error)
        _write(f"{path}.{i}", to_json(found))


def ask(what: str, request: str, path: str) -> None:
    """Answer one question about the notebook's objects, see `Objects.do`.

    The request holds two texts in the form of `wire`: what has become of things that the test has given before, and the
    arguments in order and by name. The answer also tells what the code
    printed and warned of, and what it has made of the lists, dicts and arrays that it was given.
    """
    before, _at.path = _at.path, path
    _keep_figures(test_begins=what == "begin")
    try:
        _write(path, answer(_OBJECTS, what, request))
    finally:
        _at.path = before


def _keep_figures(*, test_begins: bool) -> None:
    """Have figures shown and closed after the notebook's own cells alone: to a test cell, all its questions are one.

    What it has drawn is closed before the next cell.
    """
    events = _shell().events
    for flush in [one for one in events.callbacks["post_execute"] if getattr(one, "__name__", "") == "flush_figures"]:
        events.unregister("post_execute", flush)
        events.register("post_run_cell", lambda *_, flush=flush: flush())
        events.register("pre_run_cell", _close_figures)
    if test_begins and _close_figures in events.callbacks["pre_run_cell"]:
        _close_figures()


def _close_figures(*_: Any) -> None:
    sys.modules["matplotlib.pyplot"].close("all")


def answer(objects: Objects, what: str, request: str) -> bytes:
    """The answer to a question about these objects."""
    given: dict[int, Any] = {}
    as_given: dict[int, str] = {}
    printed, complained = _Printed(sys.stdout), _Printed(sys.stderr)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.filterwarnings("always", module=_ASKED_BY_TEST)
            updates, arguments = (text.encode() for text in json.loads(request))
            objects.update(loads(updates, partial(_meet, objects)))
            positional, named = loads(arguments, partial(_meet, objects))
            given = objects.watched()
            as_given = {number: dumps(Whole(value), objects.refer, objects.known) for number, value in given.items()}
            objects.large |= {number for number, text in as_given.items() if len(text) > MAX_WATCHED_GIVEN}
            sys.stdout, sys.stderr = printed, complained
            try:
                if what == "begin" and positional.pop():
                    _at.files = _at.first  # so that the answer has all
                with objects.patches(there=True):
                    value = objects.do(what, positional, named)
            finally:
                if sys.stdout is printed:
                    sys.stdout = printed.instead_of
                if sys.stderr is complained:
                    sys.stderr = complained.instead_of
        tag, found = VALUE, value
    except (Exception, SystemExit) as raised:
        tag, found = RAISED, _raised(raised)
    effects = {
        "printed": "".join(printed.pieces),
        "complained": "".join(complained.pieces),
        "warned": [(one.category.__name__, str(one.message)[:2000]) for one in warned[:20]],
        "files": _written(),
        "names": {} if what == "look" else objects.changed(),
        "given": {
            number: Whole(value) for number, value in given.items() if _changed(objects, value, as_given.get(number))
        },
    }

    try:
        return tag + dumps((found, effects), objects.refer, objects.known).encode()
    except CannotCross as problem:
        return CANNOT + str(problem).encode("utf-8", "replace")


def _changed(objects: Objects, value: object, before: str | None) -> bool:
    try:
        return before is not None and dumps(Whole(value), objects.refer, objects.known) != before
    except Exception:
        return False


def _meet(objects: Objects, kind: str, rest: list[Any]) -> object:
    if kind == "given":  # something that can be changed: the answer says what it has become
        number, *packed = rest
        if packed:
            content = loads(json.dumps(packed[0]).encode(), partial(_meet, objects))
            if number not in objects.given or not become(objects.given[number], content):
                objects.given[number] = content
        objects.asked_with.add(number)
        return objects.given[number]
    return objects.meet(kind, rest)


def _raised(error: BaseException) -> tuple[Any, ...]:
    """An exception as a StudentError, its classes, the arguments that it has where they are plain, and itself.

    Last comes what there is to say of its cause.
    """
    number, cause = getattr(error, "_autograder_lent", None), error.__cause__
    told = None if cause is None else (claims(cause)[0], _arguments(cause), _words(cause))
    return student_error(error).model_dump_json(), claims(error)[0], _arguments(error), error, number, told


def _arguments(error: BaseException) -> Any:
    try:
        dumps(error.args)
    except Exception:
        return None
    return error.args


def _words(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except Exception:
        return ""


def _written() -> dict[str, bytes]:
    """The small files that the student's cells and answers have written since the last answer."""
    before, _at.files = _at.files, plain_files(Path())
    found = {}
    for name in [name for name, state in _at.files.items() if before.get(name) != state and state[0] <= MAX_FILE][:20]:
        with contextlib.suppress(OSError):
            found[name] = Path(name).read_bytes()
    return found


class _Printed(io.TextIOBase):
    """What the student's code prints while it answers: kept, up to a bound, and handed on."""

    def __init__(self, instead_of: Any) -> None:
        self.instead_of = instead_of
        self.pieces: list[str] = []
        self._room = MAX_PRINTED

    def write(self, text: str) -> int:
        self.pieces.append(text[: max(self._room, 0)])
        self._room -= len(text)
        return len(text)

    def writable(self) -> bool:
        return True


@dataclass(slots=True)
class _Place:
    """Where the answer to the question at hand goes, and what files were there at first and at the last one."""

    path: str = ""
    first: dict[str, tuple[int, int]] = field(default_factory=dict)
    files: dict[str, tuple[int, int]] = field(default_factory=dict)


class RaisedByTest(Exception):
    """A function of the test's raised this, when the student's code called it."""


def _call_back(number: int, what: str, positional: Any, named: Any) -> Any:
    """Ask something of the test's: write down what, and do what is asked meanwhile until its answer is there."""
    with _OBJECTS.patches(there=False):
        return _asked_back(number, what, positional, named)


def _asked_back(number: int, what: str, positional: Any, named: Any) -> Any:
    _write(
        f"{_at.path}{CALLED}",
        dumps((number, what, list(positional), dict(named)), _OBJECTS.refer, _OBJECTS.known).encode(),
    )
    asked_from = _at.path
    reply = json.loads(_kernel().raw_input(CALL))
    while reply["ask"] is not None:
        ask(*reply["ask"])
        _at.path = asked_from
        reply = json.loads(_kernel().raw_input(DONE))
    if reply["raised"]:
        raise again(*reply["raised"])
    return loads(json.dumps(reply["value"]).encode(), partial(_meet, _OBJECTS))


def again(name: str, message: str, lent: int) -> Any:
    """An exception of a function of the test's, raised once more for the student's code; `lent` is its number."""
    kind: Any = vars(builtins).get(name)
    known = isinstance(kind, type) and issubclass(kind, Exception) and kind is not StopIteration
    error: Any
    try:
        error = kind(message) if known else RaisedByTest(f"{name}: {message}")
    except Exception:
        error = RaisedByTest(f"{name}: {message}")
    error._autograder_lent = lent
    return error


def _shell() -> Any:
    return sys.modules["IPython"].get_ipython()


def _kernel() -> Any:
    return _shell().kernel


def _names() -> dict[str, Any]:
    names: dict[str, Any] = _shell().user_ns
    return names


_at = _Place()
_OBJECTS = Objects(_names, _call_back)


def _write(path: str, data: bytes) -> None:
    write_whole(Path(path), data, durable=False)
