"""What a test cell has given the student's code that can be changed: under stock nbgrader it is one thing for both.

A list that a student's object keeps is changed by the test later on, and the other way round; a shallow copy of a list
holds the same rows. So each side tells the other what has become of the last few; larger things are told of only where
they are handed over.
"""

from __future__ import annotations

import json
from typing import Any

from ..kernel import wire
from ..kernel.changes import can_change
from ..kernel.objects import MAX_WATCHED_GIVEN, WATCHED

NOTHING = object()
MAX_WITHIN = 16
"""How many things that can be changed are known by themselves within one that is handed over."""


class Given:
    """Things of one test cell, by numbers that are never used again; `refer` is what `wire` asks for references."""

    def __init__(self, refer: wire.Refer) -> None:
        self._refer = refer
        self._first = self._kernel = self._room = 0
        self._things: list[Any] = []
        self._texts: list[str] = []
        """What each held when both sides last agreed; "" where nothing is told of it between calls."""

    def begin(self, kernel: int) -> None:
        """A test cell begins, or a kernel that has been given nothing yet."""
        self._first += len(self._things)
        self._kernel = kernel
        self._things.clear()
        self._texts.clear()

    def reference(self, value: object, kernel: int) -> list[Any]:
        """How something that can be changed goes over: by its number, with its content where that is not known there.

        Raises wire.CannotCross.
        """
        if kernel != self._kernel:
            self.begin(kernel)
        self._room = MAX_WITHIN
        return self._with_content(value)

    def _with_content(self, value: object) -> list[Any]:
        place = self._place(value)
        if place is None:
            place = len(self._things)
            self._things.append(value)
            self._texts.append("")
        elif place in self._watched() and self._texts[place] and self._texts[place] == self._text(place):
            return ["given", self._first + place]
        content = wire.packed(wire.Whole(value), self._refer, self._within)
        self._texts[place] = self._text(place)
        return ["given", self._first + place, content]

    def _within(self, value: object) -> list[Any] | None:
        if not can_change(value) or not (self._room or self._place(value) is not None):
            return None
        self._room -= self._place(value) is None
        return self._with_content(value)

    def _place(self, value: object) -> int | None:
        return next((place for place, one in enumerate(self._things) if one is value), None)

    def _watched(self) -> range:
        return range(max(len(self._things) - WATCHED, 0), len(self._things))

    def changed(self, kernel: int) -> dict[int, Any]:
        """By their numbers, what the test itself has changed since, with content as `wire` writes it."""
        found = {}
        for place in self._watched() if kernel == self._kernel else ():
            if self._texts[place] and self._text(place) != self._texts[place]:
                found[self._first + place] = wire.Whole(self._things[place])
                self._texts[place] = self._text(place)
        return found

    def known(self, value: object) -> list[Any] | None:
        """The number of something that has been given and is known there."""
        place = self._place(value)
        return None if place not in self._watched() or place is None else ["given", self._first + place]

    def thing(self, number: object) -> Any:
        """What has this number, else NOTHING."""
        known = type(number) is int and 0 <= number - self._first < len(self._things)
        return self._things[number - self._first] if known and type(number) is int else NOTHING

    def agree(self, number: int) -> None:
        """Note that a thing has become here what it is there."""
        place = number - self._first
        self._texts[place] = self._text(place) if self._texts[place] else ""

    def _text(self, place: int) -> str:
        """What a thing holds, those within it that are known by their numbers alone."""
        try:
            text = json.dumps(wire.packed(wire.Whole(self._things[place]), self._refer, self.known))
        except wire.CannotCross:
            return ""
        return text if len(text) <= MAX_WATCHED_GIVEN else ""
