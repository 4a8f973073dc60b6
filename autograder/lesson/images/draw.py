"""One picture: a hand that shows a number, in some light, before some backdrop.

Everything is drawn three times as large as it is stored, and scaled down, so that edges come out smooth.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, floor, hypot, radians, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from .backdrop import Colour, Picture, draw_backdrop, pick_colour
from .data import SIZE
from .hand import HandPart, Limb, Point, build_hand, pick_fingers

SCALE = 3
CANVAS = SIZE * SCALE

SKINS = np.array(
    [(250, 218, 194), (236, 190, 158), (214, 161, 122), (178, 122, 84), (134, 86, 58), (92, 58, 42)], dtype=np.float32
)
"""Skin from light to dark, red, green and blue from 0 to 255; a hand's own lies between two neighbours."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a hand is held: `matrix` (2, 2) and `origin` take palm widths to canvas pixels, `unit` is a palm width."""

    matrix: NDArray[np.float64]
    origin: NDArray[np.float64]
    unit: float

    def place(self, point: Point) -> Point:
        """Where on the canvas a point of the hand lies."""
        x, y = self.matrix @ np.array(point) + self.origin
        return float(x), float(y)


@dataclass(frozen=True, slots=True)
class Light:
    """Where light comes from (a unit vector in the picture), and how much it makes of roundness and of shadow."""

    x: float
    y: float
    relief: float
    shadow: float


def draw_sign(number: int, random: np.random.RandomState) -> NDArray[np.uint8]:
    """A picture of a hand that shows `number` (0 to 5): uint8 of shape (64, 64, 3), red, green, blue."""
    skin = _pick_skin(random)
    sleeve = pick_colour(random)
    canvas = draw_backdrop(CANVAS, skin, random)
    pose = _pick_pose(random)
    light = _pick_light(random)
    for part in build_hand(pick_fingers(number, random), random):
        _paint(canvas, part, sleeve if part.sleeve else skin, pose, light)
    return _photograph(canvas, random)


def _pick_skin(random: np.random.RandomState) -> Colour:
    at = random.uniform(0, len(SKINS) - 1)
    lighter = SKINS[floor(at)]
    darker = SKINS[min(floor(at) + 1, len(SKINS) - 1)]
    mixed = lighter + (darker - lighter) * (at - floor(at))
    return np.asarray(np.clip(mixed / 255 * random.uniform(0.97, 1.03, 3), 0, 1), dtype=np.float32)


def _pick_pose(random: np.random.RandomState) -> Pose:
    """Left or right hand, turned by up to 20 degrees, leaning back a little, nearer or farther."""
    unit = random.uniform(0.345, 0.4) * CANVAS
    turn = radians(random.uniform(-20, 20))
    mirror = -1 if random.uniform() < 0.5 else 1
    lean = np.array([[random.uniform(0.88, 1.0), random.uniform(-0.08, 0.08)], [0, random.uniform(0.88, 1.0)]])
    rotation = np.array([[cos(turn), -sin(turn)], [sin(turn), cos(turn)]])
    flip_up = np.array([[mirror, 0], [0, -1]])  # pixels count downwards
    matrix = unit * rotation @ flip_up @ lean
    middle = (0.5 + random.uniform(-0.06, 0.06, 2)) * CANVAS
    return Pose(matrix, middle - matrix @ np.array([0.0, 0.87]), unit)


def _pick_light(random: np.random.RandomState) -> Light:
    angle = random.uniform(0, 2 * np.pi)
    return Light(cos(angle), sin(angle), random.uniform(0.5, 1.1), random.uniform(0.2, 0.5))


def _paint(canvas: Picture, part: HandPart, colour: Colour, pose: Pose, light: Light) -> None:
    """Lay one part over the canvas: first its shadow on what lies behind it, then itself, rounded by the light."""
    blur = part.roundness * pose.unit * 0.6
    mask, (left, top) = _silhouette(part, pose, margin=2.5 * blur)
    soft = np.asarray(mask.filter(ImageFilter.GaussianBlur(blur)), dtype=np.float32) / 255
    solid = np.asarray(mask, dtype=np.float32)[..., None] / 255
    down, right = np.gradient(soft)
    facing = (down * light.y + right * light.x) * blur * light.relief
    rim = np.clip((soft - 0.35) / 0.4, 0, 1)  # 0 at the outline, 1 inside
    shade = (0.6 + 0.4 * rim + facing)[..., None]
    under = canvas[top : top + mask.height, left : left + mask.width]
    shadow = 1 - light.shadow * soft[..., None]
    under[:] = under * shadow * (1 - solid) + colour * shade * solid


def _silhouette(part: HandPart, pose: Pose, margin: float) -> tuple[Image.Image, tuple[int, int]]:
    """The part's outline, filled, in a piece of the canvas just large enough; and that piece's left and top."""
    limbs = [
        Limb(pose.place(limb.start), limb.start_radius * pose.unit, pose.place(limb.end), limb.end_radius * pose.unit)
        for limb in part.limbs
    ]
    ends = [(limb.start, limb.start_radius) for limb in limbs] + [(limb.end, limb.end_radius) for limb in limbs]
    left, top = (floor(min(point[i] - radius for point, radius in ends) - margin) for i in (0, 1))
    right, bottom = (ceil(max(point[i] + radius for point, radius in ends) + margin) for i in (0, 1))
    # At least 2 by 2 pixels, also of a part that lies outside the canvas: its light is a slope between pixels.
    left, top = (min(max(low, 0), CANVAS - 2) for low in (left, top))
    right, bottom = (min(max(high, low + 2), CANVAS) for low, high in ((left, right), (top, bottom)))
    image = Image.new("L", (right - left, bottom - top), 0)
    pen = ImageDraw.Draw(image)
    for limb in limbs:
        _fill(pen, limb, left, top)
    return image, (left, top)


def _fill(pen: ImageDraw.ImageDraw, limb: Limb, left: int, top: int) -> None:
    (x0, y0), (x1, y1) = limb.start, limb.end
    x0, y0, x1, y1 = x0 - left, y0 - top, x1 - left, y1 - top
    for x, y, radius in ((x0, y0, limb.start_radius), (x1, y1, limb.end_radius)):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    length = hypot(x1 - x0, y1 - y0) or 1.0
    across_x, across_y = (y0 - y1) / length, (x1 - x0) / length
    r0, r1 = limb.start_radius, limb.end_radius
    pen.polygon(
        [
            (x0 + across_x * r0, y0 + across_y * r0),
            (x1 + across_x * r1, y1 + across_y * r1),
            (x1 - across_x * r1, y1 - across_y * r1),
            (x0 - across_x * r0, y0 - across_y * r0),
        ],
        fill=255,
    )


def _photograph(canvas: Picture, random: np.random.RandomState) -> NDArray[np.uint8]:
    """The canvas as a camera takes it: tinted, brighter or darker, unevenly lit, scaled down, with some noise."""
    tint = random.uniform(0.7, 1.06) * random.uniform(0.95, 1.04, 3)
    y, x = np.mgrid[0:CANVAS, 0:CANVAS].astype(np.float32) / CANVAS - 0.5
    uneven = 1 + random.uniform(-0.3, 0.3) * x + random.uniform(-0.3, 0.3) * y
    lit = np.clip(canvas * tint.astype(np.float32) * uneven[..., None], 0, 1)
    large = Image.fromarray((lit * 255).astype(np.uint8))
    small = np.asarray(large.resize((SIZE, SIZE), Image.Resampling.BOX), dtype=np.float32)
    noise = random.normal(0, random.uniform(1.5, 6), small.shape)
    return np.clip(np.rint(small + noise), 0, 255).astype(np.uint8)
