"""Attention: several heads, heads that share keys and values, and the plain kind without weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from pydantic import JsonValue

from ..serialized import Setting
from .activations import sigmoid, softmax
from .dense import OutputShape
from .entry import (
    REQUIRED,
    Fields,
    Filters,
    LayerType,
    Plan,
    Rate,
    Settings,
    Shape,
    SomeAxes,
    Tensor,
    Work,
    begun,
    drawn,
    regularized,
    roles,
    size,
    whole,
    wholes,
)

CALL: dict[str, Setting] = {"use_causal_mask": False, "return_attention_scores": False}
TENSORS = ("query", "value", "key")
MASKS = ("query_mask", "value_mask", "key_mask", "attention_mask")
Names = tuple[tuple[str, Shape], ...]


def _sizes(settings: Settings) -> tuple[int, int, int, int]:
    """Heads, heads of keys and values, and the widths of a key and of a value."""
    if "head_dim" in settings:
        width = whole(settings, "head_dim")
        return whole(settings, "num_query_heads"), whole(settings, "num_key_value_heads"), width, width
    heads, width = whole(settings, "num_heads"), whole(settings, "key_dim")
    return heads, heads, width, whole(settings, "value_dim") if settings.get("value_dim") else width


def _three(settings: Settings, given: Sequence[Any]) -> tuple[Any, Any, Any]:
    """Query, value and key among what a call is given; without a key the value is the key, too."""
    named = dict(zip(roles(settings, TENSORS, len(given)), given, strict=True))
    return named["query"], named["value"], named.get("key", named["value"])


def _masks(work: Work) -> np.ndarray:
    """Which row may look at which column, (m or 1, heads or 1, rows, columns), by all masks together."""
    named = dict(zip(roles(work.settings, TENSORS, len(work.inputs)), work.inputs, strict=True))
    allowed = seen(named["query"].shape[1], named["value"].shape[1], work.settings)[None, None]
    if "query_mask" in named:
        allowed = allowed & (named["query_mask"] != 0)[:, None, :, None]
    for name in ("value_mask", "key_mask"):
        if name in named:
            allowed = allowed & (named[name] != 0)[:, None, None, :]
    if "attention_mask" in named:
        mask = named["attention_mask"] != 0
        mask = mask.reshape((1,) * (3 - mask.ndim) + mask.shape) if mask.ndim < 3 else mask
        allowed = allowed & (mask[:, None] if mask.ndim == 3 else mask)
    return allowed


def _plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    query, value, key = _three(settings, given)
    if any(len(shape) != 3 for shape in (query, value, key)) or query[0] != value[0] or value[:2] != key[:2]:
        raise ValueError("shapes")
    heads, shared, width, value_width = _sizes(settings)
    if heads % shared:
        raise ValueError("heads")
    asked = wholes(settings, "output_shape") if settings.get("output_shape") else query[-1:]
    batch, rows, columns = query[0], query[1], value[1]
    arrays: list[tuple[str, Shape]] = []

    def add(name: str, kernel: Shape, bias: Shape) -> None:
        arrays.append((f"{name}/kernel", kernel))
        if settings["use_bias"]:
            arrays.append((f"{name}/bias", bias))

    add("query", (query[-1], heads, width), (heads, width))
    add("key", (key[-1], shared, width), (shared, width))
    if settings.get("use_gate"):
        add("gate", (query[-1], heads, value_width), (heads, value_width))
    add("value", (value[-1], shared, value_width), (shared, value_width))
    add("attention_output", (heads, value_width, *asked), tuple(asked))
    scores = batch * heads * rows * columns
    projected = batch * heads * (2 * rows + 2 * columns) * max(width, value_width)
    products = scores * (width + value_width) + projected * max(query[-1], key[-1], value[-1])
    products += batch * rows * heads * value_width * size(asked)
    others = ((batch, heads, rows, columns),) if settings.get("return_attention_scores") else ()
    return Plan((*query[:2], *asked), tuple(arrays), products, 1, 3 * scores + 3 * projected, others)


def _named(work: Work) -> dict[str, Tensor]:
    return {name: array for (name, _), array in zip(work.plan.weights, work.weights, strict=True)}


def _projected(x: Tensor, name: str, arrays: dict[str, Tensor]) -> Tensor:
    """(m, T, features) -> (m, heads, T, width)."""
    kernel = arrays[f"{name}/kernel"]
    out = x.reshape(-1, x.shape[-1]) @ kernel.reshape(kernel.shape[0], -1)
    out = out.reshape(*x.shape[:2], *kernel.shape[1:])
    if f"{name}/bias" in arrays:
        out = out + arrays[f"{name}/bias"]
    return out.transpose(0, 2, 1, 3)


def seen(rows: int, columns: int, settings: Settings) -> np.ndarray:
    """Which row may look at which column."""
    apart = np.arange(rows)[:, None] - np.arange(columns)[None]
    allowed = np.ones((rows, columns), dtype=bool)
    if settings.get("use_causal_mask"):
        allowed &= apart >= 0
    if settings.get("sliding_window") is not None:
        allowed &= np.abs(apart) < whole(settings, "sliding_window")
    return allowed


def attend(query: Tensor, key: Tensor, value: Tensor, allowed: np.ndarray) -> tuple[Tensor, Tensor]:
    """softmax(q k' / sqrt(width)) v and the weights; Vaswani et al. 2017, arXiv 1706.03762, equation 1."""
    scores = np.matmul(query, key.swapaxes(-1, -2)) / math.sqrt(query.shape[-1])
    weights = softmax(np.where(allowed, scores, -1e30), -1)
    return np.matmul(weights, value), weights


def _forward(work: Work) -> tuple[Tensor, ...]:
    arrays, settings = _named(work), work.settings
    query, value, key = _three(settings, work.inputs)
    heads, shared, _, _ = _sizes(settings)
    q, k, v = (_projected(x, name, arrays) for x, name in ((query, "query"), (key, "key"), (value, "value")))
    k, v = (np.repeat(x, heads // shared, axis=1) for x in (k, v))
    out, weights = attend(q, k, v, _masks(work))
    if settings.get("use_gate"):
        out = out * sigmoid(_projected(query, "gate", arrays))
    kernel = arrays["attention_output/kernel"]
    flat = out.transpose(0, 2, 1, 3).reshape(size(query.shape[:2]), -1)
    result = (flat @ kernel.reshape(flat.shape[1], -1)).reshape(work.plan.output)
    if settings["use_bias"]:
        result = result + arrays["attention_output/bias"]
    return (result, weights) if settings.get("return_attention_scores") else (result,)


def _undefined(settings: Settings) -> str:
    axes = settings.get("attention_axes")
    return "" if axes in (None, 1, (1,)) else "attention_axes"


def _usual(settings: dict[str, Setting]) -> dict[str, Setting]:
    """A value as wide as a key, and attention along the sequence, are what Keras takes unless told otherwise."""
    if settings.get("value_dim") == settings.get("key_dim"):
        settings.pop("value_dim", None)
    if settings.get("attention_axes") in (None, 1, (1,)):
        settings.pop("attention_axes", None)
    return {k: v for k, v in settings.items() if v or k not in ("use_gate", "sliding_window", "output_shape")}


# --- Attention ------------------------------------------------------------------------------------------------------


def _plain_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    query, value, key = given if len(given) == 3 else (given[0], given[1], given[1])
    if any(len(shape) != 3 for shape in given) or query[-1] != key[-1] or key[:2] != value[:2] or query[0] != key[0]:
        raise ValueError("shapes")
    scores = query[0] * query[1] * value[1]
    output = (*query[:2], value[-1])
    others = ((*query[:2], value[1]),) if settings.get("return_attention_scores") else ()
    weights: Names = (("scale", ()),) if settings["use_scale"] else ()
    return Plan(output, weights, scores * (query[-1] + value[-1]), 1, 3 * scores, others)


def _plain(work: Work) -> tuple[Tensor, ...]:
    query, value = work.inputs[:2]
    key = work.inputs[2] if len(work.inputs) == 3 else value
    scores = np.matmul(query, key.transpose(0, 2, 1))
    if work.settings["use_scale"]:
        scores = scores * work.weights[0]
    weights = softmax(np.where(seen(query.shape[1], key.shape[1], work.settings), scores, -1e30), -1)
    return (np.matmul(weights, value), weights)[: 1 + len(work.plan.others)]


SHARED: Fields = {
    "dropout": (Rate, 0.0),
    "use_bias": (bool, True),
    "use_gate": (bool, False),
    "sliding_window": (Filters | None, None),
    **drawn("kernel"),
    **begun(bias="Zeros"),
    **regularized("kernel", "bias"),
    "seed": (JsonValue, None),
}
KINDS = (
    LayerType(
        "MultiHeadAttention",
        _plan,
        _forward,
        {
            "num_heads": (Filters, REQUIRED),
            "key_dim": (Filters, REQUIRED),
            "value_dim": (Filters | None, None),
            "output_shape": (OutputShape | None, None),
            "attention_axes": (SomeAxes | None, None),
            **SHARED,
        },
        weighted=True,
        arguments=(*TENSORS, *MASKS),
        optional=("key", *MASKS),
        of_call=CALL,
        random=("dropout",),
        undefined=_undefined,
        limits="`attention_axes` other than 1",
        tidy=_usual,
    ),
    LayerType(
        "GroupQueryAttention",
        _plan,
        _forward,
        {
            "head_dim": (Filters, REQUIRED),
            "num_query_heads": (Filters, REQUIRED),
            "num_key_value_heads": (Filters, REQUIRED),
            **SHARED,
        },
        weighted=True,
        arguments=(*TENSORS, *MASKS),
        optional=("key", *MASKS),
        of_call=CALL,
        random=("dropout",),
        tidy=_usual,
    ),
    LayerType(
        "Attention",
        _plain_plan,
        _plain,
        {
            "use_scale": (bool, False),
            "score_mode": (Literal["dot", "concat"], "dot"),
            "dropout": (Rate, 0.0),
            "seed": (JsonValue, None),
        },
        weighted=True,
        of_call=CALL,
        random=("dropout",),
        limits="`score_mode='concat'`",
        undefined=lambda s: "" if s["score_mode"] == "dot" else "score_mode=concat",
    ),
)
