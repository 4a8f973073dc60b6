"""Collect evidence of a block or a model: the graph of Keras layers that a function builds, and what it computes.

A "block" is called on a symbolic tensor and returns one; every other kind returns a Keras Model of its own.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..base.garbage import without_collector
from ..exercises import Task, TestCase
from .errors import SAME_NAMES, Unusable, call, function_name, student_error, type_name
from .evidence import Array, Evidence
from .keras_internals import any_shapes_meet, is_functional, operations_before, without_weights

CANARY_SHAPE = (2, 2, 3, 4)


@without_collector()
def collect_graph(
    function: Callable[..., Any], exercise: Task, case: TestCase, with_weights: bool, graph_alone: bool
) -> Evidence:
    """The graph that `function` builds and its outputs on the test case's input; see `collect`."""
    name = function_name(function, exercise)
    if graph_alone:
        bare = _bare_graph(function, exercise, case)
        if bare is not None:
            return Evidence(name, case.name, graph=bare, canary=canary())
    try:
        model = _build(function, exercise, case)
    except Unusable as unusable:
        return Evidence(name, case.name, error=unusable.error)
    except (Exception, SystemExit) as raised:
        error = student_error(raised)
        return Evidence(name, case.name, graph=_recover(function, exercise, case, raised), error=error)
    try:
        graph = json.dumps(model.get_config())
        weights = weights_of(model) if with_weights else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras warns where Model(inputs=[X]) is given a bare tensor
            outputs = np.asarray(model(case.input(), training=case.training), dtype=np.float32)
    except (Exception, SystemExit) as raised:
        return Evidence(name, case.name, error=student_error(raised))
    return Evidence(name, case.name, graph=graph, weights=weights, outputs=outputs, canary=canary())


def canary() -> Array:
    """What this machine's glorot_uniform(seed=0) draws, float32 of shape CANARY_SHAPE."""
    import keras

    return np.asarray(keras.initializers.GlorotUniform(seed=0)(CANARY_SHAPE), dtype=np.float32)


def weights_of(model: Any) -> dict[str, tuple[Array, ...]]:
    """Each layer's arrays by the path that the parsed graph gives it: names joined by "/" through nested models."""
    import keras

    found: dict[str, tuple[Array, ...]] = {}

    def walk(layers: list[Any], prefix: str) -> None:
        for layer in layers:
            if isinstance(layer, keras.Model):
                walk(layer.layers, f"{prefix}{layer.name}/")
            elif getattr(layer, "weights", None):
                found[prefix + layer.name] = tuple(np.asarray(w, dtype=np.float32).copy() for w in layer.weights)

    walk(model.layers, "")
    return found


def _build(function: Callable[..., Any], exercise: Task, case: TestCase) -> Any:
    """The Keras model that the function's result stands for. Raises Unusable where it stands for none."""
    import keras

    if exercise.kind == "block":
        tensor = _symbolic_input(case)
        result = call(function, exercise, [tensor, *_values(case)])
        if not isinstance(result, keras.KerasTensor):
            raise Unusable(exercise, "returned", type_name(result))
        return keras.Model(tensor, result)
    result = call(function, exercise, _values(case))
    if not isinstance(result, keras.Model):
        raise Unusable(exercise, "returned", type_name(result))
    if not is_functional(result):
        raise Unusable(exercise, "graph", type(result).__name__)
    return result


def _symbolic_input(case: TestCase) -> Any:
    import keras

    return keras.Input(batch_shape=(None, *case.input_shape[1:]))


def _values(case: TestCase) -> list[Any]:
    """The test case's arguments as a student's own call would give them."""
    return [list(v) if isinstance(v, tuple) and k == "filters" else v for k, v in case.arguments.items()]


def _bare_graph(function: Callable[..., Any], exercise: Task, case: TestCase) -> str | None:
    """The graph, made without drawing a weight; None where the function wants or changes weights, or fails."""
    try:
        with without_weights() as scope:
            graph = json.dumps(_build(function, exercise, case).get_config())
    except (Exception, SystemExit):
        return None  # the ordinary way has the words for what went wrong, if anything
    return None if scope.state_mapping else graph


# --- a graph in spite of an exception -------------------------------------------------------------------------------


def _recover(function: Callable[..., Any], exercise: Task, case: TestCase, raised: BaseException) -> str | None:
    """The graph of a function that raises because shapes don't fit or names stand twice; None for any other reason.

    The mistake lies before the place where Keras gives up, and a graph shows it. So the function is called once more
    with Keras made lenient. The result is only looked at, never computed with.
    """
    if not isinstance(raised, ValueError):
        return None
    try:
        if SAME_NAMES in str(raised):
            return _with_own_names(function, case) if exercise.kind == "block" else None
        return _with_any_shapes(function, exercise, case) if "shape" in str(raised) else None
    except (Exception, SystemExit):
        return None


def _with_any_shapes(function: Callable[..., Any], exercise: Task, case: TestCase) -> str:
    """The graph where additions take any shapes, built for a larger image, so that it can't become empty."""
    shape = case.arguments.get("input_shape")
    if exercise.kind == "block":
        number, rows, columns, channels = case.input_shape
        case = case.model_copy(update={"input_shape": (number, rows * 8, columns * 8, channels)})
    elif isinstance(shape, tuple):
        larger = (shape[0] * 4, shape[1] * 4, shape[2])
        case = case.model_copy(update={"arguments": {**case.arguments, "input_shape": larger}})
    with any_shapes_meet(), without_weights():
        return json.dumps(_build(function, exercise, case).get_config())


def _with_own_names(function: Callable[..., Any], case: TestCase) -> str:
    """The graph of a block in which a name stands twice: the later layers' names get a number behind a `~`."""
    import keras

    tensor = _symbolic_input(case)
    result = function(tensor, *_values(case))
    seen: dict[str, Any] = {}
    for operation in operations_before(result):
        if seen.setdefault(operation.name, operation) is not operation:
            operation.name = f"{operation.name}~{len(seen)}"
    return json.dumps(keras.Model(tensor, result).get_config())
