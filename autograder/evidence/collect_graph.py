"""Collect evidence of a block or a model: the graph of Keras layers that a function builds, and what it computes.

A "block" is called on a symbolic tensor and returns one; every other kind returns a Keras Model of its own.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ..base.garbage import without_collector
from ..exercises import Task, TestCase
from .before import graph_before
from .calling import Caller
from .errors import SAME_NAMES, Unusable, function_name, student_error, type_name
from .evidence import Array, Evidence
from .keras_internals import any_shapes_meet, functions_by_module, give_own_names, is_functional, without_weights
from .student_code import StudentCode

CANARY_SHAPE = (2, 2, 3, 4)


@without_collector()
def collect_graph(
    function: Callable[..., Any], exercise: Task, case: TestCase, with_weights: bool, graph_alone: bool
) -> Evidence:
    """The graph that `function` builds and its outputs on the test case's input; see `collect`."""
    name = function_name(function, exercise)
    caller = Caller(function, exercise, case)
    if graph_alone:
        bare = _bare_graph(caller, exercise, case)
        if bare is not None:
            return replace(bare, function=name)
    with caller.traced() as trace:
        try:
            model = _build(caller, exercise, case)
        except (Exception, SystemExit) as raised:
            return _of_failure(name, caller, exercise, case, raised)
    code = trace.code(model)
    try:
        graph = _configuration(model)
        weights = weights_of(model) if with_weights else None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras warns where Model(inputs=[X]) is given a bare tensor
            outputs = np.asarray(model(case.input(), training=case.training), dtype=np.float32)
    except (Exception, SystemExit) as raised:
        return Evidence(name, case.name, error=caller.error or student_error(raised, function), code=code)
    return Evidence(
        name,
        case.name,
        graph=graph,
        weights=weights,
        outputs=outputs,
        canary=canary(),
        error=caller.error,
        changed=caller.changed,
        misnamed=caller.misnamed,
        code=code,
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


def _build(caller: Caller, exercise: Task, case: TestCase) -> Any:
    """The Keras model that the function's result stands for. Raises Unusable where it stands for none."""
    import keras

    block = exercise.kind == "block"
    given = _symbolic_input(case) if block else None
    result = caller(given)
    if not isinstance(result, keras.KerasTensor if block else keras.Model):
        raise Unusable(exercise, "returned", type_name(result))
    if block:
        return keras.Model(given, result)
    if not is_functional(result):
        raise Unusable(exercise, "graph", type(result).__name__)
    return result


def _configuration(model: Any) -> str:
    """What Keras writes down of a model, as JSON."""
    with functions_by_module():
        return json.dumps(model.get_config())


def _symbolic_input(case: TestCase) -> Any:
    import keras

    return keras.Input(batch_shape=(None, *case.input_shape[1:]))


def _bare_graph(caller: Caller, exercise: Task, case: TestCase) -> Evidence | None:
    """The graph, made without drawing a weight; None where the function wants or changes weights, or fails."""
    try:
        with caller.traced() as trace, without_weights() as scope:
            model = _build(caller, exercise, case)
            graph = _configuration(model)
    except (Exception, SystemExit):
        return None  # the ordinary way has the words for what went wrong, if anything
    if scope.state_mapping:
        return None
    return Evidence(
        "",
        case.name,
        graph=graph,
        canary=canary(),
        error=caller.error,
        changed=caller.changed,
        misnamed=caller.misnamed,
        code=trace.code(model),
    )


# --- a graph in spite of an exception -------------------------------------------------------------------------------


def _of_failure(name: str, caller: Caller, exercise: Task, case: TestCase, raised: BaseException) -> Evidence:
    """What there is to say where no model could be made: the error, and as much of the graph as there is."""
    code = caller.trace.code()
    if isinstance(raised, Unusable):
        return Evidence(name, case.name, error=caller.error or raised.in_text_of(caller.function), code=code)
    error = caller.error or student_error(raised, caller.function)
    recovered = _recover(caller, exercise, case, raised)
    if recovered is not None:
        graph, code = recovered
        return Evidence(name, case.name, graph=graph, error=error, code=code)
    built = graph_before(raised, case)
    return Evidence(name, case.name, graph=built, error=error, code=code, partial=built is not None)


def _recover(
    caller: Caller, exercise: Task, case: TestCase, raised: BaseException
) -> tuple[str, StudentCode | None] | None:
    """The graph of a function that raises because shapes don't fit or names stand twice; None for any other reason.

    The mistake lies before the place where Keras gives up, and a graph shows it. So the function is called once more
    with Keras made lenient. The result is only looked at, never computed with.
    """
    if not isinstance(raised, ValueError):
        return None
    try:
        if SAME_NAMES in str(raised):
            return _with_own_names(caller, case) if exercise.kind == "block" else None
        return _with_any_shapes(caller, exercise, case) if "shape" in str(raised) else None
    except (Exception, SystemExit):
        return None


def _with_any_shapes(caller: Caller, exercise: Task, case: TestCase) -> tuple[str, StudentCode | None]:
    """The graph where additions take any shapes, built for a larger image, so that it can't become empty."""
    number, height, width, *channels = case.input_shape
    if exercise.kind == "block":
        case = case.model_copy(update={"input_shape": (number, height * 8, width * 8, *channels)})
    elif "input_shape" in exercise.signature:
        larger = (height * 4, width * 4, *channels)
        case = case.model_copy(update={"arguments": {**case.arguments, "input_shape": larger}})
    caller = caller.on(case)
    with caller.traced() as trace, any_shapes_meet(), without_weights():
        model = _build(caller, exercise, case)
        return _configuration(model), trace.code(model)


def _with_own_names(caller: Caller, case: TestCase) -> tuple[str, StudentCode | None]:
    """The graph of a block in which a name stands twice: the later layers' names get a number behind a `~`."""
    import keras

    tensor = _symbolic_input(case)
    with caller.traced() as trace:
        result = caller(tensor)
    code = trace.code(result)
    give_own_names(result)
    return _configuration(keras.Model(tensor, result)), code
