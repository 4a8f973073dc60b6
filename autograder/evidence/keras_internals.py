"""What collecting evidence needs of Keras that Keras does not document: each such name stands here alone.

The names are the same in Keras 3.8 and 3.15. Where a version lacks one, `Missing` is raised and `collect_graph` does
without: the evidence of a block whose paths don't fit then has the exception that says so, but no graph beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FunctionType
from typing import Any


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
    """Within, tensors whose shapes don't fit can be added, multiplied and so on; the result has the second one's shape.

    Keras raises at the first such addition, and then there is no model whose graph could be read. This patch can go
    once a model can be built without its shapes being inferred, or the exception carries the tensors it is about.
    """
    merge = "_compute_elemwise_op_output_shape"
    merge_class = _find("keras.src.layers.merging.base_merge", "Merge")
    operations = _find("keras.src.ops.numpy")
    strict_merge = _find("keras.src.layers.merging.base_merge", "Merge", merge)
    strict_broadcast = _find("keras.src.ops.numpy", "broadcast_shapes")

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

    setattr(merge_class, merge, lenient_merge)
    operations.broadcast_shapes = lenient_broadcast
    try:
        yield
    finally:
        setattr(merge_class, merge, strict_merge)
        operations.broadcast_shapes = strict_broadcast


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


def is_functional(model: Any) -> bool:
    """Whether the model has a graph: it was made from tensors, or is a Sequential that has been built."""
    return hasattr(model, "_functional") or type(model).__name__ == "Functional"
