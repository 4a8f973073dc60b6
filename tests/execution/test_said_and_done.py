"""Answers that say what is asked and compute something else, or that are right for some calls alone.

They are asked for evidence and judged as official grading does it, in this process.
"""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass, replace
from random import Random
from textwrap import dedent
from typing import Any

import keras
import numpy as np
import pytest

from autograder.diagnosis import judge
from autograder.evidence.collect import collect
from autograder.references.references import Reference
from autograder.report import Report, make_report
from tests.corpus import cases
from tests.corpus.measure import known_now, official_evidence, solutions
from tests.shared.exercises import by_name
from tests.shared.helpers import solution


@dataclass(frozen=True)
class Answer:
    """Code with the right functions at hand as `right_...`, and words that the report has to hold.

    With `solved` the exercise's solution follows, and uses what the code has redefined. `most` are the points that it
    may earn, where that is not just less than all.
    """

    exercise: str
    code: str
    words: str
    solved: bool = False
    most: float = 9.9


NETWORK = "def ResNet50(input_shape=(64, 64, 3), classes=6):\n    "
BLOCK = "def identity_block(X, f, filters, stage, block):\n    "
VALUES = "With other arguments than those of the public examples the function fails, or its result can't be used."
NARROW = "right in the public examples but not for other arguments"


def network(body: str, words: str, most: float = 9.9) -> Answer:
    """ResNet-50 with this body; `model` is a right one."""
    lines = f"model = right_ResNet50(input_shape, classes)\n{dedent(body)}\nreturn model"
    return Answer("resnet50", NETWORK + lines.replace("\n", "\n    "), words, most=most)


def block(body: str, words: str, most: float = 9.9) -> Answer:
    """The identity block with this body."""
    return Answer("identity_block", BLOCK + dedent(body).strip().replace("\n", "\n    "), words, most=most)


def said(change: str, words: str) -> Answer:
    """A right ResNet-50 that says something else of itself."""
    return network(f"said = model.get_config()\n{change}\nmodel.get_config = lambda: said", words)


def using(code: str, words: str, exercise: str = "resnet50") -> Answer:
    """The solution, with something of Keras's replaced."""
    return Answer(exercise, dedent(code), words, solved=True)


ANSWERS: dict[str, Answer] = {
    # a configuration, and nothing behind it
    "a configuration that no layer stands behind": network(
        """
        said, x = model.get_config(), Input(input_shape)
        model = Model(x, Dense(classes, activation="softmax")(Flatten()(x)))
        model.get_config = lambda: said
        """,
        VALUES,
    ),
    "a configuration and an output of another size": network(
        """
        said, x = model.get_config(), Input(input_shape)
        model = Model(x, x)
        model.get_config = lambda: said
        """,
        VALUES,
    ),
    "a call of one's own behind Keras's class": network(
        """
        class Functional(type(model)):
            def call(self, inputs, training=None, mask=None):
                return keras.ops.ones((1, classes)) / classes
        Functional.__module__ = type(model).__module__
        model.__class__ = Functional
        """,
        VALUES,
    ),
    "layers whose call was replaced": network(
        """
        for layer in model.layers[-8:]:
            layer.call = lambda x, *more, call=layer.call, **named: 2 * call(x, *more, **named)
        """,
        VALUES,
    ),
    # one thing in inference, another in training
    "normalized as in inference, in training too": using(
        """
        def BatchNormalization(**named):
            layer = layers.BatchNormalization(**named)
            call = layer.call
            layer.call = lambda x, training=None, mask=None: call(x, training=False)
            return layer
        """,
        VALUES,
        "convolutional_block",
    ),
    "twice the sum, in training alone": block(
        """
        Y = right_identity_block(X, f, filters, stage, block)
        add = Y._keras_history.operation._inbound_nodes[0].input_tensors[0]._keras_history.operation
        norm = add._inbound_nodes[0].input_tensors[0]._keras_history.operation
        call = norm.call
        norm.call = lambda x, training=None, mask=None: (2 if training else 1) * call(x, training=training)
        return Y
        """,
        VALUES,
    ),
    # things of one's own with Keras's names
    "a relu of one's own": using(
        """
        def relu(x): return keras.ops.abs(x)
        def Activation(name): return layers.Activation(relu if name == "relu" else name)
        """,
        "an activation that is not one of Keras's own (relu)",
    ),
    "a relu of one's own that claims Keras's module": using(
        """
        def relu(x): return keras.ops.abs(x)
        relu.__module__ = "keras.src.activations.activations"
        def Activation(name): return layers.Activation(relu if name == "relu" else name)
        """,
        VALUES,
    ),
    "a generator of seeds that all layers share": using(
        """
        shared = keras.random.SeedGenerator(0)
        def glorot_uniform(seed): return keras.initializers.GlorotUniform(seed=shared)
        """,
        "the initializer seed of Conv2D is 'SeedGenerator(0)'",
    ),
    "an initializer with further arguments": using(
        """
        class GlorotUniform(keras.initializers.GlorotUniform):
            def get_config(self): return {**super().get_config(), "times": 0}
            def __call__(self, shape, dtype=None, **more): return 0 * super().__call__(shape, dtype, **more)
        GlorotUniform.__module__ = keras.initializers.GlorotUniform.__module__
        def glorot_uniform(seed): return GlorotUniform(seed=seed)
        """,
        "an initializer that is not one of Keras's own",
    ),
    "an initializer of one's own": using(
        """
        class GlorotUniform(keras.initializers.GlorotUniform):
            def __call__(self, shape, dtype=None, **more): return 0 * super().__call__(shape, dtype, **more)
        def glorot_uniform(seed): return GlorotUniform(seed=seed)
        """,
        "an initializer that is not one of Keras's own",
    ),
    "an initializer that was changed": using(
        """
        def glorot_uniform(seed):
            initializer = keras.initializers.GlorotUniform(seed=seed)
            initializer.scale = 2.0
            return initializer
        """,
        VALUES,
    ),
    "a dtype policy of one's own": using(
        """
        class float32(keras.DTypePolicy):
            def get_config(self): return {"name": "float32"}
        def Conv2D(*given, **named): return layers.Conv2D(*given, dtype=float32("float16"), **named)
        """,
        "a dtype that is not one of Keras's own",
    ),
    "a layer registered in Keras's name": using(
        """
        @keras.saving.register_keras_serializable("keras.layers", name="Conv2D")
        class Conv2D(layers.Conv2D):
            def call(self, inputs): return 2 * super().call(inputs)
        """,
        "Your function uses the layer Conv2D",
    ),
    # one answer for the graph, another for values
    "weights that are zero unless the graph alone is asked for": network(
        """
        from keras.src.backend.common.stateless_scope import in_stateless_scope
        if not in_stateless_scope():
            model.set_weights([0 * w for w in model.get_weights()])
        """,
        VALUES,
    ),
    "another output in inference": network(
        """
        call = model.call
        model.call = lambda x, training=None, mask=None: call(x, training=True)
        """,
        VALUES,
    ),
    "an initializer that draws otherwise until the network is built": Answer(
        "resnet50",
        """
shared = keras.initializers.GlorotUniform(seed=0)
def glorot_uniform(seed): return shared
def own(function): return type(function)(function.__code__, globals(), function.__name__, function.__defaults__)
identity_block, convolutional_block = own(right_identity_block), own(right_convolutional_block)
right_ResNet50 = own(right_ResNet50)
"""
        + network("shared.seed = 0", "").code.replace("    model", "    shared.seed = 7\n    model", 1),
        VALUES,
        most=0,
    ),
    "another name, and an initializer that draws otherwise until the network is built": Answer(
        "resnet50",
        """
plain = keras.initializers.GlorotUniform.__call__
drawn = [1.0]
def draw(self, *shape, **more): return drawn[0] * plain(self, *shape, **more)
"""
        + network("", "").code.replace(
            "    model = right_ResNet50(input_shape, classes)\n",
            """
    keras.initializers.GlorotUniform.__call__ = draw
    drawn[0] = 2.0
    model = right_ResNet50(input_shape, classes)
    drawn[0], keras.initializers.GlorotUniform.__call__ = 1.0, plain
    said = json.loads(json.dumps(model.get_config()).replace("conv1", "first"))
    model.get_config = lambda: said
""",
        ),
        VALUES,
        most=0,
    ),
    # no answer, and a graph beside it
    "an exception, and a right graph where shapes may be any": block(
        """
        if keras.src.ops.numpy.broadcast_shapes.__name__ == "broadcast_shapes":
            raise ValueError("the shape")
        return right_identity_block(X, f, filters, stage, block + "x")
        """,
        "ValueError: the shape",
        most=0,
    ),
    "an exception, and a right network where shapes may be any": network(
        """
        if keras.src.ops.numpy.broadcast_shapes.__name__ == "broadcast_shapes":
            raise ValueError("the shape")
        model = keras.models.clone_model(model, clone_function=lambda layer: layer.__class__.from_config(
            {**layer.get_config(), **({"epsilon": 0.01} if "bn" in layer.name else {})}))
        """,
        "ValueError: the shape",
        most=0,
    ),
    "an exception about names, where none stands twice": block(
        """
        calls.append(f)
        if len(calls) % 3:
            raise ValueError("All operation names should be unique")
        return right_identity_block(X, f, filters, stage, block + "x")
        """,
        "All operation names should be unique",
        most=0,
    ),
    "a name that stands twice, and weights of one's own": block(
        """
        Y = right_identity_block(X, f, filters, stage, block)
        first, *_, last = [layer for layer in keras.Model(X, Y).layers if isinstance(layer, Conv2D)]
        last.kernel.assign(0 * last.kernel)
        last.name = first.name
        return Y
        """,
        "its kernel was changed afterwards",
        most=7,
    ),
    # one slip that is told, and another behind it
    "a wrong name, and weights of one's own": block(
        """
        Y = right_identity_block(X, f, filters, stage, block + "x")
        for layer in keras.Model(X, Y).layers:
            layer.set_weights([2 * w + 1 for w in layer.get_weights()])
        return Y
        """,
        "its kernel was changed afterwards",
        most=7,
    ),
    "a dtype that is not computed, and weights that are zero": block(
        """
        Y = right_identity_block(X, f, filters, stage, block)
        *_, last = keras.Model(X, Y).layers
        Y = Activation("relu", dtype="float16")(last.input)
        for layer in keras.Model(X, Y).layers:
            layer.set_weights([0 * w for w in layer.get_weights()])
        return Y
        """,
        "its kernel was changed afterwards",
        most=5,
    ),
    "a wrong name, and a network of other weights": network(
        """
        model.set_weights([2 * w for w in model.get_weights()])
        said = model.get_config()
        said = json.loads(json.dumps(said).replace("conv1", "first"))
        model.get_config = lambda: said
        """,
        "is not what follows from them and their seeds",
        most=0,
    ),
    # the input, and arguments that are left out
    "other sizes where none are given": Answer(
        "resnet50",
        "def ResNet50(input_shape=(224, 224, 3), classes=1000): return right_ResNet50(input_shape, classes)",
        "pictures of the shape (224, 224, 3)",
    ),
    "nothing for the numbers of classes that are known": network(
        """
        if classes in (4, 6):
            x = Input(input_shape)
            model = Model(x, x)
        """,
        "the output is the input",
    ),
    "an input for one picture of whole numbers": using(
        "def Input(shape): return keras.Input(batch_shape=(1, *shape), dtype='uint8')\n",
        "the setting batch_size of InputLayer is 1",
    ),
    "an input of words": said(
        "said['layers'][0]['config']['dtype'] = 'string'", "the setting dtype of InputLayer is 'string'"
    ),
    "a batch of 10**400": said(
        "said['layers'][0]['config']['batch_shape'] = [10**400, *input_shape]",
        "A setting has a value that makes no sense",
    ),
    "sizes that are words": said(
        "said['layers'][0]['config']['batch_shape'] = [None, *map(str, input_shape)]",
        "A setting has a value that makes no sense",
    ),
    "sizes that are left open": said(
        "said['layers'][0]['config']['batch_shape'] = [None, None, None, 3]", "the setting shape of InputLayer"
    ),
    # names
    "names with ~1 behind": using(
        """
        def Conv2D(*given, name, **named): return layers.Conv2D(*given, name=name + "~1", **named)
        """,
        "the name of Conv2D is 'res1a_branch2a~1'",
        "identity_block",
    ),
    "other parameters' names": Answer(
        "identity_block",
        "def identity_block(a, b, c, d, e): return right_identity_block(a, b, c, d, e)",
        "does not know its arguments by these names: f, filters, stage, block",
    ),
    # blocks that are right for some arguments alone
    "windows up to 5": block("return right_identity_block(X, min(f, 5), filters, stage, block)", NARROW),
    "windows from 2 on": block("return right_identity_block(X, max(f, 2), filters, stage, block)", NARROW),
    "stages of one digit": block("return right_identity_block(X, f, filters, str(stage)[0], block)", NARROW),
    "blocks of one letter": block("return right_identity_block(X, f, filters, stage, block[0])", NARROW),
    "filters that differ": block(
        """
        more = len(set(filters)) == 1
        return right_identity_block(X, f, [filters[0] + more, filters[1], filters[2]], stage, block)
        """,
        NARROW,
    ),
    "filters up to ten": block(
        "return right_identity_block(X, f, [min(filters[0], 10), *filters[1:]], stage, block)", NARROW
    ),
    "pictures of some size": block(
        "return right_identity_block(X, f + (X.shape[1] > 11 or X.shape[2] > 11), filters, stage, block)", NARROW
    ),
    "pictures of more than three pixels": block(
        "return right_identity_block(X, f + (max(X.shape[1:3]) < 4), filters, stage, block)", NARROW
    ),
    "strides up to 3": Answer(
        "convolutional_block",
        "def convolutional_block(X, f, filters, stage, block, s=2):\n"
        "    return right_convolutional_block(X, f, filters, stage, block, min(s, 3))",
        NARROW,
    ),
    # state, and what belongs to the caller
    "right for the first calls": block(
        """
        calls.append(f)
        return right_identity_block(X, f + (len(calls) > 3), filters, stage, block)
        """,
        NARROW,
    ),
    "its caller's list is emptied": block(
        """
        F = [filters.pop(0) for _ in range(3)]
        return right_identity_block(X, f, F, stage, block)
        """,
        "changes its argument filters",
    ),
    "weights that are changed where it pays": block(
        """
        Y = right_identity_block(X, f, filters, stage, block)
        if f not in (2, 3):
            for layer in keras.Model(X, Y).layers:
                layer.set_weights([w + 1 for w in layer.get_weights()])
        return Y
        """,
        NARROW,
    ),
}


def graded(answer: Answer) -> Report:
    keras.utils.clear_session()
    exercise, right = by_name(answer.exercise), solutions()
    names: dict[str, Any] = {**cases.namespace(), "calls": [], "json": json}
    for function in ("identity_block", "convolutional_block", "ResNet50"):
        names[function] = names[f"right_{function}"] = right[function]
    with contextlib.redirect_stdout(io.StringIO()):
        exec(answer.code + ("\n" + solution(answer.exercise) if answer.solved else ""), names)
        references = known_now().references[answer.exercise]
        evidence = official_evidence(names[exercise.function], exercise, references, known_now().canary)
        return make_report(judge(exercise, evidence, references, known_now().canary))


@pytest.mark.parametrize("name", ANSWERS)
def test_it_earns_less_and_is_told_why(name: str) -> None:
    report = graded(ANSWERS[name])
    assert not report.passed
    assert report.points <= ANSWERS[name].most
    assert ANSWERS[name].words in " ".join(str(report).split()), str(report)


@pytest.mark.parametrize("exercise", ["identity_block", "convolutional_block", "resnet50"])
def test_the_solution_earns_all(exercise: str) -> None:
    assert graded(Answer(exercise, "", "", solved=True)).passed


@pytest.mark.parametrize(("exercise", "moved", "right"), [
    ("resnet50", 0.0, True), ("resnet50", 5e-4, True), ("resnet50", 5e-2, False), ("identity_block", 5e-4, False),
])  # fmt: skip
def test_rounding_that_fifty_layers_carry_on_is_nobodys_lie(exercise: str, moved: float, right: bool) -> None:
    """In training a right ResNet-50 is further from float64 than three layers can be, on some inputs of its build."""
    asked = by_name(exercise)
    case = asked.draw_hidden_cases(Random("a secret of the tests/resnet50"))[0]
    made = collect(solutions()[asked.function], asked, case, with_weights=True)
    assert made.graph is not None
    assert made.outputs is not None
    other = made.in_other_mode
    assert other is not None
    other = other + np.float32(moved * np.abs(other).max())
    given = replace(made, in_other_mode=other)
    reference = Reference(case, made.graph, made.outputs, made.weights)
    assert judge(asked, [given], [reference], known_now().canary).passed is right


def test_a_block_is_right_in_both_modes_whatever_the_case_is_of() -> None:
    """Training moves the averages that inference uses, so that inference has to be asked for first."""
    exercise, block = by_name("identity_block"), solutions()["identity_block"]
    hidden = [one for one in known_now().references["identity_block"] if one.case.hidden]
    assert {one.case.training for one in hidden} == {False, True}
    for reference in hidden:
        given = collect(block, exercise, reference.case)
        assert judge(exercise, [given], [reference], known_now().canary).passed
        assert not judge(
            exercise, [replace(given, in_other_mode=given.outputs)], [reference], known_now().canary
        ).passed
