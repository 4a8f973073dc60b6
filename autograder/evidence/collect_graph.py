"""Collect evidence of a block or a model: the graph of Keras layers that a function builds, and what it computes.

A "block" is called on a symbolic tensor and returns one; every other kind returns a Keras Model of its own.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..base.garbage import without_collector
from ..exercises import Task, TestCase
from .errors import SAME_NAMES, Unusable, call, function_name, student_error, type_name
from .evidence import Array, Evidence
from .keras_internals import any_shapes_meet, functions_by_module, is_functional, operations_before, without_weights

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
            return replace(bare, function=name)
    try:
        built = _build(function, exercise, case)
    except Unusable as unusable:
        return Evidence(name, case.name, error=unusable.error)
    except (Exception, SystemExit) as raised:
        error = student_error(raised)
        return Evidence(name, case.name, graph=_recover(function, exercise, case, raised), error=error)
    model = built.model
    try:
        graph = _configuration(model)
        weights = weights_of(model) if with_weights else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras warns where Model(inputs=[X]) is given a bare tensor
            outputs = np.asarray(model(case.input(), training=case.training), dtype=np.float32)
    except (Exception, SystemExit) as raised:
        return Evidence(name, case.name, error=student_error(raised))
    return Evidence(
        name,
        case.name,
        graph=graph,
        weights=weights,
        outputs=outputs,
        canary=canary(),
        changed=built.changed,
        misnamed=built.misnamed,
    )


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


@dataclass(frozen=True, slots=True)
class _Built:
    """The Keras model that a function's result stands for, and what the call did; see Evidence."""

    model: Any
    changed: tuple[str, ...]
    misnamed: tuple[str, ...]


def _build(function: Callable[..., Any], exercise: Task, case: TestCase) -> _Built:
    """Call the function. Raises Unusable where its result stands for no Keras model."""
    import keras

    block = exercise.kind == "block"
    given = [_symbolic_input(case)] if block else []
    arguments = _arguments(case)
    called = call(function, exercise, given, arguments, case.by_keyword)
    changed = tuple(name for name, value in _arguments(case).items() if arguments[name] != value)
    result = called.result
    if not isinstance(result, keras.KerasTensor if block else keras.Model):
        raise Unusable(exercise, "returned", type_name(result))
    if block:
        result = keras.Model(given[0], result)
    elif not is_functional(result):
        raise Unusable(exercise, "graph", type(result).__name__)
    return _Built(result, changed, called.misnamed)


def _configuration(model: Any) -> str:
    """What Keras writes down of a model, as JSON."""
    with functions_by_module():
        return json.dumps(model.get_config())


def _symbolic_input(case: TestCase) -> Any:
    import keras

    return keras.Input(batch_shape=(None, *case.input_shape[1:]))


def _arguments(case: TestCase) -> dict[str, Any]:
    """The test case's arguments as a student's own call would give them."""
    return {k: list(v) if isinstance(v, tuple) and k == "filters" else v for k, v in case.arguments.items()}


def _bare_graph(function: Callable[..., Any], exercise: Task, case: TestCase) -> Evidence | None:
    """The graph, made without drawing a weight; None where the function wants or changes weights, or fails."""
    try:
        with without_weights() as scope:
            built = _build(function, exercise, case)
            graph = _configuration(built.model)
    except (Exception, SystemExit):
        return None  # the ordinary way has the words for what went wrong, if anything
    if scope.state_mapping:
        return None
    return Evidence("", case.name, graph=graph, canary=canary(), changed=built.changed, misnamed=built.misnamed)


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
            return _with_own_names(function, exercise, case) if exercise.kind == "block" else None
        return _with_any_shapes(function, exercise, case) if "shape" in str(raised) else None
    except (Exception, SystemExit):
        return None


def _with_any_shapes(function: Callable[..., Any], exercise: Task, case: TestCase) -> str:
    """The graph where additions take any shapes; a model is built for a larger image, so that it can't become empty."""
    if exercise.kind != "block" and "input_shape" in exercise.signature:
        height, width, *channels = case.input_shape[1:]
        larger = (height * 4, width * 4, *channels)
        case = case.model_copy(update={"arguments": {**case.arguments, "input_shape": larger}})
    with any_shapes_meet(), without_weights():
        return _configuration(_build(function, exercise, case).model)


def _with_own_names(function: Callable[..., Any], exercise: Task, case: TestCase) -> str:
    """The graph of a block in which a name stands twice: the later layers' names get a number behind a `~`."""
    import keras

    tensor = _symbolic_input(case)
    result = call(function, exercise, [tensor], _arguments(case), case.by_keyword).result
    seen: dict[str, Any] = {}
    for operation in operations_before(result):
        if seen.setdefault(operation.name, operation) is not operation:
            operation.name = f"{operation.name}~{len(seen)}"
    return _configuration(keras.Model(tensor, result))
