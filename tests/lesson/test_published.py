"""Published weights in the student's own ResNet-50, from files of the two layouts in which they were published.

The files are made here, with other numbers: the real ones take 103 MB. That a network with its weights does what
Keras's own does is the proof that names, epsilon and padding are right.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from autograder import lesson
from autograder.lesson.published import network, seer
from autograder.lesson.published.files import asked_name, read_weights
from tests.lesson.conftest import Blocks
from tests.shared.helpers import cell, notebook, solution

SIZE = 64
"""Pixels, rather than ImageNet's 224, for speed."""
OF_2015 = {"kernel": "W", "bias": "b", "moving_mean": "running_mean", "moving_variance": "running_std"}


@pytest.fixture(scope="module")
def theirs() -> Any:
    """Keras's own ResNet-50 with numbers in all places where a wrong one would show."""
    import keras

    keras.utils.set_random_seed(0)
    model = keras.applications.ResNet50(weights=None, input_shape=(SIZE, SIZE, 3))
    draws = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            n = layer.gamma.shape[0]
            variances = 10.0 ** draws.uniform(-4, 0, n)  # small ones, where epsilon counts
            gammas = draws.uniform(0.4, 0.8, n) * variances**0.5  # so that nothing grows beyond bounds
            layer.set_weights([gammas, draws.normal(0, 0.1, n), draws.normal(0, 0.1, n), variances])
    return model


def write(path: Path, model: Any, name_of: Callable[[str], str], array_of: Callable[[str, str], str]) -> Path:
    with h5py.File(path, "w") as file:
        for layer in model.layers:
            group = file.create_group(name_of(layer.name))  # also for layers without weights, as Keras does
            for variable in layer.weights:
                group[array_of(name_of(layer.name), variable.name)] = np.asarray(variable)
    return path


@pytest.fixture(scope="module")
def today(theirs: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "today.h5"
    return write(path, theirs, lambda name: name, lambda layer, array: f"{layer}/{array}:0")


@pytest.fixture(scope="module")
def of_2015(theirs: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "of_2015.h5"
    return write(path, theirs, asked_name, lambda layer, array: f"{layer}_{OF_2015.get(array, array)}:0")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SIZE", SIZE)


@pytest.fixture(scope="module")
def ours() -> Callable[..., Any]:
    space: dict[str, Any] = {}
    exec(cell(notebook("source"), "setup").source, space)
    for name in ("identity_block", "convolutional_block", "resnet50"):
        exec(solution(name), space)
    return space["ResNet50"]  # type: ignore[no-any-return]


def test_every_layer_of_keras_has_a_layer_of_the_exercise(theirs: Any) -> None:
    names = {asked_name(layer.name) for layer in theirs.layers if layer.weights}
    assert names == network._layers() | {"fc1000"}
    assert len(names) == 2 * 53 + 1


@pytest.mark.slow
def test_todays_weights_make_it_do_what_keras_own_network_does(
    theirs: Any, today: Path, ours: Callable[..., Any], small: None
) -> None:
    images = np.random.default_rng(1).normal(0, 2, (2, SIZE, SIZE, 3)).astype(np.float32)
    mine = lesson.with_published_weights(ours, today)
    assert mine.count_params() == 25_636_712
    expected, found = (np.asarray(model(images, training=False)) for model in (theirs, mine))
    assert np.abs(expected - 1 / 1000).max() > 1e-3, "the network says something"
    assert found == pytest.approx(expected, abs=1e-5)
    for layer in mine.layers:  # and with Keras's default epsilon it would not
        if hasattr(layer, "epsilon"):
            layer.epsilon = 0.001
    assert np.abs(np.asarray(mine(images, training=False)) - expected).max() > 1e-4, (
        "ten times more than what is allowed above"
    )


@pytest.mark.slow
def test_weights_of_2015_go_in_by_name_and_also_into_the_courses_own_blocks(
    theirs: Any, of_2015: Path, ours: Callable[..., Any], blocks: Blocks, small: None
) -> None:
    def plan(input_shape: tuple[int, int, int], classes: int) -> Any:
        return lesson.thin_resnet50(*blocks, 1, classes, input_shape[0], rescaled=False)

    arrays = {asked_name(layer.name): layer.get_weights() for layer in theirs.layers if layer.weights}
    for function in (ours, plan):
        mine = lesson.with_published_weights(function, of_2015)
        assert not [layer for layer in mine.layers if layer.name == "pool1_pad"], "2015's had no such border"
        for layer in mine.layers:
            for found, expected in zip(layer.get_weights(), arrays.get(layer.name, []), strict=True):
                assert np.array_equal(found, expected), layer.name


def test_a_network_with_other_names_is_told_so(of_2015: Path, ours: Callable[..., Any], small: None) -> None:
    weights = read_weights(of_2015)
    for change, words in (
        (lambda found: found.pop(("res3b_branch2a", "kernel")), "The weights have no res3b_branch2a/kernel"),
        (lambda found: found.update({("fc6", "bias"): np.zeros(6)}), "The weights have fc6/bias, which"),
        (lambda found: found.update({("conv1", "bias"): np.zeros(3)}), "conv1/bias has the shape"),
    ):
        arrays = dict(weights.arrays)
        change(arrays)
        with pytest.raises(lesson.LessonError, match=words):
            lesson.with_published_weights(ours, type(weights)(arrays, False))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda file: file["conv1"].pop("conv1_W:0"), None),  # is missed later, by the network
        (lambda file: file["conv1"].create_dataset("surprise", data=[1.0]), "no array of such a network"),
        (lambda file: file["conv1"].create_dataset("more_W:0", data=np.ones(3)), "float32"),
        (lambda file: file["conv1"].create_dataset("m_W:0", data=np.full(3, np.nan, "float32")), "no numbers"),
        (lambda file: file["conv1"].__setitem__("x_W:0", h5py.ExternalLink("other.h5", "/x")), "in this file"),
        (lambda file: file["conv1"].__setitem__("x_W:0", h5py.SoftLink("/conv1/conv1_b:0")), "in this file"),
    ],
)
def test_a_file_is_read_as_a_strangers(change: Callable[[Any], object], words: str | None, tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    with h5py.File(path, "w") as file:
        file.create_group("activation_1")
        file["conv1/conv1_W:0"] = np.ones((7, 7, 3, 64), np.float32)
        file["conv1/conv1_b:0"] = np.ones(64, np.float32)
    assert set(read_weights(path).arrays) == {("conv1", "kernel"), ("conv1", "bias")}
    with h5py.File(path, "r+") as file:
        if isinstance(file["conv1"], h5py.Group) and words is None:
            del file["conv1/conv1_W:0"]
        else:
            change(file)
    if words is None:
        assert set(read_weights(path).arrays) == {("conv1", "bias")}
        return
    with pytest.raises(lesson.LessonError, match=words):
        read_weights(path)


def test_what_is_no_file_of_weights(tmp_path: Path) -> None:
    (tmp_path / "text.h5").write_text("no weights")
    with pytest.raises(lesson.LessonError, match="not an HDF5 file"):
        read_weights(tmp_path / "text.h5")
    with pytest.raises(lesson.LessonError, match="no such file"):
        read_weights(tmp_path)


# --- what it sees -----------------------------------------------------------------------------------------------


def test_without_weights_the_lesson_says_so_and_goes_on(
    ours: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    other = lesson.seer(ours, "resnet50.h5", "a network of one's own")
    assert (other.published, other.size, other.names) == (False, 64, tuple("012345"))
    assert "resnet50.h5 can't be used as weights: there is no such file." in capsys.readouterr().out


def test_classes_have_names_where_keras_list_lies_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert seer.class_names("weights.h5")[7] == "class 7"
    names = {str(number): [f"n{number}", f"some_thing_{number}"] for number in range(1000)}
    (tmp_path / seer.NAMES_FILE).write_text(json.dumps(names))
    assert seer.class_names("weights.h5")[999] == "some thing 999"
    (tmp_path / seer.NAMES_FILE).write_text(json.dumps(dict(list(names.items())[:999])))
    with pytest.raises(lesson.LessonError, match="no list"):
        seer.class_names("weights.h5")


def test_it_looks_where_the_class_is() -> None:
    """A network that counts bright pixels for class 1, dark ones for class 0."""
    import keras

    images = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(2, 1, use_bias=False, activation="relu", name="last")(images)
    out = keras.layers.Dense(2, activation="softmax", name="said", use_bias=False)(
        keras.layers.GlobalAveragePooling2D()(x)
    )
    model = keras.Model(images, out)
    model.get_layer("last").set_weights([np.array([[[[-1.0, 1.0]]]])])
    model.get_layer("said").set_weights([np.eye(2)])
    picture = np.zeros((1, 8, 8, 1), np.float32)
    picture[0, 2, 5], picture[0, 6, 1] = 3, -4
    for number, place in ((1, (2, 5)), (0, (6, 1))):
        found = lesson.grad_cam(model, picture, number)
        assert np.unravel_index(found.argmax(), found.shape) == place
        assert found.max() == 1
        assert np.count_nonzero(found) == 1
