"""The graph of what a student's function had built when an exception ended it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...exercises import TestCase
from ..errors import student_frames
from .keras_internals import give_own_names, operations_before

MOST_FRAMES, MOST_LOCALS = 10, 200
"""So many functions are looked through, from the exercise's own inwards, and so many variables of each."""


def graph_before(
    raised: BaseException, case: TestCase, made: Sequence[Any] = (), given: Sequence[Any] = ()
) -> str | None:
    """The graph that ends in the tensor with the most layers before it, among the variables of the student's functions.

    Where no variable holds one any more, it is looked for among those that were `made`. None where there is none: no
    layer had been called yet, the tensor comes from an input that is not of the exercise's shapes, or this Keras keeps
    no history of a tensor. The variables are looked at, never called.
    """
    frames = [frame for frame, _line in student_frames(raised)[:MOST_FRAMES]]
    variables = [value for frame in frames for value in list(frame.f_locals.values())[:MOST_LOCALS]]
    return _graph_to(variables, case, given) or _graph_to(made[-MOST_LOCALS:], case, given)


def _graph_to(values: Sequence[Any], case: TestCase, asked: Sequence[Any]) -> str | None:
    import keras

    tensors = [value for value in values if type(value) is keras.KerasTensor]
    try:
        before = {id(tensor): operations_before(tensor) for tensor in tensors}
        deepest = max(tensors, key=lambda tensor: len(before[id(tensor)]), default=None)
        if deepest is None or len(before[id(deepest)]) < 2:  # the first is the input itself
            return None
        inputs = [operation for operation in before[id(deepest)] if isinstance(operation, keras.layers.InputLayer)]
        given = [one.output for one in inputs]
        own = [tensor for tensor in asked if any(tensor is one for one in given)]
        if len(own) == len(given):  # some may not have been come to
            given = own
        elif [tuple(one.batch_shape[1:]) for one in inputs] != [shape[1:] for shape in case.input_shapes]:
            return None
        give_own_names(deepest)
        return json.dumps(keras.Model(given if len(given) > 1 else given[0], deepest).get_config())
    except Exception:
        return None
