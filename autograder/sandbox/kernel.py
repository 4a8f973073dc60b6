"""What a grader uses: one kernel in a sandbox."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_client.connect import channel_socket_types
from jupyter_client.manager import KernelManager
from traitlets.config import Config

from .kernelspec import NAME, OneKernel
from .protection import Protection, SandboxError
from .provisioner import SandboxProvisioner
from .watch import Watch


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

    def __init__(self, manager: KernelManager, watch: Watch, protection: Protection, scratch: Path) -> None:
        """Use `start` instead."""
        self._manager = manager
        self._watch = watch
        self.protection = protection
        self.work, self.run = scratch / "work", scratch / "run"
        self.connection_info = dict(manager.get_connection_info())

    @classmethod
    def start(
        cls,
        scratch: Path,
        *,
        config: Config | None = None,
        read_only: Sequence[Path] = (),
        hide: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
        preload: Sequence[str] | None = None,
        startup_timeout: float = 60,
    ) -> SandboxKernel:
        """Start a kernel and return when its sockets are there.

        Args:
            scratch: has or gets `work`, which stays as it is, and `run`, which is made anew. Its path is short.
            config: for `SandboxProvisioner`'s settings.
            read_only: more paths that student code may read.
            hide: paths that it never sees.
            environment: more variables for the kernel.
            preload: modules that a fork server is to have imported, if `scratch` comes from `forkserver.scratch`.
            startup_timeout: seconds.

        Raises:
            SandboxUnavailable: if this machine can't give the protection, and the config does not allow to do without.
            SandboxError: if the kernel does not come up.
        """
        scratch = scratch.absolute()
        config = config or Config()
        specs = OneKernel()
        specs.settings = settings(scratch, config, read_only, hide, environment, preload, startup_timeout)
        manager = KernelManager(config=config, kernel_name=NAME, kernel_spec_manager=specs)
        deadline = time.monotonic() + startup_timeout
        try:
            manager.start_kernel()
            provisioner = manager.provisioner
            assert isinstance(provisioner, SandboxProvisioner)
            assert provisioner.watch is not None
            assert provisioner.protection is not None
            kernel = cls(manager, provisioner.watch, provisioner.protection, scratch)
            kernel._wait(deadline)
        except BaseException:
            _stop(manager)
            raise
        return kernel

    def alive(self) -> bool:
        return self._watch.alive

    def ended_by(self) -> str | None:
        """What ended it: "memory", "processes", "disk", "files", "wall", "cpu" where it went past that limit.

        "exit" where it ended by itself, "killed" where `kill` ended it; None while it lives.
        """
        return self._watch.ended_by

    def kill(self) -> None:
        """End the whole sandbox; return when none of its processes and mounts is left. Can be called again."""
        self._watch.kill()
        _stop(self._manager)

    def _wait(self, deadline: float) -> None:
        """Return when the kernel listens on all its sockets."""
        sockets = [Path(f"{self.connection_info['ip']}-{self.connection_info[f'{c}_port']}") for c in _CHANNELS]
        while not all(s.exists() for s in sockets):
            if not self.alive():
                raise SandboxError(f"The kernel ended while it started ({self.ended_by()}).")
            if time.monotonic() > deadline:
                raise SandboxError("The kernel did not start in time.")
            time.sleep(0.01)


def settings(
    scratch: Path,
    config: Config,
    read_only: Sequence[Path],
    hide: Sequence[Path],
    environment: Mapping[str, str] | None,
    preload: Sequence[str] | None,
    startup_timeout: float,
) -> dict[str, Any]:
    """`SandboxProvisioner`'s settings for what `SandboxKernel.start` takes, beside those that `config` has."""
    given = config.SandboxProvisioner
    return {
        "writable": str(scratch),
        "read_only": [*given.get("read_only", ()), *map(str, read_only)],
        "hide": [*given.get("hide", ()), *map(str, hide)],
        "environment": {**given.get("environment", {}), **(environment or {})},
        "startup_seconds": startup_timeout,
        **({} if preload is None else {"preload": list(preload)}),
    }


_CHANNELS = tuple(channel_socket_types)


def _stop(manager: KernelManager) -> None:
    """End a kernel and take away what its manager keeps; again does nothing."""
    if manager.has_kernel and manager.kernel_spec is not None:
        # A message would linger for a tenth of a second, waiting to be read by a kernel that is no more.
        manager.kernel_spec.interrupt_mode = "signal"
        manager.shutdown_kernel(now=True)
    manager.cleanup_connection_file()
