"""nbgrader's Formgrader on a Jupyter server of its own: what an instructor's browser talks to."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen


@dataclass(frozen=True, slots=True)
class Formgrader:
    """One instructor's."""

    url: str
    token: str

    def grade(self, row: str, points: float | None) -> None:
        """Give points by hand."""
        self._ask(f"grade/{row}", {"manual_score": points, "extra_credit": None})

    def comment(self, row: str, text: str) -> None:
        self._ask(f"comment/{row}", {"manual_comment": text})

    def points(self, row: str) -> float | None:
        """What the page shows as given by hand."""
        given = self._ask(f"grade/{row}")["manual_score"]
        return None if given is None else float(given)

    def said(self, row: str) -> str:
        return str(self._ask(f"comment/{row}")["manual_comment"])

    def _ask(self, what: str, body: dict[str, object] | None = None) -> Any:
        request = Request(
            f"{self.url}formgrader/api/{what}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}"},
            method="GET" if body is None else "PUT",
        )
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)


@contextlib.contextmanager
def formgrader(course: Path, runtime: Path) -> Iterator[Formgrader]:
    """A server for the course, until the end of the block; `runtime` is a folder of its own."""
    token = secrets.token_hex(16)
    options = {
        "ServerApp.jpserver_extensions": "{'nbgrader.server_extensions.formgrader': True}",
        "IdentityProvider.token": token,
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": "0",
        "ServerApp.open_browser": "False",
        "ServerApp.allow_root": "True",
        "ServerApp.root_dir": str(course),
    }
    runtime.mkdir()
    with (runtime / "log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *(f"--{name}={value}" for name, value in options.items())],
            cwd=course,
            env=os.environ | {"JUPYTER_RUNTIME_DIR": str(runtime)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Formgrader(_address(runtime, running), token)
    finally:
        running.terminate()
        running.wait(30)


def _address(runtime: Path, running: subprocess.Popen[bytes]) -> str:
    """A server writes where it listens before it answers."""
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and running.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError, OSError):
                port = json.loads(path.read_text())["port"]
                with urlopen(f"http://127.0.0.1:{port}/api", timeout=60):
                    return f"http://127.0.0.1:{port}/"
        time.sleep(0.2)
    raise AssertionError((runtime / "log").read_text())
