"""What the sandbox is for: with its default limits, a network is built and runs in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.lab import lab

RESNET = """
import keras, numpy as np
model = keras.applications.ResNet50(weights=None, input_shape=(64, 64, 3), classes=6)
model.save('model.keras')
print(model(np.zeros((1, 64, 64, 3))).shape)
"""


@pytest.mark.slow
def test_resnet_runs_in_the_default_limits(scratch: Path) -> None:
    with lab(scratch) as box:
        assert box.run(RESNET, timeout=180).endswith("(1, 6)")
        assert box.kernel.alive()
        assert box.kernel.folders is not None
        assert (box.kernel.folders.work / "model.keras").stat().st_size > 90_000_000
