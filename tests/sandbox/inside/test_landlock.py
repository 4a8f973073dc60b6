"""Landlock by itself: which rights a process has left, and that they are gone for all that it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.sandbox.inside import landlock
from tests.sandbox.inside.confining import run

pytestmark = pytest.mark.skipif(landlock.version() == 0, reason="this kernel has no Landlock")

REFUSED = "Permission denied"


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """A folder with a file and a program in it; beside it lies a secret."""
    folder = tmp_path / "shown"
    folder.mkdir()
    (folder / "file").write_text("as it was")
    (folder / "program").write_text("#!/bin/sh\n")
    (folder / "program").chmod(0o755)
    (tmp_path / "secret").write_text("secret")
    return folder


def confined(shown: Path, rights: str, attempts: str) -> list[str]:
    """What became of each attempt in a process that has those rights on that folder, and may read the system."""
    code = f"""
import os
from autograder.sandbox.inside import landlock
system = [(path, landlock.READ) for path in ("/usr", "/bin", "/lib", "/lib64", "/nowhere")]
os.chdir({str(shown)!r})
assert landlock.confine([*system, ({str(shown)!r}, {rights})]) == landlock.version()
for attempt in [{attempts}]:
    print(attempt)
"""
    return run(code).splitlines()


def test_to_read(shown: Path) -> None:
    attempts = """
        tried(open, "file"), tried(os.listdir, "."), tried(subprocess.run, ["./program"]),
        tried(open, "file", "a"), tried(open, "new", "w"), tried(os.unlink, "file"), tried(os.truncate, "file", 0),
        tried(open, "../secret"), tried(os.listdir, ".."), tried(open, "/etc/passwd"),
    """
    assert confined(shown, "landlock.READ", attempts) == ["done"] * 3 + [REFUSED] * 7
    assert (shown / "file").read_text() == "as it was"


def test_to_write(shown: Path) -> None:
    """All but to run what was written, and to make a device."""
    attempts = """
        tried(open, "file", "a"), tried(open, "new", "w"), tried(os.mkdir, "folder"), tried(os.rename, "new", "newer"),
        tried(os.symlink, "../secret", "link"), tried(os.unlink, "newer"), tried(os.truncate, "file", 0),
        tried(subprocess.run, ["./program"]), tried(os.mknod, "device", 0o20600, os.makedev(1, 3)),
        tried(open, "link"), tried(open, "../secret", "a"), tried(open, "../new", "w"),
    """
    found = confined(shown, "landlock.WRITE", attempts)
    assert found[:7] == ["done"] * 7
    assert found[7] == REFUSED
    assert found[8] in (REFUSED, "Operation not permitted")  # without Landlock, root alone may make a device
    assert found[9:] == [REFUSED] * 3


def test_to_use_a_device(shown: Path) -> None:
    attempts = 'tried(open, "file", "r+"), tried(open, "new", "w"), tried(os.unlink, "file"), tried(os.mkdir, "folder")'
    assert confined(shown, "landlock.DEVICE", attempts) == ["done"] + [REFUSED] * 3


def test_a_right_on_one_file(shown: Path) -> None:
    code = f"""
from autograder.sandbox.inside import landlock
landlock.confine([({str(shown / "file")!r}, landlock.READ)])
print(tried(open, {str(shown / "file")!r}), tried(open, {str(shown / "program")!r}), sep=", ")
"""
    assert run(code) == f"done, {REFUSED}"


def test_it_holds_for_children_and_for_good(shown: Path) -> None:
    """A second set of rules takes rights away; it gives none back."""
    secret = str(shown.parent / "secret")
    code = f"""
from autograder.sandbox.inside import landlock
before = tried(open, {secret!r})
landlock.confine([({str(shown)!r}, landlock.READ)])
landlock.confine([("/", landlock.READ), ("/", landlock.WRITE)])
if os.fork() == 0:
    print(before, tried(open, {secret!r}), tried(open, "file", "a"), sep=", ", flush=True)
    os._exit(0)
os.wait()
"""
    assert run(code) == f"done, {REFUSED}, {REFUSED}"


@pytest.mark.skipif(landlock.version() < 6, reason="this kernel's Landlock keeps no signals inside")
def test_no_signal_and_no_abstract_socket_leaves_it() -> None:
    code = """
from autograder.sandbox.inside import landlock
server = socket.socket(socket.AF_UNIX)
server.bind(f"\\0sentinel-{os.getpid()}")
server.listen()
if os.fork() == 0:
    outside = os.getppid()
    def reached():
        address = f"\\0sentinel-{outside}"
        return [tried(os.kill, outside, 0), tried(socket.socket(socket.AF_UNIX).connect, address)]
    before = reached()
    landlock.confine([])
    print(*before, *reached(), tried(os.kill, os.getpid(), 0), sep=", ", flush=True)
    os._exit(0)
os.wait()
"""
    assert run(code) == "done, done, Operation not permitted, Operation not permitted, done"


def test_privileges_are_kept_down() -> None:
    code = """
from autograder.sandbox.inside import landlock
def lowered():
    return [line.split()[1] for line in open("/proc/self/status") if line.startswith("NoNewPrivs")]
before = lowered()
landlock.confine([("/proc", landlock.READ)])
print(before, lowered())
"""
    assert run(code) in ("['0'] ['1']", "['1'] ['1']")  # the second where the tests themselves run with it
