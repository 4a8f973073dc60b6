"""The zip for Gradescope in an imitated container: its own setup.sh, its own run_autograder, results.json."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbformat import NotebookNode

from autograder.base.course import Course
from autograder.instructor.package.wheel import build_wheel
from tests.places.environment import OFFLINE, PACKAGES, lend_packages, this_python
from tests.shared.built import BuiltCourse
from tests.shared.helpers import ROOT, autograder, handed_in, right, solution
from tests.shared.light_class import CLASS
from tests.shared.light_course import ASSIGNMENT, answered

CONTAINER = ROOT / "tests" / "places" / "container.py"
MEMORY = 768 * 2**20
"""What Gradescope's smallest container has."""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.name != "posix" or os.geteuid() != 0, reason="takes root, who Gradescope runs autograders as"
    ),
]
Files = Mapping[str, NotebookNode | str]


@dataclass(frozen=True)
class Ran:
    """What a run left: its status, what it printed, results.json or None, and the most memory that it took."""

    status: int
    said: str
    results: dict[str, Any] | None
    peak: int

    def scores(self) -> dict[str, float]:
        assert self.results is not None, self.said
        return {one["name"]: one["score"] for one in self.results["tests"] if "score" in one}

    @property
    def received(self) -> dict[str, Any]:
        assert self.results is not None, self.said
        return dict(self.results["tests"][0])


@dataclass(frozen=True)
class Platform:
    """A container that was made from a zip: /autograder, in a folder of another name."""

    place: Path

    def run(self, files: Files, *options: str) -> Ran:
        """What becomes of these files. Each run begins with what the container was made with, as Gradescope's does."""
        shutil.rmtree(self.place / "source" / "course" / ".autograder", ignore_errors=True)
        for name in ("submission", "results"):
            shutil.rmtree(self.place / name, ignore_errors=True)
            (self.place / name).mkdir()
        for name, content in files.items():
            path = self.place / "submission" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if isinstance(content, str) else nbformat.writes(content))
        clean = {"PATH": "/usr/bin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}
        command = [sys.executable, str(CONTAINER), *options, str(self.place / "run_autograder")]
        with (self.place / "results" / "stdout").open("w+") as said:
            running = subprocess.Popen(command, cwd=self.place, env=clean, stdout=said, stderr=said)
            with _most_memory(running.pid) as peak:
                status = running.wait(400)
            said.seek(0)
            text = said.read()
        found = self.place / "results" / "results.json"
        return Ran(status, text, json.loads(found.read_text()) if found.exists() else None, peak[0])


class _most_memory:  # noqa: N801
    """The most that a process and its children have taken together, what they share counted once, in bytes."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most, self._end = pid, [0], threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> list[int]:
        self._thread.start()
        return self._most

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.wait(0.1):
            total = 0
            try:
                first = psutil.Process(self._pid)
                family = [first, *first.children(recursive=True)]
            except psutil.Error:
                continue
            for one in family:
                try:
                    total += one.memory_full_info().pss
                except psutil.Error:
                    continue
            self._most[0] = max(self._most[0], total)


def made_from(zipped: Path, place: Path) -> Platform:
    """Do what Gradescope does with a zip; setup.sh's pip has no network, and finds other packages here."""
    source = place / "source"
    with zipfile.ZipFile(zipped) as archive:
        for entry in archive.infolist():
            path = Path(archive.extract(entry, source))
            path.chmod(entry.external_attr >> 16)
    shutil.copy(source / "run_autograder", place)
    environment = {"PATH": this_python(place / "bin"), "HOME": str(place), **OFFLINE}
    done = subprocess.run(
        ["bash", source / "setup.sh"], env=environment, cwd="/", capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lend_packages(source / ".venv")
    grader = json.loads((source / "grader.json").read_text())
    grader["settings"]["sandbox"]["read_only"] = [str(PACKAGES)]
    (source / "grader.json").write_text(json.dumps(grader))
    return Platform(place)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def place() -> Iterator[Path]:
    yield from _place()


@pytest.fixture(scope="module")
def light_place() -> Iterator[Path]:
    yield from _place()


def _place() -> Iterator[Path]:
    """Where anybody can get to, as in a container."""
    with tempfile.TemporaryDirectory(prefix="ag-gs-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def zipped(light_class: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the light course."""
    folder = tmp_path_factory.mktemp("zip")
    done = autograder(
        "--course", light_class, "package", ASSIGNMENT, "--for", "gradescope", "--to", folder, "--wheel", wheel
    )
    assert done.returncode == 0, done.stderr
    return folder / f"{ASSIGNMENT}-gradescope.zip"


@pytest.fixture(scope="module")
def platform(zipped: Path, light_place: Path) -> Platform:
    return made_from(zipped, light_place)


def one(node: NotebookNode) -> Files:
    return {f"{ASSIGNMENT}.ipynb": node}


def test_right_and_wrong(platform: Platform) -> None:
    ran = platform.run(one(CLASS["ada"]))
    assert ran.scores() == {"double": 2, "mean": 3, "total": 5}
    assert ran.received["status"] == "passed"
    assert "protection: without namespaces: Landlock" in ran.said
    assert "a user of its own" in ran.said
    ran = platform.run(one(answered(double="def double(x):\n    return 3 * x")))
    assert ran.scores() == {"double": 0, "mean": 3, "total": 5}
    assert ran.results is not None
    assert {test.get("max_score") for test in ran.results["tests"]} == {None, 2, 3, 5}
    (wrong,) = [test for test in ran.results["tests"] if test["name"] == "double"]
    assert "AssertionError" in wrong["output"]


def test_the_documented_form(platform: Platform) -> None:
    """By https://gradescope-autograders.readthedocs.io/en/latest/specs/: which keys there are, and of what kind."""
    results = platform.run(one(CLASS["kim"])).results
    assert results is not None
    visibility = {"hidden", "after_due_date", "after_published", "visible"}
    formats = {"text", "html", "simple_format", "md", "ansi"}
    keys = {"score", "execution_time", "output", "output_format", "test_output_format", "test_name_format"}
    assert set(results) <= keys | {"visibility", "stdout_visibility", "extra_data", "tests", "leaderboard"}
    assert results["stdout_visibility"] == "hidden"
    assert isinstance(results["execution_time"], int)
    keys = {"score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags"}
    for test in results["tests"]:
        assert set(test) <= keys | {"visibility", "extra_data"}
        assert test["visibility"] in visibility
        assert test["output_format"] in formats
        assert test.get("status", "passed") in ("passed", "failed")
        assert isinstance(test.get("score", 0.0), float | int)
    first, *others = results["tests"]
    assert first["visibility"] == "visible"
    assert {test["visibility"] for test in others} == {"after_due_date"}


def test_nothing_hidden_is_told(platform: Platform) -> None:
    node = answered(mean="def mean(rows):\n    return [2.0, 3.0]", total="def total(text):\n    return 2")
    ran = platform.run(one(node))
    assert ran.scores() == {"double": 2, "mean": 0, "total": 4}
    told = json.dumps(ran.results)
    assert "A hidden test failed." in told
    for secret in ("arange", "a b  c", "HIDDEN", "4.5"):
        assert secret not in told


HOSTILE = """def double(x):
    import json, os
    for path in {paths}:
        with open(path) as file:
            file.read()
    return 2 * x"""
FORGED = """def total(text):
    with open({path!r}, "w") as file:
        file.write('{{"score": 100}}')
    return len(text.split())"""


def test_hostile(platform: Platform) -> None:
    """It reads what is hidden, and writes its own results.json; where nothing keeps it from that, it gets through."""
    source = platform.place / "source"
    hidden = [str(source / "grader.json"), str(source / "course" / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")]
    forged = platform.place / "results" / "forged.json"
    node = answered(
        double=HOSTILE.format(paths=hidden),
        mean="def mean(rows):\n    __import__('os')._exit(0)",
        total=FORGED.format(path=str(forged)),
    )
    ran = platform.run(one(node))
    assert ran.scores() == {"double": 0, "mean": 0, "total": 0}
    assert not forged.exists()
    kept = (source / "grader.json").read_text()
    grader = json.loads(kept)
    grader["settings"]["sandbox"]["allow_unprotected"] = True
    (source / "grader.json").write_text(json.dumps(grader))
    try:
        ran = platform.run(one(node), "--no-landlock")
    finally:
        (source / "grader.json").write_text(kept)
    # Its user is still another, who may not read what setup.sh has closed.
    assert ran.scores()["double"] == 0
    assert "protection: none" in ran.said


def test_missing_damaged_and_elsewhere(platform: Platform) -> None:
    for files in ({}, {"notes.txt": "I have nothing."}, {f"{ASSIGNMENT}.ipynb": "{"}):
        ran = platform.run(files)
        assert ran.status == 0
        assert ran.scores() == {"double": 0, "mean": 0, "total": 0}
        assert ran.received["status"] == "failed"
        assert "is missing or can't be read" in ran.received["output"]
    # A repository, with the notebook as it was given out beside the student's own.
    files = {f"release/x/{ASSIGNMENT}.ipynb": CLASS["zoe"], f"study/deep/x/{ASSIGNMENT}.ipynb": CLASS["ada"]}
    assert sum(platform.run(files).scores().values()) == 10
    assert sum(platform.run({"Copy of it.ipynb": CLASS["ada"]}).scores().values()) == 10


def test_no_grade_where_nothing_keeps_code_in(platform: Platform) -> None:
    ran = platform.run(one(CLASS["ada"]), "--no-landlock")
    assert (ran.status, ran.results) == (1, None)
    assert "No sandbox on this machine" in ran.said


def test_what_is_in_it(zipped: Path, light_class: Path) -> None:
    with zipfile.ZipFile(zipped) as archive:
        names = set(archive.namelist())
        modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    assert {"setup.sh", "run_autograder", "grader.json", "requirements.txt"} <= names
    assert (modes["run_autograder"], modes["setup.sh"]) == (0o755, 0o755)
    assert f"course/source/{ASSIGNMENT}/{ASSIGNMENT}.ipynb" in names
    assert not [name for name in names if "gradebook" in name or name.endswith((".seed", "nbgrader_config.py"))]
    assert str(light_class).encode() not in zipped.read_bytes()


def test_wrong_calls(light_class: Path, tmp_path: Path) -> None:
    def said(*options: object) -> str:
        done = autograder("--course", light_class, "package", *options, "--to", tmp_path)
        assert done.returncode == 2
        assert not list(tmp_path.iterdir())
        return done.stderr

    assert "Say which assignment it is: plain." in said("--for", "gradescope")
    assert "There is no assignment 'other'" in said("other", "--for", "gradescope")
    assert "go with --for gradescope" in said(ASSIGNMENT)
    (light_class.parent / "never").mkdir()
    shutil.copytree(light_class / "source", light_class.parent / "never" / "source")
    shutil.copy(light_class / "nbgrader_config.py", light_class.parent / "never")
    done = autograder("--course", light_class.parent / "never", "package", ASSIGNMENT, "--for", "gradescope")
    assert (done.returncode, "was never released" in done.stderr) == (2, True)


def test_the_lesson_in_768_megabytes(built: BuiltCourse, wheel: Path, place: Path, tmp_path: Path) -> None:
    """Every exercise's report, as HTML without what Gradescope might show as loose words."""
    root = built.copy(tmp_path / "course")
    done = autograder("--course", root, "package", "resnet", "--for", "gradescope", "--to", tmp_path, "--wheel", wheel)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "resnet-gradescope.zip") as archive:
        names = archive.namelist()
    assert "course/data/references/resnet/hidden.h5" in names
    assert not [name for name in names if name.endswith((".seed", "exercises.py", "mistakes.py"))]
    assert Course(root).secret_seed.is_file()
    platform = made_from(tmp_path / "resnet-gradescope.zip", place)
    ran = platform.run({"resnet.ipynb": right()})
    assert ran.scores() == {"identity_block": 10, "convolutional_block": 10, "resnet50": 10}
    assert ran.peak < MEMORY, ran.peak
    slip = solution("identity_block", ('padding="same"', 'padding="valid"'))
    ran = platform.run({"resnet.ipynb": handed_in(identity_block=slip)})
    assert ran.results is not None
    assert 0 < ran.scores()["identity_block"] < 10
    (report,) = [test["output"] for test in ran.results["tests"] if test["name"] == "identity_block"]
    assert "<code>valid</code>" in report or "valid" in report
    for loose in ("<svg", "<style", "class=", "autograder-report"):
        assert loose not in report
    assert ran.peak < MEMORY, ran.peak
