"""The gradient of a loss on whatever backend Keras runs on: Keras has no call for it, but hands it to its optimizer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def gradients(
    call: Callable[[Any], Any], variables: Sequence[Any], x: ArrayLike, y: ArrayLike, loss: Callable[[Any, Any], Any]
) -> list[NDArray[np.float32]]:
    """The gradient of `loss(y, call(x))` for each of the variables. Nothing is learned: no variable of theirs changes.

    x, y: one batch, as it would go into `fit`. `loss` gives one number, or one for each of them, to be averaged.
    """
    import keras

    found: list[NDArray[np.float32]] = []

    class Kept(keras.optimizers.SGD):  # type: ignore[misc]
        def apply(self, grads: Any, trainable_variables: Any = None) -> None:  # noqa: ARG002  (Keras names it)
            found.extend(np.array(keras.ops.convert_to_numpy(one)) for one in grads)

    class Called(keras.Model):  # type: ignore[misc]
        trainable_variables = trainable_weights = property(lambda _: list(variables))

        def call(self, x: Any) -> Any:
            return call(x)

    model = Called()
    model.compile(optimizer=Kept(), loss=loss, run_eagerly=True)
    for variable in variables:
        if getattr(variable.value, "grad", None) is not None:
            variable.value.grad = None  # PyTorch adds to what an earlier call has left
    model.train_on_batch(np.asarray(x), np.asarray(y))
    return found
