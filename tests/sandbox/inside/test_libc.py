"""Calls of the C library: what they give, and that none fails unnoticed."""

from __future__ import annotations

import errno
import os

import pytest

from autograder.sandbox.inside.libc import call


def test_what_it_gives() -> None:
    assert call("getpid") == os.getpid()
    assert call("access", b"/", os.R_OK) == 0


def test_a_failure_is_an_error() -> None:
    with pytest.raises(OSError, match="No such file") as caught:
        call("access", b"/nowhere", os.R_OK, path="/nowhere")
    assert (caught.value.errno, caught.value.filename) == (errno.ENOENT, "/nowhere")
    with pytest.raises(OSError, match="Invalid argument"):
        call("prctl", 10**6, 0, 0, 0, 0)
    with pytest.raises(OSError, match="Function not implemented"):
        call("syscall", 10**5)
