"""The figures of the lesson. Each `show_` displays one in the notebook; the functions it calls only draw.

Figures are drawn without pyplot: nothing in the reader's own plotting is changed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..base.messages import Translate, notebook_language, translator
from .images.data import Signs
from .images.measure import draw_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .depth import GradientNorm
    from .leaks import NearCopy
    from .look import FeatureMap, Field

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",  # how matplotlib calls the collection that holds all of them
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "Heiti SC",
    "Hiragino Sans GB",
    "SimHei",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)
COLOURS = ("#c2410c", "#1d6fa5", "#4d7c0f", "#7e4a9e", "#767676")
STYLES = ("-", "--", "-.", ":")
"""Lines differ by more than their colour."""


def chinese_font() -> str | None:
    """An installed font that has Chinese characters, or None."""
    from matplotlib import font_manager

    installed = set(font_manager.get_font_names())
    return next((name for name in CHINESE_FONTS if name in installed), None)


def label_language(language: str) -> str:
    """The language to label figures in: `language`, or English where no font here can write it."""
    return "en" if language == "zh" and chinese_font() is None else language


@contextmanager
def _style(language: str) -> Iterator[Translate]:
    import matplotlib as mpl

    fonts = [font for font in (chinese_font() if language == "zh" else None, "DejaVu Sans") if font]
    with mpl.rc_context(
        {
            "font.family": fonts,
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.unicode_minus": False,
            "axes.titlesize": 10,
            "figure.facecolor": "white",
            "savefig.facecolor": "white",
        }
    ):
        yield translator(language)


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _show(figure: Figure, words: str) -> None:
    """Display a figure; `words` stand in for it where no picture can be shown."""
    from IPython.display import display

    language = label_language(notebook_language())
    target = io.BytesIO()
    with _style(language):
        figure.savefig(target, format="png", dpi=160)
    width = int(figure.get_figwidth() * 92)
    bundle = {"image/png": target.getvalue(), "text/plain": words}
    display(bundle, raw=True, metadata={"image/png": {"width": width}})  # type: ignore[no-untyped-call]


# --- what was trained


def curves_figure(curves: Mapping[str, Sequence[float]], title: str, language: str) -> Figure:
    """One line for each name, a point for each epoch."""
    with _style(language) as _:
        figure = _figure(6.4, 3.2)
        axes = figure.add_subplot()
        for number, (name, values) in enumerate(curves.items()):
            epochs = np.arange(1, len(values) + 1)
            colour, style = COLOURS[number % len(COLOURS)], STYLES[number % len(STYLES)]
            axes.plot(epochs, values, style, color=colour, marker="o", markersize=3.5, label=name)
        axes.set(xlabel=_("epoch"), title=title)
        axes.locator_params(axis="x", integer=True)
        axes.grid(alpha=0.25)
        axes.legend(frameon=False)
    return figure


def show_curves(curves: Mapping[str, Sequence[float]], title: str = "") -> None:
    """Training curves: a line for each name, a point for each epoch."""
    language = label_language(notebook_language())
    words = "; ".join(f"{name}: {', '.join(f'{value:.3f}' for value in values)}" for name, values in curves.items())
    _show(curves_figure(curves, title, language), words)


def gradients_figure(norms: Mapping[str, Sequence[GradientNorm]], language: str) -> Figure:
    """The norms against depth, on a logarithmic scale."""
    with _style(language) as _:
        figure = _figure(6.4, 3.2)
        axes = figure.add_subplot()
        for number, (name, found) in enumerate(norms.items()):
            depth = np.arange(1, len(found) + 1)
            colour, style = COLOURS[number % len(COLOURS)], STYLES[number % len(STYLES)]
            axes.semilogy(depth, [g.norm for g in found], style, color=colour, marker="o", markersize=3.5, label=name)
        axes.set(xlabel=_("block, counted from the picture"), ylabel=_("norm of the gradient"))
        axes.locator_params(axis="x", integer=True)
        axes.grid(alpha=0.25, which="both")
        axes.legend(frameon=False)
    return figure


def show_gradients(norms: Mapping[str, Sequence[GradientNorm]]) -> None:
    """How long the gradient is in each block, the one nearest to the picture first."""
    words = "; ".join(f"{name}: {', '.join(f'{g.norm:.2g}' for g in found)}" for name, found in norms.items())
    _show(gradients_figure(norms, label_language(notebook_language())), words)


# --- pictures and what is said of them


def show_signs(data: Signs) -> None:
    """Ten training images of each number."""
    from IPython.display import display

    sheet = draw_sheet(data)
    display(sheet.resize((sheet.width, sheet.height)))  # type: ignore[no-untyped-call]


def pairs_figure(data: Signs, pairs: Sequence[NearCopy], language: str) -> Figure:
    """Above the test images, below the training images that they are most like."""
    with _style(language) as _:
        figure = _figure(1.15 * max(len(pairs), 3), 2.9)
        grid = figure.subplots(2, max(len(pairs), 1), squeeze=False)
        for column, pair in enumerate(pairs):
            above, below = grid[:, column]
            above.imshow(data.test_set_x[pair.test])
            below.imshow(data.train_set_x[pair.train])
            above.set_title(_("test {index}").format(index=pair.test), fontsize=8)
            below.set_title(_("training {index}").format(index=pair.train), fontsize=8)
            below.set_xlabel(f"{pair.distance:.2f}", fontsize=8)
        for axes in grid.flat:
            _bare(axes)
    return figure


def show_pairs(data: Signs, pairs: Sequence[NearCopy], most: int = 6) -> None:
    """Pairs of a test and a training image, the alikest first, with their distance beneath."""
    if not pairs:
        _ = translator(notebook_language())
        print(_("There are no such pairs."))
        return
    shown = pairs[:most]
    words = "; ".join(f"{pair.test}, {pair.train}: {pair.distance:.2f}" for pair in shown)
    _show(pairs_figure(data, shown, label_language(notebook_language())), words)


def predictions_figure(image: ArrayLike, probabilities: Sequence[float], top: int, language: str) -> Figure:
    """The picture, and beside it the likeliest numbers, the likeliest on top."""
    chances = np.asarray(probabilities, dtype=np.float64).reshape(-1)
    best = np.argsort(-chances, kind="stable")[:top]
    with _style(language) as _:
        figure = _figure(5.6, 2.3)
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.8))
        left.imshow(np.asarray(image))
        _bare(left)
        places = np.arange(len(best))
        right.barh(places, chances[best], color=[COLOURS[1], *[COLOURS[4]] * (len(best) - 1)], height=0.65)
        right.set_yticks(places, [str(number) for number in best])
        right.invert_yaxis()
        right.set(xlim=(0, 1.14), xlabel=_("probability"), ylabel=_("fingers"))
        right.set_xticks([0, 0.5, 1])
        for place, number in zip(places, best, strict=True):
            right.text(chances[number] + 0.015, place, f"{chances[number]:.0%}", va="center", fontsize=9)
    return figure


def show_predictions(image: ArrayLike, probabilities: Sequence[float], top: int = 6) -> None:
    """What the network says of one picture, (64, 64, 3): the likeliest numbers as bars."""
    chances = np.asarray(probabilities, dtype=np.float64).reshape(-1)
    words = ", ".join(f"{number}: {chances[number]:.0%}" for number in np.argsort(-chances, kind="stable")[:top])
    _show(predictions_figure(image, probabilities, top, label_language(notebook_language())), words)


# --- inside


def channels_figure(image: ArrayLike, maps: Sequence[FeatureMap], channels: int, language: str) -> Figure:
    """A row for each layer: its size, then the channels that vary most over the picture."""
    with _style(language) as _:
        figure = _figure(0.95 * (channels + 1), 1.05 * len(maps))
        grid = figure.subplots(len(maps), channels + 1, squeeze=False)
        for row, (found, line) in enumerate(zip(maps, grid, strict=True)):
            height, width, number = found.values.shape
            line[0].imshow(np.asarray(image)) if row == 0 else line[0].set_facecolor("white")
            line[0].set_ylabel(_("stage {number}").format(number=row + 1), fontsize=8)
            line[0].set_xlabel(f"{height}×{width}×{number}", fontsize=7)
            livelier = np.argsort(-found.values.std(axis=(0, 1)), kind="stable")[:channels]
            for axes, channel in zip(line[1:], livelier, strict=False):
                axes.imshow(found.values[:, :, channel], cmap="viridis")
                axes.set_xlabel(str(channel), fontsize=7)
        for axes in grid.flat:
            _bare(axes)
    return figure


def show_channels(image: ArrayLike, maps: Sequence[FeatureMap], channels: int = 8) -> None:
    """Feature maps of one picture, a row for each layer: the channels that vary most, with their numbers."""
    words = "; ".join(f"{found.layer}: {'×'.join(map(str, found.values.shape))}" for found in maps)
    _show(channels_figure(image, maps, channels, label_language(notebook_language())), words)


def fields_figure(image: ArrayLike, fields: Sequence[Field], language: str) -> Figure:
    """The picture, then for each layer what its middle unit sees of it; the rest is dark."""
    picture = np.asarray(image, dtype=np.float64) / 255
    with _style(language) as _:
        figure = _figure(1.35 * (len(fields) + 1), 1.75)
        first, *others = figure.subplots(1, len(fields) + 1, squeeze=False)[0]
        first.imshow(picture)
        first.set_title(_("picture"), fontsize=8)
        for number, (axes, field) in enumerate(zip(others, fields, strict=True), start=1):
            light: NDArray[np.float64] = np.sqrt(field.weight)[:, :, None]
            axes.imshow(picture * (0.12 + 0.88 * light))
            axes.set_title(_("stage {number}").format(number=number), fontsize=8)
            axes.set_xlabel(f"{np.mean(field.weight > 0):.0%}", fontsize=8)
        for axes in (first, *others):
            _bare(axes)
    return figure


def show_fields(image: ArrayLike, fields: Sequence[Field]) -> None:
    """What the middle unit of each layer sees: the brighter, the more it counts. Beneath: the share of pixels seen."""
    words = "; ".join(f"{field.layer}: {np.mean(field.weight > 0):.0%}" for field in fields)
    _show(fields_figure(image, fields, label_language(notebook_language())), words)


def _bare(axes: Any) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
