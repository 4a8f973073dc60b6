"""The images that a trained network is graded on: drawn from the course's secret seed, and kept by the instructor."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from ...base.files import once_a_change, replacing
from ...references.references import ReferencesError
from .data import NUMBERS, SIZE, Images, Labels
from .make import draw_hidden, recipe

FORMAT = "autograder-hidden-signs"


class HiddenImagesError(ReferencesError):
    """The hidden images can't be used; the message says what the instructor has to do."""


@dataclass(frozen=True, eq=False)
class Pictures:
    """Images and what they show: uint8 (n, 64, 64, 3) and int64 (n,). `digest` tells one set from another.

    `solution` is what the instructor's network says of each image: float64 (n, 6), None where that is not known.
    """

    x: Images
    y: Labels
    digest: str
    solution: NDArray[np.float64] | None = None


def pictures(x: Images, y: Labels) -> Pictures:
    """The images with their digest."""
    return Pictures(x, y, hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest())


def draw_or_load(path: Path, secret: str, count: int) -> Pictures:
    """The `count` hidden images of this secret: from the file, if they are in it, else drawn now."""
    try:
        with h5py.File(path, "r") as file:
            found = _read(file, path)
            if file.attrs["made_from"] == _made_from(secret, count) and file.attrs["digest"] == found.digest:
                return found
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, HiddenImagesError):
        pass  # there are none, or others, or damaged ones
    return pictures(*draw_hidden(secret, count))


def _made_from(secret: str, count: int) -> str:
    return hashlib.sha256(f"{recipe(secret)}/{count}".encode()).hexdigest()


def keep_hidden(path: Path, secret: str, drawn: Pictures, solution: NDArray[np.float64] | None = None) -> None:
    """Write the hidden images of this secret, readable by the owner alone; and the instructor's network's outputs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, private=True) as draft, h5py.File(draft, "w") as file:
        file.attrs["format"] = FORMAT
        file.attrs["made_from"] = _made_from(secret, len(drawn.x))
        file.attrs["digest"] = drawn.digest
        file.create_dataset("x", data=drawn.x, track_times=False)
        file.create_dataset("y", data=drawn.y, track_times=False)
        if solution is not None:
            file.create_dataset("solution", data=solution, track_times=False)


def forget_solution(path: Path) -> None:
    """Let the instructor's own network count as anybody's: for a class that is made up."""
    with h5py.File(path, "r+") as file:
        if "solution" in file:
            del file["solution"]


@once_a_change
def load_hidden(path: Path) -> Pictures:
    """The hidden images. Raises HiddenImagesError."""
    if not path.is_file():
        raise HiddenImagesError(f"There are no hidden images at {path}: run `autograder build` in the course's folder.")
    try:
        with h5py.File(path, "r") as file:
            found = _read(file, path)
            if file.attrs["digest"] != found.digest:
                raise HiddenImagesError(f"{path} is damaged: run `autograder build` to make it anew.")
            return found
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise HiddenImagesError(
            f"{path} can't be read ({type(error).__name__}): run `autograder build` to make it anew."
        ) from None


def _read(file: h5py.File, path: Path) -> Pictures:
    if file.attrs["format"] != FORMAT:
        raise HiddenImagesError(f"{path} holds no hidden images: run `autograder build` to make it anew.")
    x, y = np.asarray(file["x"][()]), np.asarray(file["y"][()])
    if x.dtype != np.uint8 or x.shape[1:] != (SIZE, SIZE, 3) or y.shape != x.shape[:1] or not set(y) <= set(NUMBERS):
        raise HiddenImagesError(f"{path} holds no hidden images: run `autograder build` to make it anew.")
    found = pictures(x, y.astype(np.int64))
    if "solution" not in file:
        return found
    solution = np.asarray(file["solution"][()], dtype=np.float64)
    return replace(found, solution=solution if solution.shape == (len(x), len(NUMBERS)) else None)
