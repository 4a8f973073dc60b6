"""What a trained network is worth: its graph, its weights, and the images that it recognises.

No TensorFlow takes part: the oracle computes in float64 what the network says of each image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...evidence.evidence import Evidence, StudentError
from ...exercises import Exercise
from ...graph import Graph, GraphRefused, Shapes, parse_graph, shapes_of
from ...graph.oracle import OracleError, forward
from ..images.hidden import Pictures
from .demands import Demands, demands_of
from .same import is_of
from .structure import Unmeasurable, idle_additions, measurable, some_weights, troubles
from .weights import Trouble, WeightsError, fit, parse, read_bytes

LOOKED_AT = 4
"""Images on which it is seen what the paths of each addition bring."""
MOST_COMPARED = 20
"""Layers within a network that are compared with the instructor's: those that stand last."""
BATCH_NUMBERS = 2**22
"""Numbers in all outputs of all layers, for the images that are computed at once: 32 MB."""


@dataclass(frozen=True, slots=True)
class Measured:
    """How many of how many images were recognised; of those that were not, what was most often taken for what."""

    right: int
    images: int
    shown: int = 0
    taken_for: int = 0
    times: int = 0

    @property
    def accuracy(self) -> float:
        return self.right / self.images


@dataclass(frozen=True, slots=True)
class Trained:
    """The verdict on a trained network.

    points: by step of the rubric; a step that could not be looked at is not among them, and earns nothing.
    error: an exception instead of a network. measured: None where nothing could be.
    hidden: whether hidden images were used.
    """

    exercise: Exercise
    points: Mapping[str, float]
    troubles: tuple[Trouble, ...]
    hidden: bool
    error: StudentError | None = None
    measured: Measured | None = None


def judge(exercise: Exercise, evidence: Evidence, weights: Path, images: Pictures, hidden: bool) -> Trained:
    """The verdict on a function's network with the weights in that file. Nothing a student hands in raises."""
    if evidence.error is not None or evidence.graph is None:
        error = evidence.error or StudentError(kind="returned", type="nothing")
        return Trained(exercise, {}, (), hidden, error=error)
    worth = {line.step: line.points for line in exercise.rubric}
    demands = demands_of(exercise)
    try:
        graph = parse_graph(evidence.graph)
        shapes = measurable(graph, demands)
    except GraphRefused as refused:
        trouble = Trouble("graph", f"refused {refused.why}", {"what": refused.what})
        return Trained(exercise, {"graph": 0.0}, (trouble,), hidden)
    except Unmeasurable as problem:
        return Trained(exercise, {"graph": 0.0}, (problem.trouble,), hidden)
    some = images.x[:LOOKED_AT].astype(np.float32)
    idle = _idle(graph, some_weights(shapes), some)
    found = list(troubles(graph, idle))
    points = {"graph": 0.0 if found else worth["graph"]}
    try:
        data = read_bytes(weights)
        arrays = fit(parse(data), graph, shapes)
    except WeightsError as problem:
        return Trained(exercise, points | {"weights": 0.0}, (*found, problem.trouble), hidden)
    found = list(troubles(graph, idle | _idle(graph, arrays, some)))
    points = {"graph": 0.0 if found else worth["graph"], "weights": worth["weights"]}
    measured, said = _measure(evidence.graph, data, images.digest, _Images(images))
    share = points_for(measured.accuracy, demands)
    known = images.solution
    # Who recognises nothing has copied nothing; and networks that see little but brightness are much alike.
    if share and known is not None and any(is_of(says, known, images.y) for says in said):
        points |= {"weights": 0.0, "accuracy": 0.0}
        return Trained(exercise, points, (*found, Trouble("weights", "solution")), hidden)
    points["accuracy"] = round(worth["accuracy"] * share, 2)
    if share < 1:
        facts: dict[str, str | int | float] = {
            "right": measured.right,
            "images": measured.images,
            "wanted": f"{demands.full_points_from:.0%}",
        }
        found.append(Trouble("accuracy", "accuracy", facts))
    return Trained(exercise, points, tuple(found), hidden, measured=measured)


def _idle(
    graph: Graph, arrays: Mapping[str, tuple[NDArray[np.float32], ...]], x: NDArray[np.float32]
) -> frozenset[str]:
    try:
        return idle_additions(graph, forward(graph, arrays, x))
    except OracleError:
        return frozenset()


def points_for(accuracy: float, demands: Demands) -> float:
    """The share of the points: none up to one accuracy, all from another on, and in a straight line between."""
    none, full = demands.no_points_up_to, demands.full_points_from
    return min(max((accuracy - none) / (full - none), 0.0), 1.0)


class _Images:
    """Images that are told apart by their digest, which is given beside them."""

    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Images)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=4)
def _measure(
    graph_text: str, data: bytes, _digest: str, images: _Images
) -> tuple[Measured, tuple[NDArray[np.float64], ...]]:
    """How good a network is, and what it says of each image; behind that, what layers of its say that are as wide.

    Once for each network and set of images: `check` and `grade` ask one after the other.
    """
    graph = parse_graph(graph_text)
    shapes = shapes_of(graph)
    arrays = fit(parse(data), graph, shapes)
    x, y = images.pictures.x, images.pictures.y
    width = shapes.outputs[graph.output]
    within = [name for name, shape in shapes.outputs.items() if shape == width and name != graph.output]
    outputs, *others = outputs_of(graph, shapes, arrays, x, (graph.output, *within[-MOST_COMPARED:]))
    says = recognise(outputs)
    right = int((says == y).sum())
    pairs = [(int(a), int(b)) for a, b in zip(y, says, strict=True) if a != b and b >= 0]
    most = max(sorted(set(pairs)), key=pairs.count, default=(0, 0))
    return Measured(right, len(y), *most, times=pairs.count(most)), (outputs, *others)


def outputs_with(graph_text: str, weights: Path, images: Pictures) -> NDArray[np.float64]:
    """What a network with the weights in that file says of each image. Raises GraphRefused or WeightsError."""
    return _measure(graph_text, read_bytes(weights), images.digest, _Images(images))[1][0]


def recognise(outputs: NDArray[np.float64]) -> NDArray[np.int64]:
    """The number that a network sees on each of the images, by its outputs; -1 where it says no numbers."""
    says = np.full(len(outputs), -1, dtype=np.int64)
    known = np.asarray(np.isfinite(outputs).all(axis=1))
    says[known] = outputs[known].argmax(axis=1)
    return says


def outputs_of(
    graph: Graph,
    shapes: Shapes,
    arrays: Mapping[str, tuple[NDArray[np.float32], ...]],
    x: NDArray[np.uint8],
    layers: Sequence[str],
) -> list[NDArray[np.float64]]:
    """What these layers, by their ids, make of each image, uint8 (n, 64, 64, 3); nan where that can't be computed."""
    says = [np.full((len(x), *shapes.outputs[layer]), np.nan) for layer in layers]
    size = max(BATCH_NUMBERS // max(shapes.numbers, 1), 1)
    for start in range(0, len(x), size):
        part = x[start : start + size].astype(np.float32)
        with suppress(OracleError):
            values = forward(graph, arrays, part)
            for layer, found in zip(layers, says, strict=True):
                found[start : start + size] = values[layer]
    return says
