"""Where the images come from: your own files, images made earlier, or images made now."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from os import PathLike
from pathlib import Path

import numpy as np

from ...base.course import Course, find_course
from ..sentence import reader
from ..waiting import waiting
from .data import NUMBERS, Signs, SignsError
from .files import TEST_FILE, TRAIN_FILE, read_made, read_yours, write_made
from .make import TEST_COUNT, TRAIN_COUNT, draw_set, recipe
from .photographs import has_photographs, signs_of

SECONDS = 25.0
"""What drawing takes on two cores of their own."""
SEED = 0
"""The seed of the images that everyone gets. Hidden ones are drawn from the course's secret seed."""


def load(path: str | PathLike[str] | None = None) -> Signs:
    """The images to train and test on.

    Args:
        path: a folder with train_signs.h5 and test_signs.h5, or one of photographs of any size in folders named 0 to
            5 (see `photographs.signs_of`). Without it, the course's data/ and data/signs/ are searched for the two
            files; where they are not, images are made, once (half a minute), and kept in data/signs/.

    Raises:
        SignsError: `path` has neither, one of two files is missing, or what is there can't be used.
    """
    if path is not None:
        return _yours(Path(path))
    return load_for(find_course())


def made_images(course: Course) -> Path:
    """The images that are the same for everyone, once they are made."""
    return course.root / "data" / "signs" / "made.h5"


def public_images(course: Course) -> tuple[Path, ...]:
    """Every file that `load()` may find in the course."""
    own = (folder / name for folder in _folders(course) for name in (TRAIN_FILE, TEST_FILE))
    return (made_images(course), *own)


def _folders(course: Course) -> tuple[Path, Path]:
    """Where images of one's own may lie."""
    return course.root / "data", made_images(course).parent


def load_for(course: Course) -> Signs:
    """What `load()` gives in this course."""
    for folder in _folders(course):
        if any((folder / name).exists() for name in (TRAIN_FILE, TEST_FILE)):
            return _yours(folder)
    if not (course.root / "data").is_dir():  # no course: nothing is written into a stranger's folder
        return make()
    return _made_once(made_images(course))


def make(seed: int | str = SEED) -> Signs:
    """The images for this seed, drawn now."""
    _, done = reader(), count(1)
    total = TRAIN_COUNT + TEST_COUNT
    with waiting(_("drawing {number} images, this once").format(number=total), SECONDS) as shown:

        def drawn() -> None:
            shown(next(done) / total, "")

        train_x, train_y = draw_set(seed, "train", TRAIN_COUNT, drawn)
        test_x, test_y = draw_set(seed, "test", TEST_COUNT, drawn)
    return Signs(train_x, train_y, test_x, test_y, np.array(NUMBERS, dtype=np.int64), "made")


def _yours(folder: Path) -> Signs:
    if not folder.is_dir():
        _ = reader()
        raise SignsError(_("There is no folder {folder}.").format(folder=folder))
    if not any((folder / name).exists() for name in (TRAIN_FILE, TEST_FILE)) and has_photographs(folder):
        return signs_of(folder)
    for name in (TRAIN_FILE, TEST_FILE):
        if not (folder / name).exists():
            _ = reader()
            raise SignsError(
                _(
                    "There is no {name} in {folder}: put both train_signs.h5 and test_signs.h5 there, or photographs "
                    "in folders named 0 to 5; or write `load()`, which makes images."
                ).format(name=name, folder=folder)
            )
    return read_yours(folder)


def _made_once(kept: Path) -> Signs:
    """What is kept from an earlier call, if it is whole and would be drawn just so today; else drawn and kept."""
    found = read_made(kept, recipe(SEED))
    if found is not None:
        return found
    drawn = make()
    with suppress(OSError):  # a folder that can't be written to costs time, not the lesson
        write_made(kept, drawn, recipe(SEED))
    return drawn
