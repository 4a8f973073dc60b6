"""Machines that can't give the protection: a clear refusal, or a kernel that says what it lacks."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from traitlets.config import Config

from autograder.sandbox import machine
from autograder.sandbox.errors import SandboxUnavailable
from autograder.sandbox.inside import seccomp
from autograder.sandbox.kernel import SandboxKernel
from autograder.sandbox.start import bubblewrap
from tests.sandbox.lab import lab
from tests.sandbox.test_life import DAEMONS

REAL = bubblewrap.candidates()[0].path
UNPROTECTED = {"allow_unprotected": True}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The machine's only folder of programs; the wheel's bwrap is gone."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(bubblewrap, "SYSTEM_FOLDERS", (str(folder),))
    monkeypatch.setattr(bubblewrap, "find_spec", lambda name: None)
    machine.machine.cache_clear()
    yield folder
    machine.machine.cache_clear()


def program(folder: Path, text: str) -> None:
    path = folder / "bwrap"
    path.write_text(text)
    path.chmod(0o755)


def refusal(scratch: Path) -> str:
    with pytest.raises(SandboxUnavailable) as caught:
        SandboxKernel.start(scratch)
    message = str(caught.value)
    assert "c.SandboxProvisioner.allow_unprotected = True" in message
    assert "--unprotected" in message
    assert "\n" not in message
    return message


def test_no_bubblewrap(scratch: Path, programs: Path) -> None:
    assert "apt install bubblewrap" in refusal(scratch)
    assert not machine.machine().protection.active
    assert machine.machine().protection.missing


def test_an_old_bubblewrap(scratch: Path, programs: Path) -> None:
    program(programs, "#!/bin/sh\necho bubblewrap 0.4.1\n")
    assert "bubblewrap 0.8 or later" in refusal(scratch)


def test_a_bubblewrap_that_may_not(scratch: Path, programs: Path) -> None:
    program(
        programs,
        "#!/bin/sh\n[ $1 = --version ] && echo bubblewrap 0.11.0 && exit\n"
        "echo 'bwrap: No permissions to create a new namespace' >&2; exit 1\n",
    )
    assert "bwrap: No permissions to create a new namespace" in refusal(scratch)


def test_a_bad_bubblewrap_of_the_machine_does_not_matter(
    scratch: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(programs, "#!/bin/sh\n[ $1 = --version ] && echo bubblewrap 0.11.0 && exit\nexit 1\n")
    monkeypatch.undo()
    monkeypatch.setattr(bubblewrap, "SYSTEM_FOLDERS", (str(programs),))
    with lab(scratch) as box:
        assert box.kernel.protection.active


def test_no_landlock(scratch: Path, programs: Path) -> None:
    """The real bubblewrap, with a filter that answers for Landlock as an older kernel does."""
    real = REAL
    code = b"".join(
        (
            seccomp._step(seccomp._LOAD, seccomp._NUMBER),
            seccomp._step(seccomp._EQUAL, 444, 0, 1),
            seccomp._step(seccomp._RETURN, seccomp._ERRNO | errno.ENOSYS),
            seccomp._step(seccomp._RETURN, seccomp._ALLOW),
        )
    )
    program(
        programs,
        f"#!{sys.executable}\nimport os, sys\n"
        "if sys.argv[1:] == ['--version']: print('bubblewrap 0.11.0'); sys.exit()\n"
        f"fd = os.memfd_create('f', 0); os.write(fd, {code!r}); os.lseek(fd, 0, 0)\n"
        f"os.execv({str(real)!r}, ['bwrap', '--seccomp', str(fd), *sys.argv[1:]])\n",
    )
    assert "Landlock" in refusal(scratch)
    with lab(scratch, UNPROTECTED) as box:
        assert not box.kernel.protection.active
        assert "without Landlock" in box.kernel.protection.words
        assert box.value("__import__('os').getpid()") < 10


def test_going_on_without(scratch: Path, programs: Path) -> None:
    with lab(scratch, {**UNPROTECTED, "file_size": 2**20}) as box:
        assert not box.kernel.protection.active
        assert box.kernel.protection.words.startswith("none: there is no bubblewrap")
        assert box.value("__import__('os').getcwd()") == str(box.kernel.work)
        assert box.tried("open('x', 'wb').write(bytes(2 * 2**20))") == "OSError"
        pid = box.value("__import__('os').getpid()")
        box.run(DAEMONS)
        box.kernel.kill()
        assert not Path(f"/proc/{pid}").exists()
        assert box.kernel.ended_by() == "killed"


def test_limits_without_a_sandbox(scratch: Path, programs: Path) -> None:
    with lab(scratch, {**UNPROTECTED, "wall_seconds": 10}) as box:  # it has to be up by then
        assert box.end("import time\ntime.sleep(600)") == "wall"


def test_a_setting_that_is_no_number(scratch: Path) -> None:
    with pytest.raises(Exception, match="memory"):
        SandboxKernel.start(scratch, config=Config({"SandboxProvisioner": {"memory": 0}}))
