"""What an exercise is: plain, frozen data that every other part reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

Argument = int | str | tuple[int, ...]


class Probe(BaseModel):
    """One set of arguments and one input tensor on which an exercise is tried.

    `arguments` holds the keyword arguments without the input tensor, in the order of the signature. `input_shape`
    counts the batch: (m, n_H, n_W, n_C). The input is drawn from NumPy's legacy generator, whose stream NumPy
    promises never to change (NEP 19), so that the same seed is the same tensor on every machine.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    arguments: dict[str, Argument]
    input_shape: tuple[int, ...]
    input_seed: int
    distribution: Literal["normal", "uniform"] = "normal"
    training: bool = False
    hidden: bool = False

    def input(self) -> NDArray[np.float32]:
        """The input tensor, float32, of shape `input_shape`."""
        generator = np.random.RandomState(self.input_seed)
        draw = generator.randn if self.distribution == "normal" else generator.rand
        return draw(*self.input_shape).astype(np.float32)

    def describe(self) -> str:
        """The call as a student would write it, for reports."""
        values = ", ".join(f"{k}={list(v) if isinstance(v, tuple) else v!r}" for k, v in self.arguments.items())
        return values + (", training mode" if self.training else "")


@dataclass(frozen=True, slots=True)
class Part:
    """The layers that one step asks for, in the order in which the input passes them."""

    step: str
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rubric:
    """The points of one step, and what to tell who is stuck on it: a question, a pointer, nearly the answer."""

    step: str
    points: float
    hints: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One function that a student writes.

    `name` is the exercise's grade_id, `function` the name of the student's function. A "block" is called on a
    symbolic tensor and returns one; a "model" is called on plain arguments and returns a Keras Model. So is a "trained"
    one, which is not compared with a reference: its graph and the weights handed in with it are measured. `outline`
    lists the steps in the order of `autograder.graph.linear`: the main path, the shortcut, then what follows
    their meeting. The weights of a block travel with the evidence; those of a model stay where they are.
    `inner_cap` bounds what slips inside a model's blocks cost together, the blocks having exercises of their own.
    """

    name: str
    function: str
    kind: Literal["block", "model", "trained"]
    signature: tuple[str, ...]
    outline: tuple[Part, ...]
    rubric: tuple[Rubric, ...]
    public_probes: tuple[Probe, ...]
    draw_hidden_probes: Callable[[Random], tuple[Probe, ...]]
    inner_cap: float = 0.0

    @property
    def max_points(self) -> float:
        return sum(step.points for step in self.rubric)

    def rubric_of(self, step: str) -> Rubric:
        """The rubric line that a finding's step is charged to: `stage 3` for `stage 3, block b, 2b`.

        A step without a line of its own, such as the identity block's bare shortcut, goes to the last line.
        """
        top = step.partition(",")[0]
        lines = {line.step: line for line in self.rubric}
        return lines.get(top, self.rubric[-1])
