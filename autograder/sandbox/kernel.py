"""What a grader uses: one kernel in a sandbox."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.connect import channel_socket_types
from jupyter_client.manager import KernelManager
from traitlets.config import Config

from .kernelspec import NAME, OneKernel
from .protection import Protection, SandboxError
from .provisioner import SandboxProvisioner
from .watch.watcher import Watcher


@dataclass(frozen=True, slots=True)
class Needs:
    """What one kernel needs, beside what its settings in a configuration say."""

    read_only: Sequence[Path] = ()
    """More paths that student code may read."""
    hide: Sequence[Path] = ()
    """Paths that it never sees."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """More variables for the kernel."""
    preload: Sequence[str] | None = None
    """Modules that a fork server is to have imported, if the kernel's folder comes from `forkserver.scratch`."""
    startup_seconds: float = 60

    def settings(self, scratch: Path, config: Config) -> dict[str, Any]:
        """`SandboxProvisioner`'s settings for a kernel in `scratch`, beside those that `config` has."""
        given = config.SandboxProvisioner
        return {
            "writable": str(scratch),
            "read_only": [*given.get("read_only", ()), *map(str, self.read_only)],
            "hide": [*given.get("hide", ()), *map(str, self.hide)],
            "environment": {**given.get("environment", {}), **self.environment},
            "startup_seconds": self.startup_seconds,
            **({} if self.preload is None else {"preload": list(self.preload)}),
        }


class SandboxKernel:
    """A kernel in the sandbox. Everything it says is untrusted."""

    connection_info: dict[str, Any]
    """As jupyter_client gives it: transport "ipc", ip, ports, key."""
    protection: Protection
    """What was active before any student code ran."""
    work: Path
    """Where student code runs. All in it is untrusted: follow no link in it."""
    run: Path
    """Sockets and answers, as untrusted; at the same path inside and outside, as `work` is."""

    def __init__(self, manager: KernelManager, watcher: Watcher, protection: Protection, scratch: Path) -> None:
        """Use `start` instead."""
        self._manager = manager
        self._watcher = watcher
        self.protection = protection
        self.work, self.run = scratch / "work", scratch / "run"
        self.connection_info = dict(manager.get_connection_info())

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
        scratch = scratch.absolute()
        config, needs = config or Config(), needs or Needs()
        specs = OneKernel()
        specs.settings = needs.settings(scratch, config)
        manager = KernelManager(config=config, kernel_name=NAME, kernel_spec_manager=specs)
        deadline = time.monotonic() + needs.startup_seconds
        try:
            manager.start_kernel()
            provisioner = manager.provisioner
            assert isinstance(provisioner, SandboxProvisioner)
            assert provisioner.watcher is not None
            assert provisioner.protection is not None
            kernel = cls(manager, provisioner.watcher, provisioner.protection, scratch)
            kernel._wait(deadline)
        except BaseException:
            _stop(manager)
            raise
        return kernel

    @property
    def protection_words(self) -> str:
        """What was active, in one line."""
        return self.protection.words

    def alive(self) -> bool:
        return self._watcher.alive

    def ended_by(self) -> str | None:
        """What ended it: "memory", "processes", "disk", "files", "wall", "cpu" where it went past that limit.

        "exit" where it ended by itself, "killed" where `kill` ended it; None while it lives.
        """
        return self._watcher.ended_by

    def kill(self) -> None:
        """End the whole sandbox; return when none of its processes and mounts is left. Can be called again."""
        self._watcher.kill()
        _stop(self._manager)

    def _wait(self, deadline: float) -> None:
        """Return when the kernel listens on all its sockets."""
        info = self.connection_info
        sockets = [Path(f"{info['ip']}-{info[f'{channel}_port']}") for channel in channel_socket_types]
        while not all(s.exists() for s in sockets):
            if not self.alive():
                raise SandboxError(f"The kernel ended while it started ({self.ended_by()}).")
            if time.monotonic() > deadline:
                raise SandboxError("The kernel did not start in time.")
            time.sleep(0.01)


def _stop(manager: KernelManager) -> None:
    """End a kernel and take away what its manager keeps; again does nothing."""
    if manager.has_kernel and manager.kernel_spec is not None:
        # A message would linger for a tenth of a second, waiting to be read by a kernel that is no more.
        manager.kernel_spec.interrupt_mode = "signal"
        manager.shutdown_kernel(now=True)
    manager.cleanup_connection_file()
