"""Run code in a real sandbox and see what it says."""

from __future__ import annotations

import ast
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client import BlockingKernelClient
from traitlets.config import Config

from autograder.sandbox.kernel import SandboxKernel
from autograder.sandbox.provisioner import Needs

SECONDS = 120
"""For what comes at once, on a machine that has much else to do."""


@dataclass
class Lab:
    """One kernel in the sandbox, and a client of it."""

    kernel: SandboxKernel
    client: BlockingKernelClient

    def run(self, code: str, timeout: float = SECONDS) -> str:
        """Run code; return what it printed, or the name and text of the error it raised."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream" and content["name"] == "stdout":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append(f"{content['ename']}: {content['evalue']}")

        self.client.execute_interactive(code, timeout=timeout, output_hook=hear)
        return "".join(said).strip()

    def value(self, expression: str) -> Any:
        """The value of an expression of plain data."""
        return ast.literal_eval(self.run(f"print(ascii({expression}))"))

    def tried(self, code: str, **names: object) -> str:
        """Run code; "done", or the name of what it raised."""
        given = "\n".join(f"{name} = {value!r}" for name, value in names.items())
        said = self.run(f"{given}\n{code}\nprint('done')")
        return said.split(":")[0]

    def end(self, code: str, seconds: float = SECONDS) -> str | None:
        """Run code that a limit should end; return what ended it."""
        self.client.execute(code)
        until = time.monotonic() + seconds
        while self.kernel.alive() and time.monotonic() < until:
            time.sleep(0.02)
        return self.kernel.ended_by()


@contextmanager
def lab(scratch: Path, settings: dict[str, object] | None = None, **arguments: Any) -> Iterator[Lab]:
    """A kernel there: forked if the folder is one of the fork server's, else fresh."""
    config = Config({"SandboxProvisioner": settings or {}})
    kernel = SandboxKernel.start(scratch, config, Needs(**{"preload": (), **arguments}))
    client = BlockingKernelClient()
    try:
        client.load_connection_info(kernel.connection_info)
        client.start_channels()
        client.wait_for_ready(timeout=SECONDS)
        yield Lab(kernel, client)
    finally:
        client.stop_channels()
        kernel.kill()


@contextmanager
def short_folder() -> Iterator[Path]:
    """A temporary folder whose path is short enough for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="sb-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
