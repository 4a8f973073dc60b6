"""Which functions of a solved notebook are the blocks of its model, and how the model calls them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from ...exercises import CalledBlock
from ...exercises.exercise import Argument

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class BlockCall:
    """One call that the model made: of which shape the tensors are that go in and come out, and the arguments."""

    given: Shape
    made: Shape
    arguments: Mapping[str, Argument]
    """Those of the call and the defaults, without the tensor."""


@dataclass(frozen=True)
class BlockOfModel:
    """A function that a model calls and that is an exercise of its own, and all calls in their order."""

    exercise: str
    block: CalledBlock
    calls: tuple[BlockCall, ...]


def blocks_of(
    model: str, functions: Mapping[str, ast.FunctionDef], noted: Mapping[str, Sequence[Mapping[str, Any]]],
    defaults: Mapping[str, Mapping[str, Argument]],
) -> Iterator[BlockOfModel]:  # fmt: skip
    """The blocks that the function `model` calls.

    A stand-in takes one tensor, and gives one whose shape follows from its arguments; what doesn't is left whole in
    the model's outline.

    Args:
        model: the name of the function that makes the model.
        functions: the notebook's exercises, by their names.
        noted: what `autograder.evidence.recorded` noted of each function.
        defaults: those of each exercise's first line.
    """
    for exercise, function in functions.items():
        within = [call for call in noted.get(function.name, ()) if call["within"] == model]
        signature = tuple(one.arg for one in (*function.args.posonlyargs, *function.args.args))
        known = defaults[exercise]
        if not within or not all(_takes_one_tensor(signature, call, known) for call in within):
            continue
        calls = tuple(_block_call(signature, call, known) for call in within)
        channels, strides = _channels(calls), _strides(calls)
        if channels is not None and strides is not None:
            block = CalledBlock(
                function=function.name, signature=signature, channels=channels, strides=strides,
                defaults=dict(known),
            )  # fmt: skip
            yield BlockOfModel(exercise, block, calls)


def _takes_one_tensor(signature: tuple[str, ...], call: Mapping[str, Any], defaults: Mapping[str, Argument]) -> bool:
    given = call["arguments"]
    if call["shape"] is None or not signature or not set(given) <= set(signature):
        return False
    first, *others = signature
    known = all("value" in given[name] if name in given else name in defaults for name in others)
    return "shape" in given.get(first, {}) and known


def _block_call(signature: tuple[str, ...], call: Mapping[str, Any], defaults: Mapping[str, Argument]) -> BlockCall:
    first, *others = signature
    given = call["arguments"]
    arguments = {name: plain_value(given[name]) if name in given else defaults[name] for name in others}
    return BlockCall(tuple(given[first]["shape"]), tuple(call["shape"]), arguments)


def plain_value(given: Mapping[str, Any]) -> Argument:
    """An argument as it was given, where `autograder.evidence.recorded` noted a plain value."""
    value: Argument = tuple(given["value"]) if given.get("tuple") else given["value"]
    return value


def _channels(calls: Sequence[BlockCall]) -> str | None:
    """The parameter that says how many channels come out, by its last number; "" where they stay, None if none does."""
    for name in calls[0].arguments:
        if all(_last(call.arguments[name]) == call.made[-1] for call in calls):
            return name
    return "" if all(call.given[-1] == call.made[-1] for call in calls) else None


def _last(value: Argument) -> Argument:
    return value[-1] if isinstance(value, tuple) and value else value


def _strides(calls: Sequence[BlockCall]) -> str | None:
    """The parameter by which the sizes between samples and channels are divided, rounded up; "" or None as above."""
    if all(call.given[1:-1] == call.made[1:-1] for call in calls):
        return ""
    for name in calls[0].arguments:
        if all(_thinned(call.given[1:-1], call.arguments[name]) == call.made[1:-1] for call in calls):
            return name
    return None


def _thinned(sizes: Shape, by: Argument) -> Shape | None:
    if type(by) is not int or by < 1:
        return None
    return tuple(None if size is None else ceil(size / by) for size in sizes)
