"""What an exercise is: plain, frozen data that every other part reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer


class Drawn(BaseModel):
    """An array that a function is called with: `shift + scale * drawn`, by NumPy's legacy generator as in
    `TestCase.input`.

    "normal" draws have mean 0 and variance 1, "uniform" ones lie in [0, 1); for whole numbers the fraction is cut off.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    shape: tuple[int, ...]
    seed: int
    distribution: Literal["normal", "uniform"] = "normal"
    scale: float = 1.0
    shift: float = 0.0
    dtype: Literal["float64", "float32", "int64"] = "float64"

    def array(self) -> NDArray[Any]:
        """The array, made afresh: whoever gets it may change it."""
        generator = np.random.RandomState(self.seed)
        draw = generator.randn if self.distribution == "normal" else generator.rand
        return np.asarray(self.shift + self.scale * np.asarray(draw(*self.shape)), dtype=self.dtype)


Argument = Drawn | bool | int | float | str | tuple[int, ...]


class TestCase(BaseModel):
    """One set of arguments and, for a block or a model, one input tensor on which an exercise is tried.

    `arguments` holds the keyword arguments without the input tensors, in the order of the signature. `input_shape`
    counts the batch: (m, n_H, n_W, n_C), or (m, T, features), or any other number of axes. A block of several tensors
    has the shapes of the others in `more_inputs`. With `below`, the inputs are whole numbers from 0 up to it, such as
    the numbers of words. The input is drawn from NumPy's legacy generator, whose stream NumPy
    promises never to change (NEP 19), so that the same seed is the same tensor on every machine. `by_keyword` gives
    the arguments by their names; the tensor comes first all the same.
    """

    __test__: ClassVar[bool] = False  # pytest takes every class of such a name for a test's
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str
    arguments: dict[str, Argument]
    input_shape: tuple[int, ...] = ()
    more_inputs: tuple[tuple[int, ...], ...] = ()
    below: int = 0
    input_seed: int = 0
    distribution: Literal["normal", "uniform"] = "normal"
    training: bool = False
    hidden: bool = False
    by_keyword: bool = False

    @property
    def input_shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of all input tensors, the batch included."""
        return (self.input_shape, *self.more_inputs)

    def inputs(self) -> tuple[NDArray[Any], ...]:
        """The input tensors: float32, or int32 where they are whole numbers."""
        generator = np.random.RandomState(self.input_seed)
        if self.below:
            return tuple(generator.randint(0, self.below, shape).astype(np.int32) for shape in self.input_shapes)
        draw = generator.randn if self.distribution == "normal" else generator.rand
        return tuple(np.asarray(draw(*shape), dtype=np.float32) for shape in self.input_shapes)

    def input(self) -> NDArray[Any]:
        """The input tensor, of shape `input_shape`: the first one where there are several."""
        return self.inputs()[0]

    @model_serializer(mode="wrap")
    def _as_before(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Fields that came later are left out where nothing is said in them: a digest of old test cases stays."""
        written: dict[str, Any] = handler(self)
        return {name: value for name, value in written.items() if value or name not in ("more_inputs", "below")}

    def values(self) -> dict[str, Any]:
        """What a plain function is called with, by the names of its parameters; arrays are made afresh each time."""
        return {k: v.array() if isinstance(v, Drawn) else v for k, v in self.arguments.items()}

    def describe(self) -> str:
        """The call as a student would write it, for reports."""
        values = ", ".join(f"{k}={_written(v)}" for k, v in self.arguments.items())
        return values + (", training mode" if self.training else "")


def _written(value: Argument) -> str:
    if isinstance(value, Drawn):
        return f"an array of shape {value.shape}"
    return repr(list(value) if isinstance(value, tuple) else value)


def as_written(values: Mapping[str, Argument]) -> dict[str, str]:
    """Each value as Python writes it."""
    return {name: repr(value) for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class Part:
    """The layers that one step asks for, in the order in which the input passes them.

    Of a plain function: the outputs that the step asks for, as far as the test case's arguments have the values `when`.
    Of a model: `block` is the function that makes the block in which the step lies, "" for a step outside all blocks.
    """

    step: str
    layers: tuple[str, ...]
    when: Mapping[str, Argument] = field(default_factory=dict, hash=False)
    block: str = ""


@dataclass(frozen=True, slots=True)
class Rubric:
    """The points of one step, and what to tell who is stuck on it: a question, a pointer, nearly the answer."""

    step: str
    points: float
    hints: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Conventions:
    """What is agreed on rather than understood, such as names and seeds: a slip there costs little.

    `settings` are Keras's arguments that belong to it. Each slip in one of them costs `each` points, in however many
    layers it stands, and all of an exercise's together no more than `together`.
    """

    settings: tuple[str, ...] = ()
    each: float = 0.0
    together: float = 0.0


AGREED = (
    "name", "seed", "use_bias", "epsilon", "momentum",
    *(f"{array}_initializer" for array in ("kernel", "bias", "beta", "gamma", "moving_mean", "moving_variance")),
    *(f"{array}_initializer_seed" for array in ("bias", "beta", "gamma", "moving_mean", "moving_variance")),
)  # fmt: skip
"""The settings that are a convention where an exercise's author does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong answer that an exercise's author foresees, and the finding that it is to get.

    The answer is the solution with `changes`, pairs of an old text and a new one, or else `code`. What it is to get is
    one finding with this `step`, `kind` and `setting`, and `layer` where that is given; or the exception `error`.
    Where a plain function is asked for, a student's answer with the same values gets `sentence` to read. `kind` then
    is always "wrong value", and `setting` a word of the author's (by default the mistake's name). Without a sentence
    the kit's own words are expected: `setting` is then "shape", "dtype", "finite", "values" or "changed".
    """

    exercise: str
    name: str
    step: str = ""
    layer: str = ""
    setting: str = ""
    sentence: str = ""
    kind: str = "wrong value"
    changes: tuple[tuple[str, str], ...] = ()
    code: str = ""
    error: str = ""


class Sign(BaseModel):
    """One of the findings by which a variant is known; what is left empty may be anything.

    In a model a `step` such as `2a` stands for that step of any of its blocks. `found` is what the student has there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    step: str
    kind: str
    layer: str = ""
    setting: str = ""
    found: Argument | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """Another design of a block or a model, which a student may have from elsewhere and which has a name of its own.

    A report that has all the findings of `signs` gets the `sentence` to say so.
    """

    sentence: str
    signs: tuple[Sign, ...]


class CalledBlock(BaseModel):
    """A function of the student's that their model calls, and that is an exercise of its own.

    `channels` names the argument that says how many channels come out, by its last number if it is a list, and
    `strides` the one by which rows and columns are divided; "" where they stay as they are. `defaults` are those of the
    function's parameters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    function: str
    signature: tuple[str, ...]
    channels: str = ""
    strides: str = ""
    defaults: dict[str, Argument] = {}


class Task(Protocol):
    """What the side with the student's code has to know of an exercise: how its function is called."""

    @property
    def name(self) -> str: ...
    @property
    def function(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def signature(self) -> tuple[str, ...]: ...
    @property
    def outputs(self) -> tuple[str, ...]: ...
    @property
    def defaults(self) -> Mapping[str, Argument]: ...
    @property
    def blocks(self) -> tuple[CalledBlock, ...]: ...
    @property
    def tensors(self) -> int: ...


class PlainTask(BaseModel):
    """A `Task` that travels: nothing is looked up where the student's code runs."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True, defer_build=True)

    name: str
    function: str
    kind: str
    signature: tuple[str, ...]
    outputs: tuple[str, ...]
    defaults: dict[str, Argument] = {}
    blocks: tuple[CalledBlock, ...] = ()
    tensors: int = 1


def free_parameters(task: Task) -> tuple[str, ...]:
    """The parameters of a block that are tensors."""
    return task.signature[: task.tensors] if task.kind == "block" else ()


def no_hidden_cases(_random: Random) -> tuple[TestCase, ...]:
    """No hidden test cases: for an exercise that is judged by hidden data of another kind, such as images."""
    return ()


@dataclass(frozen=True, slots=True)
class Exercise:
    """One function that a student writes.

    `name` is the exercise's grade_id, `function` the name of the student's function.

    `defaults` are those of the given first line, by the parameters' names.

    `kind` says how the function is called. A "block" is called on a symbolic tensor and returns one; `tensors` says on
    how many where it is more, and `outputs` names what it returns where that is several. A "function" is
    called on arrays and plain values and returns one array or number for each of `outputs`, without Keras. A "model" is
    called on plain arguments and returns a Keras Model, and so is any further kind (see `autograder.kinds`), for which
    `settings` holds the numbers and texts that it is judged by.

    `outline` lists the steps in the order of `autograder.graph.Graph.linear`: the main path, the shortcut, then what
    follows their meeting. The weights of a block travel with the evidence; those of a model stay where they are.
    `inner_cap` bounds what slips inside a model's blocks cost together. `agreed` says what in a block or a model is a
    convention, where slips cost little; None for the usual settings and a small share of the points. `blocks` are the
    functions that a model calls and that are exercises of their own: where one of them is wrong, the model is judged
    without it.
    `known` are the wrong answers of a "function" whose values are recognised, `variants` the designs of a block or a
    model that are called by their names. `closing` is what to tell a student who
    has this exercise right and all others of the notebook; "" for the usual sentence.
    """

    name: str
    function: str
    kind: str
    signature: tuple[str, ...]
    outline: tuple[Part, ...]
    rubric: tuple[Rubric, ...]
    public_cases: tuple[TestCase, ...]
    draw_hidden_cases: Callable[[Random], tuple[TestCase, ...]] = no_hidden_cases
    inner_cap: float = 0.0
    outputs: tuple[str, ...] = ()
    known: tuple[Mistake, ...] = ()
    variants: tuple[Variant, ...] = ()
    settings: Mapping[str, float | str] = field(default_factory=dict, hash=False)
    closing: str = ""
    agreed: Conventions | None = None
    blocks: tuple[CalledBlock, ...] = field(default=(), hash=False)
    defaults: Mapping[str, Argument] = field(default_factory=dict, hash=False)
    tensors: int = 1

    @property
    def free(self) -> tuple[str, ...]:
        """The parameters of a block that are tensors: everybody passes them first, whatever they are called."""
        return free_parameters(self)

    @property
    def first_line(self) -> str:
        """The first line as it was given, without `def`: `convolutional_block(X, f, filters, stage, block, s=2)`."""
        written = as_written(self.defaults)
        words = (f"{name}={written[name]}" if name in written else name for name in self.signature)
        return f"{self.function}({', '.join(words)})"

    @property
    def max_points(self) -> float:
        return sum(step.points for step in self.rubric)

    @property
    def of_blocks(self) -> Exercise:
        """The same exercise with its blocks left whole: each is one layer of the outline."""
        whole = {part.step.rpartition(",")[0] if part.block else part.step: part for part in self.outline}
        outline = tuple(Part(step, (f"{part.block}()",)) if part.block else part for step, part in whole.items())
        return replace(self, outline=outline)

    @property
    def conventions(self) -> Conventions:
        """What costs little here; where the author says nothing, a twentieth of the points each, a tenth together."""
        if self.agreed is not None:
            return self.agreed
        if self.kind == "function" or not self.rubric:
            return Conventions()
        together = min(self.max_points / 10, min(line.points for line in self.rubric) / 2)
        return Conventions(AGREED, min(self.max_points / 20, together), together)

    def rubric_of(self, step: str) -> Rubric:
        """The rubric line that a finding's step is charged to: `stage 3` for `stage 3, block b, 2b`.

        A step without a line of its own, such as the identity block's bare shortcut, goes to the last line.
        """
        top = step.partition(",")[0]
        lines = {line.step: line for line in self.rubric}
        return lines.get(top, self.rubric[-1])

    def step_of(self, output: str, case: TestCase) -> str:
        """The step that a function's output belongs to on a test case; an output that no step asks for is its own."""
        for part in self.outline:
            if output in part.layers and all(case.arguments.get(name) == value for name, value in part.when.items()):
                return part.step
        return output
