"""Which step of the exercise each layer belongs to, of the reference and of what a student built."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ...exercises import Exercise
from ...graph import Graph, Node
from ...graph.layers import OUTPUTS
from ..edits import Script


@dataclass(frozen=True)
class Comparison:
    """A student's graph compared with an exercise's reference, with the steps of all layers."""

    exercise: Exercise
    reference: Graph
    script: Script

    @cached_property
    def labels(self) -> dict[str, str]:
        """Reference node id -> step."""
        return label(self.exercise, self.reference)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The step of each of the script's pairs; a layer that the reference doesn't have takes its neighbour's."""
        return tuple(
            self.labels[pair.mine.id] if pair.mine else self._step_of_extra(pair.theirs) if pair.theirs else ""
            for pair in self.script.pairs
        )

    @cached_property
    def _mine_of(self) -> dict[str, Node | None]:
        """The reference's layer for each of the student's, by its id."""
        return {pair.theirs.id: pair.mine for pair in self.script.pairs if pair.theirs}

    @cached_property
    def _before(self) -> dict[str, list[str]]:
        return {pair.theirs.id: list(pair.theirs.inputs) for pair in self.script.pairs if pair.theirs}

    @cached_property
    def _after(self) -> dict[str, list[str]]:
        after: dict[str, list[str]] = {}
        for node, inputs in self._before.items():
            for i in inputs:
                after.setdefault(i, []).append(node)
        return after

    def _step_of_extra(self, extra: Node) -> str:
        """The step of the nearest layer before it that the reference has, or else of the nearest one after it.

        An extra layer that stands between a fork and the meeting that the fork leads to directly is on the shortcut.
        """
        source = self._nearest(extra.id, self._before)
        target = self._nearest(extra.id, self._after)
        if target and len(set(target.inputs)) > 1:
            start = source.id if source else self.reference.inputs[0].id
            if start in target.inputs and sum(start in node.inputs for node in self.reference.nodes) > 1:
                return ", ".join([*self.labels[target.id].split(", ")[:-1], "shortcut"])
        nearest = source or target
        return self.labels[nearest.id] if nearest else next(iter(self.labels.values()))

    def _nearest(self, start: str, neighbours: Mapping[str, list[str]]) -> Node | None:
        """The reference's layer for the first layer that is met on the way and has one."""
        seen, queue = {start}, deque([start])
        while queue:
            current = queue.popleft()
            mine = self._mine_of.get(current)
            if mine is not None:
                return mine
            ahead = [name for name in dict.fromkeys(neighbours.get(current, ())) if name not in seen]
            seen.update(ahead)
            queue.extend(ahead)
        return None


def label(exercise: Exercise, reference: Graph) -> dict[str, str]:
    """Reference node id -> step. Raises ValueError where the outline does not fit the reference's layers."""
    steps: dict[str, str] = {}
    nodes = iter(reference.linear)
    for part in exercise.outline:
        for kind in part.layers:
            node = next(nodes, None)
            if node is None or node.kind != kind:
                found = node.kind if node else "nothing"
                raise ValueError(f"{exercise.name}, step {part.step}: the outline says {kind}, the reference {found}")
            steps[node.id] = part.step
    left = next(nodes, None)
    if left is not None and left.kind == OUTPUTS:  # what the function returns, of its last step
        steps[left.id] = exercise.outline[-1].step
        left = next(nodes, None)
    if left is not None:
        raise ValueError(f"{exercise.name}: the outline ends before the reference's {left.kind}")
    return steps
