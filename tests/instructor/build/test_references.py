"""References are written anew where they say something new, and not where another processor rounds otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder.evidence.evidence import Array
from autograder.instructor.build.references import save_if_changed
from autograder.references.references import Reference, ReferenceSet, load, save


@pytest.mark.parametrize(("factor", "written"), [(1.0, False), (1 + 5e-7, False), (1 + 1e-5, True), (np.nan, True)])
def test_what_is_rounded_otherwise_is_the_same(
    factor: float, written: bool, identity_references: tuple[Reference, ...], canary: Array, tmp_path: Path
) -> None:
    path = tmp_path / "public.h5"
    before = ReferenceSet("public", canary, {"identity_block": identity_references})
    save(path, before)
    was = path.read_bytes()
    first, *others = identity_references
    other = replace(first, outputs=(first.outputs * np.float32(factor)).astype(np.float32))
    assert factor == 1 or not np.array_equal(other.outputs, first.outputs)
    save_if_changed(path, replace(before, references={"identity_block": (other, *others)}))
    assert (path.read_bytes() != was) == written
    found = load(path).references["identity_block"][0].outputs
    assert np.array_equal(found, other.outputs if written else first.outputs, equal_nan=True)
