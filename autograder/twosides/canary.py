"""What this machine's generator draws, from a kernel in which no student code has run.

Evidence that carries another canary than the reference's claims that it comes from a machine with other random
numbers, and is then judged by its own weights. A student can claim that, too; so the claim is looked into, once for
each process.
"""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from traitlets.config import Config

from ..course import Course
from ..evidence import Array
from ..exercises import EXERCISES
from ..references import ReferencesError, load
from ..sandbox.protection import SandboxError
from ..twosides.session import Cell, Session, SessionError, Times

PLAIN_BLOCK = """
def identity_block(X, f, filters, stage, block):
    from keras import layers
    return layers.ReLU()(X)
"""
"""Enough of a function to have evidence, and its canary, collected."""


def clean_canary(claimed: Array, course: Course, config: Config) -> Array:
    """The canary that counts: the one claimed if it is the reference's, else this machine's own."""
    try:
        expected = load(course.public_references).canary
    except ReferencesError:
        return claimed
    if claimed.shape == expected.shape and np.array_equal(claimed, expected):
        return claimed
    drawn = _drawn_here(course.root, repr(config.SandboxProvisioner.get("allow_unprotected", False)))
    return expected if drawn is None else np.array(drawn, dtype=np.float32).reshape(expected.shape)


@lru_cache(maxsize=1)
def _drawn_here(root: Path, unprotected: str) -> tuple[float, ...] | None:
    """The numbers that this machine draws; None where no kernel can be had, so that no claim is believed."""
    from .execute import remove, start_kernel

    config = Config()
    config.SandboxProvisioner.allow_unprotected = unprotected == "True"
    with tempfile.TemporaryDirectory(prefix="ag-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        session = Session(lambda: start_kernel(scratch, Course(root), config, 90.0), Times(cell=120.0))
        try:
            session.run(Cell("canary", PLAIN_BLOCK))
            (found,) = session.collect(EXERCISES[0], EXERCISES[0].public_probes[:1])
        except (SessionError, SandboxError):
            return None
        finally:
            session.close()
            remove(scratch)
    return None if found.canary is None else tuple(float(x) for x in found.canary.ravel())
