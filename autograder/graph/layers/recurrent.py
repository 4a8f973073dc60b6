"""Recurrent layers: one step of the sequence after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from pydantic import BaseModel, JsonValue

from ..serialized import GraphRefused, Serialized, Setting, dump
from .activations import ACTIVATIONS, DEFAULTS, activation_name
from .activations import LAYERS as ACTIVATION_LAYERS
from .entry import (
    REQUIRED,
    ElementaryLayer,
    Fields,
    Filters,
    LayerType,
    Plan,
    Rate,
    Settings,
    Shape,
    Tensor,
    Work,
    begun,
    common_settings,
    drawn,
    regularized,
    roles,
    settings_of,
    size,
    whole,
)

Function = Callable[[Tensor], Tensor]
States = list[Tensor]
Step = Callable[[Tensor, States], States]

GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}
USUAL = ("sequences",)
STATES = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1}


def _function(name: Setting) -> Function:
    """An activation by its name, "linear" included."""
    if name == "linear":
        return lambda x: x
    kind = ACTIVATIONS[str(name)]
    settings = DEFAULTS.get(kind, {})
    entry = ACTIVATION_LAYERS[kind]

    def on(x: Tensor) -> Tensor:
        found = entry.forward(Work(settings, (x,), (), Plan(x.shape)))
        assert isinstance(found, np.ndarray)
        return found

    return on


# --- shapes ---------------------------------------------------------------------------------------------------------


def _arrays(kind: str, settings: Settings, features: int) -> tuple[tuple[str, Shape], ...]:
    units = whole(settings, "units")
    wide = GATES[kind] * units
    bias: Shape = (2, wide) if kind == "GRU" and settings["reset_after"] else (wide,)
    arrays: tuple[tuple[str, Shape], ...] = (("kernel", (features, wide)), ("recurrent_kernel", (units, wide)))
    return (*arrays, ("bias", bias)) if settings["use_bias"] else arrays


def _plan(kind: str) -> Callable[[Settings, Sequence[Shape]], Plan]:
    def plan(settings: Settings, given: Sequence[Shape]) -> Plan:
        batch, steps, features = given[0]
        units = whole(settings, "units")
        named = roles(settings, USUAL, len(given))
        states = [shape for name, shape in zip(named, given, strict=True) if name == "initial_state"]
        masks = [shape for name, shape in zip(named, given, strict=True) if name == "mask"]
        if any(shape != (batch, units) for shape in states) or len(states) not in (0, STATES[kind]):
            raise ValueError("initial_state")
        if any(shape != (batch, steps) for shape in masks) or len(masks) + len(states) + 1 != len(given):
            raise ValueError("mask")
        output = (batch, steps, units) if settings["return_sequences"] else (batch, units)
        others = ((batch, units),) * STATES[kind] if settings["return_state"] else ()
        wide = GATES[kind] * units
        return Plan(
            output,
            _arrays(kind, settings, features),
            products=batch * steps * wide * (features + units),
            rounds=4 * steps,
            scratch=batch * (steps * (wide + units) + 4 * wide),
            others=others,
        )

    return plan


# --- steps ----------------------------------------------------------------------------------------------------------


def _lstm(settings: Settings, weights: Sequence[Tensor]) -> Step:
    """Hochreiter & Schmidhuber 1997, with a forget gate (Gers et al. 2000); gates in Keras's order i, f, c, o."""
    gate, out = _function(settings["recurrent_activation"]), _function(settings["activation"])

    def step(x: Tensor, states: States) -> States:
        z = x + states[0] @ weights[1]
        i, f, c, o = np.split(z, 4, axis=1)
        cell = gate(f) * states[1] + gate(i) * out(c)
        return [gate(o) * out(cell), cell]

    return step


def _gru(settings: Settings, weights: Sequence[Tensor]) -> Step:
    """Cho et al. 2014, arXiv 1406.1078; with `reset_after` the reset gate acts behind the matrix product."""
    gate, out = _function(settings["recurrent_activation"]), _function(settings["activation"])
    units, after = whole(settings, "units"), bool(settings["reset_after"])
    more = weights[2][1] if settings["use_bias"] and after else np.zeros(3 * units)

    def step(x: Tensor, states: States) -> States:
        (h,) = states
        inner = h @ weights[1][:, : 2 * units] + more[: 2 * units]
        z, r = np.split(gate(x[:, : 2 * units] + inner), 2, axis=1)
        last = weights[1][:, 2 * units :]
        new = r * (h @ last + more[2 * units :]) if after else (r * h) @ last
        return [z * h + (1 - z) * out(x[:, 2 * units :] + new)]

    return step


def _simple(settings: Settings, weights: Sequence[Tensor]) -> Step:
    out = _function(settings["activation"])
    return lambda x, states: [out(x + states[0] @ weights[1])]


STEPS = {"LSTM": _lstm, "GRU": _gru, "SimpleRNN": _simple}


def _run(
    kind: str, settings: Settings, x: Tensor, states: States, weights: Sequence[Tensor], mask: Tensor | None = None
) -> tuple[Tensor, States]:
    """What all steps give, in the order in which they are gone through, and the last states.

    A step that is masked leaves the states as they are, and gives what the step before it gave, or zeros.
    """
    step, units = STEPS[kind](settings, weights), whole(settings, "units")
    projected = x @ weights[0]
    if settings["use_bias"]:
        projected = projected + (weights[2][0] if weights[2].ndim == 2 else weights[2])
    if settings["go_backwards"]:
        projected = projected[:, ::-1]
        mask = None if mask is None else mask[:, ::-1]
    states = states or [np.zeros((len(x), units)) for _ in range(STATES[kind])]
    outputs = np.zeros((*x.shape[:2], units))
    for t in range(x.shape[1]):
        new = step(projected[:, t], states)
        if mask is None:
            states = new
            outputs[:, t] = states[0]
            continue
        kept = (mask[:, t] != 0)[:, None]
        states = [np.where(kept, a, b) for a, b in zip(new, states, strict=True)]
        before = outputs[:, t - 1] if t and not settings.get("zero_output_for_mask") else np.zeros_like(new[0])
        outputs[:, t] = np.where(kept, new[0], before)
    return outputs, states


def _forward(kind: str) -> Callable[[Work], tuple[Tensor, ...]]:
    def forward(work: Work) -> tuple[Tensor, ...]:
        named = list(zip(roles(work.settings, USUAL, len(work.inputs)), work.inputs, strict=True))
        begin = [given for name, given in named if name == "initial_state"]
        outputs, states = _run(kind, work.settings, work.x, begin, work.weights, dict(named).get("mask"))
        out = outputs if work.settings["return_sequences"] else states[0]
        return (out, *states) if work.settings["return_state"] else (out,)

    return forward


# --- both ways ------------------------------------------------------------------------------------------------------

MERGED: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "concat": lambda a, b: np.concatenate((a, b), axis=-1),
    "sum": np.add,
    "mul": np.multiply,
    "ave": lambda a, b: (a + b) / 2,
}


def _one_way(settings: Settings, way: str) -> tuple[str, dict[str, Setting]]:
    """The layer that goes one way: its kind, and its settings, of which only those are kept that differ."""
    own = {k.removeprefix(way): v for k, v in settings.items() if k.startswith(way)}
    return str(settings["layer"]), {**settings, **own}


def _both_plan(settings: Settings, given: Sequence[Shape]) -> Plan:
    plans = []
    for way in ("forward_", "backward_"):
        kind, own = _one_way(settings, way)
        plans.append(_plan(kind)({**own, "return_state": False}, given))
    first, second = plans
    if settings["return_state"] or roles(settings, USUAL, len(given))[1:] not in ([], ["mask"]):
        raise ValueError("states")
    output = first.output
    if settings["merge_mode"] == "concat":
        output = (*output[:-1], output[-1] + second.output[-1])
    elif output != second.output:
        raise ValueError("units")
    weights = (*(("forward/" + n, s) for n, s in first.weights), *(("backward/" + n, s) for n, s in second.weights))
    scratch = first.scratch + second.scratch + size(output)
    return Plan(output, weights, first.products + second.products, first.rounds + second.rounds, scratch)


def _both(work: Work) -> Tensor:
    """Schuster & Paliwal 1997: one layer reads the sequence from the front, another one from its end."""
    half = len(work.weights) // 2
    outs = []
    for way, weights in (("forward_", work.weights[:half]), ("backward_", work.weights[half:])):
        kind, own = _one_way(work.settings, way)
        own |= {"go_backwards": way == "backward_", "zero_output_for_mask": True}
        mask = work.inputs[1] if len(work.inputs) > 1 else None
        outputs, states = _run(kind, own, work.x, [], weights, mask)
        back = outputs[:, ::-1] if way == "backward_" else outputs
        outs.append(back if work.settings["return_sequences"] else states[0])
    return MERGED[str(work.settings["merge_mode"])](*outs)


def _inner(value: JsonValue, way: str) -> tuple[str, dict[str, Setting]]:
    layer = Serialized.model_validate_json(
        dump({k: v for k, v in value.items() if k != "build_config"}) if isinstance(value, dict) else b"0"
    )
    if layer.class_name not in GATES or not layer.is_from("keras.layers"):
        raise GraphRefused(layer.class_name, "layer")
    entry = LAYERS[layer.class_name]
    assert entry.apart is not None
    (element,) = entry.apart(entry.model.model_validate_json(dump(layer.config)))
    if element.settings["go_backwards"] != (way == "backward_"):
        raise GraphRefused("Bidirectional: go_backwards", "layer")
    return layer.class_name, {
        k: v for k, v in element.settings.items() if k not in ("go_backwards", "zero_output_for_mask")
    }


def _bidirectional(config: BaseModel) -> tuple[ElementaryLayer, ...]:
    """The settings of both layers, once as far as they are the same."""
    forward, backward = getattr(config, "layer"), getattr(config, "backward_layer")  # noqa: B009
    kind, settings = _inner(forward, "forward_")
    if backward is not None:
        other, own = _inner(backward, "backward_")
        if other != kind:
            raise GraphRefused(f"Bidirectional({kind}, {other})", "layer")
        settings |= {f"backward_{k}": v for k, v in own.items() if settings.get(k) != v}
    mode = getattr(config, "merge_mode")  # noqa: B009
    kept = {**settings, "layer": kind, "merge_mode": mode, **common_settings(config)}
    return (ElementaryLayer("Bidirectional", kept, weighted=True),)


# --- the table ------------------------------------------------------------------------------------------------------


def _recurrent(config: BaseModel) -> tuple[ElementaryLayer, ...]:
    settings = settings_of(config)
    for name in ("activation", "recurrent_activation"):
        if hasattr(config, name):
            settings[name] = activation_name(getattr(config, name))
    if not settings["zero_output_for_mask"]:
        del settings["zero_output_for_mask"]
    return (ElementaryLayer(type(config).__name__, settings, weighted=True),)


def _undefined(settings: Settings) -> str:
    return "stateful=True" if settings.get("stateful") else ""


def _fields(kind: str) -> Fields:
    gates: Fields = {} if kind == "SimpleRNN" else {"recurrent_activation": (JsonValue, "sigmoid")}
    own: dict[str, Fields] = {
        "LSTM": {"unit_forget_bias": (bool, True)},
        "GRU": {"reset_after": (bool, True)},
        "SimpleRNN": {},
    }
    flags = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "zero_output_for_mask")
    return {
        "units": (Filters, REQUIRED), "activation": (JsonValue, "tanh"), **gates, "use_bias": (bool, True), **own[kind],
        **dict.fromkeys(flags, (bool, False)), "dropout": (Rate, 0.0), "recurrent_dropout": (Rate, 0.0),
        "seed": (JsonValue, None), **drawn("kernel", "recurrent"), **begun(bias="Zeros"),
        **regularized("kernel", "recurrent", "bias"),
    }  # fmt: skip


ARGUMENTS = ("sequences", "mask", "initial_state")
RANDOM = ("dropout", "recurrent_dropout")
KINDS = (
    *(
        LayerType(
            kind,
            _plan(kind),
            _forward(kind),
            _fields(kind),
            weighted=True,
            arguments=ARGUMENTS,
            optional=ARGUMENTS[1:],
            random=RANDOM,
            undefined=_undefined,
            limits="`stateful=True`",
            apart=_recurrent,
        )
        for kind in GATES
    ),
    LayerType(
        "Bidirectional",
        _both_plan,
        _both,
        {
            "layer": (JsonValue, REQUIRED),
            "backward_layer": (JsonValue, None),
            "merge_mode": (Literal["concat", "sum", "mul", "ave"], "concat"),
        },
        weighted=True,
        arguments=ARGUMENTS,
        optional=ARGUMENTS[1:],
        random=RANDOM,
        undefined=_undefined,
        limits="`stateful=True`",
        apart=_bidirectional,
    ),
)
LAYERS = {entry.name: entry for entry in KINDS}
