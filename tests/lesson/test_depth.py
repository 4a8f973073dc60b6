"""The plain and the residual net, and the gradients in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder import lesson
from autograder.lesson.signs import Signs
from tests.lesson.conftest import Blocks
from tests.shared.helpers import solution


def by_hand(kernel: float, head: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    """|d loss / d kernel| where the loss is the mean cross-entropy of softmax(kernel * mean(x) * head)."""
    means = x.mean(axis=(1, 2, 3))
    scores = np.exp(kernel * means[:, None] * head)
    wrong = scores / scores.sum(axis=1, keepdims=True) - np.eye(len(head))[y]
    return float(abs(np.mean((wrong @ head) * means)))


def test_a_gradient_is_what_it_is_by_hand() -> None:
    import keras
    from keras import layers

    images = keras.Input((2, 2, 1))
    x = layers.Conv2D(1, 1, use_bias=False, name="res2a_branch2b")(images)
    x = layers.Dense(3, use_bias=False, activation="softmax", name="head")(layers.GlobalAveragePooling2D()(x))
    model = keras.Model(images, x)
    head = np.array([0.5, -1.0, 2.0])
    model.get_layer("res2a_branch2b").set_weights([np.full((1, 1, 1, 1), 0.7)])
    model.get_layer("head").set_weights([head[None]])
    pictures = np.random.RandomState(0).rand(4, 2, 2, 1).astype(np.float32)
    labels = np.array([0, 2, 1, 0])
    (found,) = lesson.gradient_norms(model, pictures, labels)
    assert found.layer == "res2a_branch2b"
    assert found.norm == pytest.approx(by_hand(0.7, head, pictures, labels), rel=1e-5)


@pytest.fixture(scope="module")
def pair(blocks: Blocks) -> lesson.Pair:
    return lesson.plain_and_residual(*blocks, blocks=3)


def test_the_two_begin_alike_and_differ_in_the_shortcuts_alone(pair: lesson.Pair, few: Signs) -> None:
    plain, residual = ({layer.name: layer for layer in net.layers} for net in (pair.plain, pair.residual))
    gone = set(residual) - set(plain)
    assert set(plain) < set(residual)
    assert sum(type(residual[name]).__name__ == "Add" for name in gone) == 3
    assert {name for name in gone if type(residual[name]).__name__ != "Add"} == {"res2a_branch1", "bn2a_branch1"}
    for name, layer in plain.items():
        for mine, theirs in zip(layer.get_weights(), residual[name].get_weights(), strict=True):
            np.testing.assert_array_equal(mine, theirs)
    b, c = (residual[f"res2{letter}_branch2b"].get_weights()[0] for letter in "bc")
    assert not np.array_equal(b, c)  # not all blocks from the same seed
    said = [np.asarray(net(few.test_set_x)) for net in (pair.plain, pair.residual)]
    assert said[0].shape == said[1].shape == (6, 6)
    assert not np.allclose(*said)


def test_one_norm_for_each_block_and_the_network_is_left_as_it_was(pair: lesson.Pair, few: Signs) -> None:
    before = [variable.numpy() for variable in pair.plain.variables]
    found = lesson.gradient_norms(pair.plain, few.train_set_x, few.train_set_y)
    assert [norm.layer for norm in found] == [f"res2{letter}_branch2b" for letter in "abc"]
    assert all(norm.norm > 0 for norm in found)
    for old, new in zip(before, pair.plain.variables, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def test_a_sum_with_a_plus_sign_is_cut_too(blocks: Blocks) -> None:
    names: dict[str, Any] = {}
    exec("from keras.layers import *\nfrom keras.initializers import glorot_uniform", names)
    exec(solution("identity_block", ("Add()([X, X_shortcut])", "X_shortcut + X")), names)
    pair = lesson.plain_and_residual(names["identity_block"], blocks[1], blocks=2)
    assert sum(type(operation).__name__ == "Add" for operation in pair.residual.operations) == 2
    assert not any(type(operation).__name__ == "Add" for operation in pair.plain.operations)


@pytest.mark.parametrize("number", [0, 27])
def test_a_number_of_blocks_that_cannot_be(blocks: Blocks, number: int) -> None:
    with pytest.raises(lesson.LessonError, match="1 to 26"):
        lesson.plain_and_residual(*blocks, blocks=number)


def test_a_thin_resnet50_has_fifty_layers_with_weights(thin: Any) -> None:
    main = [
        layer
        for layer in thin.layers
        if type(layer).__name__ in ("Conv2D", "Dense") and not layer.name.endswith("branch1")
    ]
    assert len(main) == 50


def test_a_network_not_written_yet_has_a_stand_in(blocks: Blocks, capsys: pytest.CaptureFixture[str]) -> None:
    def small_resnet() -> Any:
        raise NotImplementedError

    model = lesson.build(small_resnet, *blocks)
    assert model.output_shape == (None, 6)
    (sentence,) = capsys.readouterr().out.splitlines()
    assert sentence.startswith("small_resnet is not written yet")
    assert lesson.build(lambda: "mine", *blocks) == "mine"
    assert capsys.readouterr().out == ""
    with pytest.raises(ZeroDivisionError):
        lesson.build(lambda: 1 / 0, *blocks)


def test_an_update_is_measured_by_the_kernels_own_size(pair: lesson.Pair, few: Signs) -> None:
    """SGD moves a kernel by rate x gradient; Adam's first step moves each weight by the rate."""
    import keras

    x, y = few.train_set_x[:8], few.train_set_y[:8]
    sizes = {layer.name: layer.kernel.numpy() for layer in pair.plain.layers if hasattr(layer, "kernel")}
    norms = lesson.gradient_norms(pair.plain, x, y)
    ratios = lesson.update_ratios(pair.plain, x, y, keras.optimizers.SGD(0.5))
    for norm, found in zip(norms, ratios, strict=True):
        assert found.layer == norm.layer
        assert found.ratio == pytest.approx(0.5 * norm.norm / np.linalg.norm(sizes[norm.layer]), rel=1e-3)
    for found in lesson.update_ratios(pair.plain, x, y, keras.optimizers.Adam(2e-3)):
        kernel = sizes[found.layer]
        assert found.ratio == pytest.approx(2e-3 * kernel.size**0.5 / np.linalg.norm(kernel), rel=0.02)
    for layer in pair.plain.layers:
        if hasattr(layer, "kernel"):
            assert np.array_equal(layer.kernel.numpy(), sizes[layer.name]), "the model is left as it was"
