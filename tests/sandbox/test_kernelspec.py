"""Any Jupyter client can start a kernel in the sandbox."""

from __future__ import annotations

from jupyter_client.manager import start_new_kernel

from autograder.sandbox import kernelspec


def test_any_client_starts_it() -> None:
    kernelspec.install()
    manager, client = start_new_kernel(kernel_name=kernelspec.NAME)
    scratch = manager.provisioner.scratch
    assert (scratch / "work").is_dir()
    try:
        said: list[str] = []
        reply = client.execute_interactive(
            "import os, socket\nprint(os.getpid() < 10, socket.gethostname())",
            timeout=30,
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
        assert reply["content"]["status"] == "ok"
        assert "True sandbox" in "".join(said)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert not scratch.exists()
