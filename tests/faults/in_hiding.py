"""Faults that take more than they may where a look at names and sizes does not show it.

Each is bounded: what is taken is 150 MB of disk, 1.2 GB of memory, some sockets and files, and ends with the kernel.
"""

from __future__ import annotations

from tests.faults.fault import NOT_MEAN, Fault, in_mean
from tests.shared.light_course import SOLUTIONS

MEAN = SOLUTIONS["mean"]
_STAYS = f"import time\ntime.sleep(10)\n{MEAN}"


def _hoards(name: str, story: str, code: str, limit: str = "(disk)") -> Fault:
    return in_mean(name, story, f"{code}\n{_STAYS}", word=limit, points=NOT_MEAN)


IN_HIDING = (
    _hoards(
        "unlinked and mapped",
        "holds 150 MB in files without a name, of which one page each is mapped and none is open",
        """\
import mmap, os
held = []
for _ in range(6):
    with open("x", "w+b") as file:
        for _ in range(25):
            file.write(bytes(2**20))
        file.flush()
        held.append(mmap.mmap(file.fileno(), 4096))
    os.unlink("x")""",
    ),
    _hoards(
        "unlinked and in flight",
        "holds 150 MB in files without a name, whose descriptors lie in a socket's queue",
        """\
import os, socket
ends = socket.socketpair()
for _ in range(6):
    with open("x", "wb") as file:
        for _ in range(25):
            file.write(bytes(2**20))
        file.flush()
        socket.send_fds(ends[0], [b"x"], [file.fileno()])
    os.unlink("x")""",
    ),
    _hoards(
        "deeper than a path",
        "writes 150 MB into a folder whose path is longer than 4,096 bytes",
        """\
import os
for _ in range(25):
    os.mkdir("x" * 200)
    os.chdir("x" * 200)
for number in range(6):
    with open(str(number), "wb") as file:
        for _ in range(25):
            file.write(bytes(2**20))""",
    ),
    _hoards(
        "a folder that nobody may list",
        "writes 150 MB into a folder of mode 0300",
        """\
import os
os.mkdir("x", 0o700)
folder = os.open("x", os.O_RDONLY)
os.chmod("x", 0o300)
for number in range(6):
    with open(os.open(str(number), os.O_WRONLY | os.O_CREAT, dir_fd=folder), "wb") as file:
        for _ in range(25):
            file.write(bytes(2**20))""",
    ),
    _hoards(
        "page tables",
        "reads one byte every 2 MB of 600 GB that it has not got: the tables of that take 1.2 GB",
        """\
import mmap
held = mmap.mmap(-1, 600 * 2**30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=mmap.PROT_READ)
for place in range(0, len(held), 2**21):
    held[place]""",
        "(memory)",
    ),
    in_mean(
        "shared memory of no file",
        "fills 200 MB that stay when its process shows them no more; they can't be had",
        f"""\
import mmap
held = mmap.mmap(-1, 200 * 2**20)
for place in range(0, len(held), 4096):
    held[place] = 1
held.madvise(mmap.MADV_DONTNEED)
{MEAN}""",
        points=NOT_MEAN,
    ),
    _hoards(
        "sockets",
        "holds 6,000 sockets, each of which could hold 200 kB for nobody",
        """\
import os, socket, time
for _ in range(8):
    if os.fork() == 0:
        held = [socket.socketpair() for _ in range(400)]
        time.sleep(10)
        os._exit(0)""",
        "(memory)",
    ),
    _hoards(
        "open files",
        "holds 9,000 files open",
        """\
import os, time
for _ in range(10):
    if os.fork() == 0:
        held = [open("/dev/null") for _ in range(900)]
        time.sleep(10)
        os._exit(0)""",
        "(open files)",
    ),
)
