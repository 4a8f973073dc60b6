"""A kernel without a sandbox, for notebooks of one's own: it runs with the rights of whoever starts it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

SOCKETS_IN_FOLDERS = os.name != "nt"


class LocalKernel:
    """An ordinary ipykernel with `folder` as its current folder."""

    protection_words = "none: the notebook's code ran with your own rights"

    def __init__(self, folder: Path) -> None:
        self._scratch = Path(tempfile.mkdtemp(prefix="autograder-"))
        self.run = self._scratch
        # Sockets in a folder that is one's own, where there are such: a port can be taken by another between two looks.
        there = {"transport": "ipc", "ip": str(self._scratch / "k")} if SOCKETS_IN_FOLDERS else {"transport": "tcp"}
        self._manager = KernelManager(kernel_name="python3", **there)
        self._manager.start_kernel(
            cwd=str(folder),
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
            extra_arguments=["--HistoryManager.hist_file=:memory:"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._provisioner = cast("LocalProvisioner", self._manager.provisioner)

    @property
    def connection_info(self) -> Mapping[str, Any]:
        return self._manager.get_connection_info()

    def alive(self) -> bool:
        return bool(self._manager.is_alive())

    def ended_by(self) -> str | None:
        return None if self.alive() else "exit"

    def used(self) -> float:
        """Not known: nothing measures it."""
        return 0.0

    def waited(self) -> float:
        """Not known, either."""
        return 0.0

    def stopped(self) -> float:
        """Nothing keeps it from running."""
        return 0.0

    def end(self) -> None:
        """End the kernel's process from another thread than the one that talks to it, which still calls `kill`."""
        process = self._provisioner.process
        if process is not None:
            process.kill()

    def kill(self) -> None:
        """End the kernel at once."""
        if self._manager.has_kernel:
            self._manager.shutdown_kernel(now=True)
        shutil.rmtree(self._scratch, ignore_errors=True)
