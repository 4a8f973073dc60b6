"""Run a notebook's cells in a kernel of their own and bring back evidence, nothing else."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from pydantic import BaseModel, ConfigDict

from .evidence import MAX_EVIDENCE, Evidence, EvidenceError, StudentError, from_json, to_json
from .exercises import Exercise, Probe, by_name
from .notebook import is_test

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


@dataclass(frozen=True)
class Session:
    """A running kernel in which a notebook's cells have been executed."""

    client: NotebookClient
    folder: Path
    errors: tuple[str, ...]

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
            cell = new_code_cell(code)  # type: ignore[no-untyped-call]
            self.client.nb.cells.append(cell)
            self.client.execute_cell(cell, len(self.client.nb.cells) - 1, store_history=False)
        except CellTimeoutError:
            trouble = StudentError(kind="raised", type="CellTimeoutError", message=f"{CELL_TIMEOUT}")
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
            return from_json(path.read_bytes(), limit)
        except (OSError, EvidenceError):
            return Evidence(exercise.function, probe.name, error=trouble)


@contextmanager
def running(node: NotebookNode, folder: Path) -> Iterator[Session]:
    """Execute the cells that are not tests, errors and all, in `folder`; keep the kernel until the block ends."""
    copy = new_notebook(cells=[], metadata=node.metadata)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        copy,
        timeout=CELL_TIMEOUT,
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--HistoryManager.hist_file=:memory:"],
    )
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    with (
        tempfile.TemporaryDirectory() as scratch,
        client.setup_kernel(env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
    ):
        errors = []
        for cell in node.cells:
            if cell.cell_type != "code" or is_test(cell):
                continue
            mine = new_code_cell(cell.source)  # type: ignore[no-untyped-call]
            copy.cells.append(mine)
            try:
                client.execute_cell(mine, len(copy.cells) - 1)
            except (CellTimeoutError, DeadKernelError) as problem:
                errors.append(type(problem).__name__)
                break
            errors.extend(f"{o.ename}: {o.evalue}" for o in mine.outputs if o.output_type == "error")
        yield Session(client, Path(scratch), tuple(errors))


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
