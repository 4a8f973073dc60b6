"""The course's own notebooks, run at the same time: each in a kernel of its own, with a thread that waits for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from ...execution.kernel.local import LocalKernel
from ...execution.kernel.session import SessionError

MOST = 4
"""Kernels at the same time, on however many cores: each that has loaded TensorFlow takes most of a gigabyte."""

P = ParamSpec("P")
T = TypeVar("T")


class Kernels:
    """As many kernels at once as there are cores. Where the block is left by an exception, all of them are ended."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(min(MOST, os.cpu_count() or 1))
        self._launched: list[LocalKernel] = []
        self._given_up = False

    def begin(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Future[T]:
        """Call a function, which waits for a kernel, in a thread; in the order of the calls."""
        return self._threads.submit(function, *arguments, **named)

    def launch(self, folder: Path) -> LocalKernel:
        """A kernel with the instructor's own rights and this current folder. Raises SessionError after the end."""
        if self._given_up:
            raise SessionError("the build has ended")
        kernel = LocalKernel(folder)
        self._launched.append(kernel)
        if self._given_up:  # while this one was being started
            kernel.end()
        return kernel

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is not None:  # Ctrl-C, too: nobody waits for what the others give
            self._given_up = True
            for kernel in self._launched:
                kernel.end()
        self._threads.shutdown(cancel_futures=kind is not None)
