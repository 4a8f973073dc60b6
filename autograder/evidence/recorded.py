"""Notes down how a notebook itself calls its functions, for `autograder new --from`: it runs in the author's kernel."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable
from typing import Any

import numpy as np

MOST = 200
"""Calls of one function that are noted: a network may call a block many times."""
_calls: dict[str, list[dict[str, Any]]] = {}
_running: list[str] = []
"""The functions that are being called, the outermost first."""


def record(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which from now on notes down what it is called with and what kind of thing it returns."""
    noted = _calls.setdefault(function.__name__, [])

    @functools.wraps(function)
    def recorded(*given: Any, **named: Any) -> Any:
        arguments = inspect.signature(function).bind(*given, **named).arguments
        before = {name: described(value) for name, value in arguments.items()}
        within = _running[-1] if _running else ""
        _running.append(function.__name__)
        try:
            result = function(*given, **named)
        finally:
            _running.pop()
        if len(noted) < MOST:
            names = [str(name) for name in result] if isinstance(result, dict) else []
            kinds = [kind_of(one) for one in _each(result)]
            shape = described(result)["shape"] if kinds == ["tensor"] and not isinstance(result, dict) else None
            noted.append({"arguments": before, "result": kinds, "names": names, "within": within, "shape": shape})
        return result

    return recorded


def calls() -> str:
    """All that has been noted, as JSON."""
    return json.dumps(_calls)


def restore(names: dict[str, Any]) -> None:
    """Put the functions themselves in the place of what notes down their calls."""
    for name in _calls:
        names[name] = getattr(names.get(name), "__wrapped__", names.get(name))


def _each(result: Any) -> list[Any]:
    if isinstance(result, dict):
        return list(result.values())
    return list(result) if isinstance(result, tuple | list) else [result]


def kind_of(value: Any) -> str:
    """What sort of thing a value is: "tensor", "model", "array" or "other"."""
    names = {base.__name__ for base in type(value).__mro__}
    if names & {"KerasTensor", "Tensor", "EagerTensor"}:
        return "tensor"
    if "Model" in names:
        return "model"
    return "array" if isinstance(value, np.ndarray | np.generic | int | float) else "other"


def described(value: Any) -> dict[str, Any]:
    """An argument as plain data: a tensor or an array by its shape, a plain value as it is."""
    if kind_of(value) == "tensor" or isinstance(value, np.ndarray):
        shape = [None if n is None else int(n) for n in value.shape]
        whole = "int" in str(value.dtype)
        most = int(np.max(value)) + 1 if whole and isinstance(value, np.ndarray) and value.size else 0
        return {"shape": shape, "whole": whole, "below": most}
    if isinstance(value, tuple | list) and all(type(item) is int for item in value):
        return {"value": list(value), "tuple": True}
    if type(value) in (bool, int, float, str):
        return {"value": value}
    return {"other": type(value).__name__}
