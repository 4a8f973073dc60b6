"""nbgrader's own command, as a terminal would run it, with an ear for signals and for errors in students' kernels.

Signals are noted, not obeyed. Errors are noted although grading itself believes none of them: by them an attack is
known that died of a mistake of its own, and so attacked nothing.

python observed.py SIGNALS ERRORS autograde plain      starts when a line comes in; SIGNALS and ERRORS are files
"""

from __future__ import annotations

import json
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbgrader.apps.nbgraderapp import main

from autograder.evidence.evidence import Evidence
from autograder.execution.kernel.client import Client
from autograder.execution.kernel.replies import Raised
from autograder.execution.kernel.session import Cell, CellRun, Session

MARK = re.compile(r"\bmark='(\w+)'")
"""In the first cell of every attack, which says what it may aim at."""


def note_signals(file: Path) -> None:
    def note(number: int, frame: object) -> None:
        file.write_text(str(number))

    signal.signal(signal.SIGUSR2, note)


def note_errors(file: Path) -> None:
    """Write a line of JSON for each error that comes out of a student's kernel: the attack's mark, and the error."""
    marks: dict[int, str] = {}
    now = ""

    def note(error: str, text: str) -> None:
        with file.open("a") as lines:
            lines.write(json.dumps([now, error, text[:300]]) + "\n")

    def run(self: Session, cell: Cell, real: Any = Session.run) -> CellRun:
        if found := MARK.search(cell.source[:2000]):
            marks[id(self)] = found[1]
        return real(self, cell)

    def ready(self: Session, real: Any = Session._ready) -> Client:
        nonlocal now
        now = marks.get(id(self), "")
        return real(self)

    def close(self: Session, real: Any = Session.close) -> None:
        marks.pop(id(self), None)
        real(self)

    def reply(self: Client, content: Mapping[str, Any], heard: Any, real: Any = Client._reply) -> None:
        if content.get("status") == "error":
            note(str(content.get("ename")), str(content.get("evalue")))
        real(content, heard)

    def ask(self: Session, *arguments: Any, real: Any = Session.ask) -> Any:
        try:
            return real(self, *arguments)
        except Raised as raised:
            note(raised.error.type, raised.error.message)
            raise

    def collect(self: Session, *arguments: Any, real: Any = Session._collect) -> list[Evidence]:
        found = list(real(self, *arguments))
        for error in {one.error for one in found if one.error is not None}:
            note(error.type, error.message)
        return found

    Client._reply = reply
    Session.run, Session._ready, Session.close, Session.ask, Session._collect = run, ready, close, ask, collect


if __name__ == "__main__":
    sys.stdin.readline()
    note_signals(Path(sys.argv[1]))
    note_errors(Path(sys.argv[2]))
    sys.argv = ["nbgrader", *sys.argv[3:]]
    main()
