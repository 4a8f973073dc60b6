"""A model drawn as its stages, without graphviz."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ...base.messages import Translate, notebook_language, translator
from ...report.drawing import Drawing, Label, Polyline, Shape
from ...report.html import environment
from ...report.sentences import describe_step
from ...report.wrap import clip, columns
from .outline import Piece, Row, outline

WIDTH, MARGIN, NAME, GAP, PAD = 724.0, 8.0, 134.0, 16.0, 8.0
HEIGHT, ARC = 38.0, 13.0
CHARACTER, SMALL_CHARACTER = 7.5, 6.3


@dataclass(frozen=True, slots=True)
class ModelPicture:
    """Shows itself in a notebook; as text it is a line for each stage."""

    drawing: Drawing
    text: str
    language: str

    def _repr_html_(self) -> str:
        template = environment().get_template("model.html.j2")
        return template.render(drawing=self.drawing, language=self.language)

    def __repr__(self) -> str:
        return self.text


def draw_model(model: Any) -> ModelPicture:
    """A picture of a Keras model: a row for each stage, in it the layers and blocks, over each block its shortcut.

    A dashed shortcut has a convolution on it; a solid one carries the block's input as it is.
    """
    language = notebook_language()
    _ = translator(language)
    rows = outline(model)
    caption = _("{model}: {number} parameters").format(model=model.name, number=f"{model.count_params():,}")
    lines = [caption, *(_line(row, _) for row in rows)]
    return ModelPicture(_StagePicture(_).draw(caption, rows), "\n".join(lines), language)


def _line(row: Row, _: Translate) -> str:
    words = " → ".join(f"{piece.label} {_size(piece)}" for piece in row.pieces)
    return f"{describe_step(row.stage, _)}: {words}"


def _size(piece: Piece) -> str:
    return "×".join(map(str, piece.shape))


class _StagePicture:
    """Rows from top to bottom; each row's pieces from left to right, on further lines where they don't fit."""

    def __init__(self, _: Translate) -> None:
        self.translate = _
        self.frames: list[Shape] = []
        self.lines: list[Polyline] = []
        self.boxes: list[Shape] = []

    def draw(self, caption: str, rows: tuple[Row, ...]) -> Drawing:
        y = MARGIN
        for row in rows:
            y = self._row(row, y) + 10
        for above, below in pairwise(self.frames):
            middle = MARGIN + NAME / 2 - 6
            self.lines.append(Polyline(((middle, above.y + above.height), (middle, below.y)), "flow right"))
        return Drawing(caption, WIDTH, y - 10 + MARGIN, tuple(self.frames), tuple(self.lines), tuple(self.boxes), ())

    def _row(self, row: Row, top: float) -> float:
        _ = self.translate
        x, y = MARGIN + NAME, top + PAD + ARC
        for number, piece in enumerate(row.pieces):
            width = self._width(piece)
            if number and x + width > WIDTH - MARGIN - PAD:
                x, y = MARGIN + NAME, y + HEIGHT + ARC + 6
            elif number:
                self.lines.append(Polyline(((x - GAP, y + HEIGHT / 2), (x, y + HEIGHT / 2)), "flow right"))
            self._piece(piece, x, y, width)
            x += width + GAP
        bottom = y + HEIGHT + PAD
        labels = (
            Label(MARGIN + 10, top + 25, describe_step(row.stage, _), "step"),
            Label(MARGIN + 10, top + 42, _("{number} weights").format(number=f"{row.parameters:,}"), "note"),
        )
        self.frames.append(Shape(MARGIN, top, WIDTH - 2 * MARGIN, bottom - top, "frame", labels))
        return bottom

    def _piece(self, piece: Piece, x: float, y: float, width: float) -> None:
        centre = x + width / 2
        labels = (
            Label(centre, y + 16, self._name(piece), "layer", "middle"),
            Label(centre, y + 31, _size(piece), "detail", "middle"),
        )
        self.boxes.append(Shape(x, y, width, HEIGHT, "box right", labels, piece.last))
        if piece.kind != "layer":
            left, right, above = x + 9, x + width - 9, y - ARC + 3
            style = "flow right through" if piece.kind == "convolutional" else "flow right"
            self.lines.append(Polyline(((left, y), (left, above), (right, above), (right, y)), style))

    def _name(self, piece: Piece) -> str:
        _ = self.translate
        if piece.kind == "convolutional":
            return _("{letter}: convolutional").format(letter=clip(piece.label, 6))
        if piece.kind == "identity":
            return _("{letter}: identity").format(letter=clip(piece.label, 6))
        return clip(f"{piece.label} {piece.detail}".strip(), 34)

    def _width(self, piece: Piece) -> float:
        return max(columns(self._name(piece)) * CHARACTER, columns(_size(piece)) * SMALL_CHARACTER, 52.0) + 16
