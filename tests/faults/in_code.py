"""Faults that are in the code: what a submission does while it runs.

Each is bounded in count, size and time, and touches nothing but its own processes and folder, so that where nothing
holds it back it still ends by itself.
"""

from __future__ import annotations

from tests.faults.fault import beside, in_mean, solved
from tests.shared.light_course import SOLUTIONS

MEAN = SOLUTIONS["mean"]

USES_UP = (
    in_mean(
        "fork bomb",
        "starts 400 processes that stay for a while",
        f"""\
import os, time
for _ in range(400):
    if os.fork() == 0:
        time.sleep(10)
        os._exit(0)
{MEAN}""",
    ),
    beside(
        "fork bomb caught",
        "the same in a cell of its own, going on after each refusal",
        """\
import os, time
for _ in range(400):
    try:
        if os.fork() == 0:
            time.sleep(10)
            os._exit(0)
    except OSError:
        pass""",
    ),
    in_mean(
        "one large allocation",
        "asks for 1.5 GB at once",
        f"block = b'x' * (3 * 2**29)\n{MEAN}",
    ),
    in_mean(
        "many small allocations",
        "asks for 1.5 GB, 64 kB at a time",
        f"blocks = [b'x' * 2**16 + bytes([i % 256]) for i in range(3 * 2**13)]\n{MEAN}",
    ),
    in_mean(
        "allocates when called",
        "the function asks for 1.5 GB when the test calls it",
        "def mean(rows):\n    block = b'x' * (3 * 2**29)\n    return np.asarray(rows).mean(axis=0)",
    ),
    in_mean(
        "a large file",
        "writes a file of 300 MB",
        f"""\
with open("large.bin", "wb") as file:
    for _ in range(300):
        file.write(bytes(2**20))
{MEAN}""",
    ),
    beside(
        "many files",
        "writes 10,000 files",
        """\
import os
os.makedirs("many", exist_ok=True)
for number in range(10_000):
    with open(f"many/{number}", "w") as file:
        file.write("x")""",
    ),
    beside(
        "a deep folder",
        "makes folders in folders, 1,500 deep",
        """\
import os
here = os.getcwd()
try:
    for _ in range(1_500):
        os.mkdir("d")
        os.chdir("d")
finally:
    os.chdir(here)""",
    ),
    beside(
        "fills tmp",
        "writes up to 400 MB in 8 MB files to the temporary folder",
        """\
import os, tempfile
folder = tempfile.mkdtemp()
try:
    for number in range(50):
        with open(os.path.join(folder, str(number)), "wb") as file:
            file.write(bytes(8 * 2**20))
except OSError:
    pass""",
    ),
    beside(
        "1 GB of output",
        "prints 1 GB",
        "line = 'x' * 2**20\nfor _ in range(1024):\n    print(line)",
    ),
    beside(
        "iopub flood",
        "sends small messages for as long as 8 s",
        """\
import time
from IPython.display import display
end = time.monotonic() + 8
for number in range(100_000):
    display({"text/plain": str(number)}, raw=True)
    if time.monotonic() > end:
        break""",
    ),
)

STOPS = (
    in_mean(
        "endless loop",
        "loops for 20 s",
        f"import time\nwhile time.process_time() < 20:\n    pass\n{MEAN}",
    ),
    in_mean(
        "swallows the interrupt",
        "loops for 20 s and catches whatever would stop it",
        f"""\
import time
while time.process_time() < 20:
    try:
        while time.process_time() < 20:
            pass
    except BaseException:
        pass
{MEAN}""",
    ),
    in_mean(
        "ignores signals",
        "turns the interrupt's signal off, then sleeps for 20 s",
        f"""\
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
end = time.monotonic() + 20
while time.monotonic() < end:
    time.sleep(0.1)
{MEAN}""",
    ),
    in_mean(
        "hangs when called",
        "the function sleeps for 20 s when the test calls it",
        "import time\ndef mean(rows):\n    time.sleep(20)\n    return np.asarray(rows).mean(axis=0)",
    ),
    in_mean(
        "asks for input",
        "calls input() in its cell",
        f"name = input('Your name? ')\n{MEAN}",
    ),
    in_mean(
        "asks for input when called",
        "the function calls input()",
        "def mean(rows):\n    return float(input('The mean? '))",
    ),
    in_mean("endless recursion", "the function calls itself without end", "def mean(rows):\n    return mean(rows)"),
    in_mean(
        "recursion past the stack",
        "the same with Python's own limit raised",
        "import sys\nsys.setrecursionlimit(10**9)\ndef mean(rows):\n    return max([rows], key=mean)",
    ),
    beside(
        "a thread left behind",
        "a thread that goes on for 20 s after its cell",
        "import threading, time\nthreading.Thread(target=time.sleep, args=(20,)).start()",
    ),
    beside(
        "a thread that writes on",
        "a thread that prints into whatever cell runs, for 20 s",
        """\
import threading, time
def talk():
    end = time.monotonic() + 20
    while time.monotonic() < end:
        print("still here")
        time.sleep(0.05)
threading.Thread(target=talk, daemon=True).start()""",
    ),
    beside(
        "a daemon left behind",
        "a process in a session of its own that stays for 20 s",
        """\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(20)
    os._exit(0)
os.wait()""",
    ),
)

DIES = (
    in_mean("segfault", "reads from address 0", f"import ctypes\nctypes.string_at(0)\n{MEAN}"),
    in_mean(
        "segfault when called",
        "the function reads from address 0",
        "import ctypes\ndef mean(rows):\n    return ctypes.string_at(0)",
    ),
    in_mean("os._exit", "ends its process with os._exit(0)", f"import os\nos._exit(0)\n{MEAN}"),
    in_mean("os._exit when called", "the function calls os._exit(0)", "import os\ndef mean(rows):\n    os._exit(0)"),
    in_mean("sys.exit", "calls sys.exit() in its cell", f"import sys\nsys.exit()\n{MEAN}"),
    in_mean("sys.exit when called", "the function calls sys.exit(0)", "import sys\ndef mean(rows):\n    sys.exit(0)"),
    beside("quit", "calls quit() in a cell of its own", "quit()"),
    in_mean(
        "kills itself",
        "sends its own process SIGKILL",
        f"import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n{MEAN}",
    ),
    in_mean(
        "kills itself when called",
        "the function sends its own process SIGKILL",
        "import os, signal\ndef mean(rows):\n    os.kill(os.getpid(), signal.SIGKILL)",
    ),
    beside("closes everything", "closes every file and socket of its process", "import os\nos.closerange(3, 4096)"),
    beside(
        "deletes its folder",
        "deletes the folder that it runs in",
        # Only where it is this submission's own: the file beside the notebook says so.
        """\
import os, shutil
if os.path.exists("own_folder.txt"):
    shutil.rmtree(os.getcwd(), ignore_errors=True)""",
    ),
    beside("goes elsewhere", "changes to another folder and stays there", "import os\nos.chdir('/')"),
)

RETURNS = (
    solved(
        "nan",
        "NaN wherever a number is asked for; the points of `total` are worked out from it",
        "gave a number that is out of bounds of 5 points",
        (0, 0, None),
        double="def double(x):\n    return float('nan')",
        mean="def mean(rows):\n    return np.full(np.shape(rows)[1:], np.nan)",
        total="def total(text):\n    return float('nan')",
    ),
    solved(
        "inf",
        "infinity wherever a number is asked for",
        "gave a number that is out of bounds of 5 points",
        (0, 0, None),
        double="def double(x):\n    return float('inf')",
        mean="def mean(rows):\n    return np.full(np.shape(rows)[1:], np.inf)",
        total="def total(text):\n    return float('inf')",
    ),
    in_mean(
        "invalid utf-8 when called",
        "the function fails with half a character in its message",
        "def mean(rows):\n    raise ValueError('\\ud83d \\x00 \\x1b[31m')",
    ),
    beside(
        "invalid utf-8 in output",
        "writes bytes that are no text, and half a character",
        "import os, sys\nos.write(1, b'\\xff\\xfe\\n')\nsys.stderr.write('\\udc80')\nprint('\\ud83d')",
    ),
    in_mean("returns too much", "the function returns 400 MB", "def mean(rows):\n    return np.zeros(50 * 2**20)"),
    in_mean(
        "returns itself",
        "the function returns a list that holds itself",
        "def mean(rows):\n    found = []\n    found.append(found)\n    return found",
    ),
    in_mean(
        "returns a deep list",
        "the function returns lists in lists, 50,000 deep",
        "def mean(rows):\n    found = []\n    for _ in range(50_000):\n        found = [found]\n    return found",
    ),
    in_mean("a cell that is no Python", "a syntax error in the cell", "def mean(rows)\n    return rows"),
    beside("prints html", "prints a script and a closing tag", "print('</div></pre><script>alert(1)</script>')"),
)

IN_CODE = (*USES_UP, *STOPS, *DIES, *RETURNS)
