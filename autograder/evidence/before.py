"""The graph of what a student's function had built when an exception ended it."""

from __future__ import annotations

import json

from ..exercises import TestCase
from .errors import student_frames
from .keras_internals import give_own_names, operations_before

MOST_FRAMES, MOST_LOCALS = 10, 200
"""So many functions are looked through, from the exercise's own inwards, and so many variables of each."""


def graph_before(raised: BaseException, case: TestCase) -> str | None:
    """The graph that ends in the tensor with the most layers before it, among the variables of the student's functions.

    None where there is none: no layer had been called yet, the tensor does not come from one single input of the
    exercise's shape, or this Keras keeps no history of a tensor. The variables are looked at, never called.
    """
    import keras

    frames = [frame for frame, _line in student_frames(raised)[:MOST_FRAMES]]
    variables = [value for frame in frames for value in list(frame.f_locals.values())[:MOST_LOCALS]]
    tensors = [value for value in variables if type(value) is keras.KerasTensor]
    try:
        before = {id(tensor): operations_before(tensor) for tensor in tensors}
        deepest = max(tensors, key=lambda tensor: len(before[id(tensor)]), default=None)
        if deepest is None or len(before[id(deepest)]) < 2:  # the first is the input itself
            return None
        inputs = [operation for operation in before[id(deepest)] if isinstance(operation, keras.layers.InputLayer)]
        if len(inputs) != 1 or tuple(inputs[0].batch_shape[1:]) != tuple(case.input_shape[1:]):
            return None
        give_own_names(deepest)
        return json.dumps(keras.Model(inputs[0].output, deepest).get_config())
    except Exception:
        return None
