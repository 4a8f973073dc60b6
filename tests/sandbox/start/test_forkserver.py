"""Kernels that are forked from one server: what they share, what they don't, and what happens without it.

Everything else that holds for a sandbox is tried on both kinds by the other tests in this folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from autograder.sandbox.start import forkserver
from autograder.sandbox.start import pool as pools
from autograder.sandbox.start import server as servers
from tests.sandbox.lab import Lab, lab, short_folder
from tests.shared.helpers import ROOT

PRELOAD = ("fractions", "no_such_module", "numpy")


def server() -> servers.ForkServer:
    assert forkserver._current is not None
    return forkserver._current


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[Lab, Lab]]:
    """Two kernels of one server, at the same time."""
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(lab(stack.enter_context(forkserver.scratch()) / "s", preload=PRELOAD)) for _ in range(2)
        )
        yield first, second


def test_they_have_imported_what_was_asked_for(two: tuple[Lab, Lab]) -> None:
    before = server()._process
    for box in two:
        assert box.value("[n in __import__('sys').modules for n in ('fractions', 'numpy', 'debugpy')]") == [True] * 3
        assert box.kernel.protection.active
    with forkserver.scratch() as folder, lab(folder / "s", preload=PRELOAD):
        assert server()._process is before


def test_one_sees_nothing_of_the_other(two: tuple[Lab, Lab]) -> None:
    first, second = two
    first.run("open('mine', 'w').close(); open('/tmp/mine', 'w').close(); open('/dev/shm/mine', 'w').close()")
    second.run("import os")
    for look in (
        f"os.listdir({str(pools.pool())!r}) == [{first.kernel.work.parents[1].name!r}]",
        f"os.path.exists({str(first.kernel.work)!r})",
        "os.path.exists('/tmp/mine')",
        "os.path.exists('/dev/shm/mine')",
    ):
        assert second.value(look) is False, look
    for box in two:
        assert box.value("sorted(n for n in __import__('os').listdir('/proc') if n.isdigit())") == ["1", "2"]


def test_each_has_a_network_of_its_own(two: tuple[Lab, Lab]) -> None:
    """Both get the same address, and a word that one sends there does not reach the other."""
    code = "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\ns.bind(('127.0.0.1', 9999))"
    for box in two:
        assert box.tried(code) == "done"
    first, second = two
    assert first.tried("s.sendto(b'x', ('127.0.0.1', 9999)); s.settimeout(60); assert s.recv(9) == b'x'") == "done"
    assert second.tried("s.settimeout(0.3); s.recv(9)") == "TimeoutError"


def test_terminals_are_its_own(two: tuple[Lab, Lab]) -> None:
    first, second = two
    assert first.tried("import os; a, b = os.openpty()") == "done"
    assert second.value("__import__('os').listdir('/dev/pts')") == ["ptmx"]
    first.run("os.close(a); os.close(b)")


def test_random_numbers_differ(two: tuple[Lab, Lab]) -> None:
    for draw in ("__import__('random').random()", "float(__import__('numpy').random.rand())"):
        assert two[0].value(draw) != two[1].value(draw)


def test_no_rights_and_no_namespaces_are_left(two: tuple[Lab, Lab]) -> None:
    status = two[0].run("print(open('/proc/self/status').read())")
    for line in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert f"{line}:\t{0:016x}" in status
    enter = "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0"  # a user namespace
    assert two[0].tried(enter) == "AssertionError"
    assert two[0].tried("import os; os.setuid(0)") == "OSError"  # there is no such user


def test_nothing_of_the_server_is_open(two: tuple[Lab, Lab]) -> None:
    """No socket leads to it or to whoever grades, and no folder is open from before the mounts."""
    code = """
import os
for n in os.listdir('/proc/self/fd'):
    if os.path.lexists(f'/proc/self/fd/{n}'):
        print(os.readlink(f'/proc/self/fd/{n}'))
"""
    kinds = {name.partition(":")[0] for name in two[0].run(code).split()}
    assert kinds <= {"/dev/null", "socket", "pipe", "anon_inode"}
    fresh = "import os; print(len([n for n in os.listdir('/proc/self/fd')]))"
    counts = []
    for preload in (None, PRELOAD):
        with forkserver.scratch() as folder, lab(folder / "s", preload=preload) as box:
            counts.append(box.run(fresh))
    assert counts[0] == counts[1]


def test_a_kernel_that_starts_afresh_leaves_the_server_and_its_forks_alone(two: tuple[Lab, Lab]) -> None:
    before = server()
    with short_folder() as folder, lab(folder / "s", preload=None) as box:
        assert box.value("1 + 1") == 2
    assert server() is before
    assert [box.value("1 + 1") for box in two] == [2, 2]


def test_a_server_that_was_killed_is_replaced() -> None:
    with forkserver.scratch() as folder:
        with lab(folder / "s", preload=PRELOAD) as box:
            gone = server()._process
            assert gone is not None
            gone.kill()
            until = time.monotonic() + 60
            while box.kernel.alive() and time.monotonic() < until:
                time.sleep(0.02)
            assert not box.kernel.alive()
        with lab(folder / "s", preload=PRELOAD) as box:
            assert box.value("1 + 1") == 2
            assert server()._process is not gone


def test_without_a_server_kernels_start_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "START_SECONDS", 0.0)
    preload = ("json", *PRELOAD)  # a kind that no other test asks for
    for _ in range(2):
        with forkserver.scratch() as folder, lab(folder / "s", preload=preload) as box:
            assert box.kernel.protection.active
            assert box.value("'fractions' in __import__('sys').modules") is False
            assert forkserver._current is None
    assert any(kind.preload == preload for kind in forkserver._hopeless)


def test_it_ends_with_the_process_that_has_it() -> None:
    code = """
import time
from autograder.sandbox.kernel import SandboxKernel
from autograder.sandbox.provisioner import Needs
from autograder.sandbox.start import forkserver
from autograder.sandbox.start import pool as pools
with forkserver.scratch() as folder:
    kernel = SandboxKernel.start(folder / "s", needs=Needs(preload=()))
    print(pools.pool(), flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        folder = Path(grader.stdout.readline().strip())
        assert running(folder)
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    until = time.monotonic() + 60
    while running(folder) and time.monotonic() < until:
        time.sleep(0.05)
    assert not running(folder)
    os.utime(folder, (0, 0))
    pools.clear_away()
    assert not folder.exists()
    assert pools.pool().exists()


def running(folder: Path) -> list[str]:
    """Processes that see that folder as a mount of their own."""
    found = []
    for name in os.listdir("/proc"):
        try:
            mounts = Path("/proc", name, "mountinfo").read_text() if name.isdigit() else ""
        except OSError:
            continue
        if str(folder) in mounts:
            found.append(name)
    return found


def test_tensorflow_that_has_begun_is_noticed() -> None:
    code = """
from autograder.sandbox.inside.serve import _tensorflow_has_begun
assert not _tensorflow_has_begun()
import tensorflow
assert not _tensorflow_has_begun()
tensorflow.constant(1)
assert _tensorflow_has_begun()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr


def test_what_is_shown_in_tmp_is_shown_in_a_fork_too() -> None:
    """A course, or Python itself, may lie in /tmp, of which each fork has its own; what is hidden stays hidden."""
    shown = Path(tempfile.mkdtemp(prefix="shown-", dir="/tmp"))
    try:
        (shown / "secret").mkdir()
        (shown / "secret" / "word").write_text("hush")
        (shown / "open").write_text("as it was")
        hide = [shown / "secret"]
        with (
            forkserver.scratch() as folder,
            lab(folder / "s", preload=PRELOAD, read_only=[shown], hide=hide) as box,
        ):
            assert box.value("'fractions' in __import__('sys').modules")  # it is a fork
            assert box.value(f"open({str(shown / 'open')!r}).read()") == "as it was"
            assert box.value(f"__import__('os').listdir({str(shown / 'secret')!r})") == []
            assert box.tried(f"open({str(shown / 'open')!r}, 'a')") in ("PermissionError", "OSError")
            assert box.tried(f"open({str(shown / 'new')!r}, 'w')") in ("PermissionError", "OSError")
    finally:
        shutil.rmtree(shown)


SHARED = """
import multiprocessing, os, sys
from pathlib import Path
from autograder.sandbox.provisioner import Needs, SandboxProvisioner
from autograder.sandbox.start import forkserver
from autograder.sandbox.start import pool as pools
from tests.sandbox.lab import lab

def plan():
    return SandboxProvisioner(writable=str(pools.pool())).plan(Needs(preload=("fractions",)))

def work(said, kill):
    for _ in range(2):
        with forkserver.scratch() as folder, lab(folder / "s", preload=("fractions",)) as box:
            mine = forkserver._current
            own = mine is not None and mine.own
            said.put((own, type(box.kernel._watcher.process).__name__, box.value("1 + 1"), str(pools.pool())))
        if kill and mine is not None and not own:
            os.kill(kill, 9)
            while mine.alive:
                pass

if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    said = context.SimpleQueue()
    with forkserver.shared(plan()):
        server = forkserver._current
        for kill in (0, server._process.pid):
            children = [context.Process(target=work, args=(said, kill)) for _ in range(1 if kill else 2)]
            for child in children:
                child.start()
            for child in children:
                child.join()
            while not said.empty():
                own, kind, two, pool = said.get()
                print(own, kind, two, pool == str(pools.pool()), flush=True)
    print(forkserver._current, server._process.poll() is not None)
"""


def test_processes_share_the_server_they_were_forked_with(tmp_path: Path) -> None:
    """Two children have two kernels each from their parent's server; one that finds it gone starts its own."""
    script = tmp_path / "shared.py"
    script.write_text(SHARED)
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=180,
        cwd=ROOT,
    )
    lines = done.stdout.splitlines()
    assert lines[:4] == ["False Forked 2 True"] * 4, done.stderr
    assert lines[4:6] == ["False Forked 2 True", "True Forked 2 False"]
    assert lines[6:] == ["None True"]
