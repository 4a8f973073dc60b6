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
from autograder.sandbox.inside import bpf
from autograder.sandbox.kernel import SandboxKernel
from autograder.sandbox.start import bubblewrap
from tests.sandbox.lab import lab

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
        SandboxKernel.start(scratch, Config({"SandboxProvisioner": {"at_least": "full"}}))
    message = str(caught.value)
    assert "c.SandboxProvisioner.allow_unprotected = True" in message
    assert "--unprotected" in message
    assert "\n" not in message
    return message


def test_no_bubblewrap(scratch: Path, programs: Path) -> None:
    message = refusal(scratch)
    assert "apt install bubblewrap" in message
    assert "The sandbox of this machine is 'landlock', not 'full' (at_least)" in message


def test_an_old_bubblewrap(scratch: Path, programs: Path) -> None:
    program(programs, "#!/bin/sh\necho bubblewrap 0.4.1\n")
    assert "bubblewrap 0.8 or later" in refusal(scratch)


def test_a_bubblewrap_that_may_not(scratch: Path, programs: Path) -> None:
    program(
        programs,
        "#!/bin/sh\n[ $1 = --version ] && echo bubblewrap 0.11.0 && exit\n"
        "echo 'bwrap: No permissions to create a new namespace' >&2; exit 1\n",
    )
    assert "bubblewrap (No permissions to create a new namespace)" in refusal(scratch)


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
            bpf.step(bpf.LOAD, 0),
            *bpf.on(444, [bpf.step(bpf.RETURN, bpf.ERRNO | errno.ENOSYS)]),
            bpf.step(bpf.RETURN, bpf.ALLOW),
        )
    )
    program(
        programs,
        f"#!{sys.executable}\nimport os, sys\n"
        "if sys.argv[1:] == ['--version']: print('bubblewrap 0.11.0'); sys.exit()\n"
        f"fd = os.memfd_create('f', 0); os.write(fd, {code!r}); os.lseek(fd, 0, 0)\n"
        f"os.execv({str(real)!r}, ['bwrap', '--seccomp', str(fd), *sys.argv[1:]])\n",
    )
    with pytest.raises(SandboxUnavailable, match="No sandbox on this machine: Landlock"):
        SandboxKernel.start(scratch)
    with lab(scratch, UNPROTECTED) as box:
        assert not box.kernel.protection.active
        assert "without Landlock" in box.kernel.protection.words
        assert box.value("__import__('os').getpid()") < 10


def test_a_setting_that_is_no_number(scratch: Path) -> None:
    with pytest.raises(Exception, match="memory"):
        SandboxKernel.start(scratch, config=Config({"SandboxProvisioner": {"memory": 0}}))
