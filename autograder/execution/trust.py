"""How far evidence from a student's kernel is believed: what it could lie about is set right, or left out.

Evidence carries a canary: a small tensor that this machine's random generator drew. If it is not the reference's, that
claims a machine with other random numbers, and the evidence is judged by its own weights. A student could fake it, so
the claim is checked, once for each process. From an error on a hidden test case the student's own words are removed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from nbformat import NotebookNode
from traitlets.config import Config

from ..base.course import Course
from ..evidence.evidence import Array, Evidence
from ..exercises import Exercise, TestCase
from ..references.sets import canary_of
from .kernel.confined import remove, start_kernel
from .kernel.redact import redacted
from .kernel.session import Cell, Session, SessionError, Times

PLAIN_BLOCK = """
def plain_block(X):
    from keras import layers
    return layers.ReLU()(X)
"""
CASE = TestCase(name="canary", arguments={}, input_shape=(1, 2, 2, 1))
EXERCISE = Exercise("plain_block", "plain_block", "block", ("X",), outline=(), rubric=(), public_cases=(CASE,))
"""Enough of a function to have evidence, and its canary, collected."""


def code_lines(node: NotebookNode) -> frozenset[str]:
    """The lines of a notebook's code cells, without indentation."""
    code = (cell.source for cell in node.cells if cell.cell_type == "code")
    return frozenset(line.strip() for source in code for line in source.splitlines())


def weighed(given: Evidence, case: TestCase, lines: Collection[str], course: Course, config: Config) -> Evidence:
    """The evidence as far as it is believed. `lines` are the student's, as `code_lines` gives them."""
    if given.error is not None and case.hidden:
        given = replace(given, error=redacted(given.error, lines))
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
