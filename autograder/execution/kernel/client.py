"""A client for a kernel that is not trusted: whatever it sends is data, bounded in size, number and time.

jupyter_client's `Session` writes and reads the messages; the sockets are this module's own, so that their limits are.
The student's code holds the kernel's key and can send any message on any channel: a message can at most end a wait
early, or put an output where its own outputs stand.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import zmq
from jupyter_client.session import Session as Messages

from ...base.timelimit import CEILING
from .outputs import Output, joined, read_output

MAX_MESSAGE = 16 * 2**20
"""Bytes of one message frame; a peer that sends more is cut off by ZeroMQ itself."""
MAX_KEPT = 2**20
"""Characters of a cell's outputs that are kept."""
MAX_KEPT_IN_ALL = 16 * 2**20
"""Characters of the outputs of all of a kernel's cells that are kept."""
MAX_HEARD = 64 * 2**20
"""Bytes that a cell may send in all before its kernel is taken to be flooding."""
MAX_MESSAGES = 50_000
MAX_QUEUED = 100
"""Messages that may wait to be heard, while nobody listens: each can be as large as MAX_MESSAGE."""
TERM = 1.0
"""Seconds that closing a connection may take; as a rule it takes none."""
GRACE = 2.0
"""Seconds that outputs may trail behind the reply, and that an interrupted cell has to stop."""

END_OF_INPUT = "\x04"
"""What a kernel is told that asks where nobody answers: it raises EOFError."""

Status = Literal["ok", "error", "interrupted", "timeout", "dead", "flood"]


class RunningKernel(Protocol):
    """A running kernel; `run` is the folder through which it answers."""

    @property
    def connection_info(self) -> Mapping[str, Any]: ...

    @property
    def run(self) -> Path: ...

    @property
    def protection_words(self) -> str: ...

    def alive(self) -> bool: ...

    def ended_by(self) -> str | None: ...

    def kill(self) -> None: ...

    def used(self) -> float:
        """Seconds of processor time that it has taken so far; 0 where that is not known, as for the two below."""
        ...

    def waited(self) -> float:
        """Seconds that it has had to wait for the processor so far."""
        ...

    def stopped(self) -> float:
        """Seconds that it was kept from running, for having taken more than its share."""
        ...


class Patience:
    """So many seconds; those in which the kernel has to wait for the processor don't count, up to a bound."""

    def __init__(self, kernel: RunningKernel, seconds: float) -> None:
        self._kernel, self._seconds = kernel, seconds
        self._begin, self._waited = time.monotonic(), kernel.waited()

    @property
    def left(self) -> float:
        """Seconds that are left now; not more than 0 where time is up."""
        allowed = min(self._seconds + self._kernel.waited() - self._waited, self._seconds * CEILING)
        return allowed - (time.monotonic() - self._begin)


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a cell. `status` is "interrupted" where it took too long but let itself be stopped."""

    status: Status
    outputs: tuple[Output, ...] = ()
    count: int | None = None


@dataclass(slots=True)
class _Heard:
    """What has been heard of one request so far."""

    room: int = MAX_KEPT
    outputs: list[Output] = field(default_factory=list)
    kept: int = 0
    heard: int = 0
    messages: int = 0
    reply: str | None = None
    count: int | None = None
    idle: bool = False
    question: str | None = None
    """What the kernel asks this side and waits to be told."""

    @property
    def flooded(self) -> bool:
        return self.heard > MAX_HEARD or self.messages > MAX_MESSAGES


class KernelGone(Exception):
    """The kernel did not come up, or is no longer there."""


class Client:
    """One connection to one kernel. Raises KernelGone from the constructor if it does not answer within `seconds`."""

    def __init__(self, kernel: RunningKernel, seconds: float) -> None:
        self.kernel = kernel
        self._room = MAX_KEPT_IN_ALL
        self._at_work: tuple[str, _Heard] | None = None
        """The request that is being executed."""
        info = kernel.connection_info
        key = info["key"]
        self._messages = Messages(key=key if isinstance(key, bytes) else str(key).encode())
        self._context = zmq.Context()
        self._connections: list[zmq.Socket[bytes]] = []
        patience = Patience(kernel, seconds)
        try:
            self._shell = self._connect(zmq.DEALER, info, "shell_port", patience)
            self._control = self._connect(zmq.DEALER, info, "control_port", patience)
            self._stdin = self._connect(zmq.DEALER, info, "stdin_port", patience)
            self._iopub = self._connect(zmq.SUB, info, "iopub_port", patience)
            self._iopub.subscribe(b"")
            self._greet(patience)
        except BaseException:
            self.close()
            raise

    def _connect(self, kind: int, info: Mapping[str, Any], port: str, patience: Patience) -> zmq.Socket[bytes]:
        connection = self._context.socket(kind)
        self._connections.append(connection)
        connection.linger = 0
        connection.sndtimeo = 0  # a kernel that has ended takes nothing any more, and would be waited for without end
        connection.maxmsgsize = MAX_MESSAGE
        if kind == zmq.DEALER:
            connection.identity = (
                self._messages.bsession
            )  # the kernel asks on stdin whoever it was told by on the shell
        connection.rcvhwm = MAX_QUEUED
        if info["transport"] == "ipc":
            path = f"{info['ip']}-{info[port]}"
            self._wait_for(path, patience)
            # Never again to this path: by then student code may have put another socket there.
            connection.reconnect_ivl = -1
            connection.connect(f"ipc://{path}")
        else:
            connection.connect(f"tcp://{info['ip']}:{info[port]}")
        return connection

    def _wait_for(self, path: str, patience: Patience) -> None:
        while True:
            if Path(path).is_socket():
                with socket.socket(socket.AF_UNIX) as trial:
                    try:
                        trial.connect(path)
                        return
                    except OSError:
                        pass
            if not self.kernel.alive():
                raise KernelGone("the kernel ended before it was ready")
            if patience.left <= 0:
                raise KernelGone("the kernel was not ready in time")
            time.sleep(0.02)

    def _greet(self, patience: Patience) -> None:
        """Wait until the kernel answers on the shell and is heard on iopub."""
        while (left := patience.left) > 0:
            heard = self._ask("kernel_info_request", {}, min(left, 1.0))
            if heard.reply is not None and heard.idle:
                return
            if not self.kernel.alive():
                raise KernelGone("the kernel ended before it was ready")
        raise KernelGone("the kernel did not answer in time")

    def close(self) -> None:
        """Let go of the sockets; the kernel is somebody else's to end."""
        for connection in self._connections:
            connection.close(linger=0)
        # Where the other side has closed its ends in a bad moment, libzmq may wait for ever here; nobody else has to.
        end = threading.Thread(target=self._context.term, name="zmq-term", daemon=True)
        end.start()
        end.join(TERM)

    def execute(self, code: str, seconds: float, quiet: bool = False, tell: Callable[[str], str] | None = None) -> Run:
        """Run code for at most `seconds`; then it is interrupted, and given GRACE seconds to stop.

        Seconds in which the kernel has to wait for the processor don't count, up to CEILING times as many.
        If `quiet`, the kernel does not repeat the code on iopub, where it might be too large, and counts no cell.
        What the code asks for meanwhile, as `input` does, is told by `tell`; without it nothing can be asked.
        """
        content = {
            "code": code,
            "silent": quiet,
            "store_history": not quiet,
            "user_expressions": {},
            "allow_stdin": tell is not None,
            "stop_on_error": False,
        }
        heard = _Heard(room=min(MAX_KEPT, self._room))
        try:
            identity = self._send(self._shell, "execute_request", content)
        except KernelGone:
            return Run("dead")
        self._at_work = identity, heard
        self._listen(identity, heard, seconds, tell)
        self._at_work = None
        late = False
        if heard.reply is None and not heard.flooded and self.kernel.alive():
            late = True
            with suppress(KernelGone):
                self._send(self._control, "interrupt_request", {})
            self._listen(identity, heard, GRACE)
        self._room -= heard.kept
        return Run(self._status(heard, late), joined(heard.outputs), heard.count)

    def _status(self, heard: _Heard, late: bool) -> Status:
        if heard.flooded:
            return "flood"
        if heard.reply is not None:
            return "interrupted" if late else "ok" if heard.reply == "ok" else "error"
        return "timeout" if self.kernel.alive() else "dead"

    def converse(self, told: str, seconds: float) -> str | None:
        """Answer what the code at work has asked, and give what it asks next; None where it asks nothing any more."""
        assert self._at_work is not None
        identity, heard = self._at_work
        self._tell(told)
        self._listen(identity, heard, seconds, until_asked=True)
        question, heard.question = heard.question, None
        return question

    def _tell(self, told: str) -> None:
        with suppress(KernelGone):
            self._send(self._stdin, "input_reply", {"value": told, "status": "ok"})

    def _ask(self, kind: str, content: dict[str, Any], seconds: float) -> _Heard:
        heard = _Heard()
        self._listen(self._send(self._shell, kind, content), heard, seconds)
        return heard

    def _send(self, channel: zmq.Socket[bytes], kind: str, content: dict[str, Any]) -> str:
        """Send a request; gives its identity, which the answers to it bear.

        Raises KernelGone where nobody is there to take it.
        """
        message = self._messages.msg(kind, content)
        try:
            self._messages.send(channel, message)
        except zmq.Again:
            raise KernelGone("the kernel is no longer there") from None
        return str(message["header"]["msg_id"])

    def _listen(
        self,
        identity: str,
        heard: _Heard,
        seconds: float,
        tell: Callable[[str], str] | None = None,
        until_asked: bool = False,
    ) -> None:
        """Take messages until the request is answered and the kernel idle again, it is gone, or time is up.

        Or until the kernel asks something, if `until_asked`; else that is told it by `tell`.
        """
        poller = zmq.Poller()
        for connection in (self._shell, self._iopub, self._stdin):
            poller.register(connection, zmq.POLLIN)
        patience = [Patience(self.kernel, seconds)]
        while not (heard.reply is not None and heard.idle) and not heard.flooded:
            if heard.reply is not None and len(patience) == 1:
                patience.append(Patience(self.kernel, GRACE))
            left = min(one.left for one in patience)
            if left <= 0:
                return
            ready = dict(poller.poll(int(min(left, 0.2) * 1000) + 1))
            if not ready and not self.kernel.alive():
                return
            if self._iopub in ready:
                self._take(self._iopub, identity, heard)
            if self._shell in ready:
                self._take(self._shell, identity, heard)
            if self._stdin in ready:
                self._take(self._stdin, identity, heard)
            if heard.question is not None:
                if until_asked:
                    return
                question, heard.question = heard.question, None
                self._tell(END_OF_INPUT if tell is None else tell(question))

    def _take(self, source: zmq.Socket[bytes], identity: str, heard: _Heard) -> None:
        """One message. What can't be read, or answers something else, counts as heard and is dropped."""
        heard.messages += 1
        try:
            frames = source.recv_multipart(zmq.NOBLOCK)
        except zmq.ZMQError:
            return
        heard.heard += sum(map(len, frames))
        try:
            _, parts = self._messages.feed_identities(frames)
            message = self._messages.deserialize(parts)
            if message["parent_header"].get("msg_id") != identity:
                return
            kind, content = message["header"]["msg_type"], message["content"]
            if source is self._shell:
                self._reply(content, heard)
            elif source is self._stdin:
                prompt = content.get("prompt")
                heard.question = prompt if kind == "input_request" and isinstance(prompt, str) else None
            elif kind == "status":
                heard.idle = heard.idle or content["execution_state"] == "idle"
            else:
                self._output(kind, content, heard)
        except Exception:  # whatever a stranger's bytes can bring about: jupyter_client promises nothing here
            return

    @staticmethod
    def _reply(content: Mapping[str, Any], heard: _Heard) -> None:
        heard.reply = "ok" if content.get("status") == "ok" else "error"
        count = content.get("execution_count")
        heard.count = count if type(count) is int and 0 <= count < 10**6 else None

    @staticmethod
    def _output(kind: str, content: Mapping[str, Any], heard: _Heard) -> None:
        output = read_output(kind, content, heard.room - heard.kept)
        if output is not None:
            heard.kept += output.size
            heard.outputs.append(output)
