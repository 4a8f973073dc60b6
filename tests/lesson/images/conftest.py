"""What the tests of the images share. The whole set takes half a minute to make, so it is made once."""

from __future__ import annotations

import pytest

from autograder.lesson.images.sources import make
from autograder.lesson.signs import Signs


@pytest.fixture(scope="session")
def made() -> Signs:
    """The set that everyone gets, drawn now."""
    return make()
