"""A sample of the generated slips; `tests/corpus/slips/measure.py` tries them all."""

from __future__ import annotations

import pytest

from tests.corpus.slips.make import slips
from tests.corpus.slips.measure import complaints
from tests.corpus.slips.rules import TRUE_OF
from tests.corpus.slips.slip import SOLVED, Slip

pytestmark = pytest.mark.corpus

BLOCKS = [slip for slip in slips(1) if slip.exercise in ("identity_block", "batch_norm_forward")]
NETWORKS = [slip for slip in slips(1) if slip.exercise == "resnet50"][::8]


def test_there_are_enough_slips_of_every_solution() -> None:
    found = list(slips())
    assert len({slip.code + str(slip.without) for slip in found}) >= 500
    assert {slip.exercise for slip in found} == set(SOLVED)


def test_every_kind_has_its_rule() -> None:
    assert {slip.kind for slip in slips()} <= set(TRUE_OF)


@pytest.mark.parametrize("slip", BLOCKS + NETWORKS, ids=lambda slip: slip.id.replace("\n", " ")[:90])
def test_a_slip_is_explained(slip: Slip) -> None:
    from tests.corpus.slips.judged import tried

    found = tried(slip)
    assert complaints(found) == [], f"{found.row}: {found.report.error}"
