"""Histograms as plain geometry, for the template to draw: black on white, told apart by dashes and not by colour."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median, quantiles

WIDTHS = (0.25, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0)
LEFT, RIGHT, TOP, BOTTOM = 34.0, 12.0, 46.0, 34.0
"""Pixels around the bars."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, with the number that stands on it and what it counts in words."""

    x: float
    y: float
    width: float
    height: float
    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A number below the axis."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the bars, such as the median; `level` is the row of its words above them, 0 or 1."""

    x: float
    words: str
    style: str
    level: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often each number of points was reached. Lengths are in pixels, from the top left."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    words: str

    @property
    def floor(self) -> float:
        return self.height - BOTTOM

    @property
    def left(self) -> float:
        return LEFT

    @property
    def right(self) -> float:
        return self.width - RIGHT


def of_totals(values: Sequence[float], max_points: float) -> Histogram:
    """The class's totals with their median and quartiles."""
    marks = [("median", median(values), "solid", 0)] if values else []
    if len(values) > 1:
        lower, _, upper = quantiles(values, n=4, method="inclusive")
        marks += [("lower quartile", lower, "dashed", 1), ("upper quartile", upper, "dashed", 1)]
    return _histogram(values, max_points, 700.0, 240.0, 25, marks)


def of_part(values: Sequence[float], max_points: float) -> Histogram:
    """One exercise's points with their mean."""
    marks = [("mean", fmean(values), "solid", 0)] if values else []
    return _histogram(values, max_points, 340.0, 160.0, 12, marks)


def _histogram(
    values: Sequence[float],
    max_points: float,
    width: float,
    height: float,
    most: int,
    marks: Sequence[tuple[str, float, str, int]],
) -> Histogram:
    """Each bar stands around a multiple of its width, so that none and all points have bars of their own."""
    end = max([max_points, *values, WIDTHS[0]])
    step = next((one for one in WIDTHS if end / one <= most), end / most)
    number = math.floor(end / step + 0.5) + 1
    counts = Counter(math.floor(value / step + 0.5) for value in values)
    unit = (width - LEFT - RIGHT) / number
    high = max(counts.values(), default=1)
    room = height - TOP - BOTTOM

    def place(value: float) -> float:
        return round(LEFT + (value / step + 0.5) * unit, 1)

    bars = tuple(
        Bar(
            x=round(place(at * step) - 0.42 * unit, 1),
            y=round(height - BOTTOM - room * counts[at] / high, 1),
            width=round(0.84 * unit, 1),
            height=round(room * counts[at] / high, 1),
            count=counts[at],
            words=f"{at * step:g} points" if step <= 0.25 else f"around {at * step:g} points",
        )
        for at in sorted(counts)
    )
    every = max(1, math.ceil(number * 26 / (width - LEFT - RIGHT)))
    ticks = tuple(Tick(place(at * step), f"{at * step:g}") for at in range(0, number, every))
    lines = tuple(
        Mark(place(value), f"{name} {value:.4g}", style, level, _anchor(name, place(value), width))
        for name, value, style, level in marks
    )
    told = ", ".join(f"{bar.count} {bar.words}" for bar in bars) or "no scores yet"
    return Histogram(width, height, bars, ticks, lines, told)


def _anchor(name: str, x: float, width: float) -> str:
    """Which way a mark's words go, so that they stay inside and the quartiles' don't meet."""
    if x < 0.18 * width:
        return "start"
    if x > 0.82 * width or name.startswith("lower"):
        return "end"
    return "start" if name.startswith("upper") else "middle"
