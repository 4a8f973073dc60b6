"""Each limit, with a program that goes past it by a bounded amount."""

from __future__ import annotations

import time
from pathlib import Path

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
        assert box.end(bomb) in ("memory", "processes")


def test_threads(scratch: Path) -> None:
    with lab(scratch, {"processes": 60}) as box:
        code = "import threading, time\nfor _ in range(70): threading.Thread(target=time.sleep, args=(600,)).start()"
        assert box.end(code) == "processes"


def test_one_file(scratch: Path) -> None:
    with lab(scratch, {"file_size": 2 * MIB}) as box:
        assert box.tried("open('x', 'wb').write(bytes(3 * 2**20))") == "OSError"
        assert box.kernel.alive()
        assert (box.kernel.work / "x").stat().st_size <= 2 * MIB


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
        assert not list(box.kernel.work.glob("core*"))
