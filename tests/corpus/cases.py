"""The corpus of student answers: reads the cases' headers, and runs a case's code in a fresh namespace.

Run as a script (`python tests/corpus/cases.py`), it reads every case and prints the counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
GROUPS = ("mistakes", "several", "right", "errors")
EXERCISES = ("identity_block", "convolutional_block", "resnet50")
FUNCTIONS = {"identity_block": "identity_block", "convolutional_block": "convolutional_block", "resnet50": "ResNet50"}
KINDS = ("missing", "extra", "wrong setting", "wrong order", "wrong wiring", "wrong value")
ERRORS = {
    "shapes": r"have different shapes",
    "duplicate-name": r"needs a name of its own",
    "no-return": r"returns nothing",
    "untouched": r"is still as it was given",
    "symbolic": r"it is symbolic",
    "layer-not-called": r"Call the layer on a tensor|is a layer: make it first",
    "unpack": r"unpack",
    "undefined": r"is not defined|before it is given a value",
    "signature": r"Keep its first line",
    "wrong-type": r"should return|Return the tensor|Make a model",
    "other": "",
}
"""What goes wrong, and by what the report's sentence on it is known; `says` in the header has it for the others."""
KEYS = ("exercise", "title", "expect", "also", "error", "says", "raises", "why")

EVERYWHERE = "everywhere"
_BLOCK_STEP = re.compile(r"2a|2b|2c|shortcut|add")
_NETWORK_STEP = re.compile(r"stage 1|head|stage [2-5](, block [a-g](, (2a|2b|2c|shortcut|add))?)?")
_HEADER = re.compile(r"# ([a-z]+): (\S.*)")

# What the notebook's set-up cell gives a solution cell. A case that needs more imports it itself.
SETUP = """
import numpy as np
import tensorflow as tf
import keras
from keras import layers
from keras import backend as K
from keras.layers import (
    Input, Add, Dense, Activation, ReLU, ZeroPadding2D, Flatten, Conv2D, BatchNormalization, AveragePooling2D,
    MaxPooling2D, GlobalMaxPooling2D,
)
from keras.models import Model, Sequential, load_model
from keras.initializers import glorot_uniform
"""


@dataclass(frozen=True)
class Reading:
    """One way to name a mistake."""

    step: str
    layer: str
    kind: str
    setting: str  # Keras's name of the argument, or "-"


@dataclass(frozen=True)
class Expected:
    """One mistake: a report must hold one finding that equals one of the readings."""

    readings: tuple[Reading, ...]
    also: tuple[str, ...] = ()  # the other steps where the same slip shows; ("everywhere",) for every block of its kind


@dataclass(frozen=True)
class Case:
    path: Path
    exercise: str
    title: str
    expected: tuple[Expected, ...]
    error: str | None
    says: str = ""  # a pattern that the report's sentence on the error holds
    raises: bool = False
    why: str | None = None

    @property
    def group(self) -> str:
        return self.path.parts[-3]

    @property
    def id(self) -> str:
        return "/".join(self.path.with_suffix("").parts[-3:])

    @property
    def function(self) -> str:
        """The name of the student's function."""
        return FUNCTIONS[self.exercise]

    @property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")


class CaseError(ValueError):
    """A case whose header cannot be understood."""


def read(path: Path) -> Case:
    """Read one case's header; anything not understood is an error."""

    def fail(reason: str) -> CaseError:
        return CaseError(f"{path}: {reason}")

    found: dict[str, str] = {}
    expected: list[Expected] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        match = _HEADER.fullmatch(line.rstrip())
        if match is None:
            raise fail(f"not a header line: {line!r}")
        key, value = match.groups()
        if key not in KEYS:
            raise fail(f"unknown header key {key!r}")
        if key == "expect":
            if "exercise" not in found:
                raise fail("'exercise' must come before 'expect'")
            try:
                expected.append(Expected(tuple(_reading(part, found["exercise"]) for part in value.split(" || "))))
            except CaseError as error:
                raise fail(str(error)) from None
        elif key == "also":
            if not expected or expected[-1].also:
                raise fail("'also' must follow the 'expect' line that it belongs to")
            steps = tuple(re.split(r"; *" if found["exercise"] == "resnet50" else r", *", value))
            for step in steps:
                if step != EVERYWHERE and not _is_step(step, found["exercise"]):
                    raise fail(f"unknown step {step!r}")
            expected[-1] = Expected(expected[-1].readings, steps)
        elif key in found:
            raise fail(f"{key!r} stands twice")
        else:
            found[key] = value

    group, exercise = path.parts[-3], path.parts[-2]
    if found.get("exercise") not in EXERCISES or found["exercise"] != exercise:
        raise fail("'exercise' must name the exercise whose folder the case is in")
    if "title" not in found:
        raise fail("no 'title'")
    if found.get("raises", "yes") != "yes":
        raise fail("'raises' is 'yes' or left out")
    if "raises" in found and group not in ("mistakes", "several"):
        raise fail("'raises' belongs to mistakes")
    if ("error" in found) != (group == "errors") or found.get("error", "other") not in ERRORS:
        raise fail("'error' must stand in errors/, and only there, with a known slug")
    if ("says" in found) != (found.get("error") == "other"):
        raise fail("'says' must stand beside the error 'other', and only there")
    wanted = {
        "mistakes": len(expected) == 1,
        "several": len(expected) >= 2,
        "right": not expected,
        "errors": True,
    }
    if group not in wanted or not wanted[group]:
        raise fail(f"{len(expected)} expected findings in {group}/")
    error = found.get("error")
    return Case(
        path,
        exercise,
        found["title"],
        tuple(expected),
        error,
        found.get("says") or (ERRORS[error] if error else ""),
        "raises" in found,
        found.get("why"),
    )


def _is_step(step: str, exercise: str) -> bool:
    return bool((_NETWORK_STEP if exercise == "resnet50" else _BLOCK_STEP).fullmatch(step))


def _reading(text: str, exercise: str) -> Reading:
    fields = text.strip().split(" | ")
    if len(fields) != 4:
        raise CaseError(f"not 'step | layer | kind | setting': {text!r}")
    reading = Reading(*fields)
    if not _is_step(reading.step, exercise):
        raise CaseError(f"unknown step {reading.step!r}")
    if reading.kind not in KINDS:
        raise CaseError(f"unknown kind {reading.kind!r}")
    if reading.kind != "wrong value" and (reading.kind == "wrong setting") == (reading.setting == "-"):
        raise CaseError(f"a wrong setting, and no other kind, names its setting: {text!r}")
    return reading


def load(group: str | None = None, exercise: str | None = None) -> Iterator[Case]:
    """Every case, or those of a group or an exercise, in the order of their paths."""
    for path in sorted(ROOT.glob(f"{group or '*'}/{exercise or '*'}/*.py")):
        yield read(path)


def namespace() -> dict[str, Any]:
    """The names that the set-up cell gives."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(SETUP, "<set-up>", "exec"), names)
    return names


def run(case: Case, names: dict[str, Any] | None = None) -> dict[str, Any]:
    """Execute the case's code, as a notebook would its solution cell, in a fresh namespace (or a copy of `names`)."""
    names = namespace() if names is None else dict(names)
    exec(compile(case.source, str(case.path), "exec"), names)
    return names


if __name__ == "__main__":
    counts = Counter((case.group, case.exercise) for case in load())
    for group in GROUPS:
        print(group, *(f"{exercise}={counts[group, exercise]}" for exercise in EXERCISES))
    print("total", counts.total())
