"""Where Keras runs on another backend, an answer gets the verdict, findings and points that it gets on TensorFlow.

A few answers of every kind; `tests/corpus/backends.py` tries all.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.corpus import backends

SOME = (
    "right/identity_block/a",
    "mistakes/convolutional_block/stride",
    "several/identity_block/d",
    "errors/resnet50/n",
)


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_comes_to_the_same(backend: str) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    wanted = [word for only in SOME for word in ("--only", only)]
    done = subprocess.run([sys.executable, backends.__file__, backend, *wanted], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f" as on {backends.MADE_ON}" in done.stdout


def test_what_differs_is_told() -> None:
    mine, theirs = {"a": [True, 10.0], "b": [False, 3.0]}, {"a": [True, 10.0], "b": [False, 4.0]}
    assert backends.differing(mine, mine) == []
    (line,) = backends.differing(mine, theirs)
    assert line.startswith("b\n")
