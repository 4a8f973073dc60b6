"""What the attacks aim at, and nothing else: files, a process, listeners and shared memory that the suite sets up."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing import shared_memory
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
MAX_HEARD = 2**20
OWN_FILES = frozenset({"secret.txt", "target.txt", "mode.txt"})
UNTOUCHED = "as it was\n"


@dataclass(frozen=True, slots=True)
class Target:
    """One attack's own folder outside the sandbox, and its own process if it asked for one."""

    folder: Path
    mark: str
    secret: str
    process: subprocess.Popen[bytes] | None = None
    process_secret: str = ""
    address: int = 0

    def touched(self) -> tuple[str, ...]:
        """What of it is not as it was."""
        found = [f"wrote {path.name!r}" for path in sorted(self.folder.iterdir()) if path.name not in OWN_FILES]
        target, mode = self.folder / "target.txt", self.folder / "mode.txt"
        if not target.is_file() or target.read_text(errors="replace") != UNTOUCHED:
            found.append("changed a file")
        if not mode.is_file() or mode.stat().st_mode & 0o777 != 0o600:
            found.append("changed a file's mode")
        if self.process is not None and self.process.poll() is not None:
            found.append("ended a process")
        return tuple(found)

    def written(self) -> Iterator[tuple[str, bytes]]:
        """What an attack wrote there."""
        for path in sorted(self.folder.iterdir()):
            if path.name not in ("secret.txt", "mode.txt") and path.is_file() and not path.is_symlink():
                yield path.name, path.read_bytes()[:MAX_HEARD]


@dataclass
class Listeners:
    """A TCP listener on loopback, a socket in a folder and an abstract one: what they hear, line by line."""

    folder: Path
    heard: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0
    path: str = ""
    abstract: str = ""
    _open: list[socket.socket] = field(default_factory=list)

    def start(self) -> None:
        self.path = str(self.folder / "listener")
        self.abstract = f"attacks-{secrets.token_hex(6)}"
        tcp = socket.create_server(("127.0.0.1", 0))
        self.port = tcp.getsockname()[1]
        plain, abstract = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        plain.bind(self.path)
        plain.listen()
        abstract.bind(f"\0{self.abstract}")
        abstract.listen()
        self._open = [tcp, plain, abstract]
        for kind, listener in zip(("TCP listener", "socket in a folder", "abstract socket"), self._open, strict=True):
            threading.Thread(target=self._accept, args=(kind, listener), daemon=True).start()

    def _accept(self, kind: str, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                received = b""
                with contextlib.suppress(OSError):
                    while len(received) < MAX_HEARD and (chunk := connection.recv(65536)):
                        received += chunk
                self.heard.append((kind, received.decode(errors="replace")))

    def stop(self) -> None:
        for listener in self._open:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()


class Sentinels:
    """All targets of one class. `known` is what an attack is told of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="outside-"))
        self.listeners = Listeners(self.folder)
        self.targets: dict[str, Target] = {}
        self.environment = {"ATTACKS_TOKEN": f"environment-{secrets.token_hex(8)}"}
        self.shared_secret = f"shared-{secrets.token_hex(8)}"
        self.signals = self.folder / "grader-signalled"
        self.errors = self.folder / "errors-of-kernels"

    def __enter__(self) -> Sentinels:
        self.listeners.start()
        self.shared = shared_memory.SharedMemory(f"attacks-{secrets.token_hex(6)}", create=True, size=64)
        self.shared.buf[: len(self.shared_secret)] = self.shared_secret.encode()
        return self

    def __exit__(self, *_: object) -> None:
        self.listeners.stop()
        for target in self.targets.values():
            if target.process is not None:
                target.process.kill()
                target.process.wait()
                for pipe in (target.process.stdin, target.process.stdout):
                    if pipe is not None:
                        pipe.close()
        self.shared.close()
        with contextlib.suppress(FileNotFoundError):
            self.shared.unlink()
        shutil.rmtree(self.folder, ignore_errors=True)

    def target(self, name: str, mark: str, process: bool) -> Target:
        """Set up what the attack of that name aims at."""
        folder = self.folder / name
        folder.mkdir()
        secret = f"outside-{secrets.token_hex(8)}"
        for file, text in (("secret.txt", secret), ("target.txt", UNTOUCHED), ("mode.txt", UNTOUCHED)):
            path = folder / file
            path.touch(mode=0o600)
            path.write_text(text)
        target = Target(folder, mark, secret)
        if process:
            target = self._with_process(target)
        self.targets[name] = target
        return target

    def _with_process(self, target: Target) -> Target:
        secret = f"process-{secrets.token_hex(8)}"
        process = subprocess.Popen(
            [sys.executable, "-S", "-E", str(HERE / "sentinel.py"), str(target.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"SENTINEL": secret, "PATH": os.environ["PATH"]},
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{secret}\n".encode())
        process.stdin.flush()
        address = int(process.stdout.readline())
        return Target(target.folder, target.mark, target.secret, process, secret, address)

    def known(self, name: str, course: Path, grader: int) -> Mapping[str, Any]:
        """What the student knows: paths and numbers, never a secret."""
        target = self.targets[name]
        return {
            "course": str(course),
            "outside": str(target.folder),
            "mark": target.mark,
            "pid": target.process.pid if target.process else 0,
            "address": target.address,
            "grader": grader,
            "port": self.listeners.port,
            "path": self.listeners.path,
            "abstract": self.listeners.abstract,
            "shared": self.shared.name,
        }

    def secrets(self) -> Mapping[str, str]:
        """Every text here that no student may come to know, and what it is."""
        found = {
            self.environment["ATTACKS_TOKEN"]: "the grader's environment",
            self.shared_secret: "shared memory",
        }
        for target in self.targets.values():
            found[target.secret] = "a file outside"
            if target.process_secret:
                found[target.process_secret] = "another process"
        return found

    def touches(self, name: str) -> tuple[str, ...]:
        """What that attack laid a hand on."""
        target = self.targets[name]
        heard = [f"reached the {kind}" for kind, text in self.listeners.heard if target.mark in text]
        return (*target.touched(), *dict.fromkeys(heard))
