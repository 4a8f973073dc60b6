"""Figures of pictures: the set, pairs of them, what a network says of one and what it sees in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from ...base.messages import Translate
from ..images.data import Signs
from ..images.measure import draw_sheet
from ..sentence import reader
from .style import COLOURS, bare, new_figure, show, show_picture, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..experiments.leaks import NearCopy
    from ..experiments.look import FeatureMap, Field


def show_signs(data: Signs) -> None:
    """Ten training images of each number."""
    _ = reader()
    show_picture(draw_sheet(data), _("Ten training images of each number from 0 to 5, a row each."))


def pairs_figure(data: Signs, pairs: Sequence[NearCopy], _: Translate) -> Figure:
    """Above the test images, below the training images that they are most like."""
    with style():
        figure = new_figure(1.15 * max(len(pairs), 3), 2.9)
        grid = figure.subplots(2, max(len(pairs), 1), squeeze=False)
        for column, pair in enumerate(pairs):
            above, below = grid[:, column]
            above.imshow(data.test_set_x[pair.test])
            below.imshow(data.train_set_x[pair.train])
            above.set_title(_("test {index}").format(index=pair.test), fontsize=8)
            below.set_title(_("training {index}").format(index=pair.train), fontsize=8)
            below.set_xlabel(f"{pair.distance:.2f}", fontsize=8)
        for axes in grid.flat:
            bare(axes)
    return figure


def show_pairs(data: Signs, pairs: Sequence[NearCopy], most: int = 6) -> None:
    """Pairs of a test and a training image, the alikest first, with their distance beneath."""
    if not pairs:
        _ = reader()
        print(_("There are no such pairs."))
        return
    shown = pairs[:most]
    words = "; ".join(f"{pair.test}, {pair.train}: {pair.distance:.2f}" for pair in shown)
    show(pairs_figure(data, shown, reader()), words)


def predictions_figure(
    image: ArrayLike, probabilities: Sequence[float], top: int, _: Translate, names: Sequence[str] = ()
) -> Figure:
    """The picture, and beside it the likeliest numbers or names, the likeliest on top."""
    chances = np.asarray(probabilities, dtype=np.float64).reshape(-1)
    best = np.argsort(-chances, kind="stable")[:top]
    with style():
        figure = new_figure(5.6, 2.3)
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.8))
        left.imshow(np.asarray(image))
        bare(left)
        places = np.arange(len(best))
        right.barh(places, chances[best], color=[COLOURS[1], *[COLOURS[4]] * (len(best) - 1)], height=0.65)
        right.set_yticks(places, [names[number] if names else str(number) for number in best])
        right.invert_yaxis()
        right.set(xlim=(0, 1.14), xlabel=_("probability"), ylabel="" if names else _("fingers"))
        right.set_xticks([0, 0.5, 1])
        for place, number in zip(places, best, strict=True):
            right.text(chances[number] + 0.015, place, f"{chances[number]:.0%}", va="center", fontsize=9)
    return figure


def show_predictions(image: ArrayLike, probabilities: Sequence[float], top: int = 6, names: Sequence[str] = ()) -> None:
    """What the network says of one picture, (height, width, 3): the likeliest classes as bars.

    A class is called by its place in `names`; without names it is a number of fingers.
    """
    chances = np.asarray(probabilities, dtype=np.float64).reshape(-1)
    best = np.argsort(-chances, kind="stable")[:top]
    words = ", ".join(f"{names[number] if names else number}: {chances[number]:.0%}" for number in best)
    show(predictions_figure(image, probabilities, top, reader(), names), words)


def channels_figure(image: ArrayLike, maps: Sequence[FeatureMap], channels: int, _: Translate) -> Figure:
    """A row for each layer: its size, then the channels that vary most over the picture."""
    with style():
        figure = new_figure(0.95 * (channels + 1), 1.05 * len(maps))
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
            bare(axes)
    return figure


def show_channels(image: ArrayLike, maps: Sequence[FeatureMap], channels: int = 8) -> None:
    """Feature maps of one picture, a row for each layer: the channels that vary most, with their numbers."""
    words = "; ".join(f"{found.layer}: {'×'.join(map(str, found.values.shape))}" for found in maps)
    show(channels_figure(image, maps, channels, reader()), words)


def fields_figure(image: ArrayLike, fields: Sequence[Field], _: Translate) -> Figure:
    """The picture, then for each layer what its middle unit sees of it; the rest is dark."""
    picture = np.asarray(image, dtype=np.float64) / 255
    with style():
        figure = new_figure(1.35 * (len(fields) + 1), 1.75)
        first, *others = figure.subplots(1, len(fields) + 1, squeeze=False)[0]
        first.imshow(picture)
        first.set_title(_("picture"), fontsize=8)
        for number, (axes, field) in enumerate(zip(others, fields, strict=True), start=1):
            light: NDArray[np.float64] = np.sqrt(field.weight)[:, :, None]
            axes.imshow(picture * (0.12 + 0.88 * light))
            axes.set_title(_("stage {number}").format(number=number), fontsize=8)
            axes.set_xlabel(f"{np.mean(field.weight > 0):.0%}", fontsize=8)
        for axes in (first, *others):
            bare(axes)
    return figure


def show_fields(image: ArrayLike, fields: Sequence[Field]) -> None:
    """What the middle unit of each layer sees: the brighter, the more it counts. Beneath: the share of pixels seen."""
    words = "; ".join(f"{field.layer}: {np.mean(field.weight > 0):.0%}" for field in fields)
    show(fields_figure(image, fields, reader()), words)


def where_figure(image: ArrayLike, weight: NDArray[np.float32], _: Translate) -> Figure:
    """The picture, and beside it the same, bright where the network looks."""
    picture = np.asarray(image, dtype=np.float64) / 255
    height, width = picture.shape[:2]
    light = np.asarray(Image.fromarray(weight).resize((width, height), Image.Resampling.BICUBIC)).clip(0, 1)
    with style():
        figure = new_figure(5.6, 2.8)
        left, right = figure.subplots(1, 2)
        left.imshow(picture)
        right.imshow(picture * (0.15 + 0.85 * light[:, :, None]))
        left.set_title(_("picture"), fontsize=9)
        right.set_title(_("where it looks"), fontsize=9)
        for axes in (left, right):
            bare(axes)
    return figure


def show_where(image: ArrayLike, weight: NDArray[np.float32], name: str = "") -> None:
    """Where a network looks when it says `name` of a picture; `weight` is what `lesson.grad_cam` gives."""
    _ = reader()
    row, column = np.unravel_index(int(weight.argmax()), weight.shape)
    down, right = (row + 0.5) / weight.shape[0], (column + 0.5) / weight.shape[1]
    words = _("{name}: it looks mostly at {down} from the top and {right} from the left").format(
        name=name, down=f"{down:.0%}", right=f"{right:.0%}"
    )
    show(where_figure(image, weight, _), words)
