"""A session whose kernel is a dict in this process; for what has to do with names, not with kernels."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from autograder.evidence.evidence import StudentError
from autograder.execution.kernel import wire
from autograder.execution.kernel.answers import _meet, again, answer
from autograder.execution.kernel.objects import Objects
from autograder.execution.kernel.replies import Answer, Question, read_answer


def trouble(kind: str, message: str = "") -> StudentError:
    return StudentError(kind="raised", type=kind, message=message)


class FakeSession:
    def __init__(self, student: dict[str, Any]) -> None:
        self.student = student
        self.asked: list[str] = []
        self.fails: Exception | None = None
        self.test_seconds = 60.0
        self.waited = 0.0
        self.silent = False
        self.kernels = 1
        self.called_with: list[tuple[object, ...]] = []
        self.read_input: Callable[[str], str] = lambda prompt: ""
        self._objects = Objects(lambda: self.student, self._call_back)
        self._called: Callable[[Path], str] = lambda path: ""

    def ask(self, who: str, question: Question, meet: wire.Meet, called: Callable[[Path], str]) -> Answer:
        self.asked.append(question.what)
        if self.fails:
            raise self.fails
        self._called = called
        if question.what == "call":
            _, arguments = json.loads(question.request)
            (_, *given), _ = wire.loads(arguments.encode(), lambda kind, rest: (kind, rest))
            self.called_with.append(tuple(given))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "answer")
            path.write_bytes(answer(self._objects, question.what, question.request))
            return read_answer(path, meet)

    def _call_back(self, number: int, what: str, positional: Any, named: Any) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "call")
            path.write_text(
                wire.dumps((number, what, list(positional), dict(named)), self._objects.refer, self._objects.known)
            )
            reply = json.loads(self._called(path))
        if reply["raised"]:
            raise again(*reply["raised"])
        return wire.loads(json.dumps(reply["value"]).encode(), partial(_meet, self._objects))

    @contextmanager
    def one_test(self) -> Iterator[None]:
        yield
