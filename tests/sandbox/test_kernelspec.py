"""Any Jupyter client can start a kernel in the sandbox, and end, restart and interrupt it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jupyter_client import BlockingKernelClient, KernelManager
from traitlets.config import Config

from autograder.sandbox import kernelspec
from autograder.sandbox.errors import SandboxUnavailable
from autograder.sandbox.machine import machine

SECONDS = 30


@contextmanager
def jupyter(**settings: object) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel as a Jupyter client starts it, by the name of its kernelspec."""
    kernelspec.install()
    manager = KernelManager(kernel_name=kernelspec.NAME, config=Config({"SandboxProvisioner": settings}))
    manager.start_kernel()
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=SECONDS)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def said(client: BlockingKernelClient, code: str) -> str:
    found: list[str] = []
    client.execute_interactive(code, timeout=SECONDS, output_hook=lambda m: found.append(m["content"].get("text", "")))
    return "".join(found).strip()


def test_it_starts_and_leaves_nothing() -> None:
    with jupyter() as (manager, client):
        scratch = manager.provisioner.scratch
        assert (scratch / "work").is_dir()
        assert said(client, "import os, socket\nprint(os.getpid() < 10, socket.gethostname())") == "True sandbox"
        assert manager.is_alive()
    assert not scratch.exists()
    assert not Path(manager.connection_file).exists()


def test_a_restart_is_a_new_sandbox_with_the_files_that_were_given() -> None:
    with jupyter() as (manager, client):
        scratch, before = manager.provisioner.scratch, manager.provisioner.watcher
        (scratch / "work" / "given").touch()
        said(client, "here = 1\nopen('made', 'w').close()")
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=SECONDS)
        assert said(client, "import os\nprint('here' in dir(), 'made' in os.listdir(), 'given' in os.listdir())") == (
            "False False True"
        )
        assert manager.provisioner.scratch == scratch
        assert not before.alive
    assert not scratch.exists()


def test_an_interrupt_and_a_limit() -> None:
    with jupyter(cpu_seconds=3) as (manager, client):
        sent = client.execute("print('begun', flush=True)\nwhile True: pass")
        while client.get_iopub_msg(timeout=SECONDS)["msg_type"] != "stream":
            pass
        manager.interrupt_kernel()
        while (reply := client.get_shell_msg(timeout=SECONDS))["parent_header"]["msg_id"] != sent:
            pass
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        client.wait_for_ready(timeout=SECONDS)  # what comes right after an error is not run
        client.execute("while True: pass")
        until = time.monotonic() + SECONDS
        while manager.is_alive() and time.monotonic() < until:
            time.sleep(0.05)
        assert manager.provisioner.watcher.ended_by == "cpu"


def test_it_refuses_without_a_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.sandbox.machine.candidates", list)
    machine.cache_clear()
    try:
        with pytest.raises(SandboxUnavailable, match="apt install bubblewrap"), jupyter(at_least="full"):
            pass
    finally:
        machine.cache_clear()
