"""Write references only where they say something new, so that a build does not touch what is committed."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...evidence.evidence import Answer
from ...exercises.definition import to_json
from ...references.references import Reference, ReferencesError, ReferenceSet, load, save

ROUNDING = {"float32": 2e-6, "float64": 1e-12}
"""How far numbers of one solution may be apart, as a share of the largest: ResNet-50's were 5e-7 on two machines."""


def save_if_changed(path: Path, references: ReferenceSet) -> None:
    """Write the set unless the file says the same already."""
    with tempfile.TemporaryDirectory(prefix="ag-references-") as folder:
        fresh = Path(folder, path.name)
        save(fresh, references)
        try:
            if _alike(load(path), load(fresh)):  # as both are read: on the way, lists become tuples
                return
        except ReferencesError:
            pass
    save(path, references)


def _alike(a: ReferenceSet, b: ReferenceSet) -> bool:
    if (a.visibility, dict(a.made_with), dict(a.solutions)) != (b.visibility, dict(b.made_with), dict(b.solutions)):
        return False
    if (_definitions(a), a.notebooks) != (_definitions(b), b.notebooks):
        return False
    if set(a.references) != set(b.references) or not np.array_equal(a.canary, b.canary) or a.source != b.source:
        return False
    return all(
        len(mine) == len(theirs) and all(map(_same_reference, mine, theirs))
        for mine, theirs in ((a.references[name], b.references[name]) for name in a.references)
    )


def _definitions(references: ReferenceSet) -> dict[str, str]:
    return {name: to_json(exercise) for name, exercise in references.definitions.items()}


def _same_reference(a: Reference, b: Reference) -> bool:
    if (a.of_blocks is None) != (b.of_blocks is None):
        return False
    if a.of_blocks and b.of_blocks and not _same_reference(a.of_blocks, b.of_blocks):
        return False
    if a.case != b.case or a.graph_text != b.graph_text or not _same_array(a.outputs, b.outputs):
        return False
    if not _same_answers({"": a.answer or {}, **a.mistakes}, {"": b.answer or {}, **b.mistakes}):
        return False
    if a.weights is None or b.weights is None:
        return a.weights is b.weights
    return set(a.weights) == set(b.weights) and all(
        np.array_equal(x, y) for k in a.weights for x, y in zip(a.weights[k], b.weights[k], strict=True)
    )


def _same_answers(a: Mapping[str, Answer], b: Mapping[str, Answer]) -> bool:
    return set(a) == set(b) and all(
        set(a[name]) == set(b[name]) and all(_same_array(a[name][k], b[name][k]) for k in a[name]) for name in a
    )


def _same_array(a: NDArray[Any], b: NDArray[Any]) -> bool:
    """Equal, but for the last digits of numbers with a decimal point, which other processors round otherwise."""
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.dtype.kind not in "fc":
        return np.array_equal(a, b)
    apart = ROUNDING.get(a.dtype.name, 0.0) * float(np.max(np.abs(a), where=np.isfinite(a), initial=0.0))
    return np.allclose(a, b, rtol=0.0, atol=apart, equal_nan=True)
