"""What the tests of trained networks share: a network so small that its weights are quickly written and measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.evidence.collect import collect
from autograder.evidence.evidence import Array, Evidence
from autograder.evidence.graphs.collect_graph import weights_of
from autograder.graph import Graph, Shapes, parse_graph, shapes_of
from autograder.lesson.images.hidden import Pictures, pictures
from autograder.lesson.training import weights
from tests.shared.exercises import TRAIN_SIGNS

Function = Callable[..., Any]


def tiny(input_shape: tuple[int, ...] = (64, 64, 3), classes: int = 6) -> Any:
    """Both kinds of residual blocks, on 8x8 pixels; some layers with names, some without."""
    from keras import Input, Model, layers

    inputs = Input(input_shape)
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.Conv2D(4, 5, strides=8, padding="same", name="conv1")(x)
    x = layers.BatchNormalization(name="bn_conv1")(x)
    x = start = layers.ReLU()(x)
    for _ in range(2):
        x = layers.BatchNormalization()(layers.Conv2D(6, 3, padding="same")(x))
    short = layers.Conv2D(6, 1, name="res2a_branch1")(start)
    x = start = layers.ReLU()(layers.Add()([x, short]))
    x = layers.Conv2D(6, 3, padding="same", name="res2b_branch2a")(x)
    x = layers.ReLU()(x + start)
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
    return Model(inputs, layers.Dense(classes, activation="softmax")(x))


def evidence_of(function: Function) -> Evidence:
    return collect(function, TRAIN_SIGNS, TRAIN_SIGNS.public_cases[0], graph_alone=True)


@dataclass(frozen=True)
class Network:
    """A network as it is judged: its evidence, graph and shapes, and its weights as they lie in a file."""

    evidence: Evidence
    graph: Graph
    shapes: Shapes
    tensors: dict[str, Array]
    model: Any

    def save(self, folder: Path, **changed: Array | None) -> Path:
        """The weights file, with these tensors in place of the network's own, or without them where None."""
        return write(folder, {**self.tensors, **changed})


def write(folder: Path, tensors: dict[str, Any]) -> Path:
    from safetensors.numpy import save_file

    path = folder / "signs.safetensors"
    save_file({name: np.ascontiguousarray(a) for name, a in tensors.items() if a is not None}, path)
    return path


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """The tiny network with weights drawn at random, moving averages too."""
    evidence = evidence_of(tiny)
    assert evidence.graph is not None
    graph = parse_graph(evidence.graph)
    model = tiny()
    draws = np.random.default_rng(0)
    for layer in model.layers:
        layer.set_weights([draws.uniform(0.1, 0.6, w.shape) for w in layer.get_weights()])
    path = tmp_path_factory.mktemp("weights") / "signs.safetensors"
    other = parse_graph(json.dumps(model.get_config()))
    weights.save(path, other, shapes_of(other), weights_of(model))
    return Network(evidence, graph, shapes_of(graph), weights.parse(path.read_bytes()), model)


@pytest.fixture(scope="session")
def images(network: Network) -> Pictures:
    """Noise, and for each image what the network says of it, but for the last quarter, where it is something else."""
    x = np.random.default_rng(1).integers(0, 256, (40, 64, 64, 3)).astype(np.uint8)
    says = network.model.predict(x, verbose=0).argmax(axis=1)
    says[30:] = (says[30:] + 1) % 6
    return pictures(x, says.astype(np.int64))
