"""Collect evidence of a block or a model: the graph of Keras layers that a function builds, and what it computes.

A "block" is called on a symbolic tensor and returns one; every other kind returns a Keras Model of its own.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...base.garbage import without_collector
from ...exercises import Task, TestCase
from ..errors import SAME_NAMES, Unusable, function_name, student_error, type_name
from ..evidence import Array, Evidence
from .before import graph_before
from .calling import Caller
from .keras_internals import (
    any_shapes_meet,
    built_sooner,
    functional_of,
    functions_by_module,
    give_own_names,
    is_functional,
    weights_as_drawn,
    without_weights,
)
from .numbers import array_of, in_float32

CANARY_SHAPE = (2, 2, 3, 4)


@without_collector()
@in_float32()
@built_sooner()
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
    if case.hidden and not with_weights:
        found = _outputs_alone(caller, exercise, case)
        if found is not None:
            return replace(found, function=name)
    with caller.traced() as trace:
        try:
            model = _build(caller, exercise, case)
        except (Exception, SystemExit) as raised:
            return _of_failure(name, caller, exercise, case, raised)
    code = trace.code(model)
    graph: str | None = None
    try:
        graph = _configuration(model)
        weights = weights_of(model) if with_weights else None
        outputs = _outputs(model, case, both=case.hidden and with_weights)
    except (Exception, SystemExit) as raised:
        if (
            caller.error is None and graph is not None and not _fits(model, case)
        ):  # the graph says why there are no outputs
            return Evidence(name, case.name, graph=graph, canary=canary(), code=code)
        return Evidence(name, case.name, error=caller.error or student_error(raised, function), code=code)
    return Evidence(
        name,
        case.name,
        graph=graph,
        weights=weights,
        outputs=outputs[case.training],
        in_other_mode=outputs.get(not case.training),
        canary=canary(),
        error=caller.error,
        changed=caller.changed,
        misnamed=caller.misnamed,
        code=code,
    )


def canary() -> Array:
    """What this machine's glorot_uniform(seed=0) draws, float32 of shape CANARY_SHAPE."""
    import keras

    return array_of(keras.initializers.GlorotUniform(seed=0)(CANARY_SHAPE))


def weights_of(model: Any) -> dict[str, tuple[Array, ...]]:
    """Each layer's arrays by the path that the parsed graph gives it: names joined by "/" through nested models."""
    import keras

    found: dict[str, tuple[Array, ...]] = {}

    def walk(layers: list[Any], prefix: str) -> None:
        for layer in layers:
            if isinstance(layer, keras.Model):
                walk(layer.layers, f"{prefix}{layer.name}/")
            elif getattr(layer, "weights", None):
                found[prefix + layer.name] = tuple(map(array_of, layer.weights))

    walk(model.layers, "")
    return found


def _build(caller: Caller, exercise: Task, case: TestCase) -> Any:
    """The Keras model that the function's result stands for. Raises Unusable where it stands for none."""
    import keras

    if exercise.kind == "block":
        given = _symbolic_inputs(case)
        result = caller(*given)
        several = len(exercise.outputs) > 1
        found = list(result) if several and isinstance(result, list | tuple) else [result]
        if len(found) != max(len(exercise.outputs), 1) or not all(isinstance(x, keras.KerasTensor) for x in found):
            raise Unusable(exercise, "returned", type_name(result))
        return keras.Model(_one_or_all(given), _one_or_all(found))
    result = caller()
    if not isinstance(result, keras.Model):
        raise Unusable(exercise, "returned", type_name(result))
    if not is_functional(result):
        raise Unusable(exercise, "graph", type(result).__name__)
    return result


def _fits(model: Any, case: TestCase) -> bool:
    """Whether the model takes pictures of the test case's size."""
    sizes = [tuple(one.shape[1:]) for one in model.inputs]
    asked = [shape[1:] for shape in case.input_shapes]
    return len(sizes) == len(asked) and all(
        len(a) == len(b) and all(n in (None, m) for n, m in zip(a, b, strict=True))
        for a, b in zip(sizes, asked, strict=True)
    )


def _configuration(model: Any) -> str:
    """What Keras writes down of a model, as JSON."""
    with functions_by_module():
        return json.dumps(functional_of(model).get_config())


def _outputs(model: Any, case: TestCase, both: bool = False) -> dict[bool, Array]:
    """What the model computes in the test case's mode, or in both, by whether it is training."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns where Model(inputs=[X]) is given a bare tensor
        # Inference first: training moves the averages that it uses.
        return {
            training: _computed(model, case, training)
            for training in (False, True)
            if both or training == case.training
        }


def _one_or_all(tensors: Sequence[Any]) -> Any:
    return tensors[0] if len(tensors) == 1 else list(tensors)


def _symbolic_inputs(case: TestCase) -> list[Any]:
    import keras

    dtype = {"dtype": "int32"} if case.below else {}
    return [keras.Input(batch_shape=(None, *shape[1:]), **dtype) for shape in case.input_shapes]


def _computed(model: Any, case: TestCase, training: bool) -> Array:
    """What the model gives on the test case's input; several outputs flattened, one behind the other."""
    result = model(_one_or_all(case.inputs()), training=training)
    found = (
        list(result.values()) if isinstance(result, dict) else result if isinstance(result, list | tuple) else [result]
    )
    arrays = [array_of(one) for one in found]
    if len(arrays) == 1:
        return arrays[0]
    return np.concatenate([one.reshape(len(one), -1) for one in arrays], axis=1)


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


def _outputs_alone(caller: Caller, exercise: Task, case: TestCase) -> Evidence | None:
    """Graph and outputs of a model whose weights are not made variables; None where that fails.

    For a hidden test case alone: after that nothing uses the layers any more.
    """
    try:
        with weights_as_drawn():
            model = _build(caller, exercise, case)
            graph, outputs = _configuration(model), _outputs(model, case)[case.training]
    except (Exception, SystemExit):
        return None  # the ordinary way has the words for what went wrong, if anything
    return Evidence(
        "",
        case.name,
        graph=graph,
        outputs=outputs,
        canary=canary(),
        error=caller.error,
        changed=caller.changed,
        misnamed=caller.misnamed,
    )


# --- a graph in spite of an exception -------------------------------------------------------------------------------


def _of_failure(name: str, caller: Caller, exercise: Task, case: TestCase, raised: BaseException) -> Evidence:
    """What there is to say where no model could be made: the error, and as much of the graph as there is."""
    if isinstance(raised, Unusable):
        error = caller.error or raised.in_text_of(caller.function)
    else:
        error = caller.error or student_error(raised, caller.function)
        recovered = _recover(caller, exercise, case, raised)
        if recovered is not None:
            return replace(recovered, function=name, error=error)
    built = graph_before(raised, case, caller.trace.made, caller.trace.given)
    code = caller.trace.code()
    return Evidence(name, case.name, graph=built, error=error, code=code, partial=built is not None)


def _recover(caller: Caller, exercise: Task, case: TestCase, raised: BaseException) -> Evidence | None:
    """The graph of a function that raises because shapes don't fit or names stand twice; None for any other reason.

    The mistake lies before the place where Keras gives up, and a graph shows it. So the function is called once more
    with Keras made lenient. Where shapes don't fit there is nothing to compute.
    """
    if not isinstance(raised, ValueError):
        return None
    try:
        if SAME_NAMES in str(raised):
            return _with_own_names(caller, case) if exercise.kind == "block" else None
        return _with_any_shapes(caller, exercise, case) if "shape" in str(raised) else None
    except (Exception, SystemExit):
        return None


def _with_any_shapes(caller: Caller, exercise: Task, case: TestCase) -> Evidence:
    """The graph where additions take any shapes, built for a larger image, so that it can't become empty."""
    larger = case
    if exercise.kind == "block":
        larger_first, *others = ((m, *(n * 8 for n in sizes), c) for m, *sizes, c in case.input_shapes)
        larger = case.model_copy(update={"input_shape": larger_first, "more_inputs": tuple(others)})
    elif "input_shape" in exercise.signature:
        _, height, width, *channels = case.input_shape
        size = (height * 4, width * 4, *channels)
        larger = case.model_copy(update={"arguments": {**case.arguments, "input_shape": size}})
    for tried in (case, larger):  # a size that the code works with is the test case's own, as far as that can be
        caller = caller.on(tried)
        try:
            with caller.traced() as trace, any_shapes_meet(), without_weights():
                model = _build(caller, exercise, tried)
                return Evidence("", case.name, graph=_configuration(model), code=trace.code(model))
        except ValueError:
            if tried is larger:
                raise
    raise ValueError("no size will do")


def _with_own_names(caller: Caller, case: TestCase) -> Evidence:
    """A block in which a name stands twice: the later layers' names get a number behind a `~`."""
    import keras

    tensors = _symbolic_inputs(case)
    with caller.traced() as trace:
        result = caller(*tensors)
    give_own_names(result)
    code = trace.code(result)
    model = keras.Model(_one_or_all(tensors), result)
    graph, weights, outputs = _configuration(model), weights_of(model), _outputs(model, case, both=case.hidden)
    return Evidence(
        "",
        case.name,
        graph=graph,
        weights=weights,
        outputs=outputs[case.training],
        in_other_mode=outputs.get(not case.training),
        canary=canary(),
        code=code,
    )
