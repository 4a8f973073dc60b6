"""Collect evidence of a plain function: call it on a test case's arrays and write down the arrays that it gives.

It needs no Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..base.arrays import NUMBERS
from ..exercises import Task, TestCase
from .errors import Unusable, call, function_name, student_error, type_name
from .evidence import MAX_DIMENSIONS, Answer, Evidence

MAX_BYTES = 16 * 2**20
"""Bytes of all outputs of one call together."""


def collect_function(function: Callable[..., Any], task: Task, case: TestCase) -> Evidence:
    """Call `function` with the test case's values and give what it returned, each output as an array of its own dtype.

    The arrays are made for this call alone. Which of them the function has changed is noted.
    """
    name = function_name(function, task)
    values = case.values()
    try:
        called = call(function, task, (), values, case.by_keyword)
        answer = _answer(called.result, task)
    except Unusable as unusable:
        return Evidence(name, case.name, error=unusable.in_text_of(function))
    except (Exception, SystemExit) as raised:
        return Evidence(name, case.name, error=student_error(raised, function))
    return Evidence(
        name, case.name, answer=answer, changed=tuple(_changed(values, case.values())), misnamed=called.misnamed
    )


def _changed(used: Mapping[str, Any], fresh: Mapping[str, Any]) -> list[str]:
    return [
        name
        for name, value in used.items()
        if isinstance(value, np.ndarray) and not np.array_equal(value, fresh[name], equal_nan=value.dtype.kind in "fc")
    ]


def _answer(result: object, task: Task) -> Answer:
    """The outputs by name, from a single value, a tuple or list in the names' order, or a dict with just these keys."""
    wanted = task.outputs
    if len(wanted) == 1:
        outputs: Sequence[object] = [result]
    elif type(result) is dict and set(result) == set(wanted):
        outputs = [result[name] for name in wanted]
    elif type(result) in (tuple, list) and len(result) == len(wanted):  # type: ignore[arg-type]
        outputs = list(result)  # type: ignore[call-overload]
    else:
        raise Unusable(task, "returned", type_name(result))
    found = {name: _numbers(output, task) for name, output in zip(wanted, outputs, strict=True)}
    size = sum(array.nbytes for array in found.values())
    if size > MAX_BYTES:
        raise Unusable(task, "returned", f"{size // 2**20} MB")
    return found


def _numbers(output: object, task: Task) -> NDArray[Any]:
    """A copy as a plain array; a Python number becomes an array without dimensions."""
    plain = type(output) in (bool, int, float, complex, np.ndarray) or isinstance(output, np.generic)
    try:
        array = np.array(output) if plain else None
    except (OverflowError, ValueError):
        array = None
    if array is None:
        raise Unusable(task, "returned", type_name(output))
    if array.dtype.name not in NUMBERS:
        raise Unusable(task, "returned", f"{type(output).__name__} of dtype {array.dtype.name}")
    if array.ndim > MAX_DIMENSIONS:
        raise Unusable(task, "returned", f"array of {array.ndim} dimensions")
    return array
