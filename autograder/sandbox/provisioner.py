"""What Jupyter starts kernels through: `autograder-sandbox` among the kernel provisioners."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Dict, Float, Integer, List, Unicode

from .limits import SandboxLimits
from .machine import describe, machine
from .protection import Protection, SandboxError
from .scratch import fresh_run, remove
from .start.launch import LaunchPlan
from .start.view import View
from .watch.watcher import Watcher

_LONGEST = 100
"""Characters of a socket's path: the system takes 107, and some are for its number."""
_LIMITS = {field.name: field for field in fields(SandboxLimits)}


def _limit(name: str) -> Any:
    help_text = _LIMITS[name].metadata["help"]
    return Integer(getattr(SandboxLimits(), name), min=1, help=help_text).tag(config=True)


class SandboxProvisioner(LocalProvisioner):
    """Starts an ipykernel in a sandbox of its own and ends it when it goes past a limit.

    The client reaches it through sockets in a folder, never through a network.
    """

    memory = _limit("memory")
    processes = _limit("processes")
    file_size = _limit("file_size")
    disk = _limit("disk")
    files = _limit("files")
    cpu_seconds = _limit("cpu_seconds")
    open_files = _limit("open_files")
    wall_seconds = _limit("wall_seconds")
    tmp_size = _limit("tmp_size")
    read_only = List(Unicode(), help="More paths of this machine that student code may read, at the same place.").tag(
        config=True
    )
    hide = List(
        Unicode(),
        help="Paths of this machine that are never shown: an empty folder or file lies over each that would be seen.",
    ).tag(config=True)
    writable = Unicode(
        help="Folder for the kernel: its `work` and `run` are all that student code can write to. "
        "Empty: a temporary folder, removed with the kernel."
    ).tag(config=True)
    environment = Dict(
        value_trait=Unicode(),
        key_trait=Unicode(),
        help="More environment variables; nothing else is passed on.",
    ).tag(config=True)
    startup_seconds = Float(60.0, min=1, help="Seconds that a kernel may take to start.").tag(config=True)
    preload = List(
        Unicode(),
        default_value=None,
        allow_none=True,
        help="Modules that are imported once, in a fork server; kernels in its folder are then forked from it. "
        "None: every kernel starts afresh.",
    ).tag(config=True)
    allow_unprotected = Bool(
        False,
        help="Go on where this machine can't give the protection, with what there is: at worst the kernel is an "
        "ordinary process, which can do whatever you can. Every report then says so.",
    ).tag(config=True)

    protection: Protection | None = None
    """What is active; None before the start."""
    watcher: Watcher | None = None
    _own_folder: str = ""

    @property
    def limits(self) -> SandboxLimits:
        return SandboxLimits(**{name: getattr(self, name) for name in _LIMITS})

    @property
    def scratch(self) -> Path:
        """The folder that holds `work` and `run`."""
        if not self.writable and not self._own_folder:
            self._own_folder = tempfile.mkdtemp(prefix="kernel-")
        return Path(self.writable or self._own_folder).absolute()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Refuse where there is no protection; make the folders; choose sockets in one of them.

        Raises:
            SandboxUnavailable: if the machine lacks what is needed and `allow_unprotected` is not set.
            SandboxError: if the folder can't be used.
        """
        if not self.allow_unprotected:
            machine().require()
        run = fresh_run(self.scratch)
        manager = self.parent
        if manager is not None:
            manager.transport = "ipc"
            manager.ip = str(run / "k")
            if len(manager.ip) > _LONGEST:
                raise SandboxError(f"The path of this folder is too long for sockets in it: {self.scratch}")
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the sandbox. The kernelspec's `cmd` is not run: the sandbox's first program becomes the kernel."""
        work, run = self.scratch / "work", self.scratch / "run"
        connection_file = run / "kernel.json"
        if self.parent is not None:
            with open(connection_file, "xb", opener=_private) as file:
                file.write(Path(self.parent.connection_file).read_bytes())
        plan = self.plan(work, run, connection_file)
        self.watcher = Watcher(plan)
        await asyncio.to_thread(self.watcher.start)
        self.process = cast(Any, self.watcher.process)  # as a Popen, as far as jupyter_client looks
        self.protection = describe(plan.bubblewrap, self.watcher.report, self.limits)
        if not self.protection.active and not self.allow_unprotected:
            await asyncio.to_thread(self.watcher.kill)
            raise SandboxError("The sandbox came up without the protection that a trial had found on this machine.")
        self.pid = None if self.process is None else self.process.pid
        return self.connection_info

    def plan(self, work: Path, run: Path, connection_file: Path) -> LaunchPlan:
        """All that a start needs, by these settings."""
        view = View(work, run, _paths(self.read_only), _paths(self.hide), dict(self.environment))
        wanted: list[str] | None = self.preload
        preload = None if wanted is None else tuple(wanted)
        return LaunchPlan(view, self.limits, machine().bubblewrap, str(connection_file), self.startup_seconds, preload)

    async def send_signal(self, signum: int) -> None:
        """End the sandbox on a signal that ends. Interrupts go as messages."""
        if signum in (signal.SIGKILL, signal.SIGTERM):
            await self.kill()

    async def kill(self, restart: bool = False) -> None:
        """End every process of the sandbox."""
        if self.watcher is not None:
            await asyncio.to_thread(self.watcher.kill)

    async def wait(self) -> int | None:
        """Wait for the sandbox's end, without the base class's rounding to tenths of a second."""
        if self.process is not None:
            status = await asyncio.to_thread(self.process.wait)
            self.process = None
            return status
        return 0

    async def terminate(self, restart: bool = False) -> None:
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        await self.kill(restart)
        if self._own_folder and not restart:
            remove(Path(self._own_folder))
            self._own_folder = ""
        with contextlib.suppress(AttributeError):
            await super().cleanup(restart)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _paths(names: list[str]) -> tuple[Path, ...]:
    return tuple(Path(name).absolute() for name in names)
