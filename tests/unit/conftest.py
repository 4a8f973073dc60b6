"""What several of the trusted side's unit tests share; each thing is made once, since Keras is slow to build."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest

from autograder.exercises import by_name
from autograder.references import Reference, ReferenceSet, load

from .builders import PUBLIC, reference_of, this_canary


@pytest.fixture(scope="session")
def public() -> ReferenceSet:
    """The committed public references."""
    return load(PUBLIC)


@pytest.fixture(scope="session")
def identity_references() -> tuple[Reference, ...]:
    """The identity block's references on its public probes, made on this machine."""
    exercise = by_name("identity_block")
    return tuple(reference_of(exercise, probe) for probe in exercise.public_probes)


@pytest.fixture(scope="session")
def canary():
    """What this machine draws."""
    return this_canary()
