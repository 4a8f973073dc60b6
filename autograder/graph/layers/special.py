"""Kinds of nodes that are no layer of Keras's: constants, one of a layer's several outputs, all outputs of a graph."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .entry import LayerType, Plan, Settings, Shape, Tensor, Work, size, wholes

CONSTANT, PART, OUTPUTS = "Constant", "Part", "Outputs"


def _constant(work: Work) -> Tensor:
    return np.array(work.settings["values"], dtype=np.float64).reshape(work.plan.output)


def _constant_plan(settings: Settings, _given: Sequence[Shape]) -> Plan:
    return Plan(wholes(settings, "shape"))


def _as_it_is(_settings: Settings, given: Sequence[Shape]) -> Plan:
    return Plan(given[0])


def _outputs_plan(_settings: Settings, given: Sequence[Shape]) -> Plan:
    if len({shape[0] for shape in given}) != 1:
        raise ValueError("batch")
    return Plan((given[0][0], sum(size(shape[1:]) for shape in given)))


def _outputs(work: Work) -> Tensor:
    return np.concatenate([x.reshape(len(x), -1) for x in work.inputs], axis=1)


KINDS = (
    LayerType(CONSTANT, _constant_plan, _constant),
    LayerType(PART, _as_it_is, lambda work: work.x),
    LayerType(OUTPUTS, _outputs_plan, _outputs),
)
"""What has several outputs has them flattened, one behind the other: evidence holds one array a test case."""
