"""Published weights of ResNet-50 on ImageNet, read from HDF5 by the names of their layers.

Two layouts are known. The first public ResNet-50 for Keras (2015) calls its layers as the exercises do:
`res2a_branch2a`, and in it `res2a_branch2a_W:0`. keras.applications calls the same layer `conv2_block1_1_conv`, and its
array `kernel:0`. Both hold weights that the paper's authors trained with Caffe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from ..hdf5 import DAMAGE, Unusable, dataset
from ..sentence import LessonError, reader

Array = NDArray[np.float32]
Key = tuple[str, str]
"""A layer, by the name that the exercises ask for, and one of its arrays, by Keras's name."""

MOST_BYTES = 2**28
"""Of a file; ResNet-50's 25,636,712 numbers take 103 MB."""
MOST_ARRAYS = 1000
ARRAYS = {
    "W": "kernel",
    "b": "bias",
    "running_mean": "moving_mean",
    "running_std": "moving_variance",  # which held the variance, whatever Keras 0 called it
    **{name: name for name in ("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance")},
}
ARRAY = re.compile(rf"(?:.*[_/])?({'|'.join(sorted(ARRAYS, key=len, reverse=True))}):0")
BLOCK = re.compile(r"conv([2-5])_block([1-9])_([0-3])_(conv|bn)")
STEPS = {"0": "1", "1": "2a", "2": "2b", "3": "2c"}
STEM = {
    "conv1_conv": "conv1",
    "conv1_bn": "bn_conv1",
    **dict.fromkeys(("predictions", "probs"), "fc1000"),
}


@dataclass(frozen=True, slots=True)
class Weights:
    """Arrays by layer and name. `padded`: zeros border the input of the max pooling, as in keras.applications."""

    arrays: Mapping[Key, Array]
    padded: bool


def asked_name(layer: str) -> str:
    """What the exercises call this layer of keras.applications' ResNet50; its own name if it is none of those."""
    found = BLOCK.fullmatch(layer)
    if found is None:
        return STEM.get(layer, layer)
    stage, block, step, kind = found.groups()
    letter = "abcdefghi"[int(block) - 1]
    return f"{'res' if kind == 'conv' else 'bn'}{stage}{letter}_branch{STEPS[step]}"


def read_weights(path: Path) -> Weights:
    """The weights in a file. Raises LessonError: it can't be read as such."""
    _ = reader()
    try:
        if not path.is_file():
            raise Unusable(_("there is no such file"))
        if path.stat().st_size > MOST_BYTES:
            raise Unusable(_("it is too large"))
        try:
            with h5py.File(path, "r") as file:
                found = dict(_arrays(file))
        except DAMAGE:
            raise Unusable(_("it is not an HDF5 file, or a damaged or truncated one")) from None
    except Unusable as reason:
        raise LessonError(_("{path} can't be used as weights: {reason}.").format(path=path, reason=reason)) from None
    return named(found)


def named(arrays: Mapping[Key, Array]) -> Weights:
    """The arrays under the names that the exercises ask for."""
    padded = any(layer == "conv1_conv" for layer, _ in arrays)
    return Weights({(asked_name(layer), name): array for (layer, name), array in arrays.items()}, padded)


def _arrays(file: h5py.File) -> Iterator[tuple[Key, Array]]:
    """All float32 arrays by their layer, the outermost group, and Keras's name of them."""
    _ = reader()
    inner = isinstance(file.get("model_weights", getlink=True), h5py.HardLink)  # a whole model, saved
    root = file["model_weights"] if inner else file
    for count, path in enumerate(_paths(root, "", 4), start=1):
        named_so = ARRAY.fullmatch(path)
        if count > MOST_ARRAYS or named_so is None:
            raise Unusable(_("it holds {name}, which is no array of such a network").format(name=path[:80]))
        array = dataset(root, path, _)
        if array.dtype != np.float32 or array.size * 4 > MOST_BYTES:
            raise Unusable(_("{name} does not hold float32 numbers").format(name=path[:80]))
        values: Array = array[()]
        if not np.isfinite(values).all():
            raise Unusable(_("{name} holds values that are no numbers").format(name=path[:80]))
        yield (path.partition("/")[0], ARRAYS[named_so[1]]), values


def _paths(group: h5py.Group, before: str, depth: int) -> Iterator[str]:
    """Where datasets lie, by way of links that stay in this file."""
    for name in group:
        path = f"{before}{name}"
        link = group.get(name, getlink=True)
        found = group[name] if isinstance(link, h5py.HardLink) else None
        if isinstance(found, h5py.Group) and depth:
            yield from _paths(found, f"{path}/", depth - 1)
        else:
            yield path
