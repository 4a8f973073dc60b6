"""34 assignments of other courses' kinds: every score is stock nbgrader's, in the same run."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.courses.foreign import Scores, all_foreign, graded

FOREIGN = all_foreign()
pytestmark = [pytest.mark.slow, pytest.mark.peers]


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Scores]:
    return graded(tmp_path_factory.mktemp("foreign"), FOREIGN)


def test_there_are_thirty_and_more_of_six_subjects() -> None:
    assert len(FOREIGN) == 34
    assert len({one.subject for one in FOREIGN}) == 6


@pytest.mark.parametrize("name", [one.name for one in FOREIGN])
def test_each_score_is_stocks(name: str, scores: Mapping[str, Scores]) -> None:
    stock, ours = ({key: one for key, one in scores[side].items() if key[1] == name} for side in ("stock", "ours"))
    assert ours == stock
    whole = {
        cell.id: cell.metadata.nbgrader.points
        for one in FOREIGN
        if one.name == name
        for cell in one.cells
        if "test" in cell.id
    }
    assert {key[2]: score for key, score in stock.items() if key[0] == "right"} == whole
