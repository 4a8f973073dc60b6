"""Plain right answers to the exercises, and small helpers, for the unit tests of the trusted side."""

from __future__ import annotations

import copy
import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np
from hypothesis import strategies as st
from keras.initializers import GlorotUniform
from keras.layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    Input,
    MaxPooling2D,
    ZeroPadding2D,
)

from autograder.evidence.collect import collect
from autograder.evidence.evidence import Evidence
from autograder.exercises import Exercise, TestCase
from autograder.graph import Graph, parse_graph
from autograder.references.references import Reference
from tests.shared.helpers import ROOT

PUBLIC = ROOT / "data" / "references" / "resnet" / "public.h5"

Tensor = Any
Function = Callable[..., Any]
Json = Any


# --- right answers ----------------------------------------------------------------------------------------------


def component(X: Tensor, filters: int, kernel: int, branch: str, strides: int = 1, padding: str = "valid") -> Tensor:
    """Convolution and batch normalization; `branch` is `2a_branch2b` or so, without `res` and `bn`."""
    X = Conv2D(filters, kernel, strides, padding, name="res" + branch, kernel_initializer=GlorotUniform(seed=0))(X)
    return BatchNormalization(axis=3, name="bn" + branch)(X)


def identity_block(X: Tensor, f: int, filters: list[int], stage: int, block: str) -> Tensor:
    F1, F2, F3 = filters
    branch = f"{stage}{block}_branch"
    shortcut = X
    X = Activation("relu")(component(X, F1, 1, branch + "2a"))
    X = Activation("relu")(component(X, F2, f, branch + "2b", padding="same"))
    X = component(X, F3, 1, branch + "2c")
    return Activation("relu")(Add()([X, shortcut]))


def convolutional_block(X: Tensor, f: int, filters: list[int], stage: int, block: str, s: int = 2) -> Tensor:
    F1, F2, F3 = filters
    branch = f"{stage}{block}_branch"
    shortcut = component(X, F3, 1, branch + "1", strides=s)
    X = Activation("relu")(component(X, F1, 1, branch + "2a", strides=s))
    X = Activation("relu")(component(X, F2, f, branch + "2b", padding="same"))
    X = component(X, F3, 1, branch + "2c")
    return Activation("relu")(Add()([X, shortcut]))


def ResNet50(input_shape: tuple[int, int, int] = (64, 64, 3), classes: int = 6) -> keras.Model:
    X_input = Input(input_shape)
    X = ZeroPadding2D((3, 3))(X_input)
    X = Conv2D(64, (7, 7), strides=(2, 2), name="conv1", kernel_initializer=GlorotUniform(seed=0))(X)
    X = Activation("relu")(BatchNormalization(axis=3, name="bn_conv1")(X))
    X = MaxPooling2D((3, 3), strides=(2, 2))(X)
    for stage, (width, blocks) in {2: (64, "bc"), 3: (128, "bcd"), 4: (256, "bcdef"), 5: (512, "bc")}.items():
        filters = [width, width, 4 * width]
        X = convolutional_block(X, 3, filters, stage, "a", s=1 if stage == 2 else 2)
        for block in blocks:
            X = identity_block(X, 3, filters, stage, block)
    X = Flatten()(AveragePooling2D((2, 2))(X))
    X = Dense(classes, activation="softmax", name=f"fc{classes}", kernel_initializer=GlorotUniform(seed=0))(X)
    return keras.Model(X_input, X)


RIGHT: dict[str, Function] = {
    "identity_block": identity_block,
    "convolutional_block": convolutional_block,
    "resnet50": ResNet50,
}


# --- configurations and graphs ----------------------------------------------------------------------------------


def config_of(build: Function, shape: tuple[int, ...] = (4, 4, 6)) -> Json:
    """What Keras writes down of the model from an Input of that shape to `build(X)`."""
    X = Input(shape)
    return json.loads(json.dumps(keras.Model(X, build(X)).get_config()))


def graph_of(build: Function, shape: tuple[int, ...] = (4, 4, 6)) -> Graph:
    return parse_graph(json.dumps(config_of(build, shape)))


def layer_in(config: Json, class_name: str) -> Json:
    """The first layer of that class, to be changed in place."""
    return next(layer for layer in config["layers"] if layer["class_name"] == class_name)


def changed(config: Json, change: Callable[[Json], object]) -> str:
    """The configuration as text after `change` has been at a copy of it."""
    mine = copy.deepcopy(config)
    change(mine)
    return json.dumps(mine)


def paths_in(value: Json, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of a JSON value, each as the keys that lead to it."""
    places = [here] if here else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        places += paths_in(inner, (*here, key))
    return places


ODD: st.SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1, 2, 3, 10**9, 10**30, 10**400, -(10**9), 0.5, 1e308, -0.0]),
    st.sampled_from(
        ["", "relu", "linear", "same", "keras", "keras.layers", "InputLayer", "Add", "Functional", "x" * 300]
    ),
    st.sampled_from([[], {}, [[]], [0, 0], [None], {"class_name": "__keras_tensor__"}, {"config": {}}]),
)


@st.composite
def mutated(draw: st.DrawFn, config: Json) -> Json:
    """The configuration with up to three things deleted, replaced, inserted or moved at random places."""
    mine = copy.deepcopy(config)
    for _ in range(draw(st.integers(1, 3))):
        places = paths_in(mine)
        path = draw(st.sampled_from(places))
        holder = mine
        for key in path[:-1]:
            holder = holder[key]
        key = path[-1]
        what = draw(st.sampled_from(["delete", "replace", "insert", "copy"]))
        if what == "delete":
            del holder[key]
        elif what == "replace":
            holder[key] = copy.deepcopy(draw(ODD))
        elif what == "copy":
            other: Any = config
            for step in draw(st.sampled_from(paths_in(config))):
                other = other[step]
            holder[key] = copy.deepcopy(other)
        elif isinstance(holder, list):
            holder.insert(key, copy.deepcopy(draw(ODD)))
        else:
            holder[draw(st.sampled_from(["extra", "name", "training", "axis", "class_name", "module"]))] = (
                copy.deepcopy(draw(ODD))
            )
    return mine


# --- references and students ------------------------------------------------------------------------------------


def reference_of(exercise: Exercise, case: TestCase) -> Reference:
    """The reference that the right answer gives on this machine."""
    made = collect(RIGHT[exercise.name], exercise, case)
    assert made.graph is not None, made.error
    assert made.outputs is not None
    return Reference(case, made.graph, made.outputs, made.weights)


def student(folder: Path, source: str) -> ModuleType:
    """The student's code as a module of its own file, as a notebook's cell has one, after the usual imports."""
    path = folder / "student.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location(f"student_{abs(hash(source))}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    vars(module).update({name: layer for name, layer in vars(keras.layers).items() if not name.startswith("_")})
    vars(module).update(keras=keras, np=np, glorot_uniform=keras.initializers.glorot_uniform, Model=keras.Model)
    spec.loader.exec_module(module)
    return module


def evidence_of(exercise: Exercise, case: TestCase, function: Function | None = None) -> Evidence:
    return collect(function or RIGHT[exercise.name], exercise, case)
