"""How training goes, while it goes: a bar and two curves in a notebook, lines of text in a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

from ...base.messages import Translate
from ..figures.style import COLOURS
from ..sentence import reader
from ..waiting import Clock, beating, in_notebook

PREPARING, STEP = 8.0, 0.07
"""Seconds before the first step, and for one of 32 images, of the lesson's network on two cores of their own."""
TRAIN, TEST = COLOURS[:2]


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch's accuracies, from 0 to 1, and losses."""

    train_accuracy: float
    test_accuracy: float
    train_loss: float
    test_loss: float


class Screen(Protocol):
    """Where progress is shown. Epochs count from 0, steps within an epoch from 1."""

    def step(self, epoch: int, step: int) -> None: ...

    def epoch(self, seen: Sequence[Epoch]) -> None: ...


@contextmanager
def shown(epochs: int, steps: int) -> Iterator[Screen]:
    """The screen that fits the place: a notebook's output, or a terminal."""
    _ = reader()
    if not in_notebook():
        yield _Lines(epochs, _)
        return
    screen = _NotebookScreen(epochs, steps, _)
    with beating(screen.draw):
        yield screen


class _Lines:
    """A line for each epoch."""

    def __init__(self, epochs: int, _: Translate) -> None:
        self.epochs, self._ = epochs, _

    def step(self, epoch: int, step: int) -> None:
        pass

    def epoch(self, seen: Sequence[Epoch]) -> None:
        print(_line(seen, self.epochs, self._), flush=True)


class _NotebookScreen:
    """A bar that fills and two curves that grow, in one output that is drawn again and again."""

    def __init__(self, epochs: int, steps: int, _: Translate) -> None:
        from IPython.display import display

        self.epochs, self.steps, self._ = epochs, steps, _
        self.seen: tuple[Epoch, ...] = ()
        self.clock = Clock(PREPARING + epochs * steps * STEP)
        self.handle: Any = display(self._bundle(), raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def step(self, epoch: int, step: int) -> None:
        self.clock.done = (epoch + step / self.steps) / self.epochs

    def epoch(self, seen: Sequence[Epoch]) -> None:
        self.seen = tuple(seen)
        self.clock.done = len(seen) / self.epochs
        self.draw()

    def draw(self) -> None:
        self.handle.update(self._bundle(), raw=True)

    def _bundle(self) -> dict[str, str]:
        done, times = self.clock.done, self.clock.words(self._)
        preparing = self._("preparing the first step ...")
        words = _line(self.seen, self.epochs, self._) if self.seen else self._("training ...") if done else preparing
        curves = _curves(self.seen, self.epochs, self._)
        page = (
            '<div style="font-family: sans-serif">'
            f'<progress value="{done:.4f}" max="1" style="width: 24em; max-width: 100%"></progress> '
            f"{done:.0%} &nbsp; {escape(times)}<br>{escape(words)}<br>{curves}</div>"
        )
        return {"text/html": page, "text/plain": words}


def _line(seen: Sequence[Epoch], epochs: int, _: Translate) -> str:
    last = seen[-1]
    return _(
        "epoch {number} of {epochs}: training images {train} right, loss {train_loss}; test images {test} right, "
        "loss {test_loss}"
    ).format(
        number=len(seen),
        epochs=epochs,
        train=f"{last.train_accuracy:.1%}",
        train_loss=f"{last.train_loss:.2f}",
        test=f"{last.test_accuracy:.1%}",
        test_loss=f"{last.test_loss:.2f}",
    )


WIDTH, HEIGHT, LEFT, TOP = 300, 150, 34, 20


def _curves(seen: Sequence[Epoch], epochs: int, _: Translate) -> str:
    """Accuracy and loss, side by side, as one SVG."""
    losses = [loss for e in seen for loss in (e.train_loss, e.test_loss) if math.isfinite(loss)]
    highest = min(max([1.0, *losses]), 4.0)
    accuracy = ([e.train_accuracy for e in seen], [e.test_accuracy for e in seen])
    loss = ([e.train_loss for e in seen], [e.test_loss for e in seen])
    figures = (
        _figure(accuracy, epochs, 1.0, _("share of images right"), 0),
        _figure(loss, epochs, highest, _("loss"), WIDTH + LEFT + 20),
    )
    trained, tested = escape(_("training images")), escape(_("test images"))
    legend = (
        f'<text x="{LEFT}" y="{HEIGHT + TOP + 34}" fill="{TRAIN}">- - - {trained}</text>'
        f'<text x="{WIDTH + 2 * LEFT + 20}" y="{HEIGHT + TOP + 34}" fill="{TEST}">——— {tested}</text>'
    )
    width, height = 2 * (WIDTH + LEFT) + 40, HEIGHT + TOP + 44
    size = f'viewBox="0 0 {width} {height}" style="width: {width}px; max-width: 100%"'
    said = escape(_line(seen, epochs, _)) if seen else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-size="12" font-family="sans-serif" role="img" '
        f'aria-label="{said}">'
        f"{''.join(figures)}{legend}</svg>"
    )


def _figure(curves: tuple[list[float], list[float]], epochs: int, highest: float, title: str, at: int) -> str:
    """One pair of curves in a frame; epochs run to the right."""
    parts = [f'<g transform="translate({at + LEFT}, {TOP})">']
    parts.append(f'<rect width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#888888"/>')
    parts.append(f'<text x="0" y="-6" fill="currentColor">{escape(title)}</text>')
    for share in (0.0, 0.5, 1.0):
        y = HEIGHT * (1 - share)
        parts.append(f'<text x="-4" y="{y + 4:.0f}" text-anchor="end" fill="currentColor">{share * highest:.2g}</text>')
        parts.append(f'<line x1="0" x2="{WIDTH}" y1="{y:.0f}" y2="{y:.0f}" stroke="#888888" stroke-opacity="0.4"/>')
    parts.append(f'<text x="{WIDTH}" y="{HEIGHT + 14}" text-anchor="end" fill="currentColor">{epochs}</text>')
    for values, colour, dashes in zip(curves, (TRAIN, TEST), (' stroke-dasharray="5 4"', ""), strict=True):
        points = [
            (WIDTH * (i + 1) / epochs, 0.0 if math.isnan(value) else HEIGHT * (1 - min(max(value / highest, 0.0), 1.0)))
            for i, value in enumerate(values)
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{colour}"/>' for x, y in points[-1:]]
    return "".join((*parts, "</g>"))
