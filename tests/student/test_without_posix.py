"""What a student uses works where there is no POSIX: on Windows there is no fcntl, no fork and no SIGKILL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.base.course import Course, translation
from autograder.execution.kernel import confined, local
from autograder.sandbox.errors import SandboxUnavailable
from autograder.student import check as checking
from autograder.student import study
from tests.shared.helpers import ROOT, handed_in, solution, write

MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "pty", "tty", "syslog")
GONE = {
    "os": "fork forkpty getuid geteuid getgid getegid setsid killpg getpgid O_NOFOLLOW O_NONBLOCK O_CLOEXEC "
    "O_DIRECTORY sched_getaffinity statvfs mkfifo pidfd_open memfd_create P_PIDFD waitid",
    "signal": "SIGALRM SIGKILL setitimer ITIMER_REAL pthread_sigmask SIGCHLD SIGSTOP SIGCONT SIGHUP",
    "socket": "AF_UNIX",
}
"""What Windows lacks; it goes once other people's packages are imported, which know how to do without."""
IMPORTS = (
    "cli doctor student.check student.watch student.study student.notebook_api evidence.collect lesson.signs "
    "lesson.images.show execution.kernel.session execution.trust"
)

WITHOUT_POSIX = f"""
import asyncio, concurrent.futures, importlib, multiprocessing, shutil, subprocess, sys, tempfile
import babel.messages.pofile, h5py, IPython, jinja2, jupyter_client, keras, nbformat, psutil, pydantic, zmq
for name in {MODULES!r}:
    sys.modules[name] = None
for module, names in {GONE!r}.items():
    for name in names.split():
        if hasattr(sys.modules[module], name):
            delattr(sys.modules[module], name)
for name in {IMPORTS!r}.split():
    importlib.import_module("autograder." + name)
from autograder import check
"""


def run(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *options, "-c", code],
        capture_output=True,
        text=True,
        timeout=200,
        cwd=ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )


@pytest.mark.parametrize("right", [True, False])
def test_check_without_posix(right: bool) -> None:
    answer = solution("identity_block") if right else solution("identity_block", ('padding="same"', 'padding="valid"'))
    done = run(
        f"{WITHOUT_POSIX}\n{_setup()}\n{answer}\nreport = check(identity_block)\nprint('passed:', report.passed)"
    )
    assert done.returncode == 0, done.stderr
    assert f"passed: {right}" in done.stdout


def _setup() -> str:
    node = handed_in()
    cells = [cell.source for cell in node.cells if cell.cell_type == "code"]
    return next(source for source in cells if "from autograder import" in source)


def test_a_module_that_needs_posix_would_be_noticed() -> None:
    done = run(f"{WITHOUT_POSIX}\nimport autograder.sandbox.kernel")
    assert done.returncode == 1
    assert "fcntl" in done.stderr or "O_DIRECTORY" in done.stderr  # whichever it comes upon first


def test_texts_are_read_in_utf_8_wherever(tmp_path: Path) -> None:
    """Windows takes its own code page for a text file whose encoding nobody names."""
    (tmp_path / "release").symlink_to(ROOT / "release")
    (tmp_path / "data").symlink_to(ROOT / "data")
    code = (
        "import pathlib, sys\nfrom autograder import cli, study\nfrom autograder.base.course import Course\n"
        f"for _ in range(2):\n    desk = study.lay_out(Course(pathlib.Path({str(tmp_path)!r})), 'zh')\n"
        f"sys.exit(cli.main(['--course', {str(tmp_path)!r}, 'check', str(desk.notebook)]))"
    )
    done = run(code, "-X", "warn_default_encoding")
    assert done.returncode == 1, done.stderr  # nothing is filled in
    ours = [line for line in done.stderr.splitlines() if "EncodingWarning" in line and str(ROOT / "autograder") in line]
    assert ours == []


def test_a_notebook_is_checked_over_tcp_where_there_are_no_sockets_in_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(local, "SOCKETS_IN_FOLDERS", False)
    path = write(handed_in(identity_block=solution("identity_block")), tmp_path / "resnet.ipynb")
    found = checking.check_notebook(path, Course(ROOT))
    assert {report.exercise: report.points for report in found.reports}["identity_block"] == 10


def test_a_stranger_s_notebook_is_refused_in_a_sentence_on_windows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(confined, "ON_WINDOWS", True)
    with pytest.raises(SandboxUnavailable, match="There is no sandbox on Windows"):
        confined.start_kernel(tmp_path, Course(ROOT), checking.Config(), 10)


def test_a_screen_that_knows_no_chinese_gets_the_report_all_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        ["autograder", "check", ROOT / "release" / "resnet-zh" / "resnet.ipynb"],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "cp1252", "TF_CPP_MIN_LOG_LEVEL": "3"},
        timeout=200,
    )
    assert done.returncode == 1, done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(("there", "expected"), [(("en", "zh"), "en"), (("zh",), "zh"), (("en",), "en"), ((), "en")])
def test_study_opens_the_one_language_there_is(there: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    for language in there:
        write(handed_in(), tmp_path / "release" / translation("resnet", language) / "resnet.ipynb")
    assert study.language_here(Course(tmp_path), "en") == expected
