"""What is left of the points. docs/reference/course.md, "How points are taken away", has the scheme in words.

One slip costs once: however many places it stands in, it is charged to one step, and a step is charged to one slip. Of
all ways to do so the dearest counts, so that one more mistake can never raise the points (tests try that on mistakes
that nobody chose). The exercises of a notebook are charged together, in their order: each loses what it adds.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from ..exercises import Exercise
from .finding import COMPONENT, Finding

Slip = Hashable
"""What two findings share where they are the same slip, in whatever steps and exercises."""
Slot = tuple[str, str | int]
"""An exercise, and a step of its rubric or the number of a slip in its conventions: what a slip can be charged to."""
ENOUGH = 0.5
"""Who has built this share of what was asked for loses nothing but what slips cost."""


@dataclass(frozen=True, slots=True)
class Charged:
    """An exercise with the findings that cost it points."""

    exercise: Exercise
    findings: tuple[Finding, ...]


def points_after(exercise: Exercise, found: Sequence[Finding], earlier: Sequence[Charged] = ()) -> float:
    """What is left of an exercise's points, where the `earlier` exercises of the notebook have been charged already.

    Slips inside the blocks of a model cost at most `exercise.inner_cap` together, as far as the blocks are there.
    """
    before, own = _cost(earlier), Charged(exercise, tuple(found))
    lost = _cost((*earlier, own)) - before
    outer = tuple(finding for finding in found if not _inside(exercise, finding))
    if len(outer) < len(found):
        lost = min(lost, _cost((*earlier, Charged(exercise, outer))) - before + exercise.inner_cap)
    return max(round(exercise.max_points - lost, 6), 0.0)


def most_for(exercise: Exercise, share: float) -> float:
    """The most that an answer can earn which holds that share of the layers with weights that were asked for.

    A graph with little of what was asked for earns little, however few slips sum up what is missing.
    """
    return round(exercise.max_points * min(share / ENOUGH, 1.0), 6)


def charges(exercise: Exercise, found: Sequence[Finding]) -> tuple[tuple[str, float], ...]:
    """What these findings are charged to, by themselves: a step of the rubric, or a convention, and what that costs.

    What blocks cost at most, and how much of what was asked for is there, may make the points other than their sum.
    """
    dearest = _dearest([Charged(exercise, tuple(found))])
    return (
        *((f"step {slot[1]}", dearest.worth[slot]) for slot in dearest.steps.values()),
        *(
            (f"convention {slip[1]}", dearest.worth[slot])
            for slip, slot in dearest.conventions.items()
            if isinstance(slip, tuple)
        ),
    )


def counted_in(exercise: Exercise, found: Sequence[Finding], earlier: Sequence[Charged]) -> dict[Finding, str]:
    """The findings that cost nothing here because an earlier exercise has been charged for them, and which one."""
    known: dict[Slip, str] = {}
    for charged in earlier:
        for finding in charged.findings:
            known.setdefault(slip_of(charged.exercise, finding), charged.exercise.name)
    points = points_after(exercise, found, earlier)
    counted = {}
    for finding in found:
        where = known.get(slip_of(exercise, finding))
        rest = [other for other in found if other is not finding]
        if where and points_after(exercise, rest, earlier) == points:
            counted[finding] = where
    return counted


def is_convention(exercise: Exercise, finding: Finding) -> bool:
    """Whether the slip is in what is agreed on, such as a name or a seed, and not in what the exercise is about."""
    setting, agreed = finding.setting, exercise.conventions.settings
    if finding.kind != "wrong setting":
        return False
    usual = "seed" if setting.endswith("_initializer_seed") else "kernel_initializer"
    return setting in agreed or (setting.endswith(("_initializer", "_initializer_seed")) and usual in agreed)


def slip_of(exercise: Exercise, finding: Finding) -> Slip:
    """What tells one slip from another. A whole component or block that is not there is a slip of its own each time.

    Of a convention it is the setting alone: who has given no seed here and another one there has slipped in the seed.
    """
    if exercise.kind == "function":
        return (exercise.name, *finding.key)
    if is_convention(exercise, finding):
        return ("convention", finding.setting)
    slip = (finding.kind, finding.layer, finding.setting)
    if finding.block or COMPONENT in (finding.expected, finding.found):
        return (*slip, exercise.name, finding.step)
    if finding.kind in ("wrong wiring", "wrong value"):
        return (*slip, finding.step.rpartition(", ")[2])
    return slip if finding.setting == "filters" else (*slip, repr(finding.found))


# --- charging -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Charges:
    """What each slip is charged to, in steps and in conventions, and what that is worth."""

    steps: Mapping[Slip, Slot]
    conventions: Mapping[Slip, Slot]
    worth: Mapping[Slot, float]

    @property
    def cost(self) -> float:
        return sum(self.worth[slot] for slot in (*self.steps.values(), *self.conventions.values()))


def _cost(charged: Sequence[Charged]) -> float:
    """What the slips of these exercises cost together."""
    return _dearest(charged).cost


def _dearest(charged: Sequence[Charged]) -> _Charges:
    """The dearest way to charge the slips, where no exercise loses more points than it has.

    Where its steps leave an exercise too little for its conventions, each way of sparing steps for them is tried, too:
    it may be dearer to charge another exercise's step.
    """
    steps, worth = _steps(charged)
    conventions = _conventions(charged)
    asked = tuple({one.name: one for found in conventions.values() for one in found}.values())
    dearest = _with_conventions(_charge(steps, worth), conventions, worth)
    if all(_left(dearest, one) >= one.conventions.together - 1e-9 for one in asked):
        return dearest
    for choice in product(*(tuple(_spared(one)) for one in asked)):
        spared = {slot for slots in choice for slot in slots}
        others = {slip: [slot for slot in slots if slot not in spared] for slip, slots in steps.items()}
        found = _with_conventions(_charge(others, worth), conventions, worth)
        dearest = max(dearest, found, key=lambda one: round(one.cost, 6))
    return dearest


def _spared(exercise: Exercise) -> Iterator[tuple[Slot, ...]]:
    """No step of an exercise, and any few that are worth as much as one of its slips in conventions, or several."""
    agreed = exercise.conventions
    yield ()
    found: set[tuple[Slot, ...]] = set()
    for number in range(1, _times(agreed.together, agreed.each) + 1):
        for size in range(1, len(exercise.rubric) + 1):
            for lines in combinations(exercise.rubric, size):
                enough = sum(line.points for line in lines) >= number * agreed.each - 1e-9
                few = all(sum(line.points for line in lines) - line.points < number * agreed.each for line in lines)
                slots = tuple((exercise.name, line.step) for line in lines)
                if enough and few and slots not in found:
                    found.add(slots)
                    yield slots


def _left(charges: _Charges, exercise: Exercise) -> float:
    """What an exercise's charged steps leave of its points."""
    taken = (charges.worth[slot] for slot in charges.steps.values() if slot[0] == exercise.name)
    return exercise.max_points - sum(taken)


def _with_conventions(
    taken: Mapping[Slip, Slot], conventions: Mapping[Slip, Sequence[Exercise]], worth: Mapping[Slot, float]
) -> _Charges:
    """The slips in conventions charged beside those in steps: an exercise takes a few, as far as it has points left."""
    steps = _Charges(taken, {}, worth)
    slots: dict[str, list[Slot]] = {}
    small: dict[Slot, float] = {}
    for exercise in (one for found in conventions.values() for one in found):
        agreed = exercise.conventions
        number = _times(min(_left(steps, exercise), agreed.together), agreed.each)
        slots[exercise.name] = [(exercise.name, n) for n in range(number)]
        small |= dict.fromkeys(slots[exercise.name], agreed.each)
    places = {slip: [slot for one in found for slot in slots[one.name]] for slip, found in conventions.items()}
    return _Charges(taken, _charge(places, small), {**worth, **small})


def _steps(charged: Sequence[Charged]) -> tuple[dict[Slip, list[Slot]], dict[Slot, float]]:
    """The steps that each slip in the subject stands in. A step that is cut off from the result is a slip by itself."""
    places: dict[Slip, list[Slot]] = {}
    worth: dict[Slot, float] = {}
    for one in charged:
        exercise = one.exercise
        worth |= {(exercise.name, line.step): line.points for line in exercise.rubric}
        for finding in one.findings:
            if not is_convention(exercise, finding):
                slots = [(exercise.name, exercise.rubric_of(step).step) for step in finding.steps]
                places.setdefault(slip_of(exercise, finding), []).extend(slots)
            for step in finding.unseen:
                slot = (exercise.name, exercise.rubric_of(step).step)
                places["cut off", slot] = [slot]
    return places, worth


def _conventions(charged: Sequence[Charged]) -> dict[Slip, list[Exercise]]:
    """The exercises that each slip in a convention stands in."""
    found: dict[Slip, list[Exercise]] = {}
    for one in charged:
        for finding in one.findings:
            if is_convention(one.exercise, finding):
                found.setdefault(slip_of(one.exercise, finding), []).append(one.exercise)
    return found


def _times(whole: float, part: float) -> int:
    return int(whole / part + 1e-9) if part > 0 else 0


def _charge(places: Mapping[Slip, Sequence[Slot]], worth: Mapping[Slot, float]) -> dict[Slip, Slot]:
    """The slot that each slip is charged to, no slot twice, so that the charged slots are worth the most.

    The dearest slot first, and each finds a slip for itself if those that have one can be moved: a maximum matching,
    by augmenting paths (Kuhn 1955).
    """
    slips: dict[Slot, list[Slip]] = {}
    for slip, slots in places.items():
        for slot in dict.fromkeys(slots):
            slips.setdefault(slot, []).append(slip)
    charged: dict[Slip, Slot] = {}

    def find(slot: Slot, asked: set[Slip]) -> bool:
        for slip in slips[slot]:
            if slip not in asked:
                asked.add(slip)
                if slip not in charged or find(charged[slip], asked):
                    charged[slip] = slot
                    return True
        return False

    for slot in sorted(slips, key=lambda slot: -worth[slot]):
        find(slot, set())
    return charged


def _inside(exercise: Exercise, finding: Finding) -> bool:
    """Whether a model's finding lies inside a block that is there."""
    if finding.block or COMPONENT in (finding.expected, finding.found):
        return False
    blocks = {part.step for part in exercise.outline if part.block}
    return all(step in blocks for step in finding.steps)
