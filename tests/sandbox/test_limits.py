"""Each limit, with a program that goes past it by a bounded amount."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil
import pytest

from autograder.sandbox.errors import SandboxError
from autograder.sandbox.watch import watcher
from tests.sandbox.lab import lab

MIB = 2**20
MANY = """
import os, time
children = []
for i in range({count}):
    child = os.fork()
    if child == 0:
        {work}
        time.sleep(600)
        os._exit(0)
time.sleep(600)
"""


def test_memory_that_one_process_asks_for(scratch: Path) -> None:
    with lab(scratch, {"memory": 400 * MIB}) as box:
        assert box.tried("x = bytearray(500 * 2**20)") == "MemoryError"
        assert box.kernel.alive()


def test_memory_of_all_together(scratch: Path) -> None:
    with lab(scratch, {"memory": 400 * MIB}) as box:
        assert (
            box.end(MANY.format(count=4, work="x = bytearray(120 * 2**20); x[::4096] = b'x' * len(x[::4096])"))
            == "memory"
        )


def test_memory_of_processes_whose_first_thread_has_ended(scratch: Path) -> None:
    """Of such a process /proc shows no memory at the usual place."""
    code = """
import ctypes, os, threading, time
def take():
    time.sleep(0.5)
    x = bytearray(200 * 2**20); x[::4096] = b'x' * len(x[::4096])
    time.sleep(600)
for _ in range(4):
    if not os.fork():
        threading.Thread(target=take).start()
        ctypes.CDLL(None).syscall(60 if os.uname().machine == 'x86_64' else 93, 0)
time.sleep(600)
"""
    with lab(scratch, {"memory": 600 * MIB}) as box:
        assert box.end(code) == "memory"


def test_memory_that_is_shared_counts_once(scratch: Path) -> None:
    with lab(scratch, {"memory": 400 * MIB}) as box:
        box.run("x = bytearray(150 * 2**20); x[::4096] = b'x' * len(x[::4096])")
        box.client.execute(MANY.format(count=4, work="pass"))
        time.sleep(1)
        assert box.kernel.alive()


def test_memory_that_files_take(scratch: Path) -> None:
    code = """
import time
with open('/dev/shm/x', 'wb') as file:
    for _ in range(245):
        file.write(bytes(2**20))
time.sleep(600)
"""
    with lab(scratch, {"memory": 250 * MIB, "tmp_size": 400 * MIB}) as box:
        assert box.end(code) == "memory"


def test_processes(scratch: Path) -> None:
    with lab(scratch, {"processes": 60}) as box:
        assert box.end(MANY.format(count=70, work="pass")) == "processes"


def test_processes_that_grow_fast(scratch: Path) -> None:
    """As many as two thousand if nothing stopped them, and each holds up whoever asks for its memory."""
    with lab(scratch) as box:
        bomb = "import os, time\nfor _ in range(11): os.fork()\ntime.sleep(600)"
        assert box.end(bomb) in ("memory", "processes", "open files")


def test_threads(scratch: Path) -> None:
    with lab(scratch, {"processes": 60}) as box:
        code = "import threading, time\nfor _ in range(70): threading.Thread(target=time.sleep, args=(600,)).start()"
        assert box.end(code) == "processes"


def test_one_file(scratch: Path) -> None:
    with lab(scratch, {"file_size": 2 * MIB}) as box:
        assert box.tried("open('x', 'wb').write(bytes(3 * 2**20))") == "OSError"
        assert box.kernel.alive()
        assert box.value("__import__('os').stat('x').st_size") <= 2 * MIB


def test_files_together(scratch: Path) -> None:
    with lab(scratch, {"disk": 20 * MIB}) as box:
        code = "import time\nfor i in range(6): open(f'x{i}', 'wb').write(bytes(4 * 2**20))\ntime.sleep(600)"
        assert box.end(code) == "disk"


def test_files_without_a_name(scratch: Path) -> None:
    with lab(scratch, {"disk": 20 * MIB}) as box:
        code = """
import os, time
held = []
for i in range(6):
    held.append(open('x', 'wb'))
    held[-1].write(bytes(4 * 2**20))
    held[-1].flush()
    os.unlink('x')
time.sleep(600)
"""
        assert box.end(code) == "disk"


def test_number_of_files(scratch: Path) -> None:
    with lab(scratch, {"files": 200}) as box:
        assert box.end("import os, time\nfor i in range(250): os.mkdir(f'x{i}')\ntime.sleep(600)") == "files"


def test_number_of_files_deep_down(scratch: Path) -> None:
    with lab(scratch, {"files": 200}) as box:
        code = "import os, time\nfor i in range(250):\n    os.mkdir('x'); os.chdir('x')\ntime.sleep(600)"
        assert box.end(code) == "files"


def test_a_link_leads_the_watcher_nowhere(scratch: Path) -> None:
    with lab(scratch, {"files": 500, "disk": 20 * MIB}) as box:
        box.run("import os\nos.symlink('/usr', 'usr')\nos.symlink('.', 'self')")
        time.sleep(0.5)
        assert box.kernel.alive()


def test_cpu_time(scratch: Path) -> None:
    with lab(scratch, {"cpu_seconds": 2}) as box:
        assert box.end("while True: pass") == "cpu"


def test_cpu_time_without_hearing_the_signal(scratch: Path) -> None:
    with lab(scratch, {"cpu_seconds": 2}) as box:
        assert box.end("import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass") == "exit"


def test_open_files(scratch: Path) -> None:
    with lab(scratch, {"open_files": 200}) as box:
        assert box.tried("held = [open('/dev/null') for _ in range(220)]") == "OSError"
        assert box.tried("import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (300, 300))") == "ValueError"


def test_temporary_files(scratch: Path) -> None:
    with lab(scratch, {"tmp_size": 4 * MIB}) as box:
        for folder in ("/tmp", "/dev/shm"):
            assert box.tried("open(p, 'wb').write(bytes(6 * 2**20))", p=f"{folder}/x") == "OSError"
        assert box.kernel.alive()


def test_time(scratch: Path) -> None:
    with lab(scratch, {"wall_seconds": 10}) as box:  # it has to be up by then
        assert box.end("import time\ntime.sleep(600)") == "wall"


def test_no_core_is_left(scratch: Path) -> None:
    with lab(scratch) as box:
        assert box.end("import os\nos.abort()") == "exit"
        assert box.kernel.folders is not None
        assert not list(box.kernel.folders.work.glob("core*"))


# --- what no process's size shows, and no walk through a folder finds -----------------------------------------------

HOARDS = {
    "mapped": """
import mmap, os
held = []
for i in range(6):
    with open('x', 'w+b') as file:
        file.write(bytes(4 * 2**20))
        file.flush()
        held.append(mmap.mmap(file.fileno(), 4096))
    os.unlink('x')
""",
    "in flight": """
import os, socket
ends = socket.socketpair()
for i in range(6):
    with open('x', 'wb') as file:
        file.write(bytes(4 * 2**20))
        file.flush()
        socket.send_fds(ends[0], [b'x'], [file.fileno()])
    os.unlink('x')
""",
    "deep down": """
import os
for _ in range(25):
    os.mkdir('x' * 200); os.chdir('x' * 200)
for i in range(6): open(f'x{i}', 'wb').write(bytes(4 * 2**20))
""",
    "closed": """
import os
os.mkdir('x', 0o700)
folder = os.open('x', os.O_RDONLY)
os.chmod('x', 0o300)
for i in range(6):
    with open(os.open(f'x{i}', os.O_WRONLY | os.O_CREAT, dir_fd=folder), 'wb') as file: file.write(bytes(4 * 2**20))
""",
    "in the other folder": """
import os
run = os.environ['JUPYTER_RUNTIME_DIR']
for i in range(6): open(f'{run}/x{i}', 'wb').write(bytes(4 * 2**20))
""",
}


@pytest.mark.parametrize("how", HOARDS)
def test_files_that_are_hidden(scratch: Path, how: str) -> None:
    with lab(scratch, {"disk": 20 * MIB}) as box:
        assert box.end(HOARDS[how] + "\nimport time\ntime.sleep(600)") == "disk"


def test_no_more_than_that_fits_at_all(scratch: Path) -> None:
    """Even in the moment before the watcher looks."""
    with lab(scratch, {"disk": 20 * MIB}) as box:
        box.client.execute("with open('x', 'wb') as file:\n    for _ in range(100): file.write(bytes(2**20))")
        while box.kernel.alive():
            time.sleep(0.02)
        assert box.kernel.folders is not None
        assert (box.kernel.folders.work / "x").stat().st_blocks * 512 <= 25 * MIB


def test_nothing_of_it_lies_on_this_machine_s_disk(scratch: Path) -> None:
    with lab(scratch) as box:
        box.run("open('mine', 'w').write('x')")
        assert list((scratch / "work").iterdir()) == []
        assert (scratch / "run").is_symlink()


def test_what_does_not_fit_is_said(scratch: Path) -> None:
    (scratch / "work").mkdir(parents=True)
    (scratch / "work" / "large").write_bytes(bytes(4 * MIB))
    with pytest.raises(SandboxError, match="does not fit"), lab(scratch, {"disk": 2 * MIB}):
        pass


def test_what_was_given_keeps_no_kernel_from_starting(scratch: Path) -> None:
    """Links and pipes stay what they are, or stay behind."""
    work = scratch / "work"
    (work / "deeper").mkdir(parents=True)
    (work / "deeper" / "file").write_text("given")
    (work / "link").symlink_to("deeper/file")
    (work / "nowhere").symlink_to("/etc/shadow")
    os.mkfifo(work / "pipe")
    with lab(scratch, hide=[work / "deeper" / "hidden"]) as box:
        assert box.value("open('link').read()") == "given"
        assert box.value("sorted(__import__('os').listdir())") == [".ipython", "deeper", "link", "nowhere"]


def test_page_tables(scratch: Path) -> None:
    """600 GB of address space, of which every 2 MB have one page, which is the same zero page for all."""
    code = """
import mmap, time
held = mmap.mmap(-1, 300 * 2**30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=mmap.PROT_READ)
for place in range(0, len(held), 2**21): held[place]
time.sleep(600)
"""
    with lab(scratch, {"memory": 400 * MIB}) as box:
        assert box.end(code) == "memory"


def test_what_waits_in_sockets(scratch: Path) -> None:
    code = """
import socket, time
held = [socket.socketpair() for _ in range(900)]
time.sleep(600)
"""
    with lab(scratch, {"memory": 400 * MIB, "open_files": 2048}) as box:
        assert box.end(code) == "memory"


def test_open_files_together(scratch: Path) -> None:
    with lab(scratch, {"open_files": 100}) as box:
        assert box.end(MANY.format(count=20, work="held = [open('/dev/null') for _ in range(30)]")) == "open files"


def test_memory_that_other_ways_would_take(scratch: Path) -> None:
    """Pages in pipes, huge pages, larger sockets: not to be had."""
    with lab(scratch) as box:
        box.run("import ctypes, mmap, os, socket\nlibc = ctypes.CDLL(None, use_errno=True)\na, b = os.pipe()")
        assert box.value("(libc.vmsplice(b, None, 0, 0), ctypes.get_errno())") == (-1, 1)
        assert box.tried("mmap.mmap(-1, 2**21, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000)") == "OSError"
        box.run("a, b = socket.socketpair()\nbefore = a.getsockopt(1, 7)\na.setsockopt(1, 7, 10**5)")
        assert box.value("a.getsockopt(1, 7) == before") is True
        assert box.tried("mmap.mmap(-1, 2**21)") == "OSError"  # shared, and of no file
        assert box.value("open('/dev/zero', 'rb').read(3)") == b"\0\0\0"
        assert box.tried("mmap.mmap(open('/dev/zero', 'rb').fileno(), 4096, prot=mmap.PROT_READ)") == "OSError"
        box.run("import fcntl\nfile = open('locked', 'wb')\nfcntl.lockf(file, fcntl.LOCK_EX, 1)")
        assert box.value("(libc.syscall(444, None, 0, 1), ctypes.get_errno())") == (-1, 1)
        assert box.tried("a.setsockopt(1, socket.SO_PASSCRED, 1); assert a.getsockopt(1, socket.SO_PASSCRED)") == "done"


def test_what_a_user_has_few_of_on_the_whole_machine(scratch: Path) -> None:
    with lab(scratch) as box:
        box.run("import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)")
        assert box.value("libc.inotify_init1(0)") == -1
        io_setup = 206 if os.uname().machine == "x86_64" else 0
        assert box.value(f"(libc.syscall({io_setup}, 1, ctypes.byref(ctypes.c_ulong())), ctypes.get_errno())") == (
            -1,
            1,
        )


def test_numbers_of_the_machine_are_covered(scratch: Path) -> None:
    with lab(scratch) as box:
        for name in ("loadavg", "stat", "meminfo", "vmstat", "interrupts", "diskstats", "uptime"):
            assert box.value(f"open('/proc/{name}').read()") == "", name
        assert box.value("__import__('os').listdir('/proc/sys')") == []
        assert box.tried("open('/proc/sys/fs/aio-nr')") == "FileNotFoundError"
        assert box.value("__import__('os').cpu_count()") == os.cpu_count()


def test_memory_of_the_machine(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it runs out, the sandbox that takes most is ended. Not really: others use this machine, too."""
    with lab(scratch) as box:
        assert 0 < watcher.available_memory() < 2**60
        monkeypatch.setattr(watcher, "available_memory", lambda: 0)
        assert box.end("import time\ntime.sleep(600)") in ("memory", "machine")


def test_a_kernel_s_session_has_a_low_priority(scratch: Path) -> None:
    if not Path("/proc/self/autogroup").exists():
        pytest.skip("this machine does not schedule by sessions")
    with lab(scratch) as box:
        outside = box.kernel._watcher.process
        assert outside is not None
        sessions = {os.getsid(one.pid) for one in psutil.Process(outside.pid).children(recursive=True)}
        groups = [Path(f"/proc/{leader}/autogroup") for leader in sessions if leader]
        groups = groups or [Path(f"/proc/{one.pid}/autogroup") for one in psutil.Process(outside.pid).children()]
        assert groups[0].read_text().endswith("nice 5\n")
