"""A model as a reader thinks of it: stages, and in each the layers and blocks one after another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

BLOCK_NAME = re.compile(r"(?:res|bn|course_(?:in|out|then)_)(\d+)([a-z]+)_branch(1|2[abc])|course_(\d+)([a-z]+)")
"""The names that the exercises ask for: stage, block, step. The course's own blocks have names of their own, and
end with a layer that is named by stage and block alone (see autograder.lesson.training.blocks)."""
IN_A_BLOCK = (
    "ReLU", "Activation", "Relu", "Add", "Dropout", "ZeroPadding2D", "AveragePooling2D", "UpSampling2D", "Identity",
)  # fmt: skip
"""What may stand between a block's named layers; pooling and up-sampling do in the course's own blocks."""

Kind = Literal["layer", "identity", "convolutional"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One layer or one block.

    label: the layer's class, or the block's letter. shape: of what comes out, without the batch: (height, width,
    channels) or (numbers,). last: the name of its last layer. detail: a layer's window and stride.
    """

    kind: Kind
    label: str
    shape: tuple[int, ...]
    last: str
    parameters: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A stage: `stage 1` is what comes before the blocks, `head` what comes after them."""

    stage: str
    pieces: tuple[Piece, ...]

    @property
    def parameters(self) -> int:
        return sum(piece.parameters for piece in self.pieces)


def outline(model: Any) -> tuple[Row, ...]:
    """The stages of a Keras model that is built of the exercises' blocks; any other model is one `stage 1`."""
    pieces: list[tuple[str, Piece]] = []
    for (stage, letter), group in groupby(_placed(model), key=lambda placed: placed[0]):
        operations = [operation for _, operation in group]
        if letter:
            pieces.append((stage, _block(letter, operations)))
        else:
            pieces.extend((stage, _layer(operation)) for operation in operations)
    rows = groupby(pieces, key=lambda piece: piece[0])
    return tuple(Row(stage, tuple(piece for _, piece in group)) for stage, group in rows)


def _placed(model: Any) -> list[tuple[tuple[str, str], Any]]:
    """Each operation with its stage and its block's letter, which is empty outside blocks."""
    here, added = ("stage 1", ""), False
    placed: list[tuple[tuple[str, str], Any]] = []
    for operation in model.operations:
        kind = type(operation).__name__
        if kind == "InputLayer":
            continue
        named = BLOCK_NAME.fullmatch(operation.name)
        if named:
            here, added = (f"stage {named[1] or named[4]}", named[2] or named[5]), bool(named[4])
        elif here[1] and (kind not in IN_A_BLOCK or (added and kind not in ("ReLU", "Activation", "Relu"))):
            here = ("head", "")
        placed.append((here, operation))
        if here[1] and added:  # the ReLU after the addition closes the block
            here = ("head", "")
        added = kind == "Add"
    return placed


def _block(letter: str, operations: list[Any]) -> Piece:
    steps = {named[3] for operation in operations if (named := BLOCK_NAME.fullmatch(operation.name))}
    last = operations[-1]
    kind: Kind = "convolutional" if "1" in steps else "identity"
    return Piece(kind, letter, _shape(last), last.name, sum(map(_parameters, operations)))


def _layer(layer: Any) -> Piece:
    window = getattr(layer, "kernel_size", getattr(layer, "pool_size", None))
    detail = ""
    if window and len(window) == 2:
        detail = "×".join(map(str, window))
        stride = layer.strides[0]
        detail += f" / {stride}" if stride != 1 else ""
    return Piece("layer", type(layer).__name__, _shape(layer), layer.name, _parameters(layer), detail)


def _shape(operation: Any) -> tuple[int, ...]:
    return tuple(int(size) for size in operation.output.shape[1:])


def _parameters(operation: Any) -> int:
    return int(operation.count_params()) if hasattr(operation, "count_params") else 0
