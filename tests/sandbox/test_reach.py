"""What student code can reach beyond files: the network, other processes, the kernel. Targets are the test's own."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import autograder
from tests.sandbox.lab import Lab

REFUSED = ("PermissionError", "OSError", "ConnectionRefusedError", "FileNotFoundError", "ProcessLookupError")
SYSCALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    result = libc.syscall(number, *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments))
    return os.strerror(ctypes.get_errno()) if result < 0 else 'done'
"""
x86_64 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are x86_64's")


@pytest.fixture
def sentinel() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def listening(family: socket.AddressFamily, address: object) -> socket.socket:
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(address)  # type: ignore[arg-type]
    server.listen()
    server.settimeout(0.3)
    return server


def nobody_came(server: socket.socket) -> bool:
    try:
        server.accept()
    except TimeoutError:
        return True
    return False


CONNECT = "import socket\nsocket.socket(family, kind).connect(address)"


def test_no_tcp(inside: Lab) -> None:
    with listening(socket.AF_INET, ("127.0.0.1", 0)) as server:
        address = server.getsockname()
        socket.create_connection(address).close()  # it can be reached from here
        server.accept()
        said = inside.tried(CONNECT, family=2, kind=1, address=address)
        assert said in REFUSED
        assert nobody_came(server)


def test_no_udp(inside: Lab) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.3)
        inside.tried(
            "import socket\nsocket.socket(2, 2).sendto(b'x', address)",
            address=server.getsockname(),
        )
        with pytest.raises(TimeoutError):
            server.recv(1)


def test_only_its_own_interface(inside: Lab) -> None:
    assert inside.value("[name for _, name in __import__('socket').if_nameindex()]") == ["lo"]


def test_no_abstract_socket_of_ours(inside: Lab) -> None:
    name = f"\0sentinel-{secrets.token_hex(8)}"
    with listening(socket.AF_UNIX, name) as server:
        assert inside.tried(CONNECT, family=1, kind=1, address=name) in REFUSED
        assert nobody_came(server)


def test_no_socket_file_of_ours(inside: Lab) -> None:
    path = str(inside.kernel.work.parent.parent / "socket")
    with listening(socket.AF_UNIX, path) as server:
        assert inside.tried(CONNECT, family=1, kind=1, address=path) in REFUSED
        assert nobody_came(server)


def test_no_link_to_a_socket_of_ours(inside: Lab) -> None:
    path = str(inside.kernel.work.parent.parent / "socket2")
    with listening(socket.AF_UNIX, path) as server:
        assert (
            inside.tried("import os\nos.symlink(p, 'linked')\n" + CONNECT, family=1, kind=1, p=path, address="linked")
            in REFUSED
        )
        assert nobody_came(server)


def test_no_signal_to_a_process_of_ours(inside: Lab, sentinel: subprocess.Popen[bytes]) -> None:
    for attack in ("os.kill(pid, 9)", "os.kill(pid, 0)", "os.killpg(os.getpgid(pid), 9)", "os.pidfd_open(pid)"):
        assert inside.tried(f"import os\n{attack}", pid=sentinel.pid) in REFUSED, attack
    assert sentinel.poll() is None


def test_it_sees_its_own_processes_only(inside: Lab, sentinel: subprocess.Popen[bytes]) -> None:
    assert inside.value("__import__('os').getpid()") < 10
    pids = inside.value("sorted(int(n) for n in __import__('os').listdir('/proc') if n.isdigit())")
    assert len(pids) == 2
    assert sentinel.pid not in pids


def test_the_first_process_is_out_of_reach(inside: Lab) -> None:
    for attack in (
        "os.readlink('/proc/1/exe')",
        "open('/proc/1/environ').read()",
        "os.listdir('/proc/1/root')",
        "open('/proc/1/mem', 'rb')",
        "os.kill(1, 9)",
        "os.kill(1, 19)",
    ):
        assert inside.tried(f"import os\n{attack}") == "PermissionError", attack
    assert inside.kernel.alive()


def test_privileges_are_gone(inside: Lab) -> None:
    status = dict(
        line.split(":\t", 1) for line in inside.value("open('/proc/self/status').read()").splitlines() if ":\t" in line
    )
    for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[kind], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"
    assert inside.value("__import__('os').getuid()") == 1000
    assert inside.tried("import os\nos.setuid(0)") == "OSError"  # there is no such user
    assert inside.tried("import os\nos.mknod('device', 0o20600, os.makedev(1, 1))") == "PermissionError"
    assert inside.value("__import__('os').getpriority(0, 0)") >= 5


def test_no_further_namespaces(inside: Lab) -> None:
    """In a process with one thread, since only such a one may make a user namespace."""
    code = """
import subprocess, sys
for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000):
    attack = f'import ctypes; print(ctypes.CDLL(None).unshare({flag}))'
    print(subprocess.run([sys.executable, '-c', attack], capture_output=True, text=True).stdout.strip())
"""
    assert inside.run(code).split() == ["-1"] * 4


@x86_64
@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("101, 16, os.getppid(), 0, 0", "Operation not permitted"),  # ptrace: attach
        ("101, 0, 0, 0, 0", "Operation not permitted"),  # ptrace: be traced
        ("310, os.getpid(), 0, 0, 0, 0, 0", "Operation not permitted"),  # process_vm_readv
        ("250, 0, -3, 0", "Operation not permitted"),  # keyctl
        ("321, 0, 0, 0", "Operation not permitted"),  # bpf
        ("298, 0, 0, 0, 0, 0", "Operation not permitted"),  # perf_event_open
        ("323, 0", "Operation not permitted"),  # userfaultfd
        ("425, 1, 0", "Operation not permitted"),  # io_uring_setup
        ("165, 0, 0, 0, 0, 0", "Operation not permitted"),  # mount
        ("304, 0, 0, 0", "Operation not permitted"),  # open_by_handle_at
        ("56, 0x10000011, 0, 0, 0, 0", "Operation not permitted"),  # clone into a user namespace
        ("435, 0, 0", "Function not implemented"),  # clone3
        ("319, b'name', 0", "Function not implemented"),  # memfd_create
        ("29, 0, 4096, 0o1600", "Operation not permitted"),  # shmget
        ("16, 0, 0x5412, b'x'", "Operation not permitted"),  # ioctl: TIOCSTI
        ("41, 40, 1, 0", "Address family not supported by protocol"),  # a socket of the virtual machine's host
        ("41, 17, 3, 0", "Address family not supported by protocol"),  # a raw packet socket
        ("0x40000000 + 39,", "Operation not permitted"),  # getpid by its x32 number
    ],
)
def test_deep_calls_are_refused(inside: Lab, call: str, error: str) -> None:
    assert inside.run(SYSCALL + f"print(call({call}))") == error


def test_ordinary_work_goes_on(inside: Lab) -> None:
    code = """
import concurrent.futures, multiprocessing, os, socket, sqlite3, subprocess, tempfile, threading
a, b = socket.socketpair()
a.send(b'x')
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    assert list(pool.map(str, range(3))) == ['0', '1', '2']
with multiprocessing.get_context('fork').Pool(2) as pool:
    assert pool.map(abs, [-1, -2]) == [1, 2]
assert subprocess.run(['/bin/sh', '-c', 'echo hi'], capture_output=True, text=True).stdout == 'hi\\n'
sqlite3.connect('here.db').execute('create table t (x)')
with tempfile.NamedTemporaryFile() as file:
    file.write(b'x')
print('done')
"""
    assert inside.run(code) == "done"
    assert "student" in inside.run("!id -un")


SHARED_FILE = """
import ctypes, fcntl, json, mmap, os, signal
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
heard = []
signal.signal(signal.SIGIO, lambda *_: heard.append(1))
file = os.open(json.__file__, os.O_RDONLY)
at, size = ctypes.c_void_p(libc.mmap(None, 4096, 1, 2, file, 0)), ctypes.c_size_t(4096)
"""


def test_files_that_all_read_carry_nothing_to_others(inside: Lab) -> None:
    """No lock, no lease for which others would wait, and nothing tells what others have read."""
    inside.run(SHARED_FILE)
    with open(json.__file__, "rb") as file:
        assert inside.tried("fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)") == "done"
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # is free for others
        assert inside.tried("fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)") == "done"  # and theirs are not seen
        assert inside.tried("fcntl.fcntl(file, 1024, 0)") == "done"
        assert inside.value("fcntl.fcntl(file, 1025)") == 2  # F_GETLEASE: there is none
        inside.run("fcntl.fcntl(os.open(os.path.dirname(json.__file__), os.O_RDONLY), 1026, 0x80000001 - 2**32)")
        assert os.listdir(os.path.dirname(json.__file__))
        file.read(1)
        assert inside.value("heard") == []


@x86_64
def test_nothing_tells_what_lies_in_memory_of_a_file(inside: Lab) -> None:
    inside.run(SHARED_FILE + SYSCALL)
    for advice in ("os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)", "call(28, at.value, 4096, 21)"):
        assert inside.tried(advice) == "done"
    assert inside.value("call(27, at.value, 4096, ctypes.create_string_buffer(1))") == "Function not implemented"
    nothing = "ctypes.create_string_buffer(40)"
    assert inside.value(f"call(451, file, {nothing}, {nothing}, 0)") == "Function not implemented"
    assert inside.tried("os.preadv(file, [bytearray(9)], 0, os.RWF_NOWAIT)") == "OSError"
    assert inside.value("os.preadv(file, [bytearray(9)], 0)") == 9


def test_nothing_tells_when_a_file_was_read(inside: Lab) -> None:
    """Its time of access stays: whoever is graded later would see what was read before, for days."""
    path = Path(autograder.__file__)
    os.utime(path, ns=(0, path.stat().st_mtime_ns))  # so that the next access would be noted
    inside.run("import os")
    assert inside.value(f"len(open({str(path)!r}).read())")
    assert inside.value(f"os.stat({str(path)!r}).st_atime_ns") == 0
