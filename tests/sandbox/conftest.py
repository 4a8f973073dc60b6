from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox.start import forkserver
from tests.sandbox.lab import Lab, lab, short_folder


@pytest.fixture(params=["fresh", "forked"])
def scratch(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder for a sandbox: each test is made with one that starts afresh, and with one from the fork server."""
    with forkserver.scratch() if request.param == "forked" else short_folder() as folder:
        yield folder / "s"


@pytest.fixture(scope="module", params=["fresh", "forked"])
def inside(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A kernel for the tests of a module that leave it as it was."""
    place = forkserver.scratch() if request.param == "forked" else short_folder()
    with place as folder, lab(folder / "s") as found:
        yield found
