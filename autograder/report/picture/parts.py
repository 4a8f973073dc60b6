"""What a picture is made of, as plain data: a block as boxes and arrows in two lanes, a network as rows of blocks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ...base.messages import Translate

INPUT, OUTPUT = "input", "output"
"""The ends of a block's arrows that aren't boxes."""

Mark = Literal["right", "wrong", "missing", "extra", "unseen"]
Flow = Literal["right", "wrong", "wanted"]


@dataclass(frozen=True, slots=True)
class FaultNote:
    """What is said beside a faulty layer: what it is about, what was asked for and what was found, "" for nothing."""

    about: str
    asked: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """One layer. "missing" and "unseen" ones are not there: asked for, or cut off from the result by another slip."""

    key: str
    layer: str
    detail: str
    name: str
    mark: Mark
    notes: tuple[FaultNote, ...] = ()

    @property
    def there(self) -> bool:
        return self.mark not in ("missing", "unseen")


@dataclass(frozen=True, slots=True)
class Step:
    """The layers of one step; `right` is None where another slip hides them.

    `name` is the step's own, whatever the exercise's author calls it.
    """

    name: str
    right: bool | None
    boxes: tuple[Box, ...]

    def holds(self, key: str) -> bool:
        """Whether one of its boxes has this key."""
        return any(box.key == key for box in self.boxes)


@dataclass(frozen=True, slots=True)
class Arrow:
    """A tensor's way from box to box, by their keys: as it should be, as it should not be, or asked for in vain."""

    source: str
    target: str
    flow: Flow


@dataclass(frozen=True, slots=True)
class LaneArrow:
    """An arrow along a lane: the keys of its ends and, between them, of layers that should be there but aren't."""

    keys: tuple[str, ...]
    flow: Flow


@dataclass(frozen=True, slots=True)
class Block:
    """A block in two lanes: the steps of the main path, and beside it those of all other branches, if there are any.

    `meeting` is the key of the box where the lanes meet, OUTPUT where none of them does.
    """

    caption: str
    entry: str
    main: tuple[Step, ...]
    beside: tuple[Step, ...]
    arrows: tuple[Arrow, ...]
    meeting: str = OUTPUT

    def sorted_arrows(self) -> tuple[tuple[LaneArrow, ...], tuple[Arrow, ...]]:
        """The arrows that simply follow a lane, and those that leave it or skip a layer."""
        left = list(self.arrows)
        links: list[LaneArrow] = []
        for steps, end in ((self.beside, self.meeting), (self.main, OUTPUT)):
            boxes = [box for step in steps for box in step.boxes]
            keys = [INPUT, *(box.key for box in boxes), end]
            there = [0, *(i + 1 for i, box in enumerate(boxes) if box.there), len(keys) - 1]
            for a, b in pairwise(there):
                ends = (keys[a], keys[b])
                arrow = next((x for x in left if (x.source, x.target) == ends and x.flow != "wrong"), None)
                if arrow is not None:
                    left.remove(arrow)
                    links.append(LaneArrow(tuple(keys[a : b + 1]), arrow.flow))
        return tuple(links), tuple(left)


@dataclass(frozen=True, slots=True)
class Chip:
    """A whole block, or one layer outside the blocks, in the picture of the network."""

    label: str
    detail: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of the network; its notes name their layer."""

    name: str
    right: bool | None
    chips: tuple[Chip, ...]
    notes: tuple[FaultNote, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """The stages, and the inside of a faulty block for each slip that lies inside one."""

    caption: str
    stages: tuple[Stage, ...]
    insides: tuple[Block, ...]


Picture = Block | Network


def standing(wrong: bool, unseen: bool) -> bool | None:
    """Whether a step or a stage is right; None where another slip hides it."""
    return False if wrong else None if unseen else True


def in_one_line(note: FaultNote, _: Translate) -> str:
    """The note as one sentence."""
    if note.asked and note.found:
        return _("✗ {what} (asked: {asked}; found: {found})").format(
            what=note.about, asked=note.asked, found=note.found
        )
    return f"✗ {note.about}"
