"""What strangers wrote is told as it was written down first; see strangers.py."""

from __future__ import annotations

import pytest

from tests.corpus.strangers import ANSWERS
from tests.corpus.told import Stranger, complaints

pytestmark = pytest.mark.corpus


@pytest.mark.parametrize("stranger", ANSWERS, ids=lambda stranger: stranger.title)
def test_a_stranger_is_told_why(stranger: Stranger) -> None:
    found = complaints(stranger)
    assert found == [], "\n".join(found)
