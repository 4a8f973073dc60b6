"""Photographs of hands in folders that say how many fingers they show: hands/0 to hands/5."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..sentence import LessonError, reader
from ..waiting import waiting
from .data import NUMBERS, Images, Labels, Signs, SignsError
from .files import MOST_IMAGES
from .photo import prepare_photo

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".heic", ".heif"})
"""Of pictures. Those that can't be read here, such as a telephone's .heic, are named as left out."""
SETS = ("train", "test")
DEEPEST = 4
"""So many folders lie above a photograph at most: somebody may name the root of a disk."""
TENTH = 10
"""Where no folders say which photographs are to test with, a tenth of each number is."""
SECONDS = 0.005
"""What one small photograph takes; large ones take up to ten times as long."""
_CLASSES = {str(number): number for number in NUMBERS}


@dataclass(frozen=True, eq=False)
class Photographs:
    """Hands as cameras saw them, prepared as the network's own pictures are.

    x: uint8 (n, 64, 64, 3), red, green, blue from 0 to 255.
    y: int64 (n,), the number of fingers.
    groups: for each what its folders say besides the number, such as a skin tone: "dark" for dark/3/0017.jpg and for
        3/dark/0017.jpg; "" where they say nothing else.
    sets: for each "train" or "test", where a folder of that name says so; else "".
    left_out: what was passed over: folders of other names, and files that are no picture.
    """

    x: Images
    y: Labels
    groups: tuple[str, ...]
    sets: tuple[str, ...]
    left_out: tuple[str, ...]


def has_photographs(folder: Path) -> bool:
    """Whether a folder has photographs in folders named 0 to 5."""
    return next(_found(folder), None) is not None


def read_photographs(path: str | PathLike[str]) -> Photographs:
    """The photographs below a folder, of any size, in folders that are called 0 to 5 by what they show.

    Above or below those, folders may say more: `train` and `test`, and a group such as a skin tone. A photograph whose
    folders name no number, or two, is left out, and so is what can't be read as a picture.

    Raises:
        SignsError: there is no such folder, nothing in it that can be used, or more than 20,000 photographs.
    """
    _ = reader()
    folder = Path(path)
    if not folder.is_dir():
        raise SignsError(_("There is no folder {folder}.").format(folder=folder))
    found = list(islice(_found(folder), MOST_IMAGES + 1))
    if len(found) > MOST_IMAGES:
        raise SignsError(
            _("{folder} holds more than {most} photographs: take fewer.").format(folder=folder, most=MOST_IMAGES)
        )
    if not found:
        raise SignsError(
            _("{folder} has no photographs in folders named 0 to 5, such as {folder}/3/hand.jpg.").format(folder=folder)
        )
    rows, left_out = [], _strange(folder)
    said = _("reading {number} photographs").format(number=len(found))
    with waiting(said, max(SECONDS * len(found), 1.0)) as shown:
        for place, (file, number, group, name) in enumerate(sorted(found)):
            try:
                rows.append((prepare_photo(file), number, group, name))
            except LessonError:
                left_out.append(str(file.relative_to(folder)))
            shown((place + 1) / len(found), "")
    if not rows:
        raise SignsError(_("None of the photographs in {folder} can be read as a picture.").format(folder=folder))
    x, y, groups, sets = zip(*rows, strict=True)
    return Photographs(np.stack(x), np.array(y, dtype=np.int64), groups, sets, tuple(left_out))


def signs_of(folder: Path) -> Signs:
    """A folder of photographs as sets to train on and to test with.

    Folders named `train` and `test` say which is which. Without them, the last tenth of each number by name is to test
    with: not one in ten here and there, since neighbours often show one person's hand.

    Raises:
        SignsError: the folder can't be used, or one of the two sets would be empty.
    """
    _ = reader()
    photographs = read_photographs(folder)
    test = _to_test_with(photographs)
    if test.all() or not test.any():
        raise SignsError(
            _(
                "{folder} has nothing to train on, or nothing to test with: put two photographs or more into a folder, "
                "or divide them into folders named train and test."
            ).format(folder=folder)
        )
    numbers = np.array(NUMBERS, dtype=np.int64)
    x, y = photographs.x, photographs.y
    return Signs(x[~test], y[~test], x[test], y[test], numbers, str(folder))


def _to_test_with(photographs: Photographs) -> NDArray[np.bool_]:
    sets = np.array(photographs.sets)
    if (sets != "").any():
        return np.asarray(sets == "test")
    test = np.zeros(len(sets), dtype=bool)
    for number in NUMBERS:
        places = np.flatnonzero(photographs.y == number)
        if len(places) > 1:
            test[places[-max(1, round(len(places) / TENTH)) :]] = True
    return test


def _found(folder: Path) -> Iterator[tuple[Path, int, str, str]]:
    """Each picture file with its number, its group, and its set."""
    for file in chain.from_iterable(folder.glob("*/" * above + "*") for above in range(1, DEEPEST + 1)):
        if file.suffix.lower() not in SUFFIXES or file.name.startswith("."):
            continue
        above = file.relative_to(folder).parts[:-1]
        numbers = [part for part in above if part in _CLASSES]
        others = [part for part in above if part not in _CLASSES]
        if len(numbers) == 1 and not any(part.isdecimal() for part in others):
            group = "/".join(part for part in others if part not in SETS)
            yield file, _CLASSES[numbers[0]], group, next((part for part in others if part in SETS), "")


def _strange(folder: Path) -> list[str]:
    """Folders just below that are named by numbers which no hand shows: 6 to 9, say."""
    names = (entry.name for entry in folder.iterdir() if entry.is_dir())
    return sorted(name for name in names if name.isdecimal() and name not in _CLASSES)
