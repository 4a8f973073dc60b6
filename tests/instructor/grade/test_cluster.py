"""`autograder grade --scheduler`: a class graded by the workers of a real Dask cluster on this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

import autograder
from autograder.base.course import Course
from autograder.cli import main
from autograder.execution.settings import Settings
from autograder.execution.submission.model import Submission
from autograder.instructor.grade import cluster, workers
from autograder.instructor.grade import grade as grading
from autograder.instructor.grade.cluster import ClusterError
from autograder.sandbox.errors import SandboxUnavailable
from autograder.sandbox.start.bubblewrap import candidates
from tests.instructor.grade import dask_cluster
from tests.instructor.grade.dask_cluster import Cluster, wait_for
from tests.shared.light_class import CLASS, POINTS, exported, grade, gradebook, kept
from tests.shared.light_course import ASSIGNMENT


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with dask_cluster.cluster(tmp_path_factory.mktemp("dask")) as made:
        for name in ("one", "two"):
            made.start_worker(name, nanny=True)
        for name in ("one", "two"):
            made.wait_for_worker(name)
        yield made


@pytest.fixture
def course(course: Path) -> Path:
    """Three students will do: one right, one wrong, one whose kernel dies."""
    for student in set(CLASS) - {"ada", "kim", "lee"}:
        shutil.rmtree(course / "submitted" / student)
    return course


def refusal(address: str, course: Path, reach: float = 10.0) -> str:
    with pytest.raises(ClusterError) as caught, cluster.workers(address, Course(course), reach=reach):
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- it works --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_workers_grade_alike_and_a_lost_one_costs_nothing(two_workers: Cluster, course: Path, tmp_path: Path) -> None:
    """Killed while a student's code runs, it takes its sandbox with it, and another does its submission again."""
    local = Path(shutil.copytree(course, tmp_path / "local"))
    grade(local, "-j", "2")
    nanny = psutil.Process(two_workers.workers["one"].pid)
    with subprocess.Popen(
        ["autograder", "grade", "--scheduler", two_workers.address],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        wait_for(Course(course).log.exists)  # until then workers are asked, and try their sandboxes
        worker, sandbox = wait_for(lambda: _at_work(nanny.children()))
        worker.kill()
        while running.poll() is None:
            assert not _at_work([psutil.Process(running.pid)])  # it finds the results, and executes nothing itself
            time.sleep(0.1)
        said, complaints = running.communicate(timeout=10)
    assert running.returncode == 0, said + complaints
    assert complaints == ""
    wait_for(lambda: not any(_lives(process) for process in sandbox), 20)
    assert exported(course) == {student: POINTS[student] for student in ("ada", "kim", "lee")}
    assert gradebook(course) == gradebook(local)


def _at_work(processes: Sequence[psutil.Process]) -> tuple[psutil.Process, list[psutil.Process]] | None:
    """The first process that has a sandbox running, and what runs in it."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            below = process.children(recursive=True)
            if any("bwrap" in one.name() for one in below):
                return process, below
    return None


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


# --- a cluster that can't be used ------------------------------------------------------------------------------

BAD_WORKERS = {  # in the order in which they are refused
    "threads": "has 2 threads: start it with `--nthreads 1`",
    "python": "runs Python 3.9.0, and this is 3.",
    "broken": "can't run this package (ImportError('this is not the one')): install it there",
    "library": "has numpy 0.0.1, and this machine has numpy ",
    "code": "has another version of this package: install the same there, and restart it",
    "elsewhere": "as it is here: all need the course's folder on a shared file system, at one path",
}


def test_a_worker_that_would_give_other_results_is_refused(course: Path, tmp_path: Path) -> None:
    with dask_cluster.cluster(tmp_path) as made:
        _start_bad_workers(made, course)
        for name in BAD_WORKERS:
            made.wait_for_worker(name)
        left = dict(BAD_WORKERS)
        while left:  # in whichever order they are asked
            told = refusal(made.address, course)
            (name,) = (name for name, sentence in left.items() if sentence in told)
            made.stop_worker(name)
            del left[name]
        said = refusal(made.address, course, reach=1)
        assert said == (
            f"The scheduler at {made.address} has no workers: start some, each with "
            f"`dask worker {made.address} --nthreads 1`."
        )
    assert kept(course) == {}


def test_a_scheduler_with_another_version_is_refused(course: Path, tmp_path: Path) -> None:
    other = tmp_path / "numpy-0.0.1.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Name: numpy\nVersion: 0.0.1\n")
    with dask_cluster.cluster(tmp_path, path=tmp_path) as made:
        assert refusal(made.address, course).startswith("The scheduler has numpy 0.0.1, and this machine has numpy ")


def _start_bad_workers(made: Cluster, course: Path) -> None:
    folders = {name: made.folder / f"path-{name}" for name in BAD_WORKERS}
    for folder in folders.values():
        folder.mkdir()
    (folders["python"] / "sitecustomize.py").write_text("import platform\nplatform.python_version = lambda: '3.9.0'\n")
    (folders["broken"] / "autograder").mkdir()
    (folders["broken"] / "autograder" / "__init__.py").write_text("raise ImportError('this is not the one')\n")
    (folders["library"] / "numpy-0.0.1.dist-info").mkdir()
    (folders["library"] / "numpy-0.0.1.dist-info" / "METADATA").write_text("Name: numpy\nVersion: 0.0.1\n")
    shutil.copytree(Path(autograder.__file__).parent, folders["code"] / "autograder")
    (folders["code"] / "autograder" / "course.py").open("a").write("\n")
    made.start_worker("threads", "--nthreads", "2")
    for name in ("python", "broken", "library", "code"):
        made.start_worker(name, path=folders[name])
    bwrap = str(candidates()[0].path)
    made.start_worker("elsewhere", before=[bwrap, "--dev-bind", "/", "/", "--tmpfs", str(course), "--die-with-parent"])


def test_what_a_worker_looks_at(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Course(course).results
    folder.mkdir(parents=True)
    (folder / "marker").touch()
    assert cluster.look(course, "marker", os.getuid(), False) == ""
    assert "does not see" in cluster.look(course, "another", os.getuid(), False)
    assert f"runs as user {os.getuid()}" in cluster.look(course, "marker", os.getuid() + 1, False)

    def unavailable() -> None:
        raise SandboxUnavailable("Nothing.")

    monkeypatch.setattr(cluster, "machine", lambda: SimpleNamespace(require=unavailable))
    assert cluster.look(course, "marker", os.getuid(), False) == "can't give the sandbox. Nothing."
    assert cluster.look(course, "marker", os.getuid(), True) == ""

    def full(*arguments: object, **options: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    assert "can't write" in cluster.look(course, "marker", os.getuid(), True)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "here",
        "tcp://",
        "tcp://:1",
        "host:port",
        "host:0",
        "host:65536",
        "host:1:2",
        "http://h:1",
        "::1",
        "[::1:1",
        "h:²",
    ],
)
def test_a_malformed_address_is_refused(address: str, course: Path) -> None:
    assert "is not a scheduler's address" in refusal(address, course)


@pytest.mark.parametrize(
    ("address", "next_trouble"),
    [
        ("localhost:1", "There is no Dask scheduler to be reached at localhost:1 "),
        ("tcp://127.0.0.1:65535", "There is no Dask scheduler to be reached at tcp://127.0.0.1:65535 "),
        ("[::1]:8786", "There is no Dask scheduler to be reached at [::1]:8786 "),
        ("tls://h.example:65535", "tls://h.example:65535 needs certificates "),
    ],
)
def test_a_right_address_is_tried(address: str, next_trouble: str, course: Path) -> None:
    assert refusal(address, course, reach=0.5).startswith(next_trouble)


def test_nobody_there(course: Path) -> None:
    began = time.monotonic()
    assert "There is no Dask scheduler to be reached at 127.0.0.1:9" in refusal("127.0.0.1:9", course, reach=1)
    assert time.monotonic() - began < 8


def test_without_dask_it_says_what_to_install(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert "pip install 'residual-networks-course-kit[cluster]'" in refusal("127.0.0.1:9", course)


def test_at_the_command_line_it_is_one_line_and_status_2(course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--course", str(course), "grade", "--scheduler", "127.0.0.1"]) == 2
    said = capfd.readouterr()
    assert said.err.startswith("autograder: '127.0.0.1' is not a scheduler's address")
    assert said.err.count("\n") == 1
    with pytest.raises(SystemExit) as caught:
        main(["--course", str(course), "grade", "-j", "2", "--scheduler", "127.0.0.1:8786"])
    assert caught.value.code == 2
    assert "--scheduler: not allowed with argument -j" in capfd.readouterr().err
    assert kept(course) == {}


# --- a cluster that is lost on the way -------------------------------------------------------------------------


def test_all_of_it_may_go_away(course: Path, tmp_path: Path) -> None:
    with dask_cluster.cluster(tmp_path) as made:
        kept_words = "What has been graded is kept: start them again, and this command."
        made.start_worker("first")
        said = _lost(made.address, course, made.workers["first"])
        assert said == f"All workers at {made.address} went away. {kept_words}"
        made.start_worker("second")
        assert made.scheduler is not None
        said = _lost(made.address, course, made.scheduler)
        assert said == f"The scheduler at {made.address} went away. {kept_words}"


def _lost(address: str, course: Path, victim: subprocess.Popen[bytes]) -> str:
    with pytest.raises(ClusterError) as caught:
        _work_and_lose(address, course, victim)
    return str(caught.value)


def _work_and_lose(address: str, course: Path, victim: subprocess.Popen[bytes]) -> None:
    with cluster.workers(address, Course(course), patience=2) as executor:
        waiting = executor.submit(time.sleep, 100)
        victim.kill()
        waiting.result(60)


class Losing(ThreadPoolExecutor):
    """Gives every job up, as Dask does when several workers have died on it."""

    def submit(self, *_: object) -> Future[workers.Outcome]:  # type: ignore[override]
        future: Future[workers.Outcome] = Future()
        future.set_exception(RuntimeError("Attempted to run it on 4 different workers. See the logs."))
        return future


def test_a_submission_that_no_worker_survives_is_not_tried_here(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for student in ("ada", "lee"):
        shutil.rmtree(course / "submitted" / student)
    monkeypatch.setattr(grading, "processes", lambda number: _as_is(Losing(number)))
    assert not grading.grade_class(Course(course), [ASSIGNMENT])
    assert "no worker could do it" in " ".join(capsys.readouterr().out.split())
    assert not (course / "autograded").exists()
    assert kept(course) == {}


def _as_is(executor: Executor) -> Executor:
    return executor


def test_one_process_works_on_one_submission_at_a_time(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker with several threads that joins later is slow, not wrong."""
    inside, most = threading.Semaphore(0), []

    def take_in(*_: object) -> None:
        inside.release()
        time.sleep(0.2)
        most.append(inside._value)
        inside.acquire()
        raise OSError("enough")

    monkeypatch.setattr(workers, "take_in", take_in)
    submission = Submission(Course(course), "kim", ASSIGNMENT, course / "submitted", course / "source", {})
    with ThreadPoolExecutor(2) as executor:
        done = list(workers.execute_all(executor, [submission] * 2, Settings()))
    assert [one.why for one in done if isinstance(one, workers.Failed)] == ["OSError: enough"] * 2
    assert most == [1, 1]
