"""Layers that multiply by a matrix: Dense, EinsumDense, and Embedding, which looks a row up."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import BeforeValidator, Field, JsonValue

from .entry import (
    REQUIRED,
    Fields,
    Filters,
    LayerType,
    Plan,
    Settings,
    Shape,
    Size,
    Tensor,
    Units,
    Word,
    Work,
    begun,
    drawn,
    regularized,
    size,
    whole,
    wholes,
)

NO_BLAS = 10
"""A product of einsum's takes as long as so many of a plain matrix product's."""


def _dense_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    ((*first, features),) = given
    if not first:
        raise ValueError("one axis")
    units = whole(settings, "units")
    weights: tuple[tuple[str, Shape], ...] = (("kernel", (features, units)),)
    if settings["use_bias"]:
        weights = (*weights, ("bias", (units,)))
    output = (*first, units)
    return Plan(output, weights, products=size(output) * features, scratch=size(output))


def _dense(work: Work) -> Tensor:
    out = work.x @ work.weights[0]
    return out + work.weights[1] if work.settings["use_bias"] else out


# --- EinsumDense ----------------------------------------------------------------------------------------------------


def _spelled(settings: Settings, rank: int) -> tuple[str, str, str]:
    """The letters of input, kernel and output, those of "..." written out. Raises ValueError."""
    equation = str(settings["equation"]).replace(" ", "")
    given, _, result = equation.partition("->")
    first, _, kernel = given.partition(",")
    letters = [x.replace("...", "") for x in (first, kernel, result)]
    if not all(word.isascii() and word.isalpha() and len(set(word)) == len(word) for word in letters):
        raise ValueError("equation")
    number = rank - len(letters[0])
    spare = [letter for letter in string.ascii_letters if letter not in "".join(letters)]
    open_axes = "".join(spare[:number])
    if number < 0 or (number and "..." not in first) or "..." in kernel:
        raise ValueError("equation")
    return first.replace("...", open_axes), kernel, result.replace("...", open_axes)


def _einsum_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    first, kernel, result = _spelled(settings, len(shape))
    sizes = dict(zip(first, shape, strict=True))
    asked = wholes(settings, "output_shape")
    elided = str(settings["equation"]).partition("->")[2].strip()
    letters = result[1:] if len(elided) < 3 or not elided.endswith("...") else elided.replace("...", "")[1:]
    wanted = zip(letters[-len(asked) :], asked, strict=True)
    for letter, n in wanted:
        if n != -1 and sizes.setdefault(letter, n) != n:
            raise ValueError("output_shape")
    if not {*kernel, *result} <= sizes.keys() or not set(result) <= {*first, *kernel}:
        raise ValueError("equation")
    weights: tuple[tuple[str, Shape], ...] = (("kernel", tuple(sizes[letter] for letter in kernel)),)
    if settings["bias_axes"] is not None:
        axes = str(settings["bias_axes"])
        start = min(result.index(letter) for letter in axes)
        weights = (*weights, ("bias", tuple(sizes[x] if x in axes else 1 for x in result[start:])))
    output = tuple(sizes[letter] for letter in result)
    products = size(sizes.values()) * NO_BLAS
    return Plan(output, weights, products=products, scratch=2 * (size(shape) + size(output)))


def _einsum(work: Work) -> Tensor:
    first, kernel, result = _spelled(work.settings, work.x.ndim)
    out = np.einsum(f"{first},{kernel}->{result}", work.x, work.weights[0], optimize=True)
    return np.asarray(out + work.weights[1] if work.settings["bias_axes"] is not None else out)


# --- Embedding ------------------------------------------------------------------------------------------------------


def _embedding_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    (shape,) = given
    rows, width = whole(settings, "input_dim"), whole(settings, "output_dim")
    output = (*shape, width)
    return Plan(output, (("embeddings", (rows, width)),), scratch=size(shape))


def _embedding(work: Work) -> Tensor:
    rows = work.x.astype(np.int64)
    if rows.size and not (rows.min() >= 0 and rows.max() < len(work.weights[0])):
        raise ValueError("a number that has no row")
    return work.weights[0][rows]


QUANTIZED: Fields = {"lora_rank": (None, None), "lora_alpha": (None, None), "quantization_config": (None, None)}
KERNEL: Fields = {**drawn("kernel"), **begun(bias="Zeros"), **regularized("kernel", "bias"), **QUANTIZED}
ACTIVATION: Fields = {"activation": (JsonValue, "linear")}


def _open(value: object) -> object:
    """None is written as -1, a single size as a list of one."""
    given = [value] if isinstance(value, int) else value
    return tuple(-1 if n is None else n for n in given) if isinstance(given, list) else given


OutputShape = Annotated[tuple[Annotated[int, Field(ge=-1, le=2**16)], ...], Field(max_length=8), BeforeValidator(_open)]

KINDS = (
    LayerType(
        "Dense",
        _dense_plan,
        _dense,
        {"units": (Units, REQUIRED), **ACTIVATION, "use_bias": (bool, True), **KERNEL},
        weighted=True,
    ),
    LayerType(
        "EinsumDense",
        _einsum_plan,
        _einsum,
        {
            "equation": (Word, REQUIRED),
            "output_shape": (OutputShape, REQUIRED),
            **ACTIVATION,
            "bias_axes": (Word | None, None),
            **KERNEL,
        },
        weighted=True,
    ),
    LayerType(
        "Embedding",
        _embedding_plan,
        _embedding,
        {
            "input_dim": (Size, REQUIRED),
            "output_dim": (Filters, REQUIRED),
            "mask_zero": (bool, False),
            **drawn("embeddings"),
            **regularized("embeddings"),
            **QUANTIZED,
        },
        weighted=True,
    ),
)
