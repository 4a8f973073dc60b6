"""A kernel where there is no bubblewrap: Landlock and two filters keep in what namespaces keep in elsewhere.

The kernel is really started so, afresh and from the fork server. What it aims at is the test's own.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autograder.sandbox import machine
from autograder.sandbox.protection import Level
from autograder.sandbox.start import bubblewrap, forkserver
from tests.sandbox.lab import Lab, lab, short_folder
from tests.sandbox.test_life import DAEMONS
from tests.sandbox.test_limits import HOARDS, MANY, MIB
from tests.sandbox.test_reach import CONNECT, REFUSED, SYSCALL, listening, nobody_came

KINDS = ("fresh", "forked")
PR_SET_CHILD_SUBREAPER = 36
"""prctl(2): who has it gets the orphans below."""


@pytest.fixture(scope="module", autouse=True)
def _no_bubblewrap() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bubblewrap, "SYSTEM_FOLDERS", ())
        patch.setattr(bubblewrap, "find_spec", lambda name: None)
        machine.machine.cache_clear()
        yield
    machine.machine.cache_clear()


@contextmanager
def place(kind: str) -> Iterator[Path]:
    with forkserver.scratch() if kind == "forked" else short_folder() as folder:
        yield folder / "s"


@pytest.fixture(params=KINDS)
def scratch(request: pytest.FixtureRequest) -> Iterator[Path]:
    with place(request.param) as folder:
        yield folder


@pytest.fixture(scope="module", params=KINDS)
def inside(request: pytest.FixtureRequest) -> Iterator[Lab]:
    with place(request.param) as folder, lab(folder) as found:
        yield found


@pytest.fixture
def outside() -> Iterator[Path]:
    """A folder that the kernel is told of."""
    folder = Path(tempfile.mkdtemp(prefix="outside-"))
    folder.chmod(0o711)
    (folder / "secret").write_text("hush")
    (folder / "secret").chmod(0o600)
    yield folder
    subprocess.run(["rm", "-rf", folder], check=True)


@pytest.fixture
def sentinel() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "60"], env={"TOKEN": "hush"})
    yield process
    process.kill()
    process.wait()


def test_it_says_so(inside: Lab) -> None:
    protection = inside.kernel.protection
    assert protection.level is Level.landlock
    assert protection.words.startswith("without namespaces: Landlock ")
    assert "two filters of system calls" in protection.words
    assert "without bubblewrap (there is no bubblewrap 0.8 or later)" in protection.words


# --- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        "open(p).read()",
        "open('/proc/self/root' + p).read()",
        "open(f'/proc/{pid}/root' + p).read()",
        "os.symlink(p, 'link'); open('link').read()",
        "os.link(p, 'hard')",
        "os.rename(p, 'moved')",
        "os.truncate(p, 0)",
        "os.unlink(p)",
        "os.listdir(os.path.dirname(p))",
        "os.listdir('/tmp')",
        "os.listdir(os.path.dirname(os.getcwd()))",
        "open('/etc/passwd').read()",
        "os.setxattr(p, 'user.x', b'y')",
        "os.getxattr(p, 'user.x')",
        "os.chown(p, -1, -1)",
        "open('/tmp/new-from-student', 'w')",
        "open('/dev/shm/new-from-student', 'w')",
        "open('/dev/zero', 'rb')",
        "os.listdir('/dev/pts')",
        "os.openpty()",
        "open('/proc/loadavg').read()",
        "open('/proc/self/net/unix').read()",
        "open('/proc/self/mountinfo').read()",
        "open('/proc/self/oom_score_adj', 'w')",
        "os.listdir('/proc')",
        "[open(f'/proc/{pid}/{n}').read() for n in ('environ',)]",
        "open(f'/proc/{pid}/cmdline').read()",
        "open(f'/proc/{os.getppid()}/cmdline').read()",
        "os.listdir(f'/proc/{os.getppid()}/fd')",
        "os.readlink(f'/proc/{pid}/exe')",
    ],
)
def test_files_outside(inside: Lab, outside: Path, sentinel: subprocess.Popen[bytes], attack: str) -> None:
    said = inside.tried(f"import os\n{attack}", p=str(outside / "secret"), pid=sentinel.pid)
    assert said in (*REFUSED, "FileExistsError")
    assert sorted(outside.iterdir()) == [outside / "secret"]
    assert (outside / "secret").read_text() == "hush"


def test_modes_and_times_of_files_stay(inside: Lab, outside: Path) -> None:
    """Python's own files are readable: nothing but a filter keeps their owner from changing what they are."""
    found = []
    for path in (str(outside / "secret"), socket.__file__):
        before = os.stat(path)
        for attack in ("os.chmod(p, 0o777)", "os.utime(p, (1, 1))", "os.fchmod(os.open(p, os.O_RDONLY), 0o777)"):
            inside.tried(f"import os\n{attack}", p=path)
        after = os.stat(path)
        found.append((before.st_mode, before.st_mtime) == (after.st_mode, after.st_mtime))
    assert found == [True, True]


def test_flags_of_files(inside: Lab) -> None:
    """ioctl's FS_IOC_SETFLAGS, FS_IOC_ENABLE_VERITY, FS_IOC_GETFLAGS: not even asked."""
    for number in (0x40086602, 0x40806685, 0x80086601):
        code = f"import fcntl\nfcntl.ioctl(open({socket.__file__!r}), {number}, bytes(128))"
        assert inside.run(code) == "OSError: [Errno 25] Inappropriate ioctl for device", hex(number)


def test_a_hidden_file_in_a_shown_folder(scratch: Path, outside: Path) -> None:
    (outside / "open").mkdir()
    (outside / "open" / "word").write_text("shown")
    (outside / "deep" / "deeper").mkdir(parents=True)
    (outside / "deep" / "word").write_text("shown, too")
    (outside / "deep" / "deeper" / "word").write_text("hush")
    (outside / "way").symlink_to(outside / "secret")
    for path in (outside, *outside.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    hide = [outside / "secret", outside / "deep" / "deeper"]
    with lab(scratch, read_only=[outside], hide=hide) as box:
        assert box.value(f"open({str(outside / 'open' / 'word')!r}).read()") == "shown"
        assert box.value(f"open({str(outside / 'deep' / 'word')!r}).read()") == "shown, too"
        for path in ("secret", "way", "deep/deeper/word"):
            assert box.tried("open(p)", p=str(outside / path)) == "PermissionError", path
        for path in ("", "deep", "deep/deeper"):
            assert box.tried("import os\nos.listdir(p)", p=str(outside / path)) == "PermissionError", path
        assert box.value(f"__import__('os').listdir({str(outside / 'open')!r})") == ["word"]


# --- processes and the network -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attack",
    [
        "os.kill(pid, 10)",
        "os.killpg(os.getpgid(pid), 0)",
        "os.kill(os.getppid(), 9)",
        "os.pidfd_open(pid)",
        "signal.pidfd_send_signal(os.open(f'/proc/{pid}', os.O_RDONLY), 10)",
        "resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, 0))",
        "os.setpriority(os.PRIO_PROCESS, pid, 19)",
        "os.setpriority(os.PRIO_USER, 0, 19)",
        "os.setpriority(os.PRIO_PGRP, 0, 19)",
        "fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, pid)",
        "fcntl.fcntl(os.pipe()[0], 10, 9)",  # F_SETSIG
        "fcntl.ioctl(socket.socketpair()[0], 0x8901, pid.to_bytes(4, 'little'))",  # FIOSETOWN
        "fcntl.ioctl(socket.socketpair()[0], 0x8902, pid.to_bytes(4, 'little'))",  # SIOCSPGRP
        "fcntl.fcntl(os.pipe()[0], 1031, 2**20)",  # F_SETPIPE_SZ
        "socket.socket(2, 1)",
        "socket.socket(2, 2)",
        "socket.socket(10, 1)",
        "socket.socket(1, 2)",
        "socket.socket(1, 5)",
        "socket.socket(16, 3, 2)",  # netlink between users
        "socket.socketpair(1, 2)",
        "socket.send_fds(socket.socketpair()[0], [b'x'], [0])",
    ],
)
def test_others_are_out_of_reach(inside: Lab, sentinel: subprocess.Popen[bytes], attack: str) -> None:
    imports = "import fcntl, os, resource, signal, socket"
    assert inside.tried(f"{imports}\n{attack}", pid=sentinel.pid) in REFUSED
    assert sentinel.poll() is None
    assert inside.kernel.alive()


def test_a_lease_and_a_watch_are_granted_in_name_alone(inside: Lab) -> None:
    inside.run("import fcntl, os, signal\nopen('own', 'w').close()\nheard = []")
    inside.run("file, folder = os.open('own', 0), os.open(os.getcwd(), 0)")
    inside.run("_ = signal.signal(signal.SIGIO, lambda *_: heard.append(1))")
    assert inside.tried("fcntl.fcntl(file, 1024, 0)") == "done"  # F_SETLEASE
    os.close(os.open(inside.kernel.work / "own", os.O_WRONLY | os.O_NONBLOCK))  # would have to wait for a lease's end
    assert inside.tried("fcntl.fcntl(folder, 1026, 0x80000004 - 2**32)") == "done"  # F_NOTIFY of new files
    inside.run("open('new', 'w').close()")
    assert inside.value("heard") == []


def test_no_other_is_pinned(inside: Lab, sentinel: subprocess.Popen[bytes]) -> None:
    before = os.sched_getaffinity(sentinel.pid), os.sched_getscheduler(sentinel.pid)
    inside.tried("import os\nos.sched_setaffinity(pid, {0})", pid=sentinel.pid)
    inside.tried("import os\nos.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))", pid=sentinel.pid)
    assert (os.sched_getaffinity(sentinel.pid), os.sched_getscheduler(sentinel.pid)) == before


@pytest.mark.parametrize("abstract", [True, False])
def test_no_socket_of_ours(inside: Lab, abstract: bool) -> None:
    folder = inside.kernel.work.parent
    name = f"\0sentinel-{secrets.token_hex(8)}" if abstract else str(folder / f"socket{secrets.token_hex(4)}")
    with listening(socket.AF_UNIX, name) as server:
        assert inside.tried(CONNECT, family=1, kind=1, address=name) in REFUSED
        assert nobody_came(server)


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are x86_64's")
@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("157, 1, 0, 0, 0, 0", "Operation not permitted"),  # prctl: not to end with the parent
        ("157, 36, 0, 0, 0, 0", "Operation not permitted"),  # prctl: no subreaper
        ("157, 4, 0, 0, 0, 0", "Operation not permitted"),  # prctl: hide from /proc
        ("157, 15, b'name', 0, 0, 0", "done"),  # prctl: name a thread
        ("56, 0x10500, 0, 0, 0, 0", "Invalid argument"),  # clone: a thread needs signals in common, too
        ("56, 0x10900, 0, 0, 0, 0", "Operation not permitted"),  # clone: a thread with open files of its own
        ("436, 3, 5, 2", "Operation not permitted"),  # close_range: the same
        ("83, b'closed', 0o077", "Operation not permitted"),  # mkdir: a folder that its owner can't look into
        ("258, -100, b'closed', 0o300", "Operation not permitted"),  # mkdirat
        ("95, 0o777", "done"),  # umask
        ("112,", "done"),  # setsid
        ("30, 1, 0, 0", "Operation not permitted"),  # shmat
        ("241, b'/queue'", "Operation not permitted"),  # mq_unlink
        ("469, -100, b'x', 0, 0, 0", "Operation not permitted"),  # file_setattr
        ("471,", "Function not implemented"),  # what came after the list was made
        ("46, 0, 0, 0", "Operation not permitted"),  # sendmsg
        ("285, 1, 0, 0, 4096", "Operation not supported"),  # fallocate
        ("165, 0, 0, 0, 0, 0", "Operation not permitted"),  # mount, by the first filter
    ],
)
def test_deep_calls(inside: Lab, call: str, error: str) -> None:
    assert inside.run(SYSCALL + f"print(call({call}))") == error


def test_it_stays_in_its_group_and_has_no_rights(inside: Lab) -> None:
    assert (
        inside.run("import os\nos.setsid(); os.setpgid(0, 0); os.umask(0o777)\nprint(os.getpgid(0) == os.getpid())")
        == "True"
    )
    status = inside.run("print(open('/proc/self/status').read())")
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert f"{kind}:\t{0:016x}" in status
    assert "NoNewPrivs:\t1" in status
    assert inside.value("__import__('os').getpriority(0, 0)") >= 5


def test_a_user_of_its_own_where_root_grades(inside: Lab) -> None:
    user = inside.value("__import__('os').getuid()")
    if user != os.getuid():
        assert os.getuid() == 0
        assert 61184 <= user < 65520
        assert inside.kernel.protection.report.user == user
        assert inside.tried("import os\nos.setuid(0)") == "PermissionError"


def test_ordinary_work_goes_on(inside: Lab) -> None:
    code = """
import asyncio, concurrent.futures, os, shutil, socket, sqlite3, subprocess, sys, tempfile, threading
a, b = socket.socketpair()
a.send(b'x')
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    assert list(pool.map(str, range(3))) == ['0', '1', '2']
assert subprocess.run(['/bin/sh', '-c', 'echo hi'], capture_output=True, text=True).stdout == 'hi\\n'
assert subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True, text=True).stdout == '1\\n'
child = subprocess.Popen(['sleep', '60'], start_new_session=True)
child.kill() if scoped else None
assert not scoped or child.wait() == -9
pid = os.fork()
if not pid:
    os._exit(3)
assert os.waitpid(pid, 0)[1] == 3 << 8
sqlite3.connect('here.db').execute('create table t (x)')
with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
    file.write(b'x')
    shutil.copy2(file.name, folder + '/y')
    shutil.move(folder + '/y', 'moved')
os.replace('moved', 'again')
assert os.path.commonpath([tempfile.gettempdir(), os.getcwd()]) == os.getcwd()
print('done')
"""
    assert inside.run(f"scoped = {inside.kernel.protection.report.signal_scope}\n{code}") == "done"
    assert "uid=" in inside.run("!id")
    assert inside.run("x = !echo hi\nprint(x)") == "['hi']"
    assert inside.run("%%bash\necho $((1 + 2))") == "3"


# --- its end and its limits --------------------------------------------------------------------------------------


def group_of(box: Lab) -> int:
    return box.kernel.protection.report.group


def members(group: int) -> list[int]:
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if (
                os.getpgid(int(name)) == group
                and Path("/proc", name, "stat").read_text().rpartition(")")[2].split()[0] != "Z"
            ):
                found.append(int(name))
        except OSError:
            pass
    return found


def until_gone(group: int) -> None:
    until = time.monotonic() + 30
    while members(group) and time.monotonic() < until:
        time.sleep(0.02)
    assert members(group) == []


def test_nothing_is_left(scratch: Path) -> None:
    with lab(scratch) as box:
        box.run(DAEMONS)
        assert len(members(group_of(box))) == 4
        box.kernel.kill()
        assert members(group_of(box)) == []
        assert box.kernel.ended_by() == "killed"


def test_it_ends_with_its_kernel(scratch: Path) -> None:
    with lab(scratch) as box:
        box.run(DAEMONS)
        assert box.end("import os\nos._exit(0)") == "exit"
        assert members(group_of(box)) == []


def test_where_its_head_is_killed(scratch: Path) -> None:
    with lab(scratch) as box:
        head = box.value("__import__('os').getppid()")
        box.run(DAEMONS)
        os.kill(head, signal.SIGKILL)
        until_gone(group_of(box))


def test_where_its_orphans_come_to_the_grader(scratch: Path) -> None:
    """As in a container whose first process grades: nobody else reaps them."""
    prctl = ctypes.CDLL(None).prctl
    assert prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    try:
        with lab(scratch) as box:
            head = box.value("__import__('os').getppid()")
            box.run(DAEMONS)
            os.kill(head, signal.SIGKILL)
            until_gone(group_of(box))
            box.kernel.kill()
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def test_it_ends_with_whoever_has_it() -> None:
    code = """
import time
from pathlib import Path
from autograder.sandbox.start import bubblewrap, forkserver
bubblewrap.SYSTEM_FOLDERS, bubblewrap.find_spec = (), lambda name: None
from tests.sandbox.lab import lab
from tests.sandbox.test_life import DAEMONS
with forkserver.scratch() as forked, forkserver.scratch() as fresh:
    with lab(forked / "s") as one, lab(fresh / "s", preload=None) as two:
        for box in (one, two):
            box.run(DAEMONS)
            print(box.kernel.protection.report.group, flush=True)
        time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        groups = [int(grader.stdout.readline()) for _ in range(2)]
        assert [len(members(group)) for group in groups] == [4, 4]
        grader.kill()
        grader.wait()
    for group in groups:
        until_gone(group)


@pytest.mark.parametrize("how", [how for how in HOARDS if how not in ("in flight", "closed")])
def test_files_that_are_hidden(scratch: Path, how: str) -> None:
    limits = {"disk": 20 * MIB, "file_size": 4 * MIB}
    with lab(scratch, limits) as box:
        assert box.end(HOARDS[how] + "\nimport time\ntime.sleep(600)") in ("disk", "files")


RESTLESS = """
import os
def hide():
    i = 0
    while True:
        os.rename(f'x{i}', f'x{i + 1}')
        i += 1
open('x0', 'wb').write(bytes(4 * 2**20))
hide()
"""


def test_a_file_that_never_keeps_its_name(scratch: Path) -> None:
    with lab(scratch, {"disk": 2 * MIB}) as box:
        assert box.end(RESTLESS) in ("disk", "files")


def test_files_that_a_thread_has_alone(scratch: Path) -> None:
    """The process's first thread ends: /proc shows nothing of its memory and its files at the usual place."""
    code = """
import ctypes, os, threading, time
if not os.fork():
    def hoard():
        time.sleep(0.5)
        held = []
        for i in range(6):
            held.append(open('x', 'wb'))
            held[-1].write(bytes(4 * 2**20))
            held[-1].flush()
            os.unlink('x')
        time.sleep(600)
    threading.Thread(target=hoard).start()
    ctypes.CDLL(None).syscall(60 if os.uname().machine == 'x86_64' else 93, 0)
time.sleep(600)
"""
    with lab(scratch, {"disk": 20 * MIB}) as box:
        assert box.end(code) == "disk"


def test_processes(scratch: Path) -> None:
    with lab(scratch, {"processes": 60}) as box:
        assert box.end(MANY.format(count=70, work="pass")) == "processes"
        assert members(group_of(box)) == []


def test_processes_that_grow_fast(scratch: Path) -> None:
    with lab(scratch) as box:
        bomb = "import os, time\nfor _ in range(11): os.fork()\ntime.sleep(600)"
        assert box.end(bomb) in ("memory", "processes", "open files")
        assert members(group_of(box)) == []


def test_memory_of_all_together(scratch: Path) -> None:
    with lab(scratch, {"memory": 400 * MIB}) as box:
        work = "x = bytearray(120 * 2**20); x[::4096] = b'x' * len(x[::4096])"
        assert box.end(MANY.format(count=4, work=work)) == "memory"


def test_what_waits_in_sockets(scratch: Path) -> None:
    code = "import socket, time\nheld = [socket.socketpair() for _ in range(900)]\ntime.sleep(600)"
    with lab(scratch, {"memory": 400 * MIB, "open_files": 2048}) as box:
        assert box.end(code) == "memory"


def test_two_see_nothing_of_each_other() -> None:
    with place("forked") as one, place("forked") as two, lab(one) as first, lab(two) as second:
        first.run("open('mine', 'w').write('hush')")
        path = str(first.kernel.work / "mine")
        assert second.tried("open(p)", p=path) == "PermissionError"
        assert second.tried("import os\nos.listdir(p)", p=str(first.kernel.work)) == "PermissionError"
        assert second.tried("import os\nos.kill(p, 0)", p=group_of(first)) == "PermissionError"
        assert second.tried("import os\nopen(f'/proc/{p}/status')", p=group_of(first)) == "PermissionError"
