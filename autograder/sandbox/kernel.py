"""What a grader uses: one kernel in a sandbox."""

from __future__ import annotations

import time
from pathlib import Path

from jupyter_client.connect import KernelConnectionInfo, write_connection_file
from jupyter_client.session import new_id_bytes
from traitlets.config import Config

from .errors import SandboxError
from .protection import Protection
from .provisioner import Needs, SandboxProvisioner
from .start.folders import Folders
from .watch.watcher import Watcher


class SandboxKernel:
    """A kernel in the sandbox. Everything it says is untrusted."""

    connection_info: KernelConnectionInfo
    """As jupyter_client gives it: transport "ipc", ip, ports, key."""
    protection: Protection
    """What was active before any student code ran."""
    work: Path
    """Where student code runs, by its path inside; `folders` has it as it can be seen from here."""
    run: Path
    """Sockets and answers, untrusted: follow no link in it. At the same path inside and outside.

    It can be read until nobody holds this kernel any more."""

    def __init__(self, info: KernelConnectionInfo, watcher: Watcher, protection: Protection, scratch: Path) -> None:
        """Use `start` instead."""
        self.connection_info = info
        self.protection = protection
        self.work, self.run = scratch / "work", scratch / "run"
        self._watcher = watcher

    @classmethod
    def start(cls, scratch: Path, config: Config | None = None, needs: Needs | None = None) -> SandboxKernel:
        """Start a kernel and return when its sockets are there.

        Args:
            scratch: has or gets `work`, which stays as it is, and `run`, which is made anew. Its path is short.
            config: for `SandboxProvisioner`'s settings.
            needs: what this kernel needs beside.

        Raises:
            SandboxUnavailable: if this machine can't give the protection, and the config does not allow to do without.
            SandboxError: if the kernel does not come up.
        """
        provisioner = SandboxProvisioner(config=config or Config(), writable=str(scratch.absolute()))
        sockets = provisioner.prepare()
        plan = provisioner.plan(needs or Needs())
        _, info = write_connection_file(plan.connection_file, ip=sockets, key=new_id_bytes(), transport="ipc")
        deadline = time.monotonic() + plan.timeout
        watcher, protection = provisioner.launch(plan)
        kernel = cls(info, watcher, protection, provisioner.scratch)
        try:
            kernel._wait(deadline)
        except BaseException:
            kernel.kill()
            raise
        return kernel

    @property
    def protection_words(self) -> str:
        """What was active, in one line."""
        return self.protection.words

    def alive(self) -> bool:
        return self._watcher.alive

    def ended_by(self) -> str | None:
        """What ended it: "memory", "processes", "disk", "files", "wall", "cpu" ... where it went past that limit.

        "machine" where the machine had too little memory left for all that went on; "exit" where it ended by itself,
        "killed" where `kill` ended it; None while it lives.
        """
        return self._watcher.ended_by

    def kill(self) -> None:
        """End the whole sandbox; return when none of its processes and mounts is left. Can be called again."""
        self._watcher.kill()

    def used(self) -> float:
        """Seconds of processor time that it has taken so far."""
        return self._watcher.processor.used

    def waited(self) -> float:
        """Seconds that it has had to wait for the processor so far."""
        return self._watcher.processor.waited

    def stopped(self) -> float:
        """Seconds that it was kept from running, for having taken more than its share while another waited."""
        return self._watcher.processor.stopped

    @property
    def folders(self) -> Folders | None:
        """Its two folders from outside; None where it is a plain process, and they are ordinary folders."""
        return self._watcher.folders

    def _wait(self, deadline: float) -> None:
        """Return when the kernel listens on all its sockets."""
        info = self.connection_info
        sockets = [Path(f"{info['ip']}-{number}") for name, number in info.items() if name.endswith("_port")]
        while not all(s.exists() for s in sockets):
            if not self.alive():
                raise SandboxError(f"The kernel ended while it started ({self.ended_by()}).")
            if time.monotonic() > deadline:
                raise SandboxError("The kernel did not start in time.")
            time.sleep(0.01)
