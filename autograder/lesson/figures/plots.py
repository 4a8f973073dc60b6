"""Figures of what was trained and measured: curves over epochs, and sizes over depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from ...base.messages import Translate
from ..sentence import reader
from .style import COLOURS, STYLES, display_html, new_figure, show, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..experiments.degradation import Degradation
    from ..experiments.depth import GradientNorm, UpdateRatio
    from ..experiments.drop import Drop, Share
    from ..experiments.few_images import Transfer


def curves_figure(curves: Mapping[str, Sequence[float]], title: str, _: Translate) -> Figure:
    """One line for each name, a point for each epoch."""
    with style():
        figure = new_figure(6.4, 3.2)
        axes = figure.add_subplot()
        for number, (name, values) in enumerate(curves.items()):
            _line(axes, number, name, values)
        axes.set(xlabel=_("epoch"), title=title)
        axes.legend(frameon=False)
    return figure


def show_curves(curves: Mapping[str, Sequence[float]], title: str = "") -> None:
    """Training curves: a line for each name, a point for each epoch."""
    words = "; ".join(f"{name}: {', '.join(f'{value:.3f}' for value in values)}" for name, values in curves.items())
    show(curves_figure(curves, title, reader()), f"{title} - {words}" if title else words)


def depth_figure(values: Mapping[str, Sequence[float]], title: str, _: Translate) -> Figure:
    """Values against depth, on a logarithmic scale."""
    with style():
        figure = new_figure(6.4, 3.2)
        axes = figure.add_subplot()
        for number, (name, found) in enumerate(values.items()):
            _line(axes, number, name, found)
        axes.set(xlabel=_("block, counted from the picture"), ylabel=title, yscale="log")
        axes.grid(alpha=0.25, which="both")
        axes.legend(frameon=False)
    return figure


def show_gradients(norms: Mapping[str, Sequence[GradientNorm]]) -> None:
    """How long the gradient is in each block, the one nearest to the picture first."""
    _ = reader()
    values = {name: [gradient.norm for gradient in found] for name, found in norms.items()}
    title = _("norm of the gradient")
    show(depth_figure(values, title, _), _said(title, values))


def show_updates(ratios: Mapping[str, Sequence[UpdateRatio]]) -> None:
    """How much of its own size each block's kernel is changed by in one step, the one nearest to the picture first."""
    _ = reader()
    values = {name: [update.ratio for update in found] for name, found in ratios.items()}
    title = _("update, as a share of the weight")
    show(depth_figure(values, title, _), _said(title, values))


def degradation_figure(found: Degradation, _: Translate) -> Figure:
    """Training losses, plain nets on the left and residual ones on the right; thin: one seed, thick: their mean."""
    with style():
        figure = new_figure(8.4, 3.3)
        panels = figure.subplots(1, 2, sharey=True)
        for axes, kind, name in zip(panels, ("plain", "residual"), (_("plain"), _("residual")), strict=True):
            for number, blocks in enumerate(found.depths):
                losses = [run.loss for run in found.of(kind, blocks)]
                epochs = np.arange(1, len(losses[0]) + 1)
                for loss in losses:
                    axes.plot(epochs, loss, color=COLOURS[number], linewidth=0.6, alpha=0.6)
                label = _("{number} blocks").format(number=blocks)
                axes.plot(epochs, np.mean(losses, axis=0), STYLES[number], color=COLOURS[number], lw=2, label=label)
            axes.set(xlabel=_("epoch"), title=name)
            axes.locator_params(axis="x", integer=True)
            axes.grid(alpha=0.25)
            axes.legend(frameon=False)
        panels[0].set_ylabel(_("loss on training images"))
    return figure


def show_degradation(found: Degradation) -> None:
    """Learning curves, and beneath them a table: the last epoch's loss on the training images, mean of all seeds."""
    _ = reader()
    names = {"plain": _("plain"), "residual": _("residual")}
    head = [_("loss on training images"), *(_("{number} blocks").format(number=blocks) for blocks in found.depths)]
    rows = [
        [names[kind], *(_summary([run.loss[-1] for run in found.of(kind, blocks)], _) for blocks in found.depths)]
        for kind in names
    ]
    text = "\n".join("   ".join(row) for row in [head, *rows])
    show(degradation_figure(found, _), text)
    cells = "".join(
        "<tr>" + "".join(f'<{tag} style="text-align: left">{escape(cell)}</{tag}>' for cell in row) + "</tr>"
        for tag, row in [("th", head), *(("td", row) for row in rows)]
    )
    display_html(f"<table>{cells}</table>", text)


def transfer_figure(found: Transfer, _: Translate) -> Figure:
    """A bar for each way of training, and a dot for each seed."""
    names = {"frozen": _("frozen"), "fine-tuned": _("fine-tuned"), "from scratch": _("from scratch")}
    with style():
        figure = new_figure(6.4, 2.2)
        axes = figure.add_subplot()
        for place, right in enumerate(found.right.values()):
            axes.barh(place, np.mean(right), color=COLOURS[place], height=0.6, alpha=0.7)
            axes.plot(right, [place] * len(right), "o", color=COLOURS[4])
        axes.set_yticks(range(len(found.right)), [names[way] for way in found.right])
        axes.invert_yaxis()
        axes.axvline(0.5, color=COLOURS[4], linestyle=":")
        axes.set(xlim=(0, 1), xlabel=_("share of new images right; dotted: guessing"))
    return figure


def show_transfer(found: Transfer) -> None:
    """What the three ways of learning from few images earn on other images: mean and single seeds."""
    _ = reader()
    words = "; ".join(f"{_(way)}: {_summary(right, _)}" for way, right in found.right.items())
    show(transfer_figure(found, _), words)
    print(words)


def drop_figure(found: Drop, _: Translate) -> Figure:
    """A bar for drawings and one for photographs, then for numbers and groups; a line where the true rate may lie."""
    rows = _drop_rows(found, _)
    with style():
        figure = new_figure(6.4, 0.8 + 0.28 * len(rows))
        axes = figure.add_subplot()
        for place, (_name, share, colour) in enumerate(rows):
            axes.barh(place, share.value, color=COLOURS[colour], height=0.6, alpha=0.7)
            axes.plot(share.bounds, [place, place], color=COLOURS[4], linewidth=2)
        axes.set_yticks(range(len(rows)), [name for name, _share, _colour in rows])
        axes.invert_yaxis()
        axes.axvline(1 / 6, color=COLOURS[4], linestyle=":")
        axes.set(xlim=(0, 1), xlabel=_("share right; dotted: guessing"))
    return figure


def show_drop(found: Drop | None) -> None:
    """How many drawings a network gets right, and how many photographs; nothing where there were none to try."""
    if found is None:
        return
    _ = reader()
    lines = [
        _("{share} of {number}, {name}").format(share=f"{share.value:6.1%}", number=share.pictures, name=name)
        for name, share, _colour in _drop_rows(found, _)
    ]
    show(drop_figure(found, _), "; ".join(line.strip() for line in lines))
    print("\n".join(lines))
    if found.left_out:
        named = ", ".join(found.left_out[:5]) + (", ..." if len(found.left_out) > 5 else "")
        print(_("Left out: {names}").format(names=named))


def _drop_rows(found: Drop, _: Translate) -> list[tuple[str, Share, int]]:
    """What stands beside each bar, the bar, and the number of its colour."""
    return [
        (_("drawn hands"), found.drawn, 1),
        (_("photographs"), found.photographs, 0),
        *((_("photographs of {number}").format(number=number), share, 2) for number, share in found.numbers.items()),
        *((name, share, 3) for name, share in found.groups.items()),
    ]


def _summary(losses: Sequence[float], _: Translate) -> str:
    return _("{mean} ({least} to {most})").format(
        mean=f"{np.mean(losses):.2f}", least=f"{min(losses):.2f}", most=f"{max(losses):.2f}"
    )


def _said(title: str, values: Mapping[str, Sequence[float]]) -> str:
    lines = "; ".join(f"{name}: {', '.join(f'{value:.2g}' for value in found)}" for name, found in values.items())
    return f"{title} - {lines}"


def _line(axes: Axes, number: int, name: str, values: Sequence[float]) -> None:
    colour, line = COLOURS[number % len(COLOURS)], STYLES[number % len(STYLES)]
    places = np.arange(1, len(values) + 1)
    axes.plot(places, values, line, color=colour, marker="o", markersize=3.5, label=name)
    axes.locator_params(axis="x", integer=True)
    axes.grid(alpha=0.25)
