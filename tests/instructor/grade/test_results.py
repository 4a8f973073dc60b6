"""`autograder grade`: results that are kept, submissions side by side, and going on after an interruption."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from unittest import mock

import psutil
import pytest

from autograder.instructor.grade.progress import interrupts
from tests.shared import helpers
from tests.shared.helpers import autograder
from tests.shared.light_class import CLASS, POINTS, exported, grade, gradebook, kept, outputs
from tests.shared.light_course import ASSIGNMENT, answered, write


@pytest.mark.slow
def test_one_at_a_time_and_three_give_the_same_gradebook(course: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(course, tmp_path / "other"))
    grade(course, "-j", "1")
    with mock.patch.object(helpers, "THREADS", 2):
        grade(other, "-j", "3")  # by workers that are no forks, as where there are threads, and on macOS
    assert exported(course) == exported(other) == POINTS
    assert gradebook(course) == gradebook(other)


def test_only_what_has_changed_is_executed_again(graded: Path) -> None:
    course = graded
    grade(course)
    first, said = kept(course), outputs(course, "kim")
    assert len(first) == len(CLASS)
    folder = course / ".autograder" / "results"
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, *folder.iterdir()))  # the instructor's alone

    shutil.rmtree(course / "autograded")
    again = ["nbgrader", "autograde", ASSIGNMENT]
    done = subprocess.run(again, cwd=course, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    assert kept(course) == first  # nbgrader found the results ready
    assert outputs(course, "kim") == said
    assert "assert double(-7.5)" in said  # the failing test, in the instructor's copy

    write(course / "submitted" / "kim" / ASSIGNMENT, answered(double="def double(x):\n    return x * 2"))
    (course / "submitted" / "ada" / ASSIGNMENT / "numbers.txt").write_text("1 2 3")
    (folder / sorted(first)[0]).write_text('{"cells": [], "whole": {"protection": 5}}')
    grade(course)
    second = kept(course)
    assert len(set(second) - set(first)) == 2  # the new answer, and the new file beside an old one
    assert sum(second[name] != first[name] for name in first) == 1  # the damaged result
    assert exported(course) == POINTS | {"kim": "10.0"}

    with (course / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.timeout = 5\n")
    grade(course)
    assert len(set(kept(course)) - set(second)) == len(CLASS)  # another setting


def test_what_the_kit_keeps_for_itself_may_be_deleted(graded: Path) -> None:
    course = graded
    first = kept(course)
    shutil.rmtree(course / ".autograder")
    grade(course)
    assert kept(course).keys() == first.keys()
    assert exported(course) == POINTS


def test_killed_at_any_point_it_goes_on(course: Path) -> None:
    """The parent is killed for good, twice; its workers and their sandboxes end with it; then it runs undisturbed."""
    for reached in (lambda: kept(course), lambda: logged(course)):  # something executed, something written down
        with subprocess.Popen(
            ["autograder", "grade", "-j", "2"],
            cwd=course,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as running:
            while not reached() and running.poll() is None:
                time.sleep(0.01)
            running.kill()
        _wait_until_none_is_left(running.pid)
    grade(course)
    assert exported(course) == POINTS


def logged(course: Path) -> str:
    """What grading has written down."""
    log = course / ".autograder" / "grading.log"
    return log.read_text() if log.exists() else ""


def _wait_until_none_is_left(session: int) -> None:
    """Workers carry the session id of the process that was killed."""
    deadline = time.monotonic() + 300  # on a busy machine a worker may still be importing, and ends after that
    while time.monotonic() < deadline:
        left = [name for name in os.listdir("/proc") if name.isdigit() and _session(name) == session]
        if not left:
            return
        time.sleep(0.1)
    raise AssertionError(f"processes are left: {left}")


def _session(pid: str) -> int | None:
    try:
        state, _, _, session = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[:4]
    except (OSError, ValueError):
        return None
    # Who adopts orphans in another test of this process may not have buried them yet.
    return int(session) if state not in "ZX" else None


def test_a_worker_that_is_killed_is_one_line(course: Path) -> None:
    with subprocess.Popen(
        ["autograder", "grade", "-j", "2"], cwd=course, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        while not kept(course) and running.poll() is None:  # with one done, others are at work or waiting
            time.sleep(0.01)
        workers = [one for one in psutil.Process(running.pid).children() if "grade" in one.cmdline()]
        workers[0].kill()
        _, said = running.communicate(timeout=300)
    assert len(workers) == 2
    assert running.returncode == 2
    (line,) = said.splitlines()
    assert line.startswith("autograder: A process that was at work was killed, perhaps because memory ran out.")
    assert line.endswith("start the same command again, with -j 1 if this goes on.")
    grade(course)
    assert exported(course) == POINTS


@pytest.mark.parametrize(("delay", "executed"), [(0.0, True), (0.1, True), (0.2, False)])
def test_ctrl_c_is_one_line(graded: Path, delay: float, executed: bool) -> None:
    """While workers still execute others, and where all results are kept and left to be written down."""
    course = graded
    assert autograder("--course", course, "undo").returncode == 0
    (course / ".autograder" / "grading.log").unlink()
    assert len(kept(course)) == len(CLASS)
    if not executed:
        shutil.rmtree(course / ".autograder" / "results")
    with subprocess.Popen(
        ["autograder", "grade"], cwd=course, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        while not logged(course) and running.poll() is None:
            time.sleep(0.01)
        time.sleep(delay)
        running.send_signal(signal.SIGINT)  # as a rule while nbgrader writes down the second
        _, said = running.communicate(timeout=300)
    assert (running.returncode, said) == (130, "autograder: interrupted\n")
    grade(course)
    assert exported(course) == POINTS


def pressed(times: int, written: list[int]) -> None:
    """Ctrl-C while something is written down."""
    with interrupts() as ctrl_c, ctrl_c.put_off():
        for _ in range(times):
            signal.raise_signal(signal.SIGINT)
        written.append(times)


def test_ctrl_c_waits_for_what_is_being_written_down_and_a_second_does_not() -> None:
    written: list[int] = []
    pressed(0, written)
    for times in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            pressed(times, written)
    assert written == [0, 1]
    with interrupts(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
