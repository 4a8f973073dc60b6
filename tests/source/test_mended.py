"""The network to mend: what students are given builds and could be trained, and its report names three faults."""

from __future__ import annotations

from typing import Any

import keras
import nbformat
import numpy as np
import pytest
import tensorflow as tf

from autograder.diagnosis import Diagnosis, judge
from autograder.evidence.collect import collect
from autograder.references.references import load
from autograder.report import make_report
from autograder.report.html import render_html
from tests.shared.helpers import ROOT

FOUND = load(ROOT / "data" / "references" / "blocks-beyond" / "public.h5")
EXERCISE = FOUND.definitions["mended_stage"]
FAULTS = [
    ("block 1", "Add", "wrong wiring", ""),
    ("block 2", "ReLU", "missing", ""),
    ("block 3", "Conv2D", "wrong setting", "shared"),
]
MENDED = (
    (
        "    X = convolution(filters, 3)(X)\n    X_shortcut = X\n",
        "    X_shortcut = X\n    X = convolution(filters, 3)(X)\n",
    ),
    (
        "stride=2)(X)\n    X = BatchNormalization()(X)\n    X = convolution",
        'stride=2)(X)\n    X = BatchNormalization()(X)\n    X = Activation("relu")(X)\n    X = convolution',
    ),
    (
        "    X = same_size(X)\n    X = BatchNormalization()(X)\n    X = Add",
        "    X = convolution(2 * filters, 3)(X)\n    X = BatchNormalization()(X)\n    X = Add",
    ),
)


def given(language: str = "en", *edits: tuple[str, str]) -> dict[str, Any]:
    """What the student's cells define, once the line that raises is deleted and these texts are exchanged."""
    folder = "blocks-beyond" if language == "en" else "blocks-beyond-zh"
    cells = {c.id: c.source for c in nbformat.read(ROOT / "release" / folder / "blocks-beyond.ipynb", 4).cells}
    raising, code = "    raise NotImplementedError()\n", cells["mended-stage"]
    for old, new in ((raising, ""), *edits):
        assert code.count(old) == 1, old
        code = code.replace(old, new)
    space: dict[str, Any] = {}
    exec(cells["setup"], space)
    exec(code, space)
    return space


def judged(space: dict[str, Any]) -> Diagnosis:
    references = FOUND.of(EXERCISE)
    made = [collect(space["mended_stage"], EXERCISE, one.case) for one in references]
    return judge(EXERCISE, made, references, FOUND.canary)


def network(space: dict[str, Any], filters: int = 8) -> keras.Model:
    start = keras.Input((12, 12, filters))
    return keras.Model(start, space["mended_stage"](start, filters))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_block_has_one_fault_and_mending_it_earns_its_points(language: str) -> None:
    broken = judged(given(language))
    assert [f.key for f in broken.findings] == FAULTS
    assert broken.points == 0
    report = make_report(broken, language)
    assert len(report.findings) == 3
    assert {"en": "shares the weights", "zh": "和另一层共用权重"}[language] in render_html(report)
    points = [judged(given(language, *MENDED[:done])).points for done in (1, 2, 3)]
    assert points == [3, 7, 10]


def test_it_is_silent_and_gradients_reach_every_layer() -> None:
    model = network(given())
    x = np.random.default_rng(0).normal(size=(4, 12, 12, 8)).astype("float32")
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(x, training=True) ** 2)
    slopes = tape.gradient(loss, [variable.value for variable in model.trainable_variables])
    assert model.output_shape == (None, 6, 6, 16)
    assert all(slope is not None for slope in slopes)


def test_only_the_shared_convolution_shows_in_the_number_of_parameters() -> None:
    """The answer to question 1: 2320 weights are lacking, and an addition and a ReLU have none."""
    solved: dict[str, Any] = {}
    cells = {c.id: c.source for c in nbformat.read(ROOT / "source/blocks-beyond/blocks-beyond.ipynb", 4).cells}
    exec(cells["setup"], solved)
    exec(cells["mended-stage"], solved)
    right, broken = network(solved).count_params(), network(given()).count_params()
    assert right - broken == 9 * 16 * 16 + 16 == 2320
    for language in ("blocks-beyond", "blocks-beyond-zh"):
        assert "2320" in (ROOT / "source" / language / "blocks-beyond.ipynb").read_text(encoding="utf-8")
    assert network(given("en", *MENDED[:2])).count_params() == broken
