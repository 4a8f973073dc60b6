"""A real JupyterLab for tests: on this machine alone, with nothing of its user's, and gone after the block."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    # Dialogs and saving happen when a test asks for them.
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
STARTS_WITHIN = 90


@dataclass(frozen=True)
class Lab:
    """A running server; `root` is the folder that it shows."""

    root: Path
    address: str
    token: str
    log: Path

    def page_of(self, path: str) -> str:
        """The address that opens a file. A workspace that is reset remembers no tabs of the test before."""
        return f"{self.address}lab/tree/{path}?reset&token={self.token}"

    def errors(self) -> list[str]:
        """What the server has logged as an error, but for a page that was closed while its kernel still spoke."""
        records = re.split(r"^(?=\[[A-Z] )", self.log.read_text(), flags=re.MULTILINE)
        wrong = [record.strip() for record in records if record.startswith(("[E ", "[C "))]
        return [record for record in wrong if not record.endswith("tornado.websocket.WebSocketClosedError")]

    def stop_kernels(self) -> None:
        for session in json.loads(self._ask("GET", "api/sessions")):
            self._ask("DELETE", f"api/sessions/{session['id']}")

    def _ask(self, method: str, path: str) -> bytes:
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.address + path, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())


@contextlib.contextmanager
def jupyterlab(root: Path, home: Path, start: Sequence[str] = ("jupyter", "lab", "--no-browser")) -> Iterator[Lab]:
    """JupyterLab with `root` as its folder; settings, kernels' files and caches go to `home`.

    `start` is the command, which takes JupyterLab's options.
    """
    for name, values in SETTINGS.items():
        path = home / ".jupyter" / "lab" / "user-settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    token = secrets.token_hex(16)
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON"))}
    settings |= {"HOME": str(home), "JUPYTER_TOKEN": token, "JUPYTER_RUNTIME_DIR": str(home / "runtime")}
    command = [*start, "--ip=127.0.0.1", "--port=0"]
    if os.getuid() == 0:
        command.append("--allow-root")
    log = home / "lab.log"
    with log.open("wb") as file:
        server = subprocess.Popen(command, cwd=root, env=settings, stdout=file, stderr=file)
    try:
        yield Lab(root, _address(server, home / "runtime", log), token, log)
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _address(server: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """Where the server listens, once it answers."""
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        for told in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError, urllib.error.URLError, ConnectionError):
                address = str(json.loads(told.read_text())["url"])
                urllib.request.urlopen(f"{address}api", timeout=10).close()
                return address
        time.sleep(0.05)
    raise AssertionError(f"JupyterLab does not answer:\n{log.read_text()}")
