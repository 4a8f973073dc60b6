"""A sandbox's start, its end, and the next one in the same folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from autograder.sandbox.errors import SandboxError
from autograder.sandbox.kernel import SandboxKernel
from tests.sandbox.lab import SECONDS, Lab, lab

DAEMONS = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(60)
        os._exit(0)
for _ in range(3):
    os.wait()
"""


def processes_in(namespace: str) -> list[str]:
    found = []
    for pid in os.listdir("/proc"):
        try:
            if pid.isdigit() and os.readlink(f"/proc/{pid}/ns/pid") == namespace:
                found.append(pid)
        except OSError:
            pass
    return found


def left(processes: list[str]) -> list[str]:
    """Those that are still there. By their numbers, since a namespace's is soon another's."""
    return [pid for pid in processes if Path("/proc", pid).exists()]


def mounts_of(folder: Path) -> list[str]:
    found = []
    for pid in os.listdir("/proc"):
        try:
            if pid.isdigit() and str(folder) in Path("/proc", pid, "mountinfo").read_text():
                found.append(pid)
        except OSError:
            pass
    return found


def namespace(box: Lab) -> str:
    found = box.value("__import__('os').readlink('/proc/self/ns/pid')")
    assert isinstance(found, str)
    return found


def test_nothing_is_left(scratch: Path) -> None:
    with lab(scratch) as box:
        own = namespace(box)
        box.run(DAEMONS)
        processes = processes_in(own)
        assert len(processes) == 5
        assert mounts_of(scratch)
        box.kernel.kill()
        assert left(processes) == []
        until = time.monotonic() + SECONDS
        while mounts_of(scratch) and time.monotonic() < until:  # a fork's guard ends right after it
            time.sleep(0.02)
        assert mounts_of(scratch) == []
        assert not box.kernel.alive()
        assert box.kernel.ended_by() == "killed"
        box.kernel.kill()
    assert [t for t in threading.enumerate() if t.name == "sandbox" and not t.daemon] == []


@pytest.mark.parametrize("end", ["os._exit(0)", "os.kill(os.getpid(), 9)", "import ctypes; ctypes.string_at(0)"])
def test_what_a_kernel_leaves_behind_ends_with_it(scratch: Path, end: str) -> None:
    with lab(scratch) as box:
        own = namespace(box)
        box.run(DAEMONS)
        processes = processes_in(own)
        assert box.end(f"import os\n{end}") == "exit"
        assert left(processes) == []


def test_our_open_files_do_not_grow(scratch: Path) -> None:
    with lab(scratch):
        pass
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(2):
        with lab(scratch):
            pass
    assert len(os.listdir("/proc/self/fd")) <= before + 1


def test_the_next_one_in_the_same_folder(scratch: Path) -> None:
    """Whatever the first one left where the second one writes: all of it is gone, and what was given is there again."""
    sentinel = scratch.parent / "sentinel"
    sentinel.write_text("as it was")
    (scratch / "work").mkdir(parents=True)
    (scratch / "work" / "given").write_text("given")
    with lab(scratch) as box:
        code = f"""
import glob, os
for path in glob.glob({str(box.kernel.run / "*")!r}):
    os.unlink(path)
    os.symlink({str(sentinel)!r}, path)
deep = {str(box.kernel.run)!r}
os.chdir(deep)
for i in range(2000):
    os.mkdir('deep'); os.chdir('deep')
os.chdir({str(box.kernel.work)!r})
os.mkdir({str(box.kernel.run / "closed")!r}, 0)
open('kept', 'w').write('kept')
open('given', 'w').write('changed')
"""
        box.run(code)
    with lab(scratch) as box:
        assert box.value("open('given').read()") == "given"
        assert box.value("__import__('os').path.exists('kept')") is False
        assert not any(p.is_symlink() for p in box.kernel.run.iterdir())
    assert sentinel.read_text() == "as it was"
    assert sorted(p.name for p in scratch.iterdir()) == ["run", "work"]


def test_a_link_is_no_folder(scratch: Path) -> None:
    elsewhere = scratch.parent / "elsewhere"
    elsewhere.mkdir()
    scratch.mkdir()
    (scratch / "work").symlink_to(elsewhere)
    with pytest.raises(SandboxError, match="link"):
        SandboxKernel.start(scratch)


def test_a_path_too_long_for_sockets(scratch: Path) -> None:
    with pytest.raises(SandboxError, match="too long"):
        SandboxKernel.start(scratch / ("x" * 90))


def test_it_outlives_the_thread_that_started_it(scratch: Path) -> None:
    started: list[SandboxKernel] = []
    thread = threading.Thread(target=lambda: started.append(SandboxKernel.start(scratch)))
    thread.start()
    thread.join()
    time.sleep(0.3)
    assert started[0].alive()
    started[0].kill()


def test_it_does_not_outlive_its_starter(scratch: Path) -> None:
    code = f"""
import sys, time
from pathlib import Path
from autograder.sandbox.kernel import SandboxKernel
kernel = SandboxKernel.start(Path({str(scratch)!r}))
print('up', flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"up\n"
        assert len(mounts_of(scratch)) >= 2
        starter.send_signal(signal.SIGKILL)
    until = time.monotonic() + 60
    while mounts_of(scratch) and time.monotonic() < until:
        time.sleep(0.05)
    assert mounts_of(scratch) == []


def test_an_interrupt_is_a_message(scratch: Path) -> None:
    with lab(scratch) as box:
        sent = box.client.execute("print('begun')\nwhile True: pass")
        while "begun" not in box.client.get_iopub_msg(timeout=SECONDS)["content"].get("text", ""):
            pass
        box.client.control_channel.send(box.client.session.msg("interrupt_request"))
        while (reply := box.client.get_shell_msg(timeout=SECONDS))["parent_header"]["msg_id"] != sent:
            pass
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        box.client.wait_for_ready(timeout=SECONDS)  # its outputs have all come
        assert box.value("1 + 1") == 2


def test_what_it_says_of_its_protection(scratch: Path) -> None:
    with lab(scratch, {"processes": 300}) as box:
        words = box.kernel.protection.words
        assert box.kernel.protection.active
        assert "no network" in words
        assert "Landlock" in words
        assert "300 tasks" in words
