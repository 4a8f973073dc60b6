"""The lesson's experiments find the same whatever Keras runs on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from autograder.lesson.experiments.degradation import Trainer, _keras_epoch
from tests.lesson import on_a_backend
from tests.shared.helpers import ROOT


def on(backend: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.lesson.on_a_backend"],
        env={**os.environ, "KERAS_BACKEND": backend, "CUDA_VISIBLE_DEVICES": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_finds_what_tensorflow_finds(backend: str) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    mine, theirs = on(backend), on("tensorflow")
    assert mine.keys() == theirs.keys()
    for name, value in theirs.items():
        np.testing.assert_allclose(
            np.array(mine[name], float), np.array(value, float), rtol=2e-3, atol=1e-5, err_msg=name
        )


def test_keras_own_step_trains_as_the_one_that_is_written_out() -> None:
    found = []
    for written_out in (True, False):
        net = on_a_backend.small()
        trainer = Trainer(net)
        if not written_out:
            trainer._epoch = _keras_epoch(net, trainer._optimizer)
        draws = np.random.default_rng(1)
        net.set_weights([draws.uniform(0.1, 1, weight.shape) for weight in net.get_weights()])
        x, y = draws.uniform(0, 255, (90, 32, 32, 3)).astype(np.float32), np.arange(90) % 6
        found.append([*trainer.train(x, y, epochs=3, seed=0)])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-3)
