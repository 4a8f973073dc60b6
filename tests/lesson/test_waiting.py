"""Nothing is silent for long, and an interruption is one line: tried in a real kernel, as a notebook has it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from autograder.base.messages import translator
from autograder.lesson.opening import _unsaid
from autograder.lesson.waiting import Clock

BEGIN = (
    "# language: zh\nfrom autograder import lesson\nfrom autograder.lesson import opening, waiting\n"
    "opening.SILENT = waiting.EVERY = 0.05\nopening._Beat.running or lesson.begin()"
)
UNTIL = "\nimport os, time\nwhile not os.path.exists({path!r}): time.sleep(0.01)"


@pytest.fixture(scope="module")
def kernel() -> Iterator[Any]:
    manager, client = start_new_kernel(kernel_name="python3")
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def outputs(client: Any, code: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the cell sends, message by message, until it is idle."""
    asked = client.execute(code)
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != asked:
            continue
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return
        yield message["msg_type"], message["content"]


def test_a_cell_that_takes_long_says_that_it_is_running_until_it_ends(kernel: Any, tmp_path: Any) -> None:
    _, client = kernel
    assert not [content for kind, content in outputs(client, BEGIN) if kind == "error"]
    path = tmp_path / "end"
    seen = []
    for kind, content in outputs(client, UNTIL.format(path=str(path))):
        if "data" in content:
            seen.append((kind, content["data"]["text/plain"]))
        if len(seen) == 3:
            path.touch()
    assert [kind for kind, _ in seen[:2]] == ["display_data", "update_display_data"]
    assert all("秒" in text for _, text in seen)


def test_a_bar_of_its_own_is_enough(kernel: Any, tmp_path: Any) -> None:
    _, client = kernel
    assert not [content for kind, content in outputs(client, BEGIN) if kind == "error"]
    path = tmp_path / "end"
    code = "with waiting.waiting('drawing', 9) as shown:\n  shown(0.5, 'half')" + UNTIL.replace("\n", "\n  ")
    code = code.format(path=str(path))
    places = set()
    updates = 0
    for kind, content in outputs(client, code):
        if "data" in content:
            places.add(content["transient"]["display_id"])
            updates += kind == "update_display_data"
        if updates == 6:
            path.touch()
    assert len(places) == 1


def test_an_interruption_is_one_line(kernel: Any) -> None:
    manager, client = kernel
    assert not [content for kind, content in outputs(client, BEGIN) if kind == "error"]
    errors = []
    for kind, content in outputs(client, "import time\nprint('started', flush=True)\ntime.sleep(60)"):
        if kind == "stream" and "started" in content["text"]:
            manager.interrupt_kernel()
        if kind == "error":
            errors.append(content)
    (error,) = errors
    assert error["ename"] == "KeyboardInterrupt"
    assert len("\n".join(error["traceback"]).splitlines()) == 1
    assert "Traceback" not in error["traceback"][0]


@pytest.mark.slow
def test_tensorflow_says_nothing_where_it_is_loaded() -> None:
    manager, client = start_new_kernel(kernel_name="python3")
    code = "# language: en\nfrom autograder import lesson\nlesson.begin()\nimport tensorflow\ntensorflow.ones(1)\n0"
    try:
        said = [content["text"] for kind, content in outputs(client, code) if kind == "stream"]
        assert said == []
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _fails() -> None:
    os.write(2, b"the reason\n")
    raise ImportError


def test_what_was_not_said_is_said_after_all_where_loading_fails(capfd: pytest.CaptureFixture[str]) -> None:
    with _unsaid():
        os.write(2, b"advice\n")
    with pytest.raises(ImportError), _unsaid():
        _fails()
    assert capfd.readouterr().err == "the reason\n"


@pytest.mark.parametrize(
    ("done", "passed", "left"),
    [
        (0.0, 0.0, 60.0),  # what is usual
        (0.0, 20.0, 40.0),
        (0.5, 50.0, 50.0),  # what it took until now
        (0.25, 30.0, 90.0),
        (0.125, 20.0, 0.5 * 140 + 0.5 * 40),  # a bit of both
        (1.0, 99.0, 0.0),
    ],
)
def test_the_rest_of_the_time(done: float, passed: float, left: float) -> None:
    time = [0.0]
    clock = Clock(60.0, lambda: time[0])
    time[0], clock.done = passed, done
    assert clock.left == pytest.approx(left)


def test_more_than_usual_is_said() -> None:
    time = [0.0]
    clock = Clock(5.0, lambda: time[0])
    assert clock.words(translator("en")) == "0 s, about 5 s to go"
    time[0] = 6.0
    assert clock.words(translator("en")) == "6 s, longer than usual"


if sys.platform == "win32":  # interrupting a kernel from outside is another thing there
    pytestmark = pytest.mark.skip
