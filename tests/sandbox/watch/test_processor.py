"""Who has to wait for the processor, and who is stopped: on a clock of the tests' own, and on one core."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from autograder.sandbox.start import forkserver
from autograder.sandbox.watch.processor import BURST, TOO_FAR, ProcessorClock, Share
from tests.sandbox.lab import SECONDS, Lab, lab, short_folder

TICK = 0.1


class Scene:
    """One sandbox on a machine with so many processors; `part` is what it gets of them while it is not stopped."""

    def __init__(self, cores: int = 1) -> None:
        self.share = Share(0.0, 0.0, cores)
        self.now = self.cpu = 0.0

    def runs(self, seconds: float, part: float, running: int = 1, others: int = 1, somebody_waits: bool = True) -> None:
        for _ in range(round(seconds / TICK)):
            self.now += TICK
            if not self.share.is_stopped:
                self.cpu += TICK * part
            self.share.look(self.now, self.cpu, running, others, somebody_waits)


def test_alone_it_takes_what_there_is() -> None:
    scene = Scene(cores=4)
    scene.runs(100, part=4.0, others=0, somebody_waits=False)
    assert scene.share.time.used == pytest.approx(400)
    assert scene.share.time.waited == pytest.approx(0, abs=0.01)
    assert scene.share.time.stopped == 0


def test_while_nobody_waits_it_takes_what_others_leave() -> None:
    scene = Scene(cores=4)
    scene.runs(100, part=4.0, others=3, somebody_waits=False)
    assert scene.share.time.stopped == 0


def test_while_somebody_waits_it_gets_its_share() -> None:
    scene = Scene()
    scene.runs(100, part=1.0)
    assert scene.cpu == pytest.approx(50 + BURST, rel=0.1)
    assert scene.share.time.stopped == pytest.approx(50, rel=0.2)
    assert scene.share.time.waited == pytest.approx(0, abs=0.01)  # it is its own doing
    assert not scene.share.too_far


def test_whoever_keeps_to_its_share_is_never_stopped() -> None:
    scene = Scene(cores=2)
    scene.runs(100, part=1.0)
    assert scene.share.time.stopped == 0


def test_a_burst_is_nobody_s_loss() -> None:
    scene = Scene(cores=2)
    for _ in range(20):
        scene.runs(2, part=2.0)
        scene.runs(4, part=0.0, running=0)
    assert scene.share.time.stopped == 0


def test_who_has_taken_all_has_to_wait_when_another_comes() -> None:
    scene = Scene()
    scene.runs(100, part=1.0, somebody_waits=False)
    before = scene.cpu
    scene.runs(10, part=1.0)
    assert scene.share.time.stopped > 5
    assert scene.cpu - before < 5
    scene.runs(10, part=1.0, somebody_waits=False)
    assert not scene.share.is_stopped


def test_one_that_can_t_be_stopped_goes_too_far() -> None:
    scene = Scene()
    until = 0
    while not scene.share.too_far and until < 1000:
        until += 1
        scene.now, scene.cpu = scene.now + TICK, scene.cpu + TICK
        scene.share.look(scene.now, scene.cpu, 1, 1, True)
    assert scene.now == pytest.approx(2 * (BURST + TOO_FAR), rel=0.1)


def test_waiting_is_to_want_the_processor_and_not_to_get_it() -> None:
    scene = Scene()
    scene.runs(10, part=0.1)
    assert scene.share.time.waited == pytest.approx(9)
    assert scene.share.waits
    scene.runs(10, part=0.0, running=0)
    assert scene.share.time.waited == pytest.approx(9)  # it sleeps
    assert not scene.share.waits
    scene.runs(10, part=1.0)
    assert scene.share.time.waited == pytest.approx(9)


def test_the_clock_adds_up_what_ended_children_used() -> None:
    clock = ProcessorClock()
    assert clock.add({"1": 1.0}, 0) == 1.0
    assert clock.add({"1": 1.0, "2": 0.5}, 0) == 1.5
    assert clock.add({"1": 1.8}, 0) == pytest.approx(1.8)  # it was reaped, having used 0.8
    assert clock.add({"1": 1.0}, 0) == pytest.approx(1.8)  # never less


def test_what_comes_and_goes_between_two_looks_counts() -> None:
    clock = ProcessorClock()
    before = clock.add({"1": 0.0}, 1)
    time.sleep(0.2)
    assert clock.add({"1": 0.0, "99": 0.0}, 1) > before


# --- on one core ------------------------------------------------------------------------------------------------

BUSY = """
import os, subprocess, time
for _ in range(30):  # each ends with this process, also where the test is killed
    subprocess.Popen(["sh", "-c", f"while kill -0 {os.getpid()} 2> /dev/null; do :; done"], start_new_session=True)
time.sleep(600)
"""
WORK = """
import time
begin = time.process_time()
while time.process_time() - begin < 3: pass
"""


@contextmanager
def one_core() -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@pytest.fixture(params=["fresh", "forked"])
def two(request: pytest.FixtureRequest) -> Iterator[tuple[Lab, Lab]]:
    """Two kernels that share one core."""
    with one_core(), ExitStack() as stack:
        boxes = []
        for _ in range(2):
            place: Path = stack.enter_context(forkserver.scratch() if request.param == "forked" else short_folder())
            boxes.append(stack.enter_context(lab(place / "s")))
            boxes[-1].run(f"import os\nos.sched_setaffinity(0, {os.sched_getaffinity(0)!r})")
        yield boxes[0], boxes[1]


def test_many_busy_processes_leave_another_its_share(two: tuple[Lab, Lab]) -> None:
    """Of 31 processes each would get as much as any other: the one that works for 3 seconds, 93 seconds' worth."""
    greedy, honest = two
    greedy.client.execute(BUSY)
    until = time.monotonic() + SECONDS
    while greedy.kernel.used() < 2 * BURST and time.monotonic() < until:
        time.sleep(0.1)
    before = greedy.kernel.used()
    honest.run(WORK)
    assert honest.kernel.alive()
    assert greedy.kernel.used() - before < 20
    assert greedy.kernel.stopped() > 0
    assert honest.kernel.stopped() == 0
    assert greedy.kernel.alive()  # it waits for its turn, and may go on
