"""Collect evidence: call a student's function on a test case and write down what it made.

This module runs beside student code, in the student's own notebook or in the kernel that grades it. It is the only
one that imports Keras, and it decides nothing: what it says is checked on the trusted side.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import linecache
import sys
import sysconfig
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

import numpy as np

from ..base.garbage import without_collector
from ..exercises import Task, TestCase
from .evidence import Array, Evidence, StudentError

CANARY_SHAPE = (2, 2, 3, 4)
SAME_NAMES = "All operation names should be unique"
"""What Keras says when a name stands twice in a model."""


class Unusable(Exception):
    """The function's result cannot be looked at; carries what to tell the student."""

    def __init__(self, error: StudentError) -> None:
        super().__init__(error.message)
        self.error = error


def collect(
    function: Callable[..., Any],
    exercise: Task,
    case: TestCase,
    with_weights: bool | None = None,
    graph_alone: bool = False,
) -> Evidence:
    """Call `function` on `test case` and give what it made; an exception of the student's becomes part of the evidence.

    `with_weights` is by default what the exercise asks for: a block's weights travel, a model's don't. `graph_alone`
    leaves out the outputs, and with them the drawing of millions of weights, where the function only builds a model.
    """
    if exercise.kind == "function":
        from .collect_function import collect_function

        return collect_function(function, exercise, case)
    with without_collector():
        return _collect(function, exercise, case, with_weights, graph_alone)


def _collect(
    function: Callable[..., Any], exercise: Task, case: TestCase, with_weights: bool | None, graph_alone: bool
) -> Evidence:
    if with_weights is None:
        with_weights = exercise.kind == "block"
    name = _plain(str(getattr(function, "__name__", exercise.function)), 200)
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


def _bare_graph(function: Callable[..., Any], exercise: Task, case: TestCase) -> str | None:
    """The graph, made without drawing a weight; None where the function wants or changes weights, or fails."""
    try:
        with _without_weights() as scope:
            graph = json.dumps(_build(function, exercise, case).get_config())
    except (Exception, SystemExit):
        return None  # the ordinary way has the words for what went wrong, if anything
    return None if scope.state_mapping else graph


@contextlib.contextmanager
def _without_weights() -> Iterator[Any]:
    """Layers built within get no weights; the scope's `state_mapping` holds what was nevertheless done to them."""
    import keras
    from keras.src.backend.common import global_state

    waiting = list(global_state.get_global_attribute("uninitialized_variables") or ())
    try:
        with keras.StatelessScope(initialize_variables=False) as scope:
            yield scope
    finally:
        # Keras would draw them all at the end of the next such scope.
        global_state.set_global_attribute("uninitialized_variables", waiting)


def canary() -> Array:
    """What this machine's glorot_uniform(seed=0) draws, float32 of shape CANARY_SHAPE."""
    import keras

    return np.asarray(keras.initializers.GlorotUniform(seed=0)(CANARY_SHAPE), dtype=np.float32)


def _build(function: Callable[..., Any], exercise: Task, case: TestCase) -> Any:
    """The Keras model that the function's result stands for."""
    import keras

    values = _values(case)
    if exercise.kind == "block":
        tensor = keras.Input(batch_shape=(None, *case.input_shape[1:]))
        result = _call(function, exercise, [tensor, *values])
        if not isinstance(result, keras.KerasTensor):
            raise Unusable(StudentError(kind="returned", type=_type_name(result), function=exercise.function))
        return keras.Model(tensor, result)
    result = _call(function, exercise, values)
    if not isinstance(result, keras.Model):
        raise Unusable(StudentError(kind="returned", type=_type_name(result), function=exercise.function))
    if not hasattr(result, "_functional") and type(result).__name__ != "Functional":
        raise Unusable(StudentError(kind="graph", type=type(result).__name__[:200], function=exercise.function))
    return result


def _values(case: TestCase) -> list[Any]:
    """The test case's arguments as a student's own call would give them."""
    return [list(v) if isinstance(v, tuple) and k == "filters" else v for k, v in case.arguments.items()]


def _call(function: Callable[..., Any], exercise: Task, arguments: list[Any]) -> Any:
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError as problem:
        text = str(problem)[:1000]
        raise Unusable(
            StudentError(kind="signature", type="TypeError", message=text, function=exercise.function)
        ) from None
    return function(*arguments)


def _type_name(value: object) -> str:
    """What a student would call it."""
    kind = type(value)
    name = "EagerTensor" if kind.__name__ == "EagerTensor" else kind.__name__
    if isinstance(value, tuple | list):
        name += f" of {len(value)}"
    if kind is type:
        name = f"class {value.__name__}"  # type: ignore[attr-defined]
    return name[:200]


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


# --- errors ---------------------------------------------------------------------------------------------------

_LIBRARIES = tuple(
    {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    | {str(Path(__file__).parents[1]), "<frozen"}
)


def _is_students(filename: str) -> bool:
    return not filename.startswith(_LIBRARIES)


def student_error(raised: BaseException) -> StudentError:
    """The exception with the innermost line that is the student's own."""
    frame: FrameType | None = None
    line = 0
    for current, number in traceback.walk_tb(raised.__traceback__):
        if _is_students(current.f_code.co_filename):
            frame, line = current, number
    if isinstance(raised, SyntaxError) and raised.lineno:
        line = raised.lineno
    try:
        message = str(raised)
    except Exception:
        message = ""
    return StudentError(
        kind="names" if SAME_NAMES in message else "raised",
        type=_plain(type(raised).__name__, 200),
        message=_plain(message, 4000),
        line=line,
        code=_plain(linecache.getline(frame.f_code.co_filename, line).strip(), 500) if frame else "",
        function=_plain(frame.f_code.co_name, 200) if frame else "",
    )


def _plain(text: str, limit: int) -> str:
    """The beginning of the text as something that can be written down: half characters become question marks."""
    return text[:limit].encode("utf-8", "replace").decode()


def _recover(function: Callable[..., Any], exercise: Task, case: TestCase, raised: BaseException) -> str | None:
    """The graph in spite of shapes that don't meet.

    Where the two paths cannot be added, the mistake lies before the addition, and a graph shows it. So the function
    is called once more with an addition that takes any shapes, a model for a larger image; the result is only looked
    at, never computed with.
    """
    if not isinstance(raised, ValueError):
        return None
    if SAME_NAMES in str(raised):
        return _with_own_names(function, exercise, case)
    if "shape" not in str(raised):
        return None
    shape = case.arguments.get("input_shape")
    if exercise.kind != "block" and isinstance(shape, tuple):
        larger = (shape[0] * 4, shape[1] * 4, shape[2])
        case = case.model_copy(update={"arguments": {**case.arguments, "input_shape": larger}})
    try:
        with _any_shapes_meet(), _without_weights():
            return json.dumps(_build(function, exercise, case).get_config())
    except (Exception, SystemExit):
        return None


def _with_own_names(function: Callable[..., Any], exercise: Task, case: TestCase) -> str | None:
    """The graph of a block in which a name stands twice: the later layers' names get a number behind a `~`."""
    import keras

    if exercise.kind != "block":
        return None
    tensor = keras.Input(batch_shape=(None, *case.input_shape[1:]))
    try:
        result = function(tensor, *_values(case))
        seen: dict[str, Any] = {}
        for operation in _operations(result):
            if seen.setdefault(operation.name, operation) is not operation:
                operation.name = f"{operation.name}~{len(seen)}"
        return json.dumps(keras.Model(tensor, result).get_config())
    except (Exception, SystemExit):
        return None


def _operations(tensor: Any) -> list[Any]:
    """What a symbolic tensor was made by, from the input on."""
    found: dict[int, Any] = {}
    stack = [(tensor, False)]
    while stack:
        current, ready = stack.pop()
        operation, node_index, _ = current._keras_history
        if id(operation) in found:
            continue
        if ready:
            found[id(operation)] = operation
            continue
        stack.append((current, True))
        stack.extend((before, False) for before in operation._inbound_nodes[node_index].input_tensors)
    return list(found.values())


@contextlib.contextmanager
def _any_shapes_meet() -> Iterator[None]:
    from keras.src.layers.merging.base_merge import Merge
    from keras.src.ops import numpy as ops

    strict_merge = Merge._compute_elemwise_op_output_shape
    strict_broadcast = ops.broadcast_shapes

    def merge(self: Any, shape1: Any, shape2: Any) -> Any:
        try:
            return strict_merge(self, shape1, shape2)
        except ValueError:
            return shape2

    def broadcast(shape1: Any, shape2: Any) -> Any:
        try:
            return strict_broadcast(shape1, shape2)
        except ValueError:
            return shape2

    with (
        mock.patch.object(Merge, "_compute_elemwise_op_output_shape", merge),
        mock.patch.object(ops, "broadcast_shapes", broadcast),
    ):
        yield


def keras_is_loaded() -> bool:
    """Whether this process has paid for Keras already."""
    return "keras" in sys.modules
