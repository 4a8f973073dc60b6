"""Namespaces, mounts and capabilities by themselves, in a process that makes a sandbox of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.inside.confining import run

LEAVE = "from autograder.sandbox.inside import namespaces, setup\nnamespaces.leave(1000, setup.Own())\n"

pytestmark = pytest.mark.skipif(
    subprocess.run([sys.executable, "-c", LEAVE], capture_output=True).returncode != 0,
    reason="an ordinary process may make no namespaces here",
)


def test_every_namespace_is_a_new_one() -> None:
    code = f"""
names = ("cgroup", "ipc", "mnt", "net", "uts", "user")
before = [os.readlink(f"/proc/self/ns/{{name}}") for name in names]
{LEAVE}
after = [os.readlink(f"/proc/self/ns/{{name}}") for name in names]
print([name for name, old, new in zip(names, before, after) if old == new], os.getuid(), os.getgid())
print(tried(os.setuid, 0), open("/proc/self/uid_map").read().split()[::2], flush=True)
if os.fork() == 0:
    print(os.getpid(), flush=True)
    os._exit(0)
os.wait()
"""
    assert run(code).splitlines() == ["[] 1000 1000", "Invalid argument ['1000', '1']", "1"]


def test_no_further_user_namespace() -> None:
    code = f"""
{LEAVE}
from autograder.sandbox.inside.libc import call
print(tried(call, "unshare", 0x10000000))
"""
    assert run(code) == "No space left on device"


def test_the_network_is_its_own_machine_alone() -> None:
    code = f"""
{LEAVE}
here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
here.bind(("127.0.0.1", 0))
here.sendto(b"heard", here.getsockname())
here.settimeout(20)
print(here.recv(9), [name for _, name in socket.if_nameindex()], tried(here.sendto, b"x", ("192.0.2.1", 9)))
"""
    assert run(code) == "b'heard' ['lo'] Network is unreachable"


def test_mounts_are_its_own(tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    (tmp_path / "shown").mkdir()
    (tmp_path / "shown" / "file").write_text("as it was")
    code = f"""
{LEAVE}
os.chdir({str(tmp_path)!r})
shown = os.open("shown", os.O_PATH)
one = os.open("shown/file", os.O_PATH)
namespaces.mount("tmpfs", "place", namespaces.NO_DEV, "size=1m")
open("place/new", "w").write("x")
print(tried(lambda: open("place/large", "wb").write(bytes(2 << 20))))
namespaces.bind(shown, "place/deep/folder")
namespaces.bind(one, "place/deeper/file")
print(os.listdir("place/deep/folder"), open("place/deeper/file").read())
namespaces.make_read_only("place")
print(tried(open, "place/newer", "w"), tried(open, "place/deep/folder/new", "w"))
namespaces.make_read_only("place/deep/folder")
print(tried(open, "place/deep/folder/newer", "w"))
print(tried(namespaces.mount, "tmpfs", "nowhere", 0))
"""
    assert run(code).splitlines() == [
        "No space left on device",
        "['file'] as it was",
        "Read-only file system done",
        "Read-only file system",
        "No such file or directory",
    ]
    assert list((tmp_path / "place").iterdir()) == []
    assert sorted(path.name for path in (tmp_path / "shown").iterdir()) == ["file", "new"]


def test_what_covers_proc_is_taken_away() -> None:
    code = f"""
{LEAVE}
namespaces.mount("tmpfs", "/proc/sys", 0)
before = os.listdir("/proc/sys")
namespaces.uncover("/proc")
print(before, "kernel" in os.listdir("/proc/sys"))
"""
    assert run(code) == "[] True"


@pytest.mark.parametrize(("kept", "left"), [("", 0), ("namespaces.SETFCAP", 1 << 31)])
def test_capabilities_are_given_up_for_good(kept: str, left: int) -> None:
    code = f"""
{LEAVE}
namespaces.drop_capabilities({kept})
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
held = [int(status[name], 16) for name in ("CapPrm", "CapEff", "CapBnd")]
print(held, tried(namespaces.mount, "tmpfs", "/tmp", 0))
"""
    assert run(code) == f"{[left] * 3} Operation not permitted"
