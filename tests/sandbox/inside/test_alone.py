"""The second filter by itself, as it is where Landlock does not keep signals inside (before Linux 6.12)."""

from __future__ import annotations

from tests.sandbox.inside.confining import run

FILTERED = """
import signal
from autograder.sandbox.inside import alone, landlock, seccomp
from autograder.sandbox.inside.libc import call
landlock.version = lambda: 3
other = subprocess.Popen(["sleep", "60"])
os.setsid()
child = os.fork()
if not child:
    landlock.confine([("/", landlock.READ)])
    assert alone.forbid_alone(scoped=False)
    assert seccomp.forbid()
"""
WAIT = """
    sys.stdout.flush()
    os._exit(0)
os.waitpid(child, 0)
print(other.poll())
other.kill()
"""


def test_signals_go_to_the_process_itself() -> None:
    code = f"""
{FILTERED}
    own = os.getpid()
    print(tried(os.kill, other.pid, 10), tried(os.kill, -1, 0), tried(os.kill, os.getppid(), 0), tried(os.killpg, 1, 0))
    print(tried(call, "syscall", {{"x86_64": 200}}.get(os.uname().machine, 130), other.pid, 10))
    print(tried(signal.pidfd_send_signal, os.open(f"/proc/{{other.pid}}", os.O_RDONLY), 10))
    print(tried(os.kill, own, 0))
{WAIT}
"""
    refused = "Operation not permitted"
    assert run(code).splitlines() == [" ".join([refused] * 4), refused, refused, "done", "None"]


def test_signals_to_its_own_group() -> None:
    """As ipykernel sends an interrupt: to the group that the kernel leads."""
    code = """
import os
os.setsid()
from autograder.sandbox.inside import alone
assert alone.forbid_alone(scoped=False)
print(tried(os.killpg, os.getpgid(0), 0), tried(os.kill, 0, 0), tried(os.killpg, os.getpgid(0) + 1, 0))
"""
    assert run(f"pid = os.fork()\nif pid:\n    os.waitpid(pid, 0)\n    os._exit(0)\n{code}\nsys.stdout.flush()") == (
        "done done Operation not permitted"
    )


def test_the_filters_of_both_architectures_are_programs() -> None:
    from autograder.sandbox.inside import alone, bpf

    for machine in bpf._ARCHITECTURES.values():
        code = alone.program(machine, 1, False)
        assert len(code) % 8 == 0
        assert len(code) // 8 < 4096  # the most that the kernel takes
