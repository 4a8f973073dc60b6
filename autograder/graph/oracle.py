"""A forward pass of a layer graph in NumPy float64, written from the layers' definitions.

The oracle is the second opinion: independent of TensorFlow, the same on every machine. It confirms references, and
that a student's outputs do follow from the graph and weights they came with. It keeps every intermediate, so that
the step where two graphs' values part can be named.

What each layer computes stands in the table, `autograder.graph.layers`. Here it is decided whether it may be begun: a
layer's shapes say what it costs before a number is touched, and its weights have to be of just these shapes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from ..evidence.evidence import Array
from .layers import EACH_STEP, KINDS, PART, LayerType, Plan, Work, size
from .model import Graph, Node
from .shapes import MISFITS, plan_of

Tensor = NDArray[np.float64]
Weights = Mapping[str, tuple[Array, ...]]

MAX_ELEMENTS = 2**24
"""Numbers in one tensor, and in all tensors of a graph together."""
MAX_SCRATCH = 3 * MAX_ELEMENTS
"""Numbers that a layer holds beside its output while it is computed."""
MAX_PRODUCTS = 4 * 10**10
"""Multiplications begun in all layers of a graph together."""
ATTENTION = ("MultiHeadAttention", "GroupQueryAttention", "Attention")
MAX_ROUNDS = 50_000
"""Rounds of the loops over windows, groups and steps in all layers of a graph together: each has its price, however
small the matrices are."""


class OracleError(ValueError):
    """The graph cannot be computed: an unknown layer, weights that don't fit, or more work than is allowed."""


def forward(graph: Graph, weights: Weights, x: Array | Sequence[Array], training: bool = False) -> dict[str, Tensor]:
    """Every node's output by its id, the inputs' included.

    Args:
        graph: a parsed graph.
        weights: layer path -> arrays in Keras's order.
        x: the input, of shape (m, ...); several of them where the graph takes several.
        training: batch normalization uses the batch's own mean and variance, unless it is frozen. As in Keras 3, what
            a whole model is called with wins over a `training=` baked into a layer's call.

    Raises:
        OracleError: see there. Nothing larger than MAX_ELEMENTS is allocated for an output, nor than MAX_SCRATCH beside
            it; no more than MAX_PRODUCTS multiplications are begun; loops go round at most MAX_ROUNDS times.
    """
    given = [x] if isinstance(x, np.ndarray) else list(x)
    if len(given) != len(graph.inputs):
        raise OracleError(f"{len(graph.inputs)} inputs, and {len(given)} tensors")
    for node in graph.nodes:
        if unseen_mask(graph, node):
            raise OracleError(f"{node.kind} {node.name or node.id}: its mask is not written down")
    run = _Run(weights, training)
    with np.errstate(all="ignore"), _blas().limit(limits=1, user_api="blas"):
        for node, array in zip(graph.inputs, given, strict=True):
            run.values[node.id] = (np.asarray(array, dtype=np.float64),)
        for node in graph.nodes:
            if node.kind != "InputLayer":
                try:
                    run.compute(node)
                except MISFITS as error:
                    raise OracleError(f"{node.kind} {node.name or node.id}: {error}"[:300]) from None
    return {name: found[0] for name, found in run.values.items()}


class _Run:
    """One pass: the values so far, and what they have cost."""

    def __init__(self, weights: Weights, training: bool) -> None:
        self.weights, self.training = weights, training
        self.values: dict[str, tuple[Tensor, ...]] = {}
        self.exact: dict[str, tuple[Tensor, ...]] = {}
        self.kept = self.products = self.rounds = 0

    def compute(self, node: Node) -> None:
        inputs = [self.values[i][0] for i in node.inputs]
        parts = self.values[node.inputs[0]] if node.inputs else ()
        plan = plan_of(node, [x.shape for x in inputs], [x.shape for x in parts])
        if node.kind == PART:
            index = node.settings["index"]
            assert isinstance(index, int)
            self.values[node.id] = (parts[index],)
            return
        entry = KINDS[node.kind]
        why = undefined(node, entry, self.training)
        if why:
            raise OracleError(why)
        self.spend(plan)
        found = _computed(node, entry, inputs, self.arrays(node, plan), plan, self.training)
        wanted = (plan.output, *plan.others)
        if tuple(value.shape for value in found) != wanted:
            raise OracleError(f"shapes {[value.shape for value in found]}, not {wanted}")
        self.values[node.id] = found

    def spend(self, plan: Plan) -> None:
        """Count what a layer costs before it is begun. Raises OracleError where that is too much."""
        made = [size(shape) for shape in (plan.output, *plan.others)]
        self.kept += sum(made)
        self.products += plan.products
        self.rounds += plan.rounds
        if max(made) > MAX_ELEMENTS or plan.scratch > MAX_SCRATCH:
            raise OracleError(f"a tensor of shape {plan.output} is not computed")
        if self.kept > MAX_ELEMENTS or self.products > MAX_PRODUCTS or self.rounds > MAX_ROUNDS:
            raise OracleError("too large a graph")

    def arrays(self, node: Node, plan: Plan) -> tuple[Tensor, ...]:
        """A layer's weights, which must be of the shapes that it needs."""
        if not node.weights:
            return ()
        if node.weights not in self.exact:
            given = self.weights.get(node.weights, ())
            self.exact[node.weights] = tuple(np.asarray(array, dtype=np.float64) for array in given)
        found = self.exact[node.weights]
        shapes, wanted = [array.shape for array in found], [shape for _, shape in plan.weights]
        if shapes != wanted:
            raise OracleError(f"weights of shapes {shapes} do not fit: {wanted}"[:200])
        return found


def _computed(
    node: Node, entry: LayerType, inputs: list[Tensor], weights: tuple[Tensor, ...], plan: Plan, training: bool
) -> tuple[Tensor, ...]:
    work_plan = plan
    if node.settings.get(EACH_STEP):
        (x,) = inputs
        inputs = [x.reshape(-1, *x.shape[2:])]
        work_plan = entry.plan(node.settings, [inputs[0].shape])
    found = entry.forward(Work(node.settings, inputs, weights, work_plan, training))
    tensors = found if isinstance(found, tuple) else (found,)
    if node.settings.get(EACH_STEP):
        return (tensors[0].reshape(plan.output),)
    return tensors


@cache
def _blas() -> ThreadpoolController:
    """One BLAS thread: matrices this small gain nothing from more, and on a busy machine wait for each other."""
    return ThreadpoolController()


def computable(graph: Graph, training: bool = False) -> bool:
    """Whether the oracle has a definition of every layer in the graph, with its settings, in this mode."""
    return not incomputable(graph, training)


def incomputable(graph: Graph, training: bool = False) -> tuple[str, ...]:
    """The kinds of layers in the graph that the oracle has no definition of, each once."""
    found = (node.kind for node in graph.nodes if node.kind != "InputLayer" and not _defined(graph, node, training))
    return tuple(dict.fromkeys(found))


def _defined(graph: Graph, node: Node, training: bool) -> bool:
    entry = KINDS.get(node.kind)
    return entry is not None and not undefined(node, entry, training) and not unseen_mask(graph, node)


def unseen_mask(graph: Graph, node: Node) -> bool:
    """Whether the node is an attention layer that may take a mask from an Embedding: Keras does not write that down."""
    return node.kind in ATTENTION and any(other.settings.get("mask_zero") for other in graph.nodes)


def undefined(node: Node, entry: LayerType, training: bool) -> str:
    """What of a layer's settings the oracle has no definition of, "" where it has."""
    settings = node.settings
    if "dtype" in settings:  # float64 says nothing about what float16 gives
        return f"dtype {settings['dtype']}"
    if settings.get("data_format", "channels_last") != "channels_last":
        return "channels_first is not computed"
    if training and any(settings.get(name) for name in entry.random):
        return f"what {node.kind} draws in training is not computed"
    return entry.undefined(settings)
