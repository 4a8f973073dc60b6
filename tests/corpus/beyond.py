"""Answers to the blocks of `beyond-convolutions`, on layers that ResNet-50 has none of: 50 slips and 16 right answers.

Each is a change to the solution. They are other ones than those of the course's own mistakes.py, and the verdicts were
written from the exercises' tables.
"""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import keras
import numpy as np

from autograder.base.course import Course
from autograder.base.notebooks import grade_id, read_node
from autograder.diagnosis import Diagnosis, judge
from autograder.evidence.collect import collect
from autograder.exercises import Exercise, Mistake
from autograder.instructor.build.authoring import read_set
from autograder.instructor.build.mistakes import written
from autograder.references.references import Reference
from tests.shared.helpers import ROOT

SEPARABLE, UP, ENCODER = "separable_block", "up_step", "encoder_layer"
Changes = tuple[tuple[str, str], ...]


def slip(exercise: str, step: str, layer: str, kind: str, setting: str, *changes: tuple[str, str]) -> Mistake:
    """One slip, and the one finding that it is to get."""
    title = f"{step}: {layer} {kind} {setting} {changes[0][1]}"
    return Mistake(exercise, title, step, layer, setting, kind=kind, changes=changes)


SETTING, MISSING, EXTRA, WIRING = "wrong setting", "missing", "extra", "wrong wiring"
DW, NORM, MHA, LN = "DepthwiseConv2D", "BatchNormalization", "MultiHeadAttention", "LayerNormalization"
TAIL = "X = BatchNormalization()(X)\n    X = ReLU()(X)\n\n"
END = "X = BatchNormalization()(X)\n    return ReLU()(X)"
SUM = "X = LayerNormalization(epsilon=1e-6)(Add()([X, attended]))"
LAST = "return LayerNormalization(epsilon=1e-6)(Add()([X, inner]))"

SLIPS = (
    slip(SEPARABLE, "depthwise", DW, SETTING, "kernel_size", ("        f, strides", "        (f, 1), strides")),
    slip(SEPARABLE, "depthwise", DW, SETTING, "kernel_size", ("        f, strides", "        f + 1, strides")),
    slip(SEPARABLE, "depthwise", DW, SETTING, "strides", ("strides=stride", "strides=2")),
    slip(
        SEPARABLE,
        "depthwise",
        DW,
        SETTING,
        "depthwise_initializer",
        ("depthwise_initializer=glorot_uniform(seed=0)", 'depthwise_initializer="he_normal"'),
    ),
    slip(
        SEPARABLE,
        "depthwise",
        DW,
        SETTING,
        "depthwise_initializer_seed",
        ("depthwise_initializer=glorot_uniform(seed=0)", "depthwise_initializer=glorot_uniform(seed=1)"),
    ),
    slip(
        SEPARABLE,
        "depthwise",
        DW,
        SETTING,
        "trainable",
        ("use_bias=False, depthwise", "use_bias=False, trainable=False, depthwise"),
    ),
    slip(SEPARABLE, "depthwise", NORM, MISSING, "", (TAIL, "X = ReLU()(X)\n\n")),
    slip(
        SEPARABLE,
        "depthwise",
        NORM,
        SETTING,
        "epsilon",
        (TAIL, TAIL.replace("()(X)\n    X = R", "(epsilon=1e-5)(X)\n    X = R")),
    ),
    slip(
        SEPARABLE,
        "depthwise",
        NORM,
        SETTING,
        "momentum",
        (TAIL, TAIL.replace("()(X)\n    X = R", "(momentum=0.9)(X)\n    X = R")),
    ),
    slip(SEPARABLE, "depthwise", "ReLU", SETTING, "max_value", (TAIL, TAIL.replace("ReLU()", "ReLU(6.0)"))),
    slip(SEPARABLE, "depthwise", "ReLU", MISSING, "", (TAIL, TAIL.replace("ReLU()", "keras.layers.LeakyReLU()"))),
    slip(SEPARABLE, "depthwise", "ReLU", EXTRA, "", (TAIL, "X = ReLU()(X)\n    " + TAIL)),
    slip(SEPARABLE, "pointwise", "Conv2D", SETTING, "filters", ("Conv2D(filters, 1", "Conv2D(2 * filters, 1")),
    slip(
        SEPARABLE,
        "pointwise",
        "Conv2D",
        SETTING,
        "seed",
        (", kernel_initializer=glorot_uniform(seed=0))(X)\n    X = Batch", ")(X)\n    X = Batch"),
    ),
    slip(
        SEPARABLE,
        "pointwise",
        "Conv2D",
        SETTING,
        "use_bias",
        ("Conv2D(filters, 1, use_bias=False", "Conv2D(filters, 1"),
    ),
    slip(SEPARABLE, "pointwise", "ReLU", MISSING, "", (END, "return BatchNormalization()(X)")),
    slip(SEPARABLE, "pointwise", "ReLU", MISSING, "", (END, END.replace("ReLU()", 'keras.layers.Activation("gelu")'))),
    slip(SEPARABLE, "pointwise", NORM, MISSING, "", (END, END.replace("BatchNormalization()", "LayerNormalization()"))),
    slip(
        UP,
        "up",
        "Conv2DTranspose",
        SETTING,
        "seed",
        (
            'strides=2, padding="same", kernel_initializer=glorot_uniform(seed=0)',
            'strides=2, padding="same", kernel_initializer=glorot_uniform(seed=3)',
        ),
    ),
    slip(
        UP,
        "up",
        "Conv2DTranspose",
        SETTING,
        "use_bias",
        ("Conv2DTranspose(filters, 2,", "Conv2DTranspose(filters, 2, use_bias=False,"),
    ),
    slip(
        UP,
        "up",
        "Conv2DTranspose",
        SETTING,
        "kernel_size",
        ("Conv2DTranspose(filters, 2,", "Conv2DTranspose(filters, 4,"),
    ),
    slip(UP, "up", "ReLU", EXTRA, "", ("(filters, 2, strides", '(filters, 2, activation="relu", strides')),
    slip(
        UP,
        "up",
        "Conv2DTranspose",
        MISSING,
        "",
        (
            'X = Conv2DTranspose(filters, 2, strides=2, padding="same", kernel_initializer=glorot_uniform(seed=0))(X)',
            "X = keras.layers.UpSampling2D(2)(X)",
        ),
    ),
    slip(UP, "join", "Concatenate", WIRING, "", ("[X, skip]", "[X, X]")),
    slip(UP, "join", "Concatenate", WIRING, "", ("[X, skip]", "[skip, skip]")),
    slip(UP, "first", "Conv2D", SETTING, "kernel_size", ("X = Conv2D(filters, 3", "X = Conv2D(filters, 5")),
    slip(UP, "first", "Conv2D", SETTING, "filters", ("X = Conv2D(filters, 3", "X = Conv2D(2 * filters, 3")),
    slip(
        UP,
        "second",
        "Conv2D",
        SETTING,
        "dilation_rate",
        ("return Conv2D(filters, 3,", "return Conv2D(filters, 3, dilation_rate=2,"),
    ),
    slip(UP, "second", "Conv2D", SETTING, "filters", ("return Conv2D(filters, 3", "return Conv2D(1, 3")),
    slip(
        UP,
        "second",
        "ReLU",
        MISSING,
        "",
        (
            'padding="same", activation="relu", kernel_initializer=glorot_uniform(seed=1)',
            'padding="same", kernel_initializer=glorot_uniform(seed=1)',
        ),
    ),
    slip(ENCODER, "attention", MHA, SETTING, "num_heads", ("Attention(heads, width,", "Attention(1 + heads, width,")),
    slip(ENCODER, "attention", MHA, SETTING, "key_dim", ("Attention(heads, width,", "Attention(heads, heads * width,")),
    slip(
        ENCODER,
        "attention",
        MHA,
        SETTING,
        "value_dim",
        ("heads, width, kernel", "heads, width, value_dim=width + 1, kernel"),
    ),
    slip(ENCODER, "attention", MHA, SETTING, "dropout", ("heads, width, kernel", "heads, width, dropout=rate, kernel")),
    slip(
        ENCODER, "attention", MHA, SETTING, "use_bias", ("heads, width, kernel", "heads, width, use_bias=False, kernel")
    ),
    slip(
        ENCODER,
        "attention",
        MHA,
        SETTING,
        "seed",
        ("heads, width, kernel_initializer=glorot_uniform(seed=0)", "heads, width"),
    ),
    slip(
        ENCODER, "attention", "Dropout", SETTING, "rate", ("attended = Dropout(rate)", "attended = Dropout(rate / 2)")
    ),
    slip(ENCODER, "first sum", LN, SETTING, "epsilon", (SUM, SUM.replace("1e-6", "1e-3"))),
    slip(ENCODER, "first sum", LN, SETTING, "center", (SUM, SUM.replace("1e-6", "1e-6, center=False"))),
    slip(ENCODER, "first sum", LN, MISSING, "", (SUM, "X = Add()([X, attended])")),
    slip(ENCODER, "first sum", "Add", WIRING, "", (SUM, SUM.replace("[X, attended]", "[attended, attended]"))),
    slip(ENCODER, "dense", "Dense", SETTING, "units", ("Dense(units,", "Dense(2 * units,")),
    slip(ENCODER, "dense", "GELU", MISSING, "", ('Dense(units, activation="gelu", ', "Dense(units, ")),
    slip(ENCODER, "dense", "GELU", MISSING, "", ('activation="gelu"', 'activation="silu"')),
    slip(ENCODER, "dense", "Dense", SETTING, "seed", ("seed=2", "seed=1")),
    slip(ENCODER, "dense", "Dropout", MISSING, "", ("    inner = Dropout(rate)(inner)\n", "")),
    slip(ENCODER, "second sum", LN, MISSING, "", (LAST, "return Add()([X, inner])")),
    slip(  # one normalization, called in both places, has one gamma and one beta for both
        ENCODER,
        "second sum",
        LN,
        SETTING,
        "shared",
        (SUM, "norm = LayerNormalization(epsilon=1e-6)\n    X = norm(Add()([X, attended]))"),
        (LAST, "return norm(Add()([X, inner]))"),
    ),
    slip(
        ENCODER,
        "dense",
        "Dropout",
        SETTING,
        "rate",
        ("    inner = Dropout(rate)(inner)\n", "    inner = Dropout(rate / 2)(inner)\n"),
    ),
    slip(ENCODER, "second sum", "ReLU", EXTRA, "", (LAST, LAST.replace("return ", "return ReLU()(") + ")")),
)

RIGHT: tuple[tuple[str, Changes], ...] = (
    (SEPARABLE, (("f, strides=stride", "(f, f), strides=(stride, stride)"),)),
    (SEPARABLE, ((TAIL, TAIL.replace("ReLU()", 'keras.layers.Activation("relu")')),)),
    (SEPARABLE, ((TAIL, TAIL.replace("ReLU()(X)", "keras.ops.relu(X)")),)),
    (SEPARABLE, ((END, END.replace("BatchNormalization()", "BatchNormalization(axis=-1)")),)),
    (SEPARABLE, (("Conv2D(filters, 1, ", 'Conv2D(filters, (1, 1), padding="same", '),)),
    (UP, (("X = Concatenate()([X, skip])", "X = keras.layers.concatenate([X, skip], axis=3)"),)),
    (UP, (("X = Concatenate()([X, skip])", "X = keras.ops.concatenate([X, skip], axis=-1)"),)),
    (UP, (("filters, 2, strides=2", "filters, (2, 2), strides=(2, 2)"),)),
    (
        UP,
        (
            (
                'return Conv2D(filters, 3, padding="same", activation="relu"',
                'return Conv2D(filters, [3, 3], padding="SAME", activation=keras.activations.relu',
            ),
        ),
    ),
    (UP, (("    X = Conv2DTranspose", "    unused = Dropout(0.5)(skip)\n    X = Conv2DTranspose"),)),
    (ENCODER, (("(X, X)\n", "(query=X, value=X)\n"),)),
    (ENCODER, (("(X, X)\n", "(X, X, X)\n"),)),
    (ENCODER, (("Add()([X, attended])", "X + attended"), ("Add()([X, inner])", "inner + X"))),
    (
        ENCODER,
        (
            (
                'activation="gelu", kernel_initializer=glorot_uniform(seed=1))(X)',
                "kernel_initializer=glorot_uniform(seed=1))(X)\n    inner = keras.activations.gelu(inner)",
            ),
        ),
    ),
    (ENCODER, ((SUM, SUM.replace("epsilon=1e-6", "axis=2, epsilon=1e-6")),)),
    (ENCODER, (("heads, width, kernel", "heads, key_dim=width, value_dim=width, kernel"),)),
)


# --- judged on all public test cases as `check` does, and on drawn hidden ones ---------------------------------------

NOTEBOOK = ROOT / "source" / "beyond-convolutions" / "beyond-convolutions.ipynb"


@cache
def exercises() -> dict[str, Exercise]:
    return {exercise.name: exercise for exercise in read_set(Course(ROOT), "beyond-convolutions").exercises}


@cache
def cells() -> dict[str, str]:
    return {name: cell.source for cell in read_node(NOTEBOOK).cells if (name := grade_id(cell))}


def function_of(source: str, name: str) -> Any:
    namespace: dict[str, Any] = {}
    setup = next(cell.source for cell in read_node(NOTEBOOK).cells if cell.id == "setup")
    exec(setup, namespace)
    exec(compile(source, "<answer>", "exec"), namespace)
    return namespace[name]


@cache
def references(name: str) -> tuple[tuple[Reference, ...], np.ndarray]:
    exercise, made = exercises()[name], []
    for case in (*exercise.public_cases, *exercise.draw_hidden_cases(Random("corpus"))):
        given = collect(function_of(cells()[name], exercise.function), exercise, case)
        assert given.graph is not None, given.error
        assert given.outputs is not None
        made.append(Reference(case, given.graph, given.outputs, given.weights))
    assert given.canary is not None
    return tuple(made), given.canary


@cache
def diagnosed(exercise_name: str, changes: Changes) -> Diagnosis:
    keras.utils.clear_session()
    exercise = exercises()[exercise_name]
    source = written(Mistake(exercise_name, "", changes=changes), cells()[exercise_name])
    known, canary = references(exercise_name)
    function = function_of(source, exercise.function)
    return judge(exercise, [collect(function, exercise, one.case) for one in known], known, canary)


def is_named(one: Mistake) -> bool:
    """Whether the slip gets its one finding and nothing beside it."""
    found = diagnosed(one.exercise, one.changes).findings
    wanted = (one.step, one.layer, one.kind, one.setting)
    return [(f.step, f.layer, f.kind, f.setting) for f in found] == [wanted]


def is_right(answer: tuple[str, Changes]) -> bool:
    """Whether a right answer earns all points, without a finding."""
    diagnosis = diagnosed(*answer)
    return not diagnosis.findings and diagnosis.points == exercises()[answer[0]].max_points
