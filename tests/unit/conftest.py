"""What several of the trusted side's unit tests share; each thing is made once, since Keras is slow to build."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pytest

from autograder.evidence import collect
from autograder.evidence.evidence import Array
from autograder.exercises.identity_block import IDENTITY_BLOCK
from autograder.references.references import Reference, ReferenceSet, load
from tests.unit.builders import PUBLIC, reference_of


@pytest.fixture(scope="session")
def public() -> ReferenceSet:
    """The committed public references."""
    return load(PUBLIC)


@pytest.fixture(scope="session")
def identity_references() -> tuple[Reference, ...]:
    """The identity block's references on its public test cases, made on this machine."""
    return tuple(reference_of(IDENTITY_BLOCK, case) for case in IDENTITY_BLOCK.public_cases)


@pytest.fixture(scope="session")
def canary() -> Array:
    """What this machine's glorot_uniform(seed=0) draws."""
    return collect.canary()
