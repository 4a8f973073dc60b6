from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.lab import Lab, lab, short_folder


@pytest.fixture
def scratch() -> Iterator[Path]:
    with short_folder() as folder:
        yield folder / "s"


@pytest.fixture(scope="module")
def inside() -> Iterator[Lab]:
    """A kernel for the tests of a module that leave it as it was."""
    with short_folder() as folder, lab(folder / "s") as found:
        yield found
