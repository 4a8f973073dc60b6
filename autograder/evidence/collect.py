"""Call a student's function on a test case and write down what it made.

This runs beside student code, in the student's own notebook or in the kernel that grades it. It decides nothing:
what it says is checked on the trusted side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..exercises import Task, TestCase
from .collect_function import collect_function
from .evidence import Evidence
from .graphs.collect_graph import collect_graph
from .graphs.stand_in import standing_in


def collect(
    function: Callable[..., Any],
    exercise: Task,
    case: TestCase,
    with_weights: bool | None = None,
    graph_alone: bool = False,
    of_blocks: bool = False,
) -> Evidence:
    """What `function` makes of a test case; an exception of the student's becomes part of the evidence.

    Args:
        function: the student's function.
        exercise: says how it is called; its kind decides which collector is used.
        case: the arguments and the input.
        with_weights: whether the weights are written down. By default a block's are, a model's are not.
        graph_alone: leave out the outputs, and with them the drawing of millions of weights, where the function only
            builds a model. A plain function has no graph: for one this changes nothing, nor does `with_weights`.
        of_blocks: have one layer stand in the place of each call of the exercise's `blocks`; see `stand_in`.
    """
    if exercise.kind == "function":
        return collect_function(function, exercise, case)
    if of_blocks:
        with standing_in(function, exercise.blocks):
            return collect_graph(function, exercise, case, with_weights=False, graph_alone=False)
    if with_weights is None:
        with_weights = exercise.kind == "block"
    return collect_graph(function, exercise, case, with_weights, graph_alone)
