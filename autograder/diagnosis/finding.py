"""A finding: one difference between what was asked and what was built."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..graph import Setting

Kind = Literal["missing", "extra", "wrong setting", "wrong order", "wrong wiring", "wrong value"]
COMPONENT = "component"
"""In a finding's `expected` or `found`: not one layer but the convolution with all that belongs to it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How an array that a plain function gave differs from the expected one.

    `index` is the first place where they differ, `expected` and `found` are the numbers there. `number` elements
    differ out of `of`, and `largest` is the largest difference.
    """

    index: tuple[int, ...]
    expected: int | float | str
    found: int | float | str
    number: int
    of: int
    largest: float


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between what was asked and what was built.

    Attributes:
        step: `2a`, `2b`, `2c`, `shortcut`, `add`; `stage 3, block b, 2b`, ..., `head`.
        layer: the Keras class concerned; of a plain function the output, or the input.
        kind: what sort of difference.
        setting: Keras's argument for a wrong setting, "" otherwise.
        expected, found: both None where a hidden test case alone shows the difference.
        also: further steps with the very same slip.
        unseen: steps that this slip cuts off from the result, so that nothing can be said for them.
        hidden: only hidden test cases show it.
        message: the sentence for the reader, in the reader's language.
        sentence: what the exercise's author has to say of this slip, "" where the kit has its own words.
        difference: where an array differs, of a plain function's.
        block: a whole block is missing or too many, and `layer` is the function that makes it.
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
    unseen: tuple[str, ...] = ()
    hidden: bool = False
    message: str = ""
    sentence: str = ""
    difference: Difference | None = None
    block: bool = False
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
    def touched(self) -> tuple[str, ...]:
        """Every step that has this slip or is cut off by it: none of them can be called right."""
        return (*self.steps, *self.unseen)

    def covers(self, other: Finding) -> bool:
        """Whether the other one is the same slip, in a step that this one names, too."""
        return self.key[1:] == other.key[1:] and other.step in self.steps
