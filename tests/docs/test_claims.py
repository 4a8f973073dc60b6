"""What the front pages claim is tried somewhere, and the list of it is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.docs import claims
from tools.docs.claims import Claim

README = claims.ROOT / "README.md"


@pytest.mark.parametrize("claim", claims.claims(), ids=lambda claim: claim.words[:40])
def test_a_claim_is_said_and_tried_where_the_list_says(claim: Claim) -> None:
    assert list(claim.troubles()) == []


@pytest.mark.parametrize("name", claims.HELD)
def test_no_claim_of_a_front_page_is_untried(name: str) -> None:
    assert claims.untried(claims.ROOT / name, claims.claims()) == []


@pytest.mark.parametrize(
    ("words", "tried_by", "trouble"),
    [
        ("grades that please everybody", "`make corpus`", "does not say"),
        ("Nothing", "", "does not say"),
        ("make demo", "somebody", "nothing tries"),
        ("make demo", "`make miracle`", "there is no make miracle"),
        ("make demo", "`tests/docs/test_claims.py::test_nowhere`", "there is no tests/docs"),
        ("make demo", "`12,345 of 12,345` in [the corpus](corpus.md)", "there is no 12,345"),
    ],
)
def test_a_claim_that_does_not_hold_is_told(words: str, tried_by: str, trouble: str) -> None:
    assert trouble in " ".join(Claim(README, words, tried_by).troubles())


def test_a_figure_that_no_row_quotes_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Never mind\n\nIt is good. It never fails.\n\n| a | b |\n|---|---|\n| speed | 99 |\n")
    assert claims.untried(page, [Claim(page, "It never fails", "`make corpus`")]) == ["| speed | 99 |"]
