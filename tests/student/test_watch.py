"""`autograder watch NOTEBOOK`: a real terminal command beside a file that is saved in all the ways files are saved."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat import NotebookNode

from autograder.base.course import Course
from autograder.evidence.evidence import StudentError
from autograder.references.notebook import read_notebook
from autograder.report import Report, failed_report
from autograder.student.check import NotebookReport
from autograder.student.watch import screen
from tests.shared.exercises import EXERCISES
from tests.shared.helpers import ROOT, autograder, handed_in, notebook, own_words, right, solution, write

WAITING = "waiting for the next save"
DONE = "well done"


@dataclass
class Watching:
    """A running `autograder watch`, and all that it has printed."""

    process: subprocess.Popen[bytes]
    out: Path

    def text(self) -> str:
        return self.out.read_text(encoding="utf-8")

    def until(self, arrived: Callable[[str], bool], seconds: float = 120) -> str:
        end = time.monotonic() + seconds
        while not arrived(self.text()):
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < end, self.text()
            time.sleep(0.05)
        return self.text()

    def until_checked(self, times: int) -> str:
        """What the last of so many checks has told."""
        return self.until(lambda text: text.count(WAITING) >= times).split("Checking mine.ipynb ...")[times]

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[[Path], Watching]]:
    running: list[Watching] = []

    def start(path: Path) -> Watching:
        out = tmp_path / "watch.out"
        with out.open("wb") as file, (tmp_path / "watch.err").open("wb") as errors:
            command = ["autograder", "--course", str(ROOT), "watch", str(path)]
            environment = {**os.environ, "PYTHONUTF8": "1"}
            process = subprocess.Popen(command, stdout=file, stderr=errors, cwd=path.parent, env=environment)
        running.append(Watching(process, out))
        return running[-1]

    yield start
    for one in running:
        one.process.kill()
        one.process.wait()
    assert own_words((tmp_path / "watch.err").read_text()) == []


def save(node: NotebookNode, path: Path) -> None:
    """As JupyterLab does: a new file takes the old one's name."""
    write(node, path.with_suffix(".new")).replace(path)


def without_extras(node: NotebookNode) -> NotebookNode:
    """Only the cells that a check needs: it is quicker."""
    node.cells = [cell for cell in node.cells if cell.cell_type == "code" and "nbgrader" in cell.metadata]
    return node


@pytest.mark.slow
def test_from_wrong_to_right_by_every_kind_of_save(tmp_path: Path, watch: Callable[[Path], Watching]) -> None:
    with_a_slip = solution("identity_block", ('padding="same"', 'padding="same", use_bias=False'))
    begun = handed_in(identity_block=with_a_slip, convolutional_block=solution("convolutional_block"))
    path = write(without_extras(begun), tmp_path / "mine.ipynb")
    it = watch(path)

    # A save while the first check runs: it is checked next, without another save.
    it.until(lambda text: "Checking mine.ipynb" in text)
    time.sleep(1)
    save(without_extras(right()), path)
    first = it.until_checked(1)
    assert "[!!] identity_block: not yet, 9.5 of 10 points" in first
    assert "[ok] convolutional_block: done, 10 of 10 points" in first
    assert "[!!] ResNet50: not yet, 0 of 10 points" in first
    assert "1 of 3 exercises" in first
    assert "[!!] 2b" in first
    assert "use_bias" in first
    assert "hint(identity_block)" in first
    assert DONE not in first
    second = it.until_checked(2)
    assert "3 of 3 exercises" in second
    assert second.count(DONE) == 1
    assert "[!!]" not in second
    assert "hint(" not in second

    # Missing for a moment, half there for another, then right as before, though written otherwise: that is told, and
    # celebrated no more.
    path.unlink()
    time.sleep(0.6)
    node = without_extras(right())
    node.cells[-1].source += "\n# A thought."
    whole = nbformat.writes(node)
    path.write_text(whole[: len(whole) // 2])
    time.sleep(0.8)
    assert it.text().count("Checking") == 2
    path.write_text(whole)
    third = it.until_checked(3)
    assert "3 of 3 exercises" in third
    assert DONE not in third

    # Outputs and prose are no reason for a check, and a file that stays broken is worth one line.
    node.cells.append(nbformat.v4.new_markdown_cell("A note of my own."))
    node.cells[0].outputs = [nbformat.v4.new_output("stream", text="hello\n")]
    save(node, path)
    time.sleep(1.2)
    assert it.text().count("Checking") == 3
    path.write_text(whole[:1000])
    it.until(lambda text: "can't be read now" in text, 20)
    time.sleep(1.2)
    path.write_text(whole)
    time.sleep(1.2)

    assert it.interrupt() == 0
    after = it.text().split(WAITING)[-1]
    assert after.count("can't be read now") == 1
    assert after.splitlines()[-1] == "Stopped watching."
    assert it.text().count("Checking") == 3
    assert it.text().count(DONE) == 1
    assert "\x1b" not in it.text()


def test_ctrl_c_during_a_check_ends_its_kernel_too(tmp_path: Path, watch: Callable[[Path], Watching]) -> None:
    node = without_extras(notebook("release", "resnet-zh"))
    started = tmp_path / "started"
    node.cells.insert(0, nbformat.v4.new_code_cell(f"open({str(started)!r}, 'w').close()\nimport time\ntime.sleep(60)"))
    it = watch(write(node, tmp_path / "mine.ipynb"))
    it.until(lambda _: started.exists())
    kernels = psutil.Process(it.process.pid).children(recursive=True)
    assert kernels
    assert it.interrupt() == 0
    assert it.text().split() == ["正在检查", "mine.ipynb……", "已停止。"]
    assert psutil.wait_procs(kernels, timeout=10)[1] == []


# --- what is shown, without a kernel ----------------------------------------------------------------------------


def reports(path: Path, right: int, language: str = "en") -> NotebookReport:
    """The first `right` exercises passed, the others not begun."""
    error = StudentError(kind="raised", type="NotImplementedError", message="")
    every: list[Report] = [failed_report(exercise, error, language) for exercise in EXERCISES]
    every[:right] = [replace(r, passed=True, points=r.max_points, error=None) for r in every[:right]]
    return NotebookReport(read_notebook(path, Course(ROOT)), "none", tuple(every))


@pytest.mark.parametrize(("right", "bar"), [(0, "-" * 30), (1, "#" * 10 + "-" * 20), (2, "#" * 20 + "-" * 10)])
def test_the_bar_and_the_first_exercise_that_is_not_right(right: int, bar: str, tmp_path: Path) -> None:
    path = write(notebook("release"), tmp_path / "mine.ipynb")
    text = "\n".join(screen(reports(path, right), newly=False, seconds=1.25))
    assert f"[{bar}] {right} of 3 exercises" in text
    assert text.count(": done, 10 of 10 points") == right
    assert text.count(": not yet, 0 of 10 points") == 3 - right
    functions = [exercise.function for exercise in EXERCISES]
    assert [f for f in functions if f"{f}: 0 of 10 points" in text] == [functions[right]]
    assert f"hint({functions[right]})" in text


def test_the_screen_in_chinese_fits_a_narrow_terminal(tmp_path: Path) -> None:
    path = write(notebook("release", "resnet-zh"), tmp_path / "mine.ipynb")
    lines = "\n".join(screen(reports(path, 1, "zh"), newly=False, seconds=1.25, width=60)).splitlines()
    assert "  [ok] identity_block：完成，10 分（满分 10 分）" in lines
    assert "练习：完成 1 个，共 3 个" in "\n".join(lines)
    assert lines[-1].endswith("用时 1.2 秒；等待下一次保存（按 Ctrl-C 结束）。")
    assert "waiting" not in "".join(lines)
    assert "well done" not in "".join(lines)


def test_the_celebration_is_for_what_is_newly_right(tmp_path: Path) -> None:
    path = write(notebook("release"), tmp_path / "mine.ipynb")
    assert DONE in "\n".join(screen(reports(path, 3), newly=True, seconds=1))
    assert DONE not in "\n".join(screen(reports(path, 3), newly=False, seconds=1))


def test_the_authors_own_words_stand_in_place_of_the_usual_ones(tmp_path: Path) -> None:
    found = reports(write(notebook("release"), tmp_path / "mine.ipynb"), 3)
    first, *others = found.notebook.exercises
    own = replace(found.notebook, exercises=(replace(first, closing="You have built it."), *others))
    text = "\n".join(screen(replace(found, notebook=own), newly=True, seconds=1))
    assert "You have built it." in text
    assert DONE not in text


# --- bad input --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "There is no file"),
        (b"folder", "There is no file"),
        (b"{", "not JSON"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', "not a notebook of this course"),
    ],
)
def test_what_cannot_be_watched(content: bytes | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.ipynb"
    if content == b"folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    one_sentence(path, words)


def test_a_course_without_references(tmp_path: Path) -> None:
    path = write(notebook("release"), tmp_path / "mine.ipynb")
    done = autograder("--course", tmp_path, "watch", path)
    assert done.returncode == 2
    assert "There are no references" in done.stderr


def one_sentence(path: Path, words: str) -> None:
    done = autograder("--course", ROOT, "watch", path)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("autograder: ")
    assert words in line


@pytest.mark.slow
def test_where_all_is_right_the_next_notebook_is_watched(tmp_path: Path, watch: Callable[[Path], Watching]) -> None:
    solved = nbformat.read(ROOT / "source" / "blocks-beyond" / "blocks-beyond.ipynb", as_version=4)
    solved.metadata.autograder["next"] = "folder/second.ipynb"
    (tmp_path / "folder").mkdir()
    following = nbformat.read(ROOT / "release" / "blocks-beyond" / "blocks-beyond.ipynb", as_version=4)
    following.metadata.autograder["next"] = "nowhere.ipynb"
    write(following, tmp_path / "folder" / "second.ipynb")
    first = write(solved, tmp_path / "mine.ipynb")
    watching = watch(first)
    text = watching.until(lambda text: text.count(WAITING) == 2)
    assert text.index(DONE) < text.index("Next: ") < text.index("Checking second.ipynb ...") < text.index("0 of 4")
    save(solved, tmp_path / "folder" / "second.ipynb")
    watching.until(lambda text: text.count(DONE) == 2 and text.count(WAITING) == 3)
