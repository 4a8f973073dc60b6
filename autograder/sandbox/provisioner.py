"""What Jupyter starts kernels through: `autograder-sandbox` among the kernel provisioners."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Dict, Enum, Float, Integer, List, Unicode

from .errors import SandboxError
from .limits import SandboxLimits
from .machine import machine
from .protection import Level, Protection
from .scratch import fresh_run, remove
from .start.launch import LaunchPlan
from .start.view import View
from .watch.watcher import Watcher

_LONGEST = 100
"""Characters of a socket's path: the system takes 107, and some are for its number."""
_LIMITS = {one.name: one for one in fields(SandboxLimits)}


@dataclass(frozen=True, slots=True)
class Needs:
    """What one kernel needs beside what the settings say."""

    read_only: Sequence[Path] = ()
    """More paths that student code may read."""
    hide: Sequence[Path] = ()
    """Paths that it never sees."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """More variables for the kernel."""
    preload: Sequence[str] | None = None
    """Modules that a fork server is to have imported, if the kernel's folder comes from `forkserver.scratch`."""
    startup_seconds: float | None = None


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
    spare_memory = _limit("spare_memory")
    tmp_size = _limit("tmp_size")
    read_only = List(Unicode(), help="More paths of this machine that student code may read, at the same place.").tag(
        config=True
    )
    hide = List(
        Unicode(),
        help="Paths of this machine that are never shown: an empty folder or file lies over each that would be seen.",
    ).tag(config=True)
    writable = Unicode(
        help="Folder for the kernel: what lies in its `work` is copied into the sandbox. What student code writes "
        "ends with the kernel. Empty: a temporary folder, removed with the kernel."
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
        "ordinary process, which can do whatever you can. The comments in the gradebook then say so.",
    ).tag(config=True)

    at_least = Enum(
        [level.name for level in Level if level],
        Level.landlock.name,
        help="The least protection that will do: `full`, all namespaces; `partial`, some of them; `landlock`, none. "
        "docs/design/security.md says what each keeps and what it loses.",
    ).tag(config=True)

    protection: Protection | None = None
    """What is active; None before the start."""
    watcher: Watcher | None = None
    """None before the start, and once somebody has waited for the end."""
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

    def prepare(self) -> str:
        """Make the folders, `run` anew; give the path that the kernel's sockets are to have, but for their numbers.

        Raises:
            SandboxUnavailable: if the machine lacks what is needed and `allow_unprotected` is not set.
            SandboxError: if the folder can't be used.
        """
        if not self.allow_unprotected:
            machine().require(Level[self.at_least])
        sockets = str(fresh_run(self.scratch) / "k")
        if len(sockets) > _LONGEST:
            raise SandboxError(f"The path of this folder is too long for sockets in it: {self.scratch}")
        return sockets

    def plan(self, needs: Needs) -> LaunchPlan:
        """All that a start needs: these settings, and what this kernel needs beside."""
        work, run = self.scratch / "work", self.scratch / "run"
        view = View(
            work,
            run,
            (*(Path(name).absolute() for name in self.read_only), *needs.read_only),
            (*(Path(name).absolute() for name in self.hide), *needs.hide),
            {**self.environment, **needs.environment},
        )
        wanted: Sequence[str] | None = self.preload if needs.preload is None else needs.preload
        return LaunchPlan(
            view,
            self.limits,
            machine().bubblewrap,
            str(run / "kernel.json"),
            needs.startup_seconds or self.startup_seconds,
            None if wanted is None else tuple(wanted),
        )

    def launch(self, plan: LaunchPlan) -> tuple[Watcher, Protection]:
        """Start the sandbox. Raises SandboxError if it does not come up as planned."""
        watcher = self.watcher = Watcher(plan)
        watcher.start()
        why_none = machine().protection.why_none
        protection = self.protection = Protection(plan.bubblewrap, watcher.report, plan.limits, why_none)
        if protection.level < Level[self.at_least] and not self.allow_unprotected:
            watcher.kill()
            raise SandboxError("The sandbox came up without the protection that a trial had found on this machine.")
        return watcher, protection

    # --- what Jupyter calls ------------------------------------------------------------------------------------

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Refuse where there is no protection; choose sockets in the sandbox's folder. Raises as `prepare` does."""
        sockets = self.prepare()
        if self.parent is not None:
            self.parent.transport, self.parent.ip = "ipc", sockets
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the sandbox. The kernelspec's `cmd` is not run: the sandbox's first program becomes the kernel."""
        plan = self.plan(Needs())
        if self.parent is not None:
            with open(plan.connection_file, "xb", opener=_private) as file:
                file.write(Path(self.parent.connection_file).read_bytes())
        watcher, _ = await asyncio.to_thread(self.launch, plan)
        self.pid = None if watcher.process is None else watcher.process.pid
        return self.connection_info

    @property
    def has_process(self) -> bool:
        return self.watcher is not None

    async def poll(self) -> int | None:
        """None while the sandbox lives."""
        return None if self.watcher is not None and self.watcher.alive else 0

    async def wait(self) -> int | None:
        """Wait for the sandbox's end."""
        if self.watcher is not None:
            await asyncio.to_thread(self.watcher.wait)
            self.watcher = None
        return 0

    async def send_signal(self, signum: int) -> None:
        """End the sandbox on a signal that ends. Interrupts go as messages."""
        if signum in (signal.SIGKILL, signal.SIGTERM):
            await self.kill()

    async def kill(self, restart: bool = False) -> None:
        """End every process of the sandbox."""
        if self.watcher is not None:
            await asyncio.to_thread(self.watcher.kill)

    terminate = kill

    async def cleanup(self, restart: bool = False) -> None:
        await self.kill(restart)
        if self.watcher is not None and self.watcher.folders is not None:
            self.watcher.folders.close()
        if self._own_folder and not restart:
            remove(Path(self._own_folder))
            self._own_folder = ""


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
