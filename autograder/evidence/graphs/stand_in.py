"""What stands in the place of a student's block while their model is looked at without it.

A model calls blocks that are exercises of their own. Where one of them is wrong, or can't be called at all, the model
is asked for once more with layers in their place that hold nothing but the call: which block, and its arguments.
Nothing here is an answer to any exercise: a stand-in only gives a tensor of the right shape.

This runs beside student code, and decides nothing.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from ...exercises import CalledBlock


@contextmanager
def standing_in(function: Callable[..., Any], blocks: Sequence[CalledBlock]) -> Iterator[None]:
    """Within it, the student's function finds stand-ins under the names of these blocks."""
    names = getattr(function, "__globals__", {})
    before = {block.function: names[block.function] for block in blocks if block.function in names}
    names.update({block.function: _caller(block) for block in blocks})
    try:
        yield
    finally:
        for block in blocks:
            names.pop(block.function, None)
        names.update(before)


def _caller(block: CalledBlock) -> Callable[..., Any]:
    """A function that is called as the block is, and whose result is one layer's."""
    kind, no_default = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty
    parameters = [
        inspect.Parameter(name, kind, default=block.defaults.get(name, no_default)) for name in block.signature
    ]
    signature = inspect.Signature(parameters)

    def stand_in(*positional: Any, **named: Any) -> Any:
        call = signature.bind(*positional, **named)
        call.apply_defaults()
        tensor, *arguments = call.arguments.items()
        return _layer_class()(block, {name: _plain(value) for name, value in arguments})(tensor[1])

    stand_in.__name__ = stand_in.__qualname__ = block.function
    return stand_in


def _plain(value: Any) -> Any:
    """An argument as JSON has it. Raises TypeError for what is no number, text or list of these."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool | str):
        return value
    number = float(value)
    return int(number) if number.is_integer() else number


@cache
def _layer_class() -> Any:
    import keras

    class StandIn(keras.layers.Layer):  # type: ignore[misc]
        """One call of a block. Its output is its input, thinned out by the strides and repeated along the channels.

        The input has the shape (m, ..., channels), with any number of axes between.
        """

        def __init__(self, block: CalledBlock, arguments: dict[str, Any]) -> None:
            super().__init__()
            self.block, self.arguments = block, arguments
            self.stride = max(int(arguments.get(block.strides, 1)), 1)
            channels = arguments.get(block.channels)
            self.channels = channels[-1] if isinstance(channels, list) else channels

        def call(self, x: Any) -> Any:
            x = x[(slice(None), *(slice(None, None, self.stride),) * (len(x.shape) - 2), slice(None))]
            if self.channels is None:
                return x
            times = math.ceil(self.channels / x.shape[-1])
            return keras.ops.concatenate([x] * times, axis=-1)[..., : self.channels]

        def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
            number, *sizes, channels = shape
            thinned = (None if size is None else math.ceil(size / self.stride) for size in sizes)
            return (number, *thinned, channels if self.channels is None else self.channels)

        def get_config(self) -> dict[str, Any]:
            return {"name": self.name, "function": self.block.function, "arguments": self.arguments}

    StandIn.__module__ = "autograder.evidence.stand_in"  # the name in stored references, wherever this module lies
    return StandIn
