"""Findings: one difference that matters, each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..graph import Setting

Kind = Literal["missing", "extra", "wrong setting", "wrong order", "wrong wiring", "wrong value"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where an array of a plain function's differs: the first place and its numbers, how many of how many elements do,
    and by how much at most.
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

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Two findings with one key are the same slip seen on two test cases."""
        return (self.step, self.layer, self.kind, self.setting)
