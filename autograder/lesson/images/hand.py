"""A hand that shows a number: which fingers are up, and where everything lies.

Lengths are in palm widths. The origin is the middle of the wrist, y points to the fingers, and the thumb is at
negative x; `Pose` turns, leans, scales and mirrors all that into the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np

THUMB, INDEX, MIDDLE, RING, LITTLE = range(5)
FINGERS = (INDEX, MIDDLE, RING, LITTLE)

SHOWN: tuple[tuple[tuple[float, tuple[int, ...]], ...], ...] = (
    ((1.0, ()),),
    ((0.75, (INDEX,)), (0.25, (THUMB,))),
    ((0.65, (INDEX, MIDDLE)), (0.35, (THUMB, INDEX))),
    ((0.6, (INDEX, MIDDLE, RING)), (0.4, (THUMB, INDEX, MIDDLE))),
    ((1.0, FINGERS),),
    ((1.0, (THUMB, *FINGERS)),),
)
"""For each number how often which fingers show it: people count differently."""

KNUCKLES = {INDEX: (-0.35, 0.94), MIDDLE: (-0.11, 1.0), RING: (0.13, 0.97), LITTLE: (0.35, 0.86)}
LENGTHS = {INDEX: 0.84, MIDDLE: 0.94, RING: 0.86, LITTLE: 0.66}
RADII = {INDEX: 0.118, MIDDLE: 0.122, RING: 0.116, LITTLE: 0.1}
LEANS = {INDEX: -9.0, MIDDLE: -2.0, RING: 6.0, LITTLE: 15.0}
"""How far a finger leans away from straight up when the hand is spread as usual, in degrees."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Limb:
    """A straight piece between two round ends: two points and their radii."""

    start: Point
    start_radius: float
    end: Point
    end_radius: float


@dataclass(frozen=True, slots=True)
class HandPart:
    """Limbs that are one piece of skin (or of a sleeve), and how softly it is rounded, as a length."""

    limbs: tuple[Limb, ...]
    roundness: float
    sleeve: bool = False


def pick_fingers(number: int, random: np.random.RandomState) -> tuple[int, ...]:
    """The fingers that are up in a hand that shows `number`."""
    ways = SHOWN[number]
    chosen = random.choice(len(ways), p=[share for share, _ in ways])
    return ways[chosen][1]


def build_hand(up: Sequence[int], random: np.random.RandomState) -> list[HandPart]:
    """The parts of a hand with these fingers up, from the rearmost to the foremost."""
    spread = random.uniform(0.65, 1.55)
    stout = random.uniform(0.9, 1.12)
    raised = [_raised_finger(finger, spread, stout, random) for finger in FINGERS if finger in up]
    folded = [_folded_finger(finger, stout, random) for finger in FINGERS if finger not in up]
    thumb = _raised_thumb(stout, random) if THUMB in up else _folded_thumb(stout, bool(folded), random)
    behind, before = ([thumb], []) if THUMB in up else ([], [thumb])
    return [*raised, *behind, _palm(random), *_sleeve(random), *folded, *before]


def _step(start: Point, degrees: float, length: float) -> Point:
    """The point `length` away from `start`, `degrees` to the right of straight up."""
    return start[0] + length * sin(radians(degrees)), start[1] + length * cos(radians(degrees))


def _chain(points: Sequence[Point], radii: Sequence[float]) -> tuple[Limb, ...]:
    return tuple(Limb(points[i], radii[i], points[i + 1], radii[i + 1]) for i in range(len(points) - 1))


def _raised_finger(finger: int, spread: float, stout: float, random: np.random.RandomState) -> HandPart:
    lean = LEANS[finger] * spread + random.uniform(-3, 3)
    length = LENGTHS[finger] * random.uniform(0.92, 1.06)
    bend = random.uniform(-6, 6)
    radius = RADII[finger] * stout
    x, y = KNUCKLES[finger]
    root = (x, y - 0.2)
    knuckle = (x, y)
    middle = _step(knuckle, lean, length * 0.5)
    tip = _step(middle, lean + bend, length * 0.5 - radius)
    return HandPart(_chain((root, knuckle, middle, tip), (radius, radius, radius * 0.96, radius * 0.82)), radius)


def _folded_finger(finger: int, stout: float, random: np.random.RandomState) -> HandPart:
    x, y = KNUCKLES[finger]
    radius = RADII[finger] * stout * 1.06
    top = (x, y + random.uniform(-0.03, 0.02))
    tip = (x * 0.9 - 0.02, y - random.uniform(0.34, 0.42))
    return HandPart(_chain((top, tip), (radius, radius * 0.92)), radius)


def _raised_thumb(stout: float, random: np.random.RandomState) -> HandPart:
    lean = -random.uniform(42, 68)
    root = (-0.22, 0.2)
    joint = _step(root, lean, random.uniform(0.42, 0.5))
    middle = _step(joint, lean + random.uniform(0, 12), 0.3)
    tip = _step(middle, lean + random.uniform(5, 25), 0.24)
    return HandPart(_chain((root, joint, middle, tip), (0.2, 0.15 * stout, 0.125 * stout, 0.105 * stout)), 0.13)


def _folded_thumb(stout: float, over_fingers: bool, random: np.random.RandomState) -> HandPart:
    joint = (-0.42, random.uniform(0.34, 0.42))
    reach = random.uniform(0.3, 0.55)
    height = random.uniform(0.44, 0.56) if over_fingers else random.uniform(0.4, 0.5)
    tip = (joint[0] + reach, height)
    return HandPart(_chain(((-0.3, 0.16), joint, tip), (0.16, 0.14 * stout, 0.11 * stout)), 0.13)


def _palm(random: np.random.RandomState) -> HandPart:
    wrist = random.uniform(0.27, 0.32)
    arm = (random.uniform(-0.3, 0.3), -3.0)
    heel = (0.0, 0.18)
    limbs = [Limb(heel, 0.34, (x * 0.82, y - 0.19), 0.19) for x, y in KNUCKLES.values()]
    limbs += [Limb((-0.2, 0.2), 0.24, (-0.3, 0.6), 0.18), Limb((0.0, 0.1), wrist, arm, 0.42)]
    return HandPart(tuple(limbs), 0.2)


def _sleeve(random: np.random.RandomState) -> list[HandPart]:
    if random.uniform() < 0.4:
        return []
    cuff = (0.0, -random.uniform(0.5, 1.0))
    return [HandPart((Limb(cuff, 0.4, (0.0, -4.0), 0.55),), 0.16, sleeve=True)]
