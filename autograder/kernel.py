"""Run a notebook's cells in a kernel of their own and bring back evidence, nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from pydantic import BaseModel, ConfigDict

from .evidence import MAX_EVIDENCE, Evidence, EvidenceError, StudentError, from_json, to_json
from .exercises import Exercise, Probe, by_name
from .notebook import grade_id, is_test

CELL_TIMEOUT = 120
"""Seconds that one cell, or the evidence of one exercise, may take."""
WEIGHTY = 256 * 2**20
"""Bytes of evidence with all of ResNet-50's weights; only instructors' own notebooks get so much."""


class Request(BaseModel):
    """What the kernel is asked for: one exercise on some probes, answered into numbered files beside the request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exercise: str
    probes: tuple[Probe, ...]
    with_weights: bool | None = None


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that failed: its grade_id, else its id, and what it raised."""

    cell: str
    error: StudentError


@dataclass(frozen=True)
class Session:
    """A running kernel in which a notebook's cells have been executed."""

    client: NotebookClient
    folder: Path
    errors: tuple[CellError, ...]

    def collect(
        self, exercise: Exercise, probes: Sequence[Probe], with_weights: bool | None = None
    ) -> tuple[Evidence, ...]:
        """The evidence of one exercise, probe by probe. Whatever the kernel does, there is one for each."""
        request = Request(exercise=exercise.name, probes=tuple(probes), with_weights=with_weights)
        path = self.folder / f"{exercise.name}.request"
        path.write_text(request.model_dump_json())
        code = f"__import__('autograder.kernel').kernel.answer({str(path)!r})"
        trouble = StudentError(kind="raised", type="DeadKernelError", message="")
        try:
            _execute(self.client, code, store_history=False)
        except CellTimeoutError:
            trouble = _timed_out()
        except DeadKernelError:
            pass
        limit = WEIGHTY if with_weights else MAX_EVIDENCE
        return tuple(
            self._read(path.with_suffix(f".{i}.json"), exercise, p, trouble, limit) for i, p in enumerate(probes)
        )

    def _read(self, path: Path, exercise: Exercise, probe: Probe, trouble: StudentError, limit: int) -> Evidence:
        try:
            if path.stat().st_size > limit:
                raise EvidenceError("too large")
            found = from_json(path.read_bytes(), limit)
        except (OSError, EvidenceError):
            return Evidence(exercise.function, probe.name, error=trouble)
        if found.error is not None and found.error.kind == "undefined":
            return replace(found, error=self._why_undefined(exercise) or found.error)
        return found

    def _why_undefined(self, exercise: Exercise) -> StudentError | None:
        """A function is not there where its cell failed before defining it; then that is what to tell."""
        raised = [failed.error for failed in self.errors if failed.cell == exercise.name]
        return raised[-1].model_copy(update={"function": exercise.function}) if raised else None


@contextmanager
def running(node: NotebookNode, folder: Path) -> Iterator[Session]:
    """Execute the cells that are not tests, errors and all, in `folder`; keep the kernel until the block ends.

    A cell that takes too long is interrupted and the next one has its turn; a second such cell ends it.
    """
    copy = new_notebook(cells=[], metadata=node.metadata)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        copy,
        timeout=CELL_TIMEOUT,
        allow_errors=True,
        interrupt_on_timeout=True,
        error_on_timeout={"ename": "CellTimeoutError", "evalue": "", "traceback": [], "timed_out": True},
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--HistoryManager.hist_file=:memory:"],
    )
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    with (
        tempfile.TemporaryDirectory() as scratch,
        client.setup_kernel(env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
    ):
        errors: list[CellError] = []
        for cell in node.cells:
            if cell.cell_type != "code" or is_test(cell):
                continue
            try:
                outputs = _execute(client, cell.source)
            except CellTimeoutError:
                again = any(failed.error.type == "CellTimeoutError" for failed in errors)
                errors.append(CellError(_name(cell), _timed_out()))
                if again:
                    break
            except DeadKernelError:
                dead = StudentError(kind="raised", type="DeadKernelError")
                errors.append(CellError(_name(cell), dead))
                break
            else:
                raised = [output for output in outputs if output.output_type == "error"]
                errors.extend(CellError(_name(cell), _cell_error(output, cell.source)) for output in raised)
        yield Session(client, Path(scratch), tuple(errors))


def _execute(client: NotebookClient, source: str, store_history: bool = True) -> list[NotebookNode]:
    """Run one more cell and give its outputs. Raises CellTimeoutError (the cell is interrupted) or DeadKernelError."""
    replies: list[dict[str, Any]] = []
    client.on_cell_executed = lambda cell, cell_index, execute_reply: replies.append(execute_reply)
    cell = new_code_cell(source)  # type: ignore[no-untyped-call]
    client.nb.cells.append(cell)
    client.execute_cell(cell, len(client.nb.cells) - 1, store_history=store_history)
    if any(reply["content"].get("timed_out") for reply in replies if reply):
        raise CellTimeoutError
    return list(cell.outputs)


def _name(cell: NotebookNode) -> str:
    marks = cell.metadata.get("nbgrader")
    given = marks.get("grade_id") if isinstance(marks, dict) else None
    return str(grade_id(cell) or given or cell.get("id", ""))


def _timed_out() -> StudentError:
    return StudentError(kind="raised", type="CellTimeoutError", message=f"{CELL_TIMEOUT}")


_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LAST_LINE = re.compile(r"^-+> (\d+)", re.MULTILINE)
_SYNTAX_PLACE = re.compile(r" \([^()]*, line (\d+)\)$")


def _cell_error(output: NotebookNode, source: str) -> StudentError:
    """An error output with the line of the cell that it came from, 0 where that can't be told."""
    message, line = str(output.evalue), 0
    place = _SYNTAX_PLACE.search(message)
    if place:
        message, line = message[: place.start()], int(place.group(1))
    else:
        frames = [_COLOUR.sub("", frame) for frame in output.traceback]
        mine = next((frame for frame in frames if frame.startswith("Cell In[")), "")
        arrow = _LAST_LINE.search(mine)
        line = int(arrow.group(1)) if arrow else 0
    lines = source.splitlines()
    code = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return StudentError(
        kind="raised",
        type=str(output.ename)[:200],
        message=message[:4000],
        line=line if code else 0,
        code=code[:500],
    )


def answer(path: str) -> None:
    """In the kernel: collect what the request asks for, and write one file a probe."""
    from IPython import get_ipython

    from .collect import collect

    request = Request.model_validate_json(Path(path).read_text())
    exercise = by_name(request.exercise)
    if exercise is None:
        raise ValueError(request.exercise)
    function = get_ipython().user_ns.get(exercise.function)
    for i, probe in enumerate(request.probes):
        if not callable(function):
            error = StudentError(kind="undefined", type="NameError", function=exercise.function)
            evidence = Evidence(exercise.function, probe.name, error=error)
        else:
            evidence = collect(function, exercise, probe, request.with_weights)
        Path(path).with_suffix(f".{i}.json").write_bytes(to_json(evidence))
