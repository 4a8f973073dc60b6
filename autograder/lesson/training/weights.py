"""A network's weights in a safetensors file: one array a tensor, named after its layer and what it is there.

The file comes from a student, and the trusted side reads it: what is no plain file of a bounded size is not opened,
and nothing but float32 arrays of exactly the shapes that the graph needs, all of them finite, is taken. The format
holds no code. Its header is bounded here before the safetensors library, which parses it in Rust, sees it.

    res2a_branch2a/kernel, res2a_branch2a/bias, bn2a_branch2a/gamma, ..., fc6/kernel, fc6/bias

Where the student gave a layer no name, Keras makes one up from how many layers there have been before (conv2d_7), so
such a layer is known by its kind and its place among the network's own: Conv2D, Conv2D~2, Conv2D~3.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save as to_bytes

from ...base.files import Why, read_plain, write_whole
from ...evidence.evidence import Array
from ...graph import Graph, Shapes

MAX_BYTES = 16 * 2**20
"""Of a file: twice what the largest network that counts needs."""
MAX_HEADER = 256 * 2**10
"""Bytes of a file's header, which names its tensors: some three thousand of them."""
PART = 256
"""Numbers in an array from which on nobody gets the same by chance: biases may all be 0."""
COURSE_PREFIX = "course_"
COURSE_LAYERS = {"Conv2D": "in", "BatchNormalization": "out"}
COURSE_NAME = re.compile(r"course_(in|out)_(.+_branch(?:1|2[abc]))")
"""How the course's own blocks call their layers. Weights trained with them fit the student's blocks, and the reverse:
in the file both have the names that the exercises ask for."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one step of the rubric: a code that `report` has a sentence for, and what goes into it."""

    step: str
    code: str
    facts: Mapping[str, str | int | float] = field(default_factory=dict)


class WeightsError(Exception):
    """The weights can't be used; `trouble` says why."""

    def __init__(self, code: str, **facts: str | int | float) -> None:
        super().__init__(code)
        self.trouble = Trouble("weights", code, facts)


_CODES = {
    Why.MISSING: "missing",
    Why.LINK: "not a file",
    Why.NO_FILE: "not a file",
    Why.FAILED: "unreadable",
    Why.TOO_LARGE: "too large",
}


def read_bytes(path: Path) -> bytes:
    """What is in a file that a student handed in.

    Raises WeightsError: missing, not a file, too large, or it can't be read.
    """
    found = read_plain(path, MAX_BYTES, one_name=True)
    if isinstance(found, bytes):
        return found
    sizes = {"size": _megabytes(found.size), "most": _megabytes(MAX_BYTES)} if found.why is Why.TOO_LARGE else {}
    raise WeightsError(_CODES[found.why], **sizes)


def state_of(path: Path) -> str:
    """Changes whenever what can be said of the file does: a digest of its bytes, or why there are none to be read."""
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except WeightsError as error:
        return f"{error.trouble.code} {dict(error.trouble.facts)}"


def parts_of(path: Path) -> frozenset[str]:
    """A digest of each larger array in the file, whatever its name; none where it can't be read."""
    try:
        arrays = [array for array in parse(read_bytes(path)).values() if array.size >= PART]
    except WeightsError:
        return frozenset()
    return frozenset(hashlib.sha256(f"{array.shape}".encode() + array.tobytes()).hexdigest() for array in arrays)


def _megabytes(size: int) -> int:
    return -(-size // 2**20)


def parse(data: bytes) -> dict[str, Array]:
    """The tensors of a safetensors file by name. Raises WeightsError: not such a file, or not float32 alone."""
    header = int.from_bytes(data[:8], "little")
    if len(data) < 8 or header > MAX_HEADER:
        raise WeightsError("header" if len(data) >= 8 + header else "damaged")
    try:
        found = deserialize(data)  # type: ignore[no-untyped-call]
    except (SafetensorError, ValueError, OverflowError, MemoryError):
        raise WeightsError("damaged") from None
    tensors: dict[str, Array] = {}
    for name, tensor in found:
        if tensor["dtype"] != "F32":
            raise WeightsError("type", name=name[:120], found=str(tensor["dtype"])[:20])
        try:
            tensors[name] = np.frombuffer(tensor["data"], dtype="<f4").reshape(tensor["shape"]).astype(np.float32)
        except (ValueError, OverflowError, TypeError):  # more dimensions or larger ones than an array can have
            raise WeightsError("shape", name=name[:120], found=_shape(tensor["shape"]), expected="?") from None
    return tensors


def _shape(sizes: Sequence[int]) -> str:
    return f"({', '.join(map(str, sizes[:8]))}{', ...' if len(sizes) > 8 else ''})"[:60]


def names_of(graph: Graph) -> dict[str, str]:
    """What each layer with weights is called in the file, by the key that the graph gives its arrays."""
    names: dict[str, str] = {}
    times: dict[str, int] = {}
    for node in graph.nodes:
        if node.weights and node.weights not in names:
            found = COURSE_NAME.fullmatch(node.name)
            name = _asked_name(found) if found else node.name or node.kind
            times[name] = times.get(name, 0) + 1
            names[node.weights] = name if times[name] == 1 else f"{name}~{times[name]}"
    return names


def _asked_name(found: re.Match[str]) -> str:
    layer, place = found.groups()
    return f"{'res' if layer == 'in' else 'bn'}{place}"


def fit(tensors: Mapping[str, Array], graph: Graph, shapes: Shapes) -> dict[str, tuple[Array, ...]]:
    """The tensors as the graph's weights, in the form that the oracle takes.

    Raises WeightsError: some are missing, some are of no layer, one has another shape, or holds what is no number.
    """
    names = names_of(graph)
    wanted = {f"{names[key]}/{array}": shape for key, arrays in shapes.weights.items() for array, shape in arrays}
    missing, extra = sorted(wanted.keys() - tensors.keys()), sorted(tensors.keys() - wanted.keys())
    if missing or extra:
        raise WeightsError(
            "foreign" if extra and missing else "incomplete" if missing else "too many",
            missing=_listed(missing),
            extra=_listed(extra),
            missing_number=len(missing),
            extra_number=len(extra),
        )
    for name, shape in wanted.items():
        if tensors[name].shape != shape:
            raise WeightsError("shape", name=name[:120], found=str(tensors[name].shape)[:60], expected=str(shape))
    for name in wanted:
        if not np.isfinite(tensors[name]).all():
            raise WeightsError("not finite", name=name[:120])
        if name.endswith("/moving_variance") and (tensors[name] < 0).any():
            raise WeightsError("negative", name=name[:120])
    return {
        key: tuple(tensors[f"{names[key]}/{array}"] for array, _ in arrays) for key, arrays in shapes.weights.items()
    }


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name[:60] for name in names[:2])


def save(path: Path, graph: Graph, shapes: Shapes, weights: Mapping[str, Sequence[Array]]) -> None:
    """Write the weights of a network, whole or not at all; `weights` by the graph's keys, in Keras's order.

    Raises OSError.
    """
    names = names_of(graph)
    tensors = {
        f"{names[key]}/{array}": np.ascontiguousarray(weights[key][i], dtype=np.float32)
        for key, arrays in shapes.weights.items()
        for i, (array, _) in enumerate(arrays)
    }
    write_whole(path, to_bytes(tensors, metadata={"format": "autograder-signs-1"}))
