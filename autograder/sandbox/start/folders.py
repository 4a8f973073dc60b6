"""A sandbox's two folders, `work` and `run`: file systems in memory, of a bounded size, that only it has.

So the file system itself counts what student code writes, however it hides it: in files without a name, deep down, or
in a folder that nobody may look into. It all counts as memory, too, and is gone with the sandbox. What lies outside, in
the folders of the same names, is copied in before student code runs.
"""

from __future__ import annotations

import os
import shutil
import weakref
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ..errors import SandboxError
from .view import View, masked

_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Folders:
    """The two folders of a running sandbox, as open files; what is in them can be read until nobody holds this."""

    def __init__(self, view: View, first: int) -> None:
        """Open them; `first` is the sandbox's first process, by its number outside. Raises OSError where it is gone."""
        self._fds: list[int] = []
        self._end = weakref.finalize(self, _close, self._fds)
        for folder in (view.work, view.run):
            self._fds.append(os.open(f"/proc/{first}/root{folder}", _FLAGS))

    @property
    def work(self) -> Path:
        """Where student code runs, for every process of this user. All in it is untrusted: follow no link in it."""
        return Path(f"/proc/{os.getpid()}/fd/{self._fds[0]}")

    @property
    def run(self) -> Path:
        """Sockets and answers, as untrusted."""
        return Path(f"/proc/{os.getpid()}/fd/{self._fds[1]}")

    def close(self) -> None:
        """Let go of them, and so of the memory that they take; can be called again."""
        self._end()

    def fill(self, view: View, connection_file: Path) -> None:
        """Copy in what was given; the connection file comes last, and the kernel waits for it.

        In place of `run` there is a link to the real one then. Raises SandboxError where something can't be copied.
        """
        never = set(masked(view))
        try:
            shutil.copytree(
                view.work,
                self.work,
                symlinks=True,
                dirs_exist_ok=True,
                ignore=lambda folder, names: [n for n in names if _left_out(Path(folder, n), never)],
            )
            half = self.run / ".kernel.json"
            with open(half, "xb", opener=_private) as file:
                file.write(connection_file.read_bytes())
            half.rename(self.run / connection_file.name)
            shutil.rmtree(view.run)
            view.run.symlink_to(self.run)
        except OSError as error:  # shutil.Error, too
            why = f" ({error.strerror})" if error.strerror else ""
            raise SandboxError(
                f"What was handed in does not fit into the sandbox{why}: see c.SandboxProvisioner.disk and files."
            ) from None


def _left_out(path: Path, never: Iterable[Path]) -> bool:
    return path in never or not (path.is_symlink() or path.is_file() or path.is_dir())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _close(fds: list[int]) -> None:
    while fds:
        with suppress(OSError):
            os.close(fds.pop())
