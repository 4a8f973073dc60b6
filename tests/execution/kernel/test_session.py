"""A session with real kernels, unconfined: what their code does to the session, the session has to bear."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import zmq

from autograder.execution.kernel import client, wire
from autograder.execution.kernel.local import LocalKernel
from autograder.execution.kernel.outputs import CUT
from autograder.execution.kernel.replies import NoAnswer, Question, Raised, read_call
from autograder.execution.kernel.session import Cell, CellRun, Session, SessionError, Times
from tests.shared.exercises import EXERCISES

LONG = Times(cell=60.0, start=120.0)
"""For what takes no time at all, however busy the machine is."""
SHORT = Times(cell=2.0, start=120.0)
"""For what never ends of itself."""
SOON = 30.0
"""Seconds that are far less than LONG's, and far more than a busy machine needs for what waits for nothing."""
EXERCISE = EXERCISES[0]
CASES = EXERCISE.public_cases[:2]


class Kernels:
    """Starts kernels in a folder and remembers them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[LocalKernel] = []

    def __call__(self) -> LocalKernel:
        self.started.append(LocalKernel(self.folder))
        return self.started[-1]


@contextmanager
def opened(folder: Path, *cells: str, **arguments: Any) -> Iterator[Session]:
    session = Session(Kernels(folder), LONG, **arguments)
    try:
        for i, source in enumerate(cells):
            session.run(Cell(f"cell {i}", source))
        yield session
    finally:
        session.close()


@contextmanager
def hurried(session: Session) -> Iterator[None]:
    """What is asked for within the block has little time."""
    session._times = SHORT
    try:
        yield
    finally:
        session._times = LONG


def kernels(session: Session) -> list[LocalKernel]:
    launch = session._launch
    assert isinstance(launch, Kernels)
    return launch.started


def run(session: Session, source: str, name: str = "cell") -> CellRun:
    return session.run(Cell(name, source))


def said(done: CellRun) -> str:
    return "".join(output.text for output in done.run.outputs)


def why(done: CellRun) -> tuple[str, str]:
    assert done.trouble is not None
    return done.trouble.type, done.trouble.message


@dataclass(frozen=True)
class Named:
    """What the notebook has under a name."""

    name: str


@dataclass(frozen=True)
class Lent:
    """A function of the test's, by its number."""

    number: int


def refer(value: object) -> list[Any]:
    return ["named", value.name] if isinstance(value, Named) else ["lent", value.number]  # type: ignore[attr-defined]


def meet(kind: str, rest: list[Any]) -> object:
    return (kind, *rest)


def no_call(path: Path) -> str:
    raise AssertionError(f"nothing was lent that could be called: {path}")


def call(
    session: Session,
    name: str,
    positional: list[Any],
    named: dict[str, Any],
    called: Callable[[Path], str] = no_call,
) -> Any:
    request = json.dumps([wire.dumps({}), wire.dumps(([Named(name), *positional], named), refer)])
    return session.ask(name, Question("call", request), meet, called).value


def look(session: Session, names: list[str]) -> Any:
    return session.ask(
        "looking", Question("look", json.dumps([wire.dumps({}), wire.dumps(([names], {}))])), meet, no_call
    ).value


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A session for the tests that leave its kernel as it was."""
    helpers = """
import os, time
import numpy as np
answers = __import__("autograder.execution.kernel.answers", fromlist=["answers"])
genuine = answers._write
kernel = get_ipython().kernel
kept = []
def same(*positional, **named): return positional[0] if positional else named
def fails(kind="ValueError"): raise eval(kind)("its words")
class Own(Exception): pass
def own(): raise Own("its words")
def thing(): return object()
def apply(function, x): return function(x)
def double(x): return 2 * x
def sleepy(): time.sleep(60)
value, array, number = {"a": (1, 2)}, np.arange(3), np.float32(1.5)
"""
    folder = tmp_path_factory.mktemp("calm")
    with opened(folder, helpers) as session:
        yield session


# --- cells ------------------------------------------------------------------------------------------------------


def test_cells(calm: Session) -> None:
    done = run(calm, "print('printed')\n1 + 1")
    assert (done.run.status, done.trouble) == ("ok", None)
    assert [(output.kind, output.text) for output in done.run.outputs] == [
        ("stream", "printed\n"),
        ("execute_result", ""),
    ]
    assert done.run.outputs[1].data == {"text/plain": "2"}
    assert done.run.count == 2
    pieces = "import sys\nfor word in 'one', 'print':\n    print(word, end=' ')\n    sys.stdout.flush()"
    assert [output.text for output in run(calm, pieces).run.outputs] == ["one print "]
    done = run(calm, "1 / 0")
    assert (done.run.status, done.trouble, done.run.outputs[0].name) == ("error", None, "ZeroDivisionError")
    assert run(calm, "input()").run.outputs[0].name == "StdinNotImplementedError"
    assert "none" in calm.protection_words


def test_questions_count_no_cell_and_show_nothing(calm: Session) -> None:
    first = run(calm, "1").run.count
    call(calm, "double", [1], {})
    look(calm, ["value"])
    assert run(calm, "1").run.count == (first or 0) + 1
    assert "answer-" not in said(run(calm, "print(In)"))


# --- questions --------------------------------------------------------------------------------------------------


def test_look(calm: Session) -> None:
    seen = look(calm, ["value", "number", "double", "Own", "kernel", "gone", "array"])
    assert seen["value"] == {"a": (1, 2)}
    assert type(seen["number"]) is np.float32
    assert seen["array"].tolist() == [0, 1, 2]
    assert seen["double"][0] == seen["Own"][0] == seen["kernel"][0] == "object"
    assert "gone" not in seen


@pytest.mark.parametrize(
    "value", [7, None, "text", b"\0", [1, (2.5, {"k"})], {"a": {1: True}}, np.eye(2), np.int8(3)], ids=repr
)
def test_call(calm: Session, value: object) -> None:
    found = call(calm, "same", [value], {})
    assert type(found) is type(value)
    assert np.array_equal(found, value) if isinstance(value, np.ndarray) else found == value
    assert call(calm, "same", [], {"x": 1}) == {"x": 1}


def test_large_arguments_and_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Larger than a message that the kernel may send: it does not repeat a question."""
    monkeypatch.setattr(client, "MAX_MESSAGE", 2**20)
    large = np.arange(2**18, dtype=np.float64)
    with opened(tmp_path, "def same(x): return x") as session:
        assert np.array_equal(call(session, "same", [large], {}), large)
        assert said(run(session, "print('still heard')")) == "still heard\n"


def test_raised(calm: Session) -> None:
    for kind in (ValueError, KeyError, SystemExit, StopIteration):
        with pytest.raises(Raised) as caught:
            call(calm, "fails", [kind.__name__], {})
        assert (caught.value.error.type, caught.value.error.kind) == (kind.__name__, "raised")
        assert "its words" in caught.value.error.message
        assert caught.value.error.function == "fails"
    with pytest.raises(Raised) as caught:
        call(calm, "own", [], {})
    assert caught.value.thrown.kinds[0] == ("__main__", "Own")
    assert caught.value.thrown.arguments == ("its words",)
    with pytest.raises(Raised, match="not defined"):
        call(calm, "gone", [], {})


def test_what_stays_comes_as_a_reference(calm: Session) -> None:
    assert call(calm, "thing", [], {})[0] == "object"
    assert call(calm, "same", [Named("double")], {})[0] == "object"


def test_a_function_by_its_name(calm: Session) -> None:
    assert call(calm, "apply", [Named("double"), 21], {}) == 42
    assert call(calm, "apply", [Named("double")], {"x": "ab"}) == "abab"
    with pytest.raises(Raised, match="not defined"):
        call(calm, "apply", [Named("gone"), 21], {})


def test_input_reads_what_this_side_has_for_it(calm: Session) -> None:
    run(calm, "def asks(): return input('n? ')")
    with pytest.raises(Raised) as caught:
        call(calm, "asks", [], {})
    assert caught.value.error.type == "EOFError"
    asked: list[str] = []
    before, calm.read_input = calm.read_input, lambda prompt: (asked.append(prompt), "7")[1]
    try:
        assert call(calm, "asks", [], {}) == "7"
    finally:
        calm.read_input = before
    assert asked == ["n? "]


def test_a_function_of_the_tests_is_called_and_asks_back_itself(calm: Session) -> None:
    """The kernel is at work meanwhile: it does what is asked while it waits."""

    def called(path: Path) -> str:
        number, _, positional, _ = read_call(path, meet)
        value = call(calm, "double", positional, {}) + number
        return json.dumps({"ask": None, "raised": None, "value": wire.packed(value)})

    assert call(calm, "apply", [Lent(100), 21], {}, called) == 142
    assert call(calm, "double", [21], {}) == 42


def test_a_test_that_gives_up_while_the_code_waits_for_it(calm: Session) -> None:
    def called(path: Path) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(calm, "apply", [Lent(0), 21], {}, called)
    assert call(calm, "double", [21], {}) == 42


def test_what_pretends_to_be_a_call_of_the_tests(calm: Session) -> None:
    run(calm, "def pretends():\n    return kernel.raw_input('autograder: call')")
    with pytest.raises(NoAnswer):
        call(calm, "pretends", [], {}, lambda path: str(read_call(path, meet)))
    assert call(calm, "double", [21], {}) == 42


# --- answers that are not what they should be -------------------------------------------------------------------

TARGET = "the sentinel's own text"
FORGED: dict[str, str] = {
    "link": "os.symlink({sentinel!r}, path)",
    "link to an answer": "(genuine(path + 'x', data), os.symlink(path + 'x', path))",
    "pipe": "os.mkfifo(path)",
    "directory": "os.mkdir(path)",
    "nothing": "None",
    "empty": "genuine(path, b'')",
    "too large": "(open(path, 'wb').truncate(65 * 2**20))",
    "garbage": "genuine(path, b'value\\n' + os.urandom(99))",
    "another kind": "genuine(path, b'points\\n10')",
    "a value of no kind": "genuine(path, b'value\\n[\"object\", 1]')",
    "a value without effects": 'genuine(path, b\'value\\n["tuple", [null, ["dict", []]]]\')',
    "no error": "genuine(path, b'raised\\n{{}}')",
    "an error of an odd kind": 'genuine(path, b\'raised\\n{{"kind": "fine", "type": "E"}}\')',
    "an unreadable file": "(genuine(path, data), os.chmod(path, 0))" if os.geteuid() else "None",
    "a deep value": "genuine(path, b'value\\n' + b'[' * 10**6)",
}


@contextmanager
def writing(calm: Session, code: str) -> Iterator[None]:
    """The student's own way of writing answers, in place of the one that is there."""
    run(calm, f"answers._write = lambda path, data: {code}")
    try:
        yield
    finally:
        run(calm, "answers._write = genuine")


@pytest.mark.parametrize("case", FORGED)
def test_an_answer_that_is_none(calm: Session, case: str, tmp_path: Path) -> None:
    sentinel = tmp_path / "sentinel"
    sentinel.write_bytes(b"value\n" + wire.dumps(TARGET).encode())
    with writing(calm, FORGED[case].format(sentinel=str(sentinel))):
        begun = time.monotonic()
        for ask in (lambda: call(calm, "double", [21], {}), lambda: look(calm, ["value"])):
            with pytest.raises(NoAnswer):
                ask()
        assert time.monotonic() - begun < SOON
    assert call(calm, "double", [21], {}) == 42
    assert len(kernels(calm)) == 1


def test_a_long_sentence_is_cut(calm: Session) -> None:
    with (
        writing(calm, "genuine(path, b'cannot\\n' + b'\\xff' * 10**6)"),
        pytest.raises(wire.CannotCross) as caught,
    ):
        call(calm, "double", [1], {})
    assert len(str(caught.value)) < 5000


def test_an_answer_to_another_question(calm: Session) -> None:
    """The first answer again, under its own name and under that of the second question."""
    with writing(calm, "(kept.append((path, data)), genuine(path, data))"):
        assert call(calm, "double", [1], {}) == 2
    with writing(calm, "genuine(kept[0][0], data)"), pytest.raises(NoAnswer):
        call(calm, "double", [2], {})


# --- evidence ---------------------------------------------------------------------------------------------------

BLOCK = (
    "def identity_block(X, f, filters, stage, block):\n    global calls\n    calls += 1\n    raise ValueError('mine')"
)


def test_evidence_is_kept_until_the_next_cell(calm: Session) -> None:
    run(calm, f"calls = 0\n{BLOCK}")
    for _ in range(2):
        found = calm.collect(EXERCISE, CASES)
        assert [(e.case, e.error and e.error.type) for e in found] == [(p.name, "ValueError") for p in CASES]
    assert look(calm, ["calls"])["calls"] == 2
    run(calm, "")
    calm.collect(EXERCISE, CASES[:1])
    assert look(calm, ["calls"])["calls"] == 3
    calm.collect(EXERCISE, CASES)
    assert look(calm, ["calls"])["calls"] == 4
    calm.collect(EXERCISE, CASES, with_weights=False)
    assert look(calm, ["calls"])["calls"] == 6
    run(calm, "del identity_block")
    assert [e.error and e.error.kind for e in calm.collect(EXERCISE, CASES)] == ["undefined"] * 2


def test_evidence_that_is_none(calm: Session) -> None:
    for code in ("None", "genuine(path, b'{}')", "os.mkfifo(path)"):
        with writing(calm, code):
            found = calm.collect(EXERCISE, CASES)
        assert [(e.case, e.error and e.error.type) for e in found] == [(p.name, "DeadKernelError") for p in CASES]


# --- forged replies ---------------------------------------------------------------------------------------------

FORGE = """
import threading
def forge():
    parent, ident = kernel.get_parent("shell"), kernel._parent_ident["shell"]
    reply = {"status": "ok", "execution_count": 10**9, "payload": [], "user_expressions": {}}
    for _ in range(3):
        kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
        kernel.session.send(kernel.shell_stream, "execute_reply", reply, parent=parent, ident=ident)
        kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": "forged"}, parent=parent)
        kernel.session.send(kernel.iopub_socket, "execute_result", {"data": "x", "execution_count": []}, parent=parent)
"""


def test_a_forged_reply_ends_a_wait_and_answers_nothing(calm: Session) -> None:
    run(calm, FORGE)
    done = run(calm, "forge()\ntime.sleep(0.3)\nraise ValueError")
    assert done.run.count is None or done.run.count < 10**6
    assert said(run(calm, "print('in order')")) == "in order\n"
    run(calm, "def early(x):\n    forge()\n    time.sleep(0.5)\n    return x")
    with pytest.raises(NoAnswer):
        call(calm, "early", [1], {})
    time.sleep(0.6)
    assert call(calm, "double", [2], {}) == 4
    run(calm, "threading.Thread(target=lambda: [forge() or time.sleep(0.01) for _ in range(50)], daemon=True).start()")
    for i in range(10):
        with_luck = None
        try:
            with_luck = call(calm, "double", [i], {})
        except NoAnswer:
            continue
        assert with_luck == 2 * i


# --- kernels that are lost --------------------------------------------------------------------------------------


def test_a_timeout_interrupted_keeps_the_kernel(tmp_path: Path) -> None:
    with opened(tmp_path, "import time\nx = 1\ndef sleepy(): time.sleep(60)") as session:
        with hurried(session):
            done = run(session, "print('begun', flush=True)\ntime.sleep(60)")
        assert (done.run.status, why(done)) == ("interrupted", ("CellTimeoutError", "2"))
        assert "begun" in said(done)
        with hurried(session), pytest.raises(NoAnswer) as caught:
            call(session, "sleepy", [], {})
        assert caught.value.error.type == "CellTimeoutError"
        assert look(session, ["x"])["x"] == 1
        with hurried(session), session.one_test():
            look(session, ["x"])
            time.sleep(SHORT.cell)
            assert session._seconds() == 0.1  # the least that it gives: nothing is left
            with pytest.raises(NoAnswer):
                call(session, "sleepy", [], {})
        assert len(kernels(session)) == 1
        assert [name for name, _ in session.culprits] == ["cell"]


STUBBORN = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
"""


def test_a_swallowed_timeout_costs_the_cell_and_its_kernel(tmp_path: Path) -> None:
    with opened(tmp_path, "ran = ['first']") as session:
        with hurried(session):
            run(session, STUBBORN, "stubborn")
        run(session, "ran.append('third')")
        assert look(session, ["ran"])["ran"] == ["first", "third"]
        (culprit,) = session.culprits
        assert (culprit[0], culprit[1].type) == ("stubborn", "CellTimeoutError")
        assert len(kernels(session)) == 2
        assert not kernels(session)[0].alive()


def test_exits_in_a_cell_in_a_call_and_in_the_replay(tmp_path: Path) -> None:
    """The last cell of all survives the first time, and brings down the kernel that it is replayed in."""
    once = "import os\nmark = 'mark'\nif os.path.exists(mark): os._exit(0)\nopen(mark, 'w').close()"
    end = "def end(): os._exit(0)\ndef double(x): return 2 * x"
    with opened(tmp_path, "import os\nx = 1", "os._exit(0)", end) as session:
        assert [name for name, _ in session.culprits] == ["cell 1"]
        assert call(session, "double", [2], {}) == 4
        session.run(Cell("once", once))
        session.run(Cell("after", "y = x + 1"))
        with pytest.raises(NoAnswer) as caught:
            call(session, "end", [], {})
        assert caught.value.error.type == "DeadKernelError"
        assert look(session, ["x", "y", "mark"]) == {"x": 1, "y": 2}
        assert [name for name, _ in session.culprits] == ["cell 1", "once", "end"]
        assert len(kernels(session)) == 7  # three that brought one down have each brought down two
        found = session.collect(EXERCISE, CASES[:1])
        assert found[0].error is not None
        assert found[0].error.kind == "undefined"


def test_a_lost_cell_says_why_its_function_is_missing(tmp_path: Path) -> None:
    with opened(tmp_path) as session:
        session.run(Cell(EXERCISE.name, "import os\nos._exit(0)\ndef identity_block(): ..."))
        (found,) = session.collect(EXERCISE, CASES[:1])
        assert found.error is not None
        assert (found.error.type, found.error.function) == ("DeadKernelError", "identity_block")


def test_kernels_run_out(tmp_path: Path) -> None:
    with opened(tmp_path, max_kernels=2) as session:
        for number in range(2):
            assert why(run(session, f"import os\nos._exit({number})"))[0] == "DeadKernelError"
        begun = time.monotonic()
        assert why(run(session, "1"))[0] == "DeadKernelError"
        with pytest.raises(NoAnswer):
            look(session, ["x"])
        with pytest.raises(NoAnswer):
            call(session, "x", [], {})
        found = session.collect(EXERCISE, CASES)
        assert [e.error and e.error.type for e in found] == ["DeadKernelError"] * len(CASES)
        assert time.monotonic() - begun < SOON
        assert len(kernels(session)) == 4


def test_a_kernel_that_somebody_ended_costs_nobody_anything(tmp_path: Path) -> None:
    """Once in a cell and once in a call: each is done again, and nobody is blamed."""
    waits = "if not os.path.exists('{0}'): open('{0}', 'w').close(); time.sleep(600)"
    function = f"import os, time\ndef double(x):\n    {waits.format('called')}\n    return 2 * x"
    with opened(tmp_path, function) as session:
        with ended_from_outside(session, tmp_path / "run"):
            assert run(session, f"{waits.format('run')}\nx = 1").trouble is None
        with ended_from_outside(session, tmp_path / "called"):
            assert call(session, "double", [2], {}) == 4
        assert len(kernels(session)) == 3
        assert session.culprits == []
        assert look(session, ["x"])["x"] == 1


def test_a_kernel_that_ended_for_want_of_memory_is_tried_again_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is blamed, and the session says that it was not alone: see tests/instructor/grade/test_workers.py."""
    monkeypatch.setattr(LocalKernel, "ended_by", lambda kernel: None if kernel.alive() else "machine")
    waits = "if not os.path.exists('run'): open('run', 'w').close(); time.sleep(600)"
    with opened(tmp_path, "import os, time") as session:
        assert not session.crowded
        with ended_from_outside(session, tmp_path / "run"):
            assert run(session, waits).trouble is None
        assert session.crowded
        assert session.culprits == []


def test_a_kernel_that_ended_between_two_questions_is_replaced(tmp_path: Path) -> None:
    """There is nobody to send the next one to: that is noticed, and not waited for."""
    with opened(tmp_path, "def double(x): return 2 * x") as session:
        for ask in (lambda: call(session, "double", [2], {}), lambda: run(session, "double(2)").trouble or 4):
            kernels(session)[-1].kill()
            assert ask() == 4
        assert len(kernels(session)) == 3
        assert session.culprits == []


@contextmanager
def ended_from_outside(session: Session, begun: Path) -> Iterator[None]:
    """Somebody ends the kernel as soon as the student's code has made this file."""

    def end() -> None:
        while not begun.exists():
            time.sleep(0.01)
        kernels(session)[-1].kill()

    ending = threading.Thread(target=end, daemon=True)
    ending.start()
    yield
    ending.join(SOON)
    assert not ending.is_alive()


def test_the_submissions_time_is_used_up(tmp_path: Path) -> None:
    session = Session(Kernels(tmp_path), Times(cell=60.0, start=120.0, submission=600.0))
    try:
        run(session, "import os, time")
        assert session._end - time.monotonic() < 600
        session._end = time.monotonic() + 1  # nearly all of it has gone by
        begun = time.monotonic()
        assert run(session, "time.sleep(600)").trouble is not None
        time.sleep(max(0.0, session._end - time.monotonic()) + 0.1)
        for _ in range(3):
            run(session, "time.sleep(600)")
        assert time.monotonic() - begun < SOON
        session._drop()
        assert why(run(session, "1")) == ("SubmissionTimeoutError", "600")
    finally:
        session.close()


def test_no_kernel_at_all(tmp_path: Path) -> None:
    class Stillborn(LocalKernel):
        def __init__(self) -> None:
            super().__init__(tmp_path)
            self.kill()

        @property
        def connection_info(self) -> dict[str, Any]:
            return {"transport": "ipc", "ip": str(tmp_path / "none"), "key": b"k", **dict.fromkeys(PORTS, 1)}

    session = Session(Stillborn, Times(cell=1.0, start=1.0))
    with pytest.raises(SessionError):
        run(session, "1")
    session.close()


PORTS = ("shell_port", "control_port", "iopub_port", "stdin_port", "hb_port")


# --- too much ---------------------------------------------------------------------------------------------------


def test_the_outputs_of_all_cells_have_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_KEPT_IN_ALL", 1000)
    with opened(tmp_path) as session:
        lengths = [len(said(run(session, f"x = {number}\nprint('a' * 600)"))) for number in range(4)]
        assert lengths[0] == 601
        assert 0 < lengths[1] < 400
        assert lengths[2:] == [0, 0]
        assert look(session, ["x"])["x"] == 3  # nothing else is lost


def test_floods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_HEARD", 4 * 2**20)
    with opened(tmp_path, "x = 1") as session:
        done = run(session, "for _ in range(100): print('x' * 2**18, flush=True)")
        assert (done.run.status, why(done)) == ("flood", ("LimitError", "flood"))
        assert sum(output.size for output in done.run.outputs) < 2 * client.MAX_KEPT
        assert look(session, ["x"])["x"] == 1
        done = run(session, f"print('x' * {2 * client.MAX_KEPT})")
        assert said(done).endswith(CUT)
        assert len(kernels(session)) == 2


def test_a_message_too_large_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_MESSAGE", 2**20)
    with opened(tmp_path, "def double(x): return 2 * x") as session:
        done = run(session, "print('x' * 3 * 2**20)")
        assert done.run.status == "ok"
        assert "xxx" not in said(done)
        begun = time.monotonic()
        assert call(session, "double", [2], {}) == 4
        assert time.monotonic() - begun < SOON


def test_what_waits_to_be_heard_is_bounded(calm: Session) -> None:
    """Nobody listens while a test cell runs on the trusted side; then, too, the kernel can send."""
    sockets: list[zmq.Socket[bytes]] = [calm._client._iopub, calm._client._shell]  # type: ignore[union-attr]
    for connection in sockets:
        assert connection.rcvhwm * connection.maxmsgsize <= 2 * 2**30
        assert connection.reconnect_ivl == -1


# --- closing ----------------------------------------------------------------------------------------------------


def test_closing_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    with opened(tmp_path, "x = 1") as session:
        (kernel,) = kernels(session)
        scratch = kernel.run
        pid = kernel._manager.provisioner.pid  # type: ignore[union-attr]
        assert scratch.is_dir()
        assert psutil.pid_exists(pid)
    assert not scratch.exists()
    assert not psutil.pid_exists(pid)
    session.close()


def test_an_error_while_starting_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[LocalKernel] = []
    launch: Callable[[], LocalKernel] = Kernels(tmp_path)
    monkeypatch.setattr(
        client.Client, "_greet", lambda self, deadline: (_ for _ in ()).throw(client.KernelGone("gone"))
    )
    monkeypatch.setattr(LocalKernel, "kill", lambda self, kill=LocalKernel.kill: (ended.append(self), kill(self)))
    session = Session(launch, Times(cell=1.0, start=60.0))
    with pytest.raises(SessionError, match="gone"):
        run(session, "1")
    assert len(ended) == 1
    assert not ended[0].alive()
