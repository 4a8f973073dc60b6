"""What collecting evidence needs of Keras that Keras does not document: each such name stands here alone.

The names are the same in Keras 3.8 and 3.15. Where a version lacks one, `Missing` is raised and `collect_graph` does
without: the evidence of a block whose paths don't fit then has the exception that says so, but no graph beside it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FunctionType
from typing import Any

import numpy as np


class Missing(Exception):
    """This version of Keras has no such name."""


def _find(module: str, *names: str) -> Any:
    """What the names lead to, one attribute after the other. Raises Missing."""
    try:
        found: Any = import_module(module)
        for name in names:
            found = getattr(found, name)
    except (ImportError, AttributeError):
        raise Missing(".".join((module, *names))) from None
    return found


@contextmanager
def any_shapes_meet() -> Iterator[None]:
    """Within, tensors whose shapes don't fit can be added, multiplied, laid side by side and so on.

    A sum has the shape of the second one, what lies side by side that of the first, with the channels of all.

    Keras raises at the first such addition, and then there is no model whose graph could be read. This patch can go
    once a model can be built without its shapes being inferred, or the exception carries the tensors it is about.
    """
    merge = "_compute_elemwise_op_output_shape"
    merge_class = _find("keras.src.layers.merging.base_merge", "Merge")
    operations = _find("keras.src.ops.numpy")
    strict_merge = _find("keras.src.layers.merging.base_merge", "Merge", merge)
    strict_broadcast = _find("keras.src.ops.numpy", "broadcast_shapes")
    strict_equal = _find("keras.src.ops.numpy", "shape_equal")
    beside = _find("keras.src.layers.merging.concatenate", "Concatenate")
    strict_build = _find("keras.src.layers.merging.concatenate", "Concatenate", "build")

    def lenient_merge(self: Any, first: Any, second: Any) -> Any:
        try:
            return strict_merge(self, first, second)
        except ValueError:
            return second

    def lenient_broadcast(first: Any, second: Any) -> Any:
        try:
            return strict_broadcast(first, second)
        except ValueError:
            return second

    def lenient_build(self: Any, input_shape: Any) -> None:
        if len(input_shape) < 1 or not isinstance(input_shape[0], tuple | list):
            strict_build(self, input_shape)

    setattr(merge_class, merge, lenient_merge)
    operations.broadcast_shapes, operations.shape_equal = lenient_broadcast, lambda *_args, **_named: True
    beside.build = lenient_build
    try:
        yield
    finally:
        setattr(merge_class, merge, strict_merge)
        operations.broadcast_shapes, operations.shape_equal = strict_broadcast, strict_equal
        beside.build = strict_build


@contextmanager
def functions_by_module() -> Iterator[None]:
    """Within, an activation that is not Keras's own is written down with the module that it comes from.

    Keras writes a function down as its bare name where one of its own activations is called so, too: a student's
    `def relu(x)` would pass for Keras's. This can go once Keras tells the two apart, or has no such function: without
    it nothing is changed.
    """
    try:
        module = import_module("keras.src.activations")
        plain = _find("keras.src.activations", "serialize")
    except (ImportError, Missing):
        yield
        return

    def serialize(activation: Any) -> Any:
        home = getattr(activation, "__module__", None) or ""
        if isinstance(activation, FunctionType) and not home.startswith(("keras.", "tensorflow.")):
            name = activation.__name__
            return {"module": home, "class_name": "function", "config": name, "registered_name": name}
        return plain(activation)

    module.serialize = serialize  # type: ignore[attr-defined]
    try:
        yield
    finally:
        module.serialize = plain  # type: ignore[attr-defined]


@contextmanager
def without_weights() -> Iterator[Any]:
    """Layers built within get no weights; the scope's `state_mapping` holds what was nevertheless done to them.

    The scope itself is documented. But Keras notes down every layer that was built in one, and draws the weights of
    them all at the end of the next; the note is put back to what it was. This can go once a scope with
    `initialize_variables=False` leaves no note.
    """
    import keras

    note = "uninitialized_variables"
    read = _find("keras.src.backend.common.global_state", "get_global_attribute")
    write = _find("keras.src.backend.common.global_state", "set_global_attribute")
    waiting = list(read(note) or ())
    try:
        with keras.StatelessScope(initialize_variables=False) as scope:
            yield scope
    finally:
        write(note, waiting)


@contextmanager
def built_sooner() -> Iterator[None]:
    """Within, layers are built as ever, in three quarters of the time.

    A layer sets some ninety attributes, nearly all of them numbers and names, and each is searched for layers and
    variables; and before Python 3.12 `tf.is_tensor` is slow. This can go once Keras and TensorFlow look at the type
    first. Where the student's code has changed how attributes are set, nothing is changed.
    """
    tensor_util: Any = sys.modules.get("tensorflow.python.framework.tensor_util")
    classes = getattr(tensor_util, "tf_type_classes", ())
    layer: Any = getattr(sys.modules.get("keras.src.layers.layer"), "Layer", object)
    plain = layer.__setattr__
    setters = [vars(kind)["__setattr__"] for kind in layer.__mro__[:-1] if "__setattr__" in vars(kind)]
    known = bool(setters) and [kind.__name__ for kind in classes[2:]] == ["IsTensorLike"]
    if not known or not all(map(_is_a_librarys, setters)):
        yield
        return

    def set_attribute(self: Any, name: str, value: Any) -> None:
        if type(value) not in _PLAIN or "_tracker" not in vars(self):
            plain(self, name, value)
        elif getattr(self, name, _NOTHING) is not value:  # what it is already is not set, in TensorFlow's words
            object.__setattr__(self, name, value)

    layer.__setattr__, tensor_util.tf_type_classes = set_attribute, (*classes[:2], _TensorLike)
    try:
        yield
    finally:
        layer.__setattr__, tensor_util.tf_type_classes = plain, classes


_PLAIN = frozenset((bool, float, int, str, type(None)))
_NOTHING = object()


class _AsksForTheMethod(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return getattr(instance, "is_tensor_like", None) is not None


class _TensorLike(metaclass=_AsksForTheMethod):
    """TensorFlow's protocol IsTensorLike, without Python's slow way of looking for a protocol's members."""


def _is_a_librarys(function: Any) -> bool:
    return str(getattr(function, "__module__", "")).startswith(("keras.", "tensorflow."))


@contextmanager
def weights_as_drawn() -> Iterator[None]:
    """Within, a layer's weights are the numbers that were drawn for them, and become variables once they are assigned.

    ResNet-50 has 320 variables, and making them costs twice as much as drawing their values, which a function that
    is asked for its outputs needs once. They are drawn when the layer is built, as otherwise: an initializer that is
    changed afterwards draws nothing any more. It is Keras's own way of reading a variable that has no value yet. This
    can go once Keras makes the backend's variable when it is first needed.
    """
    variable = _find("keras.src.backend", "Variable")
    plain_start = _find("keras.src.backend", "Variable", "_initialize_with_initializer")
    plain_assign = _find("keras.src.backend", "Variable", "_direct_assign")

    def start(self: Any, initializer: Any) -> None:
        drawn = self._convert_to_tensor(initializer(self._shape, dtype=self._dtype), dtype=self._dtype)
        self._value, self._initializer = None, lambda *_shape, **_dtype: drawn

    def assign(self: Any, value: Any) -> None:
        if self._value is None:
            plain_start(self, self._initializer)
        plain_assign(self, value)

    variable._initialize_with_initializer, variable._direct_assign = start, assign
    try:
        with _drawn_once():
            yield
    finally:
        variable._initialize_with_initializer, variable._direct_assign = plain_start, plain_assign


@contextmanager
def _drawn_once() -> Iterator[None]:
    """Within, what TensorFlow draws from one seed for one shape and range is drawn once, and kept that long.

    Of the 23.5 million numbers that ResNet-50 draws 9.4 million are different: kernels of one shape and seed are equal.
    Nothing above this function is kept: initializers, and whatever the student's code has put in the place of any
    function here, are called each time. Tensors can't be changed, so one can stand in two places.
    """
    random: Any = getattr(sys.modules.get("tensorflow"), "random", None)
    plain: Any = getattr(random, "stateless_uniform", None)
    if not _is_a_librarys(plain):
        yield
        return
    kept: dict[Any, Any] = {}

    def stateless_uniform(*given: Any, **named: Any) -> Any:
        try:
            key = tuple(map(_exactly, given)), tuple((name, _exactly(value)) for name, value in named.items())
        except Exception:  # no numbers, or none yet
            return plain(*given, **named)
        if key not in kept:
            kept[key] = plain(*given, **named)
        return kept[key]

    random.stateless_uniform = stateless_uniform
    try:
        yield
    finally:
        random.stateless_uniform = plain


def _exactly(value: Any) -> tuple[str, bytes]:
    """Numbers or a text by their dtype, shape and bytes. Raises TypeError for anything else."""
    array = np.asarray(value)
    if array.dtype.hasobject:
        raise TypeError(value)
    return f"{array.dtype} {array.shape}", array.tobytes()


@contextmanager
def on_every_call(note: Callable[[Any, list[Any], list[Any]], None]) -> Iterator[None]:
    """Within, `note` is told of every call of a layer or an operation on symbolic tensors, right after it.

    It gets the layer, the tensors that went in, and those that came out. Keras keeps this history itself, but only
    for layers that are somebody's; this can go once it lists the calls whose result nobody used.
    """
    node = _find("keras.src.ops.node", "Node")
    plain = _find("keras.src.ops.node", "Node", "__init__")

    def noted(self: Any, operation: Any, *arguments: Any, **named: Any) -> None:
        plain(self, operation, *arguments, **named)
        note(operation, list(getattr(self, "input_tensors", ())), list(getattr(self, "outputs", ())))

    node.__init__ = noted
    try:
        yield
    finally:
        node.__init__ = plain


def operations_before(tensor: Any) -> list[Any]:
    """The layers and operations that a symbolic tensor was made by, from the input on.

    Raises AttributeError where this Keras keeps no such history. This can go once a model can be built in which a
    name stands twice: the model would then list its layers.
    """
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


def give_own_names(tensor: Any) -> None:
    """Of the layers before the tensor, give those a number behind a `~` whose name an earlier one has already."""
    seen: dict[str, Any] = {}
    for operation in operations_before(tensor):
        if seen.setdefault(operation.name, operation) is not operation:
            operation.name = f"{operation.name}~{len(seen)}"


def functional_of(model: Any) -> Any:
    """The functional model that a Sequential is inside, whose configuration names its connections; else the model."""
    return getattr(model, "_functional", None) or model


def is_functional(model: Any) -> bool:
    """Whether the model has a graph: it was made from tensors, or is a Sequential that has been built."""
    return hasattr(model, "_functional") or type(model).__name__ == "Functional"
