"""What is found and used in containers, which are imitated: by a filter of system calls, and masks over /proc."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.lab import short_folder
from tests.shared.helpers import ROOT
from tests.shared.light_class import ASSIGNMENT, grade, hand_in

CONTAINER = ROOT / "tests" / "places" / "container.py"
as_root = pytest.mark.skipif(
    not Path("/proc/self/status").read_text().partition("CapEff:\t")[2].startswith("00000"),
    reason="takes root, who may mount",
)
TRY = """
import os, sys
from autograder.sandbox.machine import machine
from autograder.sandbox.start import forkserver
from tests.sandbox.lab import lab
from tests.sandbox.test_life import DAEMONS
print(machine().protection.level.name)
for preload in (None, ()):
    with forkserver.scratch() as folder, lab(folder / "s", {SETTINGS}, preload=preload) as box:
        box.run("import os\\nopen('x', 'w').write('y')")
        print(box.run("print(os.getcwd() == os.environ['HOME'], 6 * 7)"))
        print(box.run("!echo shell"))
        print(box.tried("open(p)", p=__file__), box.tried("import os\\nos.kill(p, 0)", p=os.getpid()))
        box.run(DAEMONS)
        print(type(box.kernel._watcher.process).__name__, box.kernel.alive())
        box.kernel.kill()
        print(box.kernel.ended_by())
"""


def in_container(*options: str, settings: str = "{}") -> list[str]:
    """What a kernel that starts afresh and a forked one say in such a container, after its level."""
    with short_folder() as folder:
        folder.chmod(0o755)
        script = folder / "try.py"
        script.write_text(TRY.replace("{SETTINGS}", settings))
        done = subprocess.run(
            [sys.executable, CONTAINER, *options, "env", f"PYTHONPATH={ROOT}", sys.executable, script],
            capture_output=True,
            text=True,
            timeout=200,
        )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def kernels(first: str, refusal: str = "PermissionError PermissionError") -> list[str]:
    said = ["True 42", "shell", refusal]
    return [*said, f"{first} True", "killed", *said, "Forked True", "killed"]


@pytest.mark.parametrize("options", [[], ["--user"], ["--closed"]])
def test_docker(options: list[str]) -> None:
    """No namespaces at all: as root, whose kernels get a user of their own; as a user; as root with Python in /root."""
    assert in_container(*options) == ["landlock", *kernels("Popen")]


@as_root
@pytest.mark.parametrize("options", [[], ["--user"]])
def test_podman(options: list[str]) -> None:
    """Namespaces, but no /proc, no host name and no lock of its own."""
    assert in_container("--podman", *options) == ["partial", *kernels("Popen", "FileNotFoundError ProcessLookupError")]


def test_no_landlock_either() -> None:
    """Refused; and where the instructor goes on regardless, with what there is."""
    with pytest.raises(AssertionError, match="No sandbox on this machine: bubblewrap"):
        in_container("--no-landlock")
    said = in_container("--no-landlock", settings=str({"allow_unprotected": True}))
    open_to_all = [word.replace("PermissionError PermissionError", "done done") for word in kernels("Popen")]
    assert said[0] == "none"
    assert [line for line in said[1:] if "Error" not in line and line != "done done"] == [
        line for line in open_to_all if line != "done done"
    ]


def test_refused_in_one_sentence(tmp_path: Path) -> None:
    """By nbgrader's own command, and by `autograder grade` where all was graded before, on a better machine."""
    course = hand_in(tmp_path / "course")
    old = [sys.executable, CONTAINER, "--no-landlock"]
    programs = Path(sys.executable).parent
    done = subprocess.run(
        [*old, programs / "nbgrader", "autograde", ASSIGNMENT, "--student=ada"],
        cwd=course,
        capture_output=True,
        text=True,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert said.count("No sandbox on this machine: bubblewrap (") == 1
    assert "Traceback" not in said
    grade(course)
    again = [*old, programs / "autograder", "--course", course, "grade"]
    done = subprocess.run(again, capture_output=True, text=True)
    assert done.returncode == 2
    assert "No sandbox on this machine: bubblewrap (" in done.stderr
    assert "Traceback" not in done.stderr
