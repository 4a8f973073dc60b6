"""What a trained network earns: by its graph, its weights and the images it recognises."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.evidence.evidence import Evidence, StudentError
from autograder.graph import parse_graph, shapes_of
from autograder.graph.oracle import forward
from autograder.lesson.images.hidden import Pictures, pictures
from autograder.lesson.training.demands import Demands
from autograder.lesson.training.judge import judge, outputs_of, points_for, recognise
from autograder.lesson.training.report import make_report
from autograder.lesson.training.structure import Unmeasurable, idle_additions, measurable, some_weights, troubles
from autograder.report import Report
from tests.lesson.training.conftest import Function, Network, evidence_of, tiny
from tests.shared.exercises import TRAIN_SIGNS


def report(evidence: Evidence, path: Path, images: Pictures, language: str = "en", hidden: bool = True) -> Report:
    return make_report(judge(TRAIN_SIGNS, evidence, path, images, hidden), language)


def codes(evidence: Evidence) -> list[str]:
    """What is wrong with the graph."""
    assert evidence.graph is not None, evidence.error
    graph = parse_graph(evidence.graph)
    try:
        shapes = measurable(graph, Demands())
    except Unmeasurable as problem:
        return [problem.trouble.code]
    values = forward(graph, some_weights(shapes), np.random.default_rng(0).uniform(0, 255, (2, 64, 64, 3)))
    return [trouble.code for trouble in troubles(graph, idle_additions(graph, values))]


# --- the images -------------------------------------------------------------------------------------------------


def test_the_oracle_sees_what_keras_sees(network: Network) -> None:
    x = np.random.default_rng(3).integers(0, 256, (12, 64, 64, 3)).astype(np.uint8)
    arrays = {
        key: tuple(network.tensors[f"{name}/{array}"] for array, _ in network.shapes.weights[key])
        for key, name in names(network).items()
    }
    says = recognise(outputs_of(network.graph, network.shapes, arrays, x, [network.graph.output])[0])
    assert says.tolist() == network.model.predict(x, verbose=0).argmax(axis=1).tolist()


def names(network: Network) -> dict[str, str]:
    from autograder.lesson.training.weights import names_of

    return names_of(network.graph)


def test_points_follow_the_share_of_images_recognised(network: Network, images: Pictures, tmp_path: Path) -> None:
    path = network.save(tmp_path)
    found = report(network.evidence, path, images)  # 30 of 40 are right: 75%
    assert found.points == pytest.approx(3 + 1 + 6 * (0.75 - 0.5) / 0.4)
    assert not found.passed
    assert "30 of 40 images are recognised (75.0%); 90% are asked for" in found.findings[0].message
    assert any("hidden" in note for note in found.notes)
    right = pictures(images.x[:30], images.y[:30])
    everything = report(network.evidence, path, right)
    assert everything.passed
    assert everything.points == everything.max_points == 10
    assert all(line.right for line in everything.steps)
    wrong = pictures(images.x[30:], images.y[30:])
    assert report(network.evidence, path, wrong).points == 4


# --- the instructor's own network -------------------------------------------------------------------------------


def as_known(network: Network, images: Pictures) -> Pictures:
    """The images, of which the network's outputs are the instructor's."""
    said = np.asarray(network.model.predict(images.x, verbose=0), dtype=np.float64)
    return replace(images, solution=said)


def disguised(network: Network, how: str) -> dict[str, Any]:
    """Weights by which the network says the same: with noise, channels in another order, or another scale."""
    tensors = dict(network.tensors)
    if how == "noise":
        draws = np.random.default_rng(5)
        return {k: (v * (1 + 1e-4 * draws.standard_normal(v.shape))).astype(np.float32) for k, v in tensors.items()}
    if how == "channels in another order":
        order = [2, 0, 3, 1]
        first = [name for name in tensors if name.startswith(("conv1/", "bn_conv1/"))]
        tensors |= {name: tensors[name][..., order] for name in first}
        taken = [name for name in tensors if name in ("Conv2D/kernel", "res2a_branch1/kernel")]
        return tensors | {name: tensors[name][:, :, order] for name in taken}
    if how == "another scale":
        return tensors | {name: 3 * tensors[name] for name in ("Dense/kernel", "Dense/bias")}
    return tensors


@pytest.mark.parametrize("how", ["as it is", "noise", "channels in another order", "another scale"])
def test_the_instructors_network_is_known_in_disguise(
    how: str, network: Network, images: Pictures, tmp_path: Path
) -> None:
    path = network.save(tmp_path, **disguised(network, how))
    found = report(network.evidence, path, as_known(network, images))
    assert found.points == 3
    assert [finding.setting for finding in found.findings] == ["solution"]
    assert "those earn nothing" in found.findings[0].message


def blunted(input_shape: tuple[int, ...], classes: int) -> Any:
    """The tiny network behind which a layer takes all doubts away."""
    from keras import Model, layers

    model = tiny(input_shape, classes)
    said = layers.Dense(classes)(model.layers[-1].input)
    return Model(model.input, layers.Softmax()(layers.Rescaling(1e5)(said)))


def test_nor_does_a_layer_behind_it_hide_it(network: Network, images: Pictures, tmp_path: Path) -> None:
    found = report(evidence_of(blunted), network.save(tmp_path), as_known(network, images))
    assert [finding.setting for finding in found.findings] == ["solution"], str(found)
    assert found.points == 3


def test_another_network_is_not_taken_for_it(network: Network, images: Pictures, tmp_path: Path) -> None:
    draws = np.random.default_rng(6)

    def drawn(name: str, shape: tuple[int, ...]) -> Any:
        """Kernels of both signs: networks with weights of one sign see little more than how bright an image is."""
        return draws.uniform(-0.6 if name.endswith("kernel") else 0.1, 0.6, shape).astype(np.float32)

    other = {name: drawn(name, tensor.shape) for name, tensor in network.tensors.items()}
    found = report(network.evidence, network.save(tmp_path, **other), as_known(network, images))
    assert "solution" not in [finding.setting for finding in found.findings]


def test_who_recognises_nothing_has_copied_nothing(network: Network, images: Pictures, tmp_path: Path) -> None:
    known = replace(as_known(network, images), y=(images.y + 1) % 6)
    found = report(network.evidence, network.save(tmp_path), known)
    assert [finding.setting for finding in found.findings] == ["accuracy"]
    assert found.points == 4


@pytest.mark.parametrize(("accuracy", "share"), [(0, 0), (0.5, 0), (0.7, 0.5), (0.9, 1), (1, 1)])
def test_points_rise_evenly_between_chance_and_pass(accuracy: float, share: float) -> None:
    assert points_for(accuracy, Demands()) == pytest.approx(share)


def test_public_images_say_what_is_confused(network: Network, images: Pictures, tmp_path: Path) -> None:
    found = report(network.evidence, network.save(tmp_path), images, hidden=False)
    assert any("public test images" in note for note in found.notes)
    assert any("was taken for a" in note for note in found.notes)
    hidden = report(network.evidence, network.save(tmp_path), images)
    assert not any("was taken for a" in note for note in hidden.notes)


def test_chinese(network: Network, images: Pictures, tmp_path: Path) -> None:
    english = report(network.evidence, network.save(tmp_path), images, "en")
    chinese = report(network.evidence, network.save(tmp_path), images, "zh")
    assert not set(english.notes) & set(chinese.notes)
    assert english.findings[0].message != chinese.findings[0].message
    assert "images" not in str(chinese)


# --- the graph --------------------------------------------------------------------------------------------------


def changed(change: Callable[[Any, Any, Any], Any]) -> Function:
    """A function whose network is what `change(inputs, x, layers)` makes of an 8x8 image with 6 channels."""

    def small_resnet(input_shape: Any = (64, 64, 3), classes: int = 6) -> Any:
        from keras import Input, Model, layers

        inputs = Input(input_shape)
        x = layers.Conv2D(6, 5, strides=8, padding="same")(inputs)
        return Model(inputs, change(inputs, x, layers))

    return small_resnet


def head(x: Any, layers: Any, **settings: Any) -> Any:
    given = {"units": 6, "activation": "softmax"} | settings
    return layers.Dense(**given)(layers.GlobalAveragePooling2D()(x))


def conv(x: Any, layers: Any, filters: int = 6) -> Any:
    return layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(x)))


def identity(x: Any, layers: Any) -> Any:
    return layers.Add()([conv(x, layers), x])


def convolutional(x: Any, layers: Any) -> Any:
    return layers.Add()([conv(conv(x, layers), layers), layers.Conv2D(6, 1)(x)])


def idle(x: Any, layers: Any, off: Function) -> Any:
    """Both blocks, and what comes along their shortcuts turned off."""
    x = layers.Add()([conv(conv(x, layers), layers), off(layers.Conv2D(6, 1)(x))])
    return layers.Add()([conv(x, layers), off(x)])


GRAPHS: dict[str, tuple[Callable[[Any, Any, Any], Any], list[str]]] = {
    "both blocks": (lambda i, x, L: head(identity(convolutional(x, L), L), L), []),
    "blocks in each other": (lambda i, x, L: head(L.Add()([convolutional(identity(x, L), L), x]), L), []),
    "plain": (lambda i, x, L: head(conv(conv(x, L), L), L), ["no shortcut"]),
    "identity alone": (lambda i, x, L: head(identity(identity(x, L), L), L), ["no convolution"]),
    "convolution alone": (lambda i, x, L: head(convolutional(x, L), L), ["no identity"]),
    "times 0": (lambda i, x, L: head(idle(x, L, lambda y: y * 0.0), L), ["idle"]),
    "rescaled to 0": (lambda i, x, L: head(idle(x, L, L.Rescaling(0.0)), L), ["idle"]),
    "below the other path": (lambda i, x, L: head(idle(x, L, L.Rescaling(1e-6)), L), ["idle"]),
    "added to itself": (lambda i, x, L: head(L.Add()([x, x]), L), ["no shortcut"]),
    "a shortcut past a ReLU alone": (lambda i, x, L: head(L.Add()([L.ReLU()(x), x]), L), ["no shortcut"]),
    "two branches alike": (lambda i, x, L: head(L.Add()([conv(x, L), conv(x, L)]), L), ["no shortcut"]),
    "a shortcut that leads nowhere": (lambda i, x, L: (identity(x, L), head(conv(x, L), L))[1], ["no shortcut"]),
    "concatenated": (lambda i, x, L: head(L.Concatenate()([conv(x, L), x]), L), ["no shortcut"]),
    "no softmax": (lambda i, x, L: head(identity(convolutional(x, L), L), L, activation=None), ["softmax"]),
    "five classes": (lambda i, x, L: head(identity(convolutional(x, L), L), L, units=5), ["classes"]),
    "an image comes out": (lambda i, x, L: L.Softmax()(identity(convolutional(x, L), L)), ["classes"]),
    "a layer that can't be computed": (lambda i, x, L: head(L.Activation("sparsemax")(x), L), ["layers"]),
    "too many parameters": (lambda i, x, L: L.Dense(6)(L.Dense(4096)(L.Flatten()(conv(x, L, 64)))), ["parameters"]),
    "too many multiplications": (lambda i, x, L: head(conv(conv(i, L, 128), L, 128), L), ["products"]),
}


@pytest.mark.parametrize("case", GRAPHS)
def test_a_graph_is_residual_or_told_why_not(case: str) -> None:
    change, expected = GRAPHS[case]
    assert codes(evidence_of(changed(change))) == expected


def test_another_input_is_named(images: Pictures, tmp_path: Path) -> None:
    evidence = evidence_of(lambda input_shape, classes: tiny((32, 32, 3)))
    found = report(evidence, tmp_path / "none", images)
    assert found.points == 0
    assert "(32, 32, 3)" in found.findings[0].message
    assert [line.right for line in found.steps] == [False, None, None]


def test_a_network_that_is_not_residual_loses_those_points_alone(images: Pictures, tmp_path: Path) -> None:
    from autograder.evidence.graphs.collect_graph import weights_of
    from autograder.lesson.training.weights import save

    function = changed(GRAPHS["plain"][0])
    model = function()
    graph = parse_graph(json.dumps(model.get_config()))
    save(tmp_path / "w", graph, shapes_of(graph), weights_of(model))
    says = model.predict(images.x, verbose=0).argmax(axis=1).astype(np.int64)
    found = report(evidence_of(function), tmp_path / "w", pictures(images.x, says))
    assert found.points == 7
    assert [line.right for line in found.steps] == [False, True, True]


def test_names_that_keras_makes_up_do_not_matter(network: Network, images: Pictures, tmp_path: Path) -> None:
    """Each call of the function counts on, so that the graph that is graded has other names than the trained one."""
    again = evidence_of(tiny)
    assert again.graph != network.evidence.graph
    assert report(again, network.save(tmp_path), images).points == pytest.approx(7.75)


@pytest.mark.parametrize(
    "error",
    [
        StudentError(kind="raised", type="NotImplementedError"),
        StudentError(kind="undefined", type="NameError", function="small_resnet"),
        StudentError(kind="returned", type="KerasTensor", function="small_resnet"),
    ],
)
def test_without_a_network_there_is_nothing(
    error: StudentError, network: Network, images: Pictures, tmp_path: Path
) -> None:
    path = network.save(tmp_path)
    found = report(Evidence("small_resnet", "public-1", error=error), path, images)
    assert found.points == 0
    assert found.error
    assert report(Evidence("small_resnet", "public-1"), path, images).points == 0


@pytest.mark.parametrize("graph", ["", "{}", "[" * 9999, '{"layers": []}', "null", '{"layers": [{"class_name": 3}]}'])
def test_no_graph_raises(graph: str, images: Pictures, tmp_path: Path) -> None:
    found = report(Evidence("small_resnet", "public-1", graph=graph), tmp_path / "none", images)
    assert found.points == 0
    assert found.findings


def test_the_shapes_are_what_keras_says(network: Network) -> None:
    assert network.shapes.parameters == network.model.count_params() < Demands().max_parameters
    assert network.shapes.products < Demands().max_products
    for node in network.graph.nodes:
        if node.weights and "/" not in node.weights:
            layer = next((layer for layer in network.model.layers if layer.name == node.weights), None)
            if layer is not None:
                assert layer.output.shape[1:] == network.shapes.outputs[node.id]


def test_weights_that_turn_a_shortcut_off_cost_the_structure(
    network: Network, images: Pictures, tmp_path: Path
) -> None:
    off = {name: np.zeros_like(a) for name, a in network.tensors.items() if name.startswith("res2a_branch1/")}
    found = report(network.evidence, network.save(tmp_path, **off), images)
    assert "idle" in [finding.setting for finding in found.findings]
    assert found.steps[0].right is False
