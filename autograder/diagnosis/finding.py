"""A finding: one difference between what was asked and what was built."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ..evidence.evidence import Evidence
from ..exercises import Exercise
from ..graph import Setting

Kind = Literal["missing", "extra", "wrong setting", "wrong order", "wrong wiring", "wrong value"]
COMPONENT = "component"
"""In a finding's `expected` or `found`: not one layer but the convolution with all that belongs to it."""


@dataclass(frozen=True, slots=True)
class Relation:
    """What turns the expected array into the one that was given, in all its numbers alike.

    They are multiplied by `factor`, or `offset` is added, or the axes are in the opposite order (`transposed`). Where
    the factor, or 1 over it, is the size of an axis of an argument, `argument` and `axis` name that.
    """

    factor: float = 1.0
    offset: float = 0.0
    transposed: bool = False
    argument: str = ""
    axis: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """How an array that a plain function gave differs from the expected one.

    `index` is the first place where they differ, `expected` and `found` are the numbers there. `number` elements
    differ out of `of`, and `largest` is the largest difference. `relation` is None where no simple
    one is known.
    """

    index: tuple[int, ...]
    expected: int | float | str
    found: int | float | str
    number: int
    of: int
    largest: float
    relation: Relation | None = None


CauseKind = Literal["dropped", "overwritten", "each round", "side by side", "unused", "not returned", "input returned"]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a layer that the code makes is not in the result.

    `line` made the last thing that is lost: nothing was assigned there ("dropped"), or line `by` gave the variable
    another value ("overwritten"), or the line itself does so in the next round of its loop ("each round"), or it makes
    several of the same tensor and another one of them is used ("side by side"), or the
    variable is not used after it ("unused"), or the function returns what line
    `by` made ("not returned"). "input returned": no layer at all lies between the input and the output.

    `function` is the function that the lines stand in, where that is not the exercise's own; `alone` says that the
    last thing lost is just what the finding is about, and not what was made of it.
    """

    kind: CauseKind
    line: int | None = None
    by: int | None = None
    variable: str = ""
    function: str = ""
    alone: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What one of a finding's further steps asks for, and what it has."""

    step: str
    expected: Setting
    found: Setting


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between what was asked and what was built.

    Attributes:
        step: `2a`, `2b`, `2c`, `shortcut`, `add`; `stage 3, block b, 2b`, ..., `head`.
        layer: the Keras class concerned; of a plain function the output, or the input.
        kind: what sort of difference.
        setting: Keras's argument for a wrong setting, "" otherwise.
        also: further steps with the very same slip.
        elsewhere: of a setting, what those further steps ask for and have.
        unseen: steps that this slip cuts off from the result, so that nothing can be said for them.
        hidden: only hidden test cases show it. Then nothing is told but the step: a line of the rubric.
        message: the sentence for the reader, in the reader's language.
        sentence: what the exercise's author has to say of this slip, "" where the kit has its own words.
        difference: where an array differs, of a plain function's.
        block: whole blocks are missing or too many, and `layer` is the function that makes them. `expected` then says
            which are missing, by their letters, or how many of them the stage should have, and `found` how many it has.
        line: the student's line that it is about, None where it isn't known or only hidden test cases show the slip.
        function: the function that the line stands in, where that is not the exercise's own.
        cause: why something that was made is missing.
        stands_for: the keys of other findings that follow from the same cause.
        counted_in: the earlier exercise of the notebook where the same slip has cost its points, "" where none has.
        edits: of one test case's finding, the numbers of the edits in its script that it sums up; the same slip on
            another test case may have other numbers, so they don't count when findings are compared.
    """

    step: str
    layer: str
    kind: Kind
    setting: str = ""
    expected: Setting = None
    found: Setting = None
    also: tuple[str, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = field(default=(), compare=False)
    unseen: tuple[str, ...] = ()
    hidden: bool = False
    message: str = ""
    sentence: str = ""
    difference: Difference | None = None
    block: bool = False
    line: int | None = field(default=None, compare=False)
    function: str = field(default="", compare=False)
    cause: Cause | None = field(default=None, compare=False)
    stands_for: tuple[tuple[str, str, str, str], ...] = field(default=(), compare=False)
    counted_in: str = ""
    edits: tuple[int, ...] = field(default=(), compare=False)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Two findings with one key are the same slip seen on two test cases."""
        return (self.step, self.layer, self.kind, self.setting)

    @property
    def steps(self) -> tuple[str, ...]:
        """Every step that has this slip."""
        return (self.step, *self.also)

    @property
    def leaves_values(self) -> bool:
        """Whether no value shows it: what a layer is called, and how the function takes its arguments."""
        return self.setting in ("name", "keyword", "changed")

    @property
    def touched(self) -> tuple[str, ...]:
        """Every step that has this slip or is cut off by it: none of them can be called right."""
        return (*self.steps, *self.unseen)

    def covers(self, other: Finding) -> bool:
        """Whether the other one is the same slip, in a step that this one names, too."""
        return self.key[1:] == other.key[1:] and other.step in self.steps


def of_the_call(exercise: Exercise, evidence: Evidence) -> Iterator[Finding]:
    """What is wrong with how the function takes its arguments; it is charged to the last step."""
    step = exercise.rubric[-1].step
    misnamed = [name for name in exercise.signature if name in evidence.misnamed]
    if misnamed:
        yield Finding(step, ", ".join(misnamed), "wrong value", "keyword")
    for name in exercise.signature:
        if name in evidence.changed:
            yield Finding(step, name, "wrong value", "changed")
