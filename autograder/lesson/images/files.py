"""Signs in HDF5. A file is read as data from a stranger: everything is checked before anything large is read, and
nothing that a file says is followed to another one.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import h5py
import numpy as np

from ...base.files import replacing
from ...base.messages import Translate, notebook_language, translator
from ..hdf5 import DAMAGE, Unusable, dataset
from .data import NUMBERS, SIZE, Images, Labels, Signs, SignsError

TRAIN_FILE, TEST_FILE = "train_signs.h5", "test_signs.h5"
MOST_IMAGES = 20_000
"""More than any such set has, and 250 MB: a header can claim terabytes."""
PROVENANCE = (
    "Drawn by the residual-networks course kit's own program, from a seed; no photograph was used. "
    "Licence: BSD-3-Clause, as the kit. These are not the pictures of the original SIGNS set."
)
_KEYS = ("train_set_x", "train_set_y", "test_set_x", "test_set_y", "list_classes")


def read_yours(folder: Path) -> Signs:
    """The sets in a folder's train_signs.h5 and test_signs.h5.

    As in the original files, each holds `train_set_x` (or `test_set_x`), `train_set_y` (or `test_set_y`) and
    `list_classes`. There may be any number of images from 1 to 20,000; labels may also have the shape (1, n), as in
    some copies, and any integer type.

    Raises:
        SignsError: a file can't be used.
    """
    train_x, train_y, classes = _read_set(folder / TRAIN_FILE, "train")
    test_x, test_y, _ = _read_set(folder / TEST_FILE, "test")
    return Signs(train_x, train_y, test_x, test_y, classes, str(folder))


def write_made(path: Path, signs: Signs, recipe: str) -> None:
    """Keep made images, whole or not at all. The same images give the same bytes. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as draft, h5py.File(draft, "w") as file:
        file.attrs["provenance"] = PROVENANCE
        file.attrs["recipe"] = recipe
        file.attrs["digest"] = _digest(signs)
        for key in _KEYS:
            file.create_dataset(key, data=getattr(signs, key), track_times=False)


def read_made(path: Path, recipe: str) -> Signs | None:
    """Images kept by `write_made` under the same recipe; None if there are none, or not in the state they were in."""
    if not path.is_file():
        return None
    words = translator("en")
    try:
        with h5py.File(path, "r") as file:
            if file.attrs["recipe"] != recipe:
                return None
            train_x, train_y, test_x, test_y, classes = (dataset(file, key, words)[()] for key in _KEYS)
            signs = Signs(train_x, train_y, test_x, test_y, classes, "made")
            return signs if file.attrs["digest"] == _digest(signs) else None
    except (*DAMAGE, Unusable):
        return None


def _digest(signs: Signs) -> str:
    """Tells a kept file with a damaged picture, which HDF5 would not notice."""
    digest = hashlib.sha256()
    for key in _KEYS:
        digest.update(getattr(signs, key).tobytes())
    return digest.hexdigest()


def _read_set(path: Path, name: str) -> tuple[Images, Labels, Labels]:
    _ = translator(notebook_language())
    try:
        if not path.is_file():
            raise Unusable(_("it is not a file"))
        try:
            with h5py.File(path, "r") as file:
                return _read_images(file, f"{name}_set_x", f"{name}_set_y", _)
        except PermissionError:
            raise Unusable(_("you have no right to read it")) from None
        except DAMAGE:
            raise Unusable(_("it is not an HDF5 file, or a damaged or truncated one")) from None
    except Unusable as reason:
        raise SignsError(
            _(
                "{path} can't be used: {reason}. Get a fresh copy of the file, or move both train_signs.h5 and "
                "test_signs.h5 away and write `load()`, which makes images."
            ).format(path=path, reason=reason)
        ) from None


def _read_images(file: h5py.File, x_key: str, y_key: str, _: Translate) -> tuple[Images, Labels, Labels]:
    """Images, labels and classes; every shape and type is checked before anything is read."""
    images, labels, classes = (dataset(file, key, _) for key in (x_key, y_key, "list_classes"))
    count = images.shape[0] if images.shape else 0
    if images.dtype != np.uint8:
        raise Unusable(_wrong_type(x_key, images, "uint8", _))
    if images.shape != (count, SIZE, SIZE, 3):
        raise Unusable(_wrong_shape(x_key, images, f"(n, {SIZE}, {SIZE}, 3)", _))
    if count > MOST_IMAGES:
        raise Unusable(
            _("{key} claims {count} images, and more than {most} are not read").format(
                key=x_key, count=count, most=MOST_IMAGES
            )
        )
    for key, found, shapes in (
        (y_key, labels, ((count,), (1, count))),
        ("list_classes", classes, ((len(NUMBERS),),)),
    ):
        if found.dtype.kind not in "iu":
            raise Unusable(_wrong_type(key, found, "int64", _))
        if found.shape not in shapes:
            raise Unusable(_wrong_shape(key, found, str(shapes[0]), _))
    return images[()], _numbers(y_key, labels, _), _classes(classes, _)


def _numbers(key: str, found: h5py.Dataset, _: Translate) -> Labels:
    numbers = found[()].reshape(-1)
    outside = numbers[(numbers < min(NUMBERS)) | (numbers > max(NUMBERS))]
    if outside.size:
        raise Unusable(_("{key} has the label {label}, and labels are 0 to 5").format(key=key, label=outside[0]))
    return np.asarray(numbers, dtype=np.int64)


def _classes(found: h5py.Dataset, _: Translate) -> Labels:
    classes = _numbers("list_classes", found, _)
    if classes.tolist() != list(NUMBERS):
        raise Unusable(_("list_classes is {found}, not 0 to 5 in order").format(found=classes.tolist()))
    return classes


def _wrong_shape(key: str, found: h5py.Dataset, expected: str, _: Translate) -> str:
    return _("{key} has the shape {found}, not {expected}").format(key=key, found=found.shape, expected=expected)


def _wrong_type(key: str, found: h5py.Dataset, expected: str, _: Translate) -> str:
    return _("{key} holds values of type {found}, not {expected}").format(key=key, found=found.dtype, expected=expected)
