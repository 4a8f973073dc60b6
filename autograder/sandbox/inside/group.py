"""A kernel that has no PID namespace: a process group that nothing in it can leave, and a head that ends it whole.

    head ── kernel ── what student code starts
    waits   one process group, one user, one set of rights

The head is out of student code's reach. Whatever loses its parent becomes the head's child (prctl(2),
PR_SET_CHILD_SUBREAPER), and it ends the group with the kernel, or when whoever started it has gone.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable, Sequence
from typing import NoReturn

from .libc import call
from .namespaces import drop_capabilities

_PARENT_DEATH, _SUBREAPER = 1, 36


def end_with_parent(number: int) -> None:
    """Get that signal when the thread that started this process ends."""
    call("prctl", _PARENT_DEATH, number, 0, 0, 0)


def lead() -> None:
    """Go on in a child, in a process group of its own; the parent stays as its head and never returns."""
    end_with_parent(signal.SIGTERM)
    call("prctl", _SUBREAPER, 1, 0, 0, 0)
    kernel = os.fork()
    if kernel:
        os.closerange(0, 256)
        _attend(kernel)
    os.setsid()


def _attend(kernel: int) -> NoReturn:
    signal.signal(signal.SIGTERM, lambda *_: _end(kernel))
    code = 0
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        except ChildProcessError:
            os._exit(code)
        assert ended is not None
        if ended.si_pid == kernel:
            _end(kernel)  # now, while its number is nobody else's
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _, status = os.waitpid(ended.si_pid, 0)
        if ended.si_pid == kernel:
            code = os.waitstatus_to_exitcode(status)
            code = code if code >= 0 else 128 - code


def _end(kernel: int) -> None:
    for end in (os.kill, os.killpg):  # the first for one that has no group yet
        with contextlib.suppress(OSError):
            end(kernel, signal.SIGKILL)


def give_up_rights(user: int, own: Sequence[str], needed: Sequence[str]) -> int:
    """Become a user that there is no other process of, if that can be; give up every capability in any case.

    Args:
        user: its number; 0 for none.
        own: folders that become its own, with all that is in them.
        needed: what it has to be able to read.

    Returns:
        The number of the user that this process became, 0 if it stayed what it was.
    """
    became = user if user and _can_read(user, needed) and _owns(user, own) else 0
    if became:
        os.setgroups([])
        os.setresgid(became, became, became)
        os.setresuid(became, became, became)
    drop_capabilities()
    return became


def _owns(user: int, folders: Sequence[str]) -> bool:
    """Give that user these folders; take them back where it can't get there."""
    _hand_over(user, folders)
    if _can_read(user, folders):
        return True
    _hand_over(os.getuid(), folders)
    return False


def _hand_over(user: int, folders: Iterable[str]) -> None:
    for folder in folders:
        for place, inner, files in os.walk(folder):
            for path in (place, *(os.path.join(place, name) for name in (*inner, *files))):
                status = os.lstat(path)
                if status.st_nlink == 1 or os.path.isdir(path):  # another name of a file outside stays whose it is
                    os.chown(path, user, user, follow_symlinks=False)


def _can_read(user: int, paths: Iterable[str]) -> bool:
    groups = os.getgroups()
    try:
        os.setgroups([])
        os.setegid(user)
        os.seteuid(user)
        for path in paths:
            os.close(os.open(path, os.O_RDONLY))
    except OSError:
        return False
    finally:
        os.seteuid(os.getuid())
        os.setegid(os.getgid())
        with contextlib.suppress(OSError):
            os.setgroups(groups)
    return True
