"""What Jupyter starts kernels through: `autograder-sandbox` among the kernel provisioners."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Dict, Float, Integer, List, Unicode

from .command import View
from .folders import fresh_run, remove
from .launch import Plan
from .limits import Limits
from .machine import describe, machine
from .protection import Protection, SandboxError
from .watch import Watch

_LONGEST = 100
"""Characters of a socket's path: the system takes 107, and some are for its number."""
_DEFAULT = Limits()


def _limit(default: int, text: str) -> Any:
    return Integer(default, min=1, help=text).tag(config=True)


class SandboxProvisioner(LocalProvisioner):
    """Starts an ipykernel in a sandbox of its own and ends it when it goes past a limit.

    The client reaches it through sockets in a folder, never through a network.
    """

    memory = _limit(
        _DEFAULT.memory,
        "Bytes of memory of all processes together, what lies in /tmp and /dev/shm included. Also the most private "
        "memory that one process can ask for: beyond it Python raises MemoryError.",
    )
    processes = _limit(
        _DEFAULT.processes,
        "Tasks, that is processes and their threads, all together. TensorFlow takes some ten, and two a core.",
    )
    file_size = _limit(_DEFAULT.file_size, "Bytes of one file.")
    disk = _limit(_DEFAULT.disk, "Bytes of all files in the writable folder together.")
    files = _limit(_DEFAULT.files, "Files and folders in the writable folder together.")
    cpu_seconds = _limit(_DEFAULT.cpu_seconds, "Seconds of CPU time of each process.")
    open_files = _limit(_DEFAULT.open_files, "Open files of each process.")
    wall_seconds = _limit(_DEFAULT.wall_seconds, "Seconds from the kernel's start until it is ended, whatever it does.")
    tmp_size = _limit(_DEFAULT.tmp_size, "Bytes of the private /tmp; /dev/shm gets as much again.")
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
    watch: Watch | None = None
    _own_folder: str = ""

    @property
    def limits(self) -> Limits:
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})

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
        """Start the sandbox; what `cmd` says is replaced by what confines the kernel first."""
        work, run = self.scratch / "work", self.scratch / "run"
        connection_file = run / "kernel.json"
        if self.parent is not None:
            with open(connection_file, "xb", opener=_private) as file:
                file.write(Path(self.parent.connection_file).read_bytes())
        plan = self.plan(work, run, connection_file)
        self.watch = Watch(plan)
        await asyncio.to_thread(self.watch.start)
        self.process = cast(Any, self.watch.process)  # as a Popen, as far as jupyter_client looks
        self.protection = describe(plan.bubblewrap, self.watch.report, self.limits)
        if not self.protection.active and not self.allow_unprotected:
            await asyncio.to_thread(self.watch.kill)
            raise SandboxError("The sandbox came up without the protection that a trial had found on this machine.")
        self.pid = None if self.process is None else self.process.pid
        return self.connection_info

    def plan(self, work: Path, run: Path, connection_file: Path) -> Plan:
        """All that a start needs, by these settings."""
        view = View(work, run, _paths(self.read_only), _paths(self.hide), dict(self.environment))
        wanted: list[str] | None = self.preload
        preload = None if wanted is None else tuple(wanted)
        return Plan(view, self.limits, machine().bubblewrap, str(connection_file), self.startup_seconds, preload)

    async def send_signal(self, signum: int) -> None:
        """End the sandbox on a signal that ends. Interrupts go as messages."""
        if signum in (signal.SIGKILL, signal.SIGTERM):
            await self.kill()

    async def kill(self, restart: bool = False) -> None:
        """End every process of the sandbox."""
        if self.watch is not None:
            await asyncio.to_thread(self.watch.kill)

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
