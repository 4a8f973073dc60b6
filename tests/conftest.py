"""Every test runs with the environment's commands first on PATH, TensorFlow quiet, and no network.

What tests of several rooms share is made here once a session.
"""

from __future__ import annotations

import gc
import os
import shutil
import socket
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from autograder.evidence.evidence import Array
from autograder.references.references import Reference, ReferenceSet, load
from tests.shared.built import BuiltCourse, build, made_once
from tests.shared.helpers import ROOT
from tests.shared.light_class import grade, hand_in

os.environ["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
os.environ["PYTHONPATH"] = str(ROOT / "tests" / "shared" / "lean")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
for name in ("AUTOGRADER_COURSE", "AUTOGRADER_LANGUAGE", "NBGRADER_EXECUTION"):
    os.environ.pop(name, None)
for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
    os.environ[name] = "http://127.0.0.1:9"  # nobody listens there: a child process that wants the network fails
for name in ("no_proxy", "NO_PROXY"):
    os.environ[name] = "localhost,127.0.0.1,::1"

settings.register_profile("patient", deadline=None)  # a busy machine takes its time, and nothing is wrong then
settings.load_profile("patient")

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests begin first, so that no worker is left with one when the others have ended."""
    long: Counter[Path] = Counter(
        item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")
    )
    items.sort(key=lambda item: -long[item.path])


@cache
def _freeze_tensorflow() -> None:
    """Its million objects are no garbage: no full collection is to look through them, as each `clear_session` does."""
    gc.freeze()


@cache
def _ask_alembic_once() -> None:
    """What version a new gradebook's tables have takes nbgrader a process of three seconds, for every new course."""
    from nbgrader import api

    api.get_alembic_version = cache(api.get_alembic_version)


def pytest_runtest_setup() -> None:
    """TensorFlow's log keeps the stderr of its import, pytest's own; nbgrader closes all logs, and pytest's with it."""
    if "tensorflow" in sys.modules:  # imported since the last test, perhaps
        _freeze_tensorflow()
    if "nbgrader.api" in sys.modules:
        _ask_alembic_once()
    if absl := sys.modules.get("absl.logging"):
        absl.get_absl_handler().python_handler.stream = sys.__stderr__


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltCourse:
    """The course, built for real once a test run."""
    return BuiltCourse(made_once(tmp_path_factory, "built", build))


@pytest.fixture(scope="session")
def light_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course without TensorFlow, whose class has handed in. Tests work on copies of it."""
    return made_once(tmp_path_factory, "light", lambda folder: hand_in(folder / "course")) / "course"


@pytest.fixture(scope="session")
def light_class_graded(light_class: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, graded, without feedback."""

    def make(folder: Path) -> None:
        grade(Path(shutil.copytree(light_class, folder / "course")), "--no-feedback")

    return made_once(tmp_path_factory, "light-graded", make) / "course"


@pytest.fixture(scope="session")
def public() -> ReferenceSet:
    """The committed public references."""
    return load(ROOT / "data" / "references" / "resnet" / "public.h5")


@pytest.fixture(scope="session")
def identity_references() -> tuple[Reference, ...]:
    """The identity block's references on its public test cases, made on this machine."""
    from tests.shared.builders import reference_of
    from tests.shared.exercises import IDENTITY_BLOCK

    return tuple(reference_of(IDENTITY_BLOCK, case) for case in IDENTITY_BLOCK.public_cases)


@pytest.fixture(scope="session")
def canary() -> Array:
    """What this machine's glorot_uniform(seed=0) draws."""
    from autograder.evidence.graphs.collect_graph import canary as drawn

    return drawn()
