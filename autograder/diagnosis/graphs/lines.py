"""The student's own lines: which call made each layer of the graph, and which calls led nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ...evidence.student_code import Assignment, LayerCall, Place, StudentCode
from ...graph import Node

SPELLINGS = {"ReLU": ("ReLU", "Activation relu", "Relu"), "Softmax": ("Softmax", "Activation softmax")}
"""Layer calls that come out as a layer of another name."""


@dataclass(frozen=True)
class Calls:
    """The layer calls of one run of a student's function, and what became of each."""

    code: StudentCode

    @cached_property
    def used(self) -> frozenset[int]:
        """The numbers of the calls that the result depends on; all of them where the result isn't known."""
        calls, result = self.code.calls, self.code.result
        if result is None:
            return frozenset(range(len(calls)))
        found: set[int] = set()
        stack = [result]
        while stack:
            number = stack.pop()
            if 0 <= number < len(calls) and number not in found:
                found.add(number)
                stack.extend(calls[number].inputs)
        return frozenset(found)

    @cached_property
    def unused(self) -> dict[int, LayerCall]:
        """The calls that the result does not depend on, by their numbers; inputs are none."""
        return {n: call for n, call in enumerate(self.code.calls) if n not in self.used and call.inputs}

    @cached_property
    def _by_name(self) -> dict[str, list[LayerCall]]:
        found: dict[str, list[LayerCall]] = {}
        for number in sorted(self.used):
            call = self.code.calls[number]
            found.setdefault(call.name, []).append(call)
        return found

    def of(self, node: Node) -> LayerCall | None:
        """The call that made a layer of the graph, None where that can't be told."""
        path = node.id.rpartition("/")[2].partition("+")[0]
        name, _, number = path.partition("#")
        own, _, twin = name.partition("~")  # the collector numbers layers of the same name
        made = self._by_name.get(name) or self._by_name.get(own) or []
        if twin and len(made) > 1:
            return made[1] if len(made) == 2 else None
        place = int(number) if number.isdecimal() and len(number) < 4 else 0
        return made[place] if place < len(made) else None

    def end_of(self, number: int) -> int:
        """The last call that took in, directly or by others, what this unused call made."""
        return self._ends[number]

    @cached_property
    def _ends(self) -> dict[int, int]:
        after: dict[int, int] = {}
        for number, call in self.unused.items():
            after.update({source: number for source in call.inputs if source < number})
        ends: dict[int, int] = {}
        for number in sorted(self.unused, reverse=True):
            ends[number] = ends[after[number]] if number in after else number
        return ends

    def lost(self, node: Node, neighbours: frozenset[str]) -> int | None:
        """The number of the unused call that a missing layer of the reference was meant by.

        A layer with a name is known by it, another one by the names of the layers that feed it in the reference.
        """
        name = node.name or node.id.partition("+")[0] * ("+" in node.id)  # an activation in the layer's own settings
        if name:
            return next((n for n, call in self.unused.items() if call.name == name), None)
        alike = [n for n, call in self.unused.items() if call.layer in SPELLINGS.get(node.kind, (node.kind,))]
        near = [n for n in alike if neighbours & set(self._names_before(self.unused[n]))]
        return near[0] if near else alike[0] if len(alike) == 1 else None

    @cached_property
    def _used_runs(self) -> frozenset[int]:
        """The runs of functions in which a layer was made that the result depends on."""
        return frozenset(place.run for n in self.used for place in self.code.calls[n].places)

    def place(self, number: int) -> Place | None:
        """The line to blame for an unused call: where a helper as a whole is not used, the line that calls it."""
        places = self.code.calls[number].places
        for caller, helper in zip(places[:0:-1], places[-2::-1], strict=False):
            if helper.run not in self._used_runs:
                return caller
        return next((place for place in places if place.target != "return"), None)

    def made_after(self, number: int, assignment: Assignment) -> bool:
        """Whether a later call was made in that statement: so it was run."""
        return any(
            place.function == assignment.function and assignment.line <= place.line <= assignment.last
            for call in self.code.calls[number + 1 :]
            for place in call.places
        )

    def _names_before(self, call: LayerCall) -> Iterator[str]:
        for number in call.inputs:
            if 0 <= number < len(self.code.calls):
                yield self.code.calls[number].name


def inner_place(call: LayerCall) -> Place | None:
    """The line that makes the layer."""
    return call.places[0] if call.places else None


def outer_place(call: LayerCall) -> Place | None:
    """The line of the exercise's own function that leads to the layer."""
    return call.places[-1] if call.places else None
