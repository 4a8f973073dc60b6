"""Every test runs with the environment's commands first on PATH, TensorFlow quiet, and no network."""

from __future__ import annotations

import gc
import os
import socket
import sys
from pathlib import Path

import pytest

os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
for name in ("AUTOGRADER_COURSE", "AUTOGRADER_LANGUAGE", "NBGRADER_EXECUTION"):
    os.environ.pop(name, None)
for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
    os.environ[name] = "http://127.0.0.1:9"  # nobody listens there: a child process that wants the network fails
for name in ("no_proxy", "NO_PROXY"):
    os.environ[name] = "localhost,127.0.0.1,::1"

_connect = socket.socket.connect


def _connect_nearby(self: socket.socket, address: object) -> None:
    if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost")):
        raise OSError(f"a test wants the network: {address}")
    _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def no_network() -> object:
    """Connections go to this machine or nowhere."""
    socket.socket.connect = _connect_nearby
    yield
    socket.socket.connect = _connect


def pytest_collection_finish() -> None:
    """TensorFlow's million objects are no garbage: no full collection is to look through them."""
    gc.freeze()


def pytest_runtest_setup() -> None:
    """TensorFlow's log keeps the stderr of its import, pytest's own; nbgrader closes all logs, and pytest's with it."""
    if absl := sys.modules.get("absl.logging"):
        absl.get_absl_handler().python_handler.stream = sys.__stderr__
