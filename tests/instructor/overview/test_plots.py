"""Histograms count everyone once, and keep inside their picture."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import median

import pytest

from autograder.instructor.overview.plots import Histogram, of_part, of_totals

CLASSES = {
    "nobody": ((), 30.0),
    "one": ((7.5,), 30.0),
    "all alike": ((30.0,) * 9, 30.0),
    "halves": (tuple(k / 2 for k in range(61)), 30.0),
    "more than all": ((0.0, 10.0, 12.5), 10.0),
    "no points to be had": ((0.0, 0.0), 0.0),
    "thousands": ((0.0, 2500.0, 7000.0), 7000.0),
    "crumbs": ((0.1, 0.2, 0.3), 0.3),
}


def assert_inside(plot: Histogram) -> None:
    for bar in plot.bars:
        assert plot.left <= bar.x
        assert bar.x + bar.width <= plot.right
        assert 0 <= bar.y <= plot.floor
        assert math.isclose(bar.y + bar.height, plot.floor, abs_tol=0.2)
    for mark in plot.marks:
        assert plot.left <= mark.x <= plot.right
    ticks = [tick.x for tick in plot.ticks]
    assert all(second - first >= 20 for first, second in pairwise(ticks))


@pytest.mark.parametrize(("values", "most"), CLASSES.values(), ids=CLASSES)
def test_everyone_is_counted_once(values: tuple[float, ...], most: float) -> None:
    for plot in (of_totals(values, most), of_part(values, most)):
        assert sum(bar.count for bar in plot.bars) == len(values)
        assert_inside(plot)


def test_none_and_all_have_bars_of_their_own() -> None:
    plot = of_totals((0.0, 0.0, 1.5, 28.0, 30.0), 30.0)
    assert (plot.bars[0].count, plot.bars[-1].count) == (2, 1)
    assert [tick.text for tick in plot.ticks][:: len(plot.ticks) - 1] == ["0", "30"]


def test_the_median_and_the_quartiles_are_marked() -> None:
    values = (0.0, 4.0, 6.0, 10.0, 10.0)
    marks = {mark.words: mark.x for mark in of_totals(values, 10.0).marks}
    assert marks.keys() == {f"median {median(values):g}", "lower quartile 4", "upper quartile 10"}
    assert marks["lower quartile 4"] < marks["median 6"] < marks["upper quartile 10"]
    assert of_part((), 10.0).marks == ()
