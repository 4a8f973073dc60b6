"""Histograms of points, drawn by matplotlib as SVG: black on white, told apart by dashes and not by colour."""

from __future__ import annotations

import base64
import io
import math
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median, quantiles
from typing import Literal

from matplotlib import style
from matplotlib.figure import Figure

from ...base.messages import Translate, translator

ENGLISH = translator("en")
STEPS = (0.25, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0)
"""Points that a bar may stand for; the smallest that gives few enough bars is taken."""
STYLE = {"font.size": 11, "svg.fonttype": "none", "svg.hashsalt": "points"}
"""Words are text in the picture, and the same points give the same bytes."""


Line = tuple[Literal["solid", "dashed"], str, Sequence[float]]
"""How it is drawn across the bars, what it is, and at how many points."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often each number of points was reached: an SVG, and the same in words for who does not see it."""

    svg: str
    words: str

    @property
    def address(self) -> str:
        """The picture as an address that holds it."""
        return f"data:image/svg+xml;base64,{base64.b64encode(self.svg.encode()).decode()}"


def of_totals(values: Sequence[float], max_points: float, _: Translate = ENGLISH) -> Histogram:
    """The class's totals with their median and quartiles."""
    lines: list[Line] = [("solid", _("median"), [median(values)])] if values else []
    if len(values) > 1:
        lower, _middle, upper = quantiles(values, n=4, method="inclusive")
        lines.append(("dashed", _("quartiles"), [lower, upper]))
    return _histogram(values, max_points, (700, 240), 25, lines, _)


def of_exercise(values: Sequence[float], max_points: float, _: Translate = ENGLISH) -> Histogram:
    """One exercise's points with their mean."""
    lines: list[Line] = [("solid", _("mean"), [fmean(values)])] if values else []
    return _histogram(values, max_points, (340, 170), 12, lines, _)


def _histogram(
    values: Sequence[float],
    max_points: float,
    size: tuple[int, int],
    most_bars: int,
    lines: Sequence[Line],
    _: Translate,
) -> Histogram:
    """Each bar stands around a multiple of its step, so that none and all points have bars of their own.

    `size` is in pixels.
    """
    end = max([max_points, *values, STEPS[0]])
    step = next((one for one in STEPS if end / one <= most_bars), end / most_bars)
    number = math.floor(end / step + 0.5) + 1
    counts = Counter(math.floor(value / step + 0.5) for value in values)
    with style.context(["default", STYLE]), warnings.catch_warnings(action="ignore"):  # of fonts: words stay text
        figure = Figure(figsize=(size[0] / 72, size[1] / 72), layout="constrained")
        axes = figure.add_subplot()
        places = [at * step for at in counts]
        bars = axes.bar(places, list(counts.values()), 0.84 * step, color="#b9b9b9", edgecolor="black")
        axes.bar_label(bars, padding=3, bbox={"color": "white", "pad": 0.5})
        for dashes, what, where in lines:
            first, *rest = (f"{value:.4g}" for value in where)
            both = _("{first} and {second}")  # the quartiles
            told = f"{what} {both.format(first=first, second=rest[0]) if rest else first}"
            axes.vlines(where, 0, 1, "black", dashes, label=told, transform=axes.get_xaxis_transform(), linewidth=1.6)
        if lines:
            axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
        axes.margins(y=0.12)
        axes.set(xlim=(-0.5 * step, (number - 0.5) * step), xlabel=_("points"), yticks=[])
        ticks = [at * step for at in range(0, number, 1 + number // 17)]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.spines[["left", "top", "right"]].set_visible(False)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    each = _("{count} {points} points") if step == STEPS[0] else _("{count} around {points} points")
    told = ", ".join(each.format(count=counts[at], points=f"{at * step:g}") for at in sorted(counts))
    return Histogram(drawn.getvalue(), told or _("no scores yet"))
