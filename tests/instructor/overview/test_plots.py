"""Histograms count everyone once, in the picture as in words, and keep inside their picture."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from collections import Counter
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from autograder.instructor.overview.plots import Histogram, of_exercise, of_totals

SVG = "{http://www.w3.org/2000/svg}"
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


def picture(plot: Histogram) -> Element:
    """The SVG, from its address."""
    found = ElementTree.fromstring(base64.b64decode(plot.address.removeprefix("data:image/svg+xml;base64,")))
    assert found.tag == f"{SVG}svg"
    return found


def texts(plot: Histogram) -> list[str]:
    """What is written in the picture, from left to right on each line."""
    return [element.text or "" for element in picture(plot).iter(f"{SVG}text")]


def bars(plot: Histogram) -> list[tuple[float, float]]:
    """Where each bar begins, and how high it is, from left to right."""
    found = []
    for path in picture(plot).iter(f"{SVG}path"):
        if "fill: #b9b9b9" in path.get("style", ""):
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", path.get("d", ""))]
            found.append((min(numbers[0::2]), max(numbers[1::2]) - min(numbers[1::2])))
    return sorted(found)


def assert_inside(plot: Histogram) -> None:
    root = picture(plot)
    _, _, width, height = (float(number) for number in root.get("viewBox", "").split())
    for text in root.iter(f"{SVG}text"):
        x, y = float(text.get("x", "nan")), float(text.get("y", "nan"))
        half = 0.0 if "text-anchor: start" in text.get("style", "") else 3.0 * len(text.text or "")
        assert half <= x + 1
        assert x + half <= width + 1
        assert 8 <= y <= height
    assert all(0 <= x <= width and size <= height for x, size in bars(plot))


@pytest.mark.parametrize(("values", "most"), CLASSES.values(), ids=CLASSES)
def test_everyone_is_counted_once(values: tuple[float, ...], most: float) -> None:
    for plot in (of_totals(values, most), of_exercise(values, most)):
        said = [int(number) for number in re.findall(r"(\d+) (?:around )?[\d.e+]+ points", plot.words)]
        assert sum(said) == len(values)
        assert plot.words == "no scores yet" or said
        shown = bars(plot)
        assert len(shown) == len(said)
        assert not Counter(map(str, said)) - Counter(texts(plot))  # each number stands at its bar
        highest = max((size for _, size in shown), default=0)
        assert [size / highest for _, size in shown] == pytest.approx([count / max(said) for count in said])
        assert_inside(plot)


def test_none_and_all_have_bars_of_their_own() -> None:
    plot = of_totals((0.0, 0.0, 1.5, 28.0, 30.0), 30.0)
    assert plot.words.startswith("2 around 0 points, ")
    assert plot.words.endswith(", 1 around 30 points")
    axis = texts(plot)
    assert axis[axis.index("0") : axis.index("points")] == [str(number) for number in range(0, 31, 2)]


def test_the_median_and_the_quartiles_are_marked() -> None:
    values = (0.0, 4.0, 6.0, 10.0, 10.0)
    assert {"median 6", "quartiles 4 and 10"} < set(texts(of_totals(values, 10.0)))
    assert "mean 6" in texts(of_exercise(values, 10.0))
    assert "mean" not in " ".join(texts(of_exercise((), 10.0)))


def test_the_same_points_give_the_same_bytes() -> None:
    assert of_totals((1.0, 2.0), 3.0) == of_totals((1.0, 2.0), 3.0)


def test_drawing_leaves_no_state_behind() -> None:
    code = """\
import sys
from matplotlib import rcParams
settings = lambda: {name: rcParams[name] for name in rcParams if name != "backend"}  # asking for that imports pyplot
before = settings()
from autograder.instructor.overview.plots import of_totals
of_totals((1.0,), 3.0)
assert settings() == before
assert "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
