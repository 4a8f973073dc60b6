"""What the course's tests share: notebooks as students hand them in, and the real commands."""

from __future__ import annotations

import contextlib
import copy
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import IO
from unittest import mock

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.base.notebooks import grade_id
from autograder.cli import main

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENTS = ("resnet", "resnet-zh")
EXERCISES = ("identity_block", "convolutional_block", "resnet50")
THREADS = 1


def bring_exercises(source: Path) -> None:
    """Give a source/resnet the lesson's exercises without that of signs.ipynb, which takes longer than all others."""
    text = (ROOT / "source" / "resnet" / "exercises.py").read_text()
    assert ", TRAIN_SIGNS)" in text
    (source / "exercises.py").write_text(text.replace(", TRAIN_SIGNS)", ")"))


@cache
def _read(folder: str, assignment: str) -> NotebookNode:
    return nbformat.read(ROOT / folder / assignment / "resnet.ipynb", as_version=4)


def notebook(folder: str, assignment: str = "resnet") -> NotebookNode:
    """A fresh copy of a committed notebook, from source/ or release/."""
    return copy.deepcopy(_read(folder, assignment))


def cell(node: NotebookNode, name: str) -> NotebookNode:
    """The cell with this grade_id."""
    return next(c for c in node.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def solution(name: str, *edits: tuple[str, str], assignment: str = "resnet") -> str:
    """The reference solution of an exercise, with these texts exchanged; each has to be there."""
    text = next(c.source for c in notebook("source", assignment).cells if grade_id(c) == name)
    for old, new in edits:
        assert old in text, f"{old!r} is not in the solution of {name}"
        text = text.replace(old, new)
    return text


def handed_in(assignment: str = "resnet", **cells: str) -> NotebookNode:
    """The release notebook with these solution cells filled; the others are as they were given."""
    node = notebook("release", assignment)
    for name, source in cells.items():
        cell(node, name).source = source
    return node


def right(assignment: str = "resnet") -> NotebookNode:
    """The release notebook with all reference solutions in it."""
    return handed_in(assignment, **{name: solution(name, assignment=assignment) for name in EXERCISES})


def write(node: NotebookNode, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(node, path)
    return path


def run(command: str, *arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """One of the environment's commands, as a person types it in `cwd`."""
    return subprocess.run(
        [command, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=400,
    )


def autograder(*arguments: object, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """`autograder` as it is typed in `cwd`, but in this process, which has imported once what many calls need.

    What its own processes write, kernels and workers, is among its output, as it is in a terminal.
    """
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        contextlib.chdir(cwd),
        mock.patch.dict(os.environ, environment),
        on_its_own(),
    ):
        with _written_to(1, "stdout", out), _written_to(2, "stderr", err):
            try:
                status = main([str(argument) for argument in arguments])
            except SystemExit as end:  # what was typed was wrong
                status = int(end.code or 0)
        said = [file.read().decode("utf-8", "replace") for file in (out, err) if file.seek(0) == 0]
    return subprocess.CompletedProcess(arguments, status, *said)


def on_its_own() -> AbstractContextManager[object]:
    """For a command in this process: it has so many threads, whichever wait here since earlier tests.

    With one, as in a process of its own, it forks its workers, which have imported everything then.
    """
    return mock.patch("autograder.instructor.processes.threading.active_count", return_value=THREADS)


@contextlib.contextmanager
def _written_to(number: int, name: str, file: IO[bytes]) -> Iterator[None]:
    """Standard output or error goes to the file, also what a child process writes there."""
    getattr(sys, name).flush()
    before, kept = getattr(sys, name), os.dup(number)
    os.dup2(file.fileno(), number)
    # Nothing waits in a buffer that a forked process would write a second time.
    setattr(sys, name, io.TextIOWrapper(io.FileIO(number, "w", closefd=False), encoding="utf-8", write_through=True))
    try:
        yield
    finally:
        setattr(sys, name, before)
        os.dup2(kept, number)
        os.close(kept)


def own_words(stderr: str) -> list[str]:
    """The lines of stderr that are not TensorFlow's greetings."""
    greetings = (
        "I0000 ",
        "W0000 ",
        "E0000 ",
        "WARNING: All log messages before absl",
        "I tensorflow/",
        "W tensorflow/",
    )
    return [line for line in stderr.splitlines() if line.strip() and not line.startswith(greetings)]


def run_cells(sources: Mapping[str, str], folder: Path) -> dict[str, NotebookNode]:
    """Code cells run one after the other in a kernel that stands in `folder`, by the names they were given by."""
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources.values()])
    NotebookClient(
        node,
        allow_errors=True,
        coalesce_streams=True,  # a kernel may send one print in two pieces
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return dict(zip(sources, node.cells, strict=True))
