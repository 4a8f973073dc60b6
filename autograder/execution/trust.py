"""How far evidence from a student's kernel is believed: what it could lie about is set right, or left out.

Evidence carries a canary: a small tensor that this machine's random generator drew. If it is not the reference's, that
claims a machine with other random numbers, and the evidence is judged by its own weights. A student could fake it, so
the claim is checked, once for each process. An error on a hidden test case is taken for an error, and no more.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from traitlets.config import Config

from ..base.course import Course
from ..evidence.evidence import Array, Evidence, StudentError
from ..exercises import Exercise, TestCase
from ..references.sets import canary_of
from .kernel.confined import remove, start_kernel
from .kernel.session import Cell, Session, SessionError, Times

PLAIN_BLOCK = """
def plain_block(X):
    from keras import layers
    return layers.ReLU()(X)
"""
CASE = TestCase(name="canary", arguments={}, input_shape=(1, 2, 2, 1))
EXERCISE = Exercise("plain_block", "plain_block", "block", ("X",), outline=(), rubric=(), public_cases=(CASE,))
"""Enough of a function to have evidence, and its canary, collected."""
UNTOLD = StudentError(kind="raised", type="Exception")
"""What stands for any error on a hidden test case: whoever raised it knew the test case's arguments."""


def weighed(given: Evidence, case: TestCase, course: Course, config: Config) -> Evidence:
    """The evidence as far as it is believed."""
    if given.error is not None and case.hidden:
        twice = given.error.kind == "names"  # then the graph has names of its own, and is read so
        given = replace(given, error=UNTOLD.model_copy(update={"kind": "names"}) if twice else UNTOLD)
    if given.canary is not None:
        given = replace(given, canary=clean_canary(given.canary, course, config))
    return given


def clean_canary(claimed: Array, course: Course, config: Config) -> Array:
    """The canary that counts: the one claimed if it is the reference's, else this machine's own."""
    expected = canary_of(course)
    if expected is None:
        return claimed
    if claimed.shape == expected.shape and np.array_equal(claimed, expected):
        return claimed
    drawn = _drawn_here(course.root, repr(config.SandboxProvisioner.get("allow_unprotected", False)))
    return expected if drawn is None else np.array(drawn, dtype=np.float32).reshape(expected.shape)


@lru_cache(maxsize=1)
def _drawn_here(root: Path, unprotected: str) -> tuple[float, ...] | None:
    """The numbers that this machine draws; None where no kernel can be had, so that no claim is believed."""
    config = Config()
    config.SandboxProvisioner.allow_unprotected = unprotected == "True"
    with tempfile.TemporaryDirectory(prefix="ag-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        session = Session(lambda: start_kernel(scratch, Course(root), config, 90.0), Times(cell=120.0))
        try:
            session.run(Cell("canary", PLAIN_BLOCK))
            (found,) = session.collect(EXERCISE, EXERCISE.public_cases)
        except SessionError:
            return None
        finally:
            session.close()
            remove(scratch)
    return None if found.canary is None else tuple(float(x) for x in found.canary.ravel())
