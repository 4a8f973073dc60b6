"""Collect evidence of a plain function: call it on a test case's arrays and write down the arrays that it gives.

Like `autograder.evidence.collect` this module runs beside student code and decides nothing. It needs no Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..exercises import Task, TestCase
from .collect import Unusable, _call, _plain, _type_name, student_error
from .evidence import MAX_DIMENSIONS, NUMBERS, Answer, Evidence, StudentError

MAX_BYTES = 16 * 2**20
"""Bytes of all outputs of one call together."""


def collect_function(function: Callable[..., Any], task: Task, case: TestCase) -> Evidence:
    """Call `function` with the test case's values and give what it returned, each output as an array of its own dtype.

    The arrays are made for this call alone. Which of them the function has changed is noted.
    """
    name = _plain(str(getattr(function, "__name__", task.function)), 200)
    values = case.values()
    try:
        answer = _answer(_call(function, task, list(values.values())), task)
    except Unusable as unusable:
        return Evidence(name, case.name, error=unusable.error)
    except (Exception, SystemExit) as raised:
        return Evidence(name, case.name, error=student_error(raised))
    return Evidence(name, case.name, answer=answer, changed=tuple(_changed(values, case.values())))


def _changed(used: Mapping[str, Any], fresh: Mapping[str, Any]) -> list[str]:
    return [
        name
        for name, value in used.items()
        if isinstance(value, np.ndarray) and not np.array_equal(value, fresh[name], equal_nan=value.dtype.kind in "fc")
    ]


def _answer(result: object, task: Task) -> Answer:
    """The outputs by name: one alone, a tuple or list in the order of the names, or a dict with just these keys."""
    wanted = task.outputs
    if len(wanted) == 1:
        parts: Sequence[object] = [result]
    elif type(result) is dict and set(result) == set(wanted):
        parts = [result[name] for name in wanted]
    elif type(result) in (tuple, list) and len(result) == len(wanted):  # type: ignore[arg-type]
        parts = list(result)  # type: ignore[call-overload]
    else:
        raise _unusable(result, task)
    found = {name: _numbers(part, task) for name, part in zip(wanted, parts, strict=True)}
    size = sum(array.nbytes for array in found.values())
    if size > MAX_BYTES:
        raise Unusable(StudentError(kind="returned", type=f"{size // 2**20} MB", function=task.function))
    return found


def _numbers(part: object, task: Task) -> NDArray[Any]:
    """A copy as a plain array; a Python number becomes an array without dimensions."""
    plain = type(part) in (bool, int, float, complex, np.ndarray) or isinstance(part, np.generic)
    if not plain:
        raise _unusable(part, task)
    try:
        array = np.array(part)
    except (OverflowError, ValueError):
        raise _unusable(part, task) from None
    if array.dtype.name not in NUMBERS:
        kind = f"{type(part).__name__} of dtype {array.dtype.name}"
        raise Unusable(StudentError(kind="returned", type=kind[:200], function=task.function))
    if array.ndim > MAX_DIMENSIONS:
        raise Unusable(StudentError(kind="returned", type=f"array of {array.ndim} dimensions", function=task.function))
    return array


def _unusable(result: object, task: Task) -> Unusable:
    return Unusable(StudentError(kind="returned", type=_type_name(result), function=task.function))
