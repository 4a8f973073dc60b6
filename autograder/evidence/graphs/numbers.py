"""Numbers out of Keras, whatever backend it runs on: as float32 on every device, and as exact as float32 is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from ..evidence import Array


def array_of(tensor: Any) -> Array:
    """A copy of a tensor or variable, float32, wherever it lies and whether gradients go through it or not."""
    import keras

    return np.array(keras.ops.convert_to_numpy(tensor), dtype=np.float32)


@contextmanager
def in_float32() -> Iterator[None]:
    """Within, layers are made and compute in float32, whatever policy the notebook has set, and no device rounds more.

    A policy such as mixed_float16 is a choice about speed; what it rounds away would hide what is right and wrong. GPUs
    multiply float32 with the mantissa of TF32 (10 bits) where nobody forbids it, which moves a wide convolution's
    outputs by 3e-4 of the largest one.
    """
    import keras

    policy, floatx = keras.config.dtype_policy(), keras.config.floatx()
    keras.config.set_dtype_policy("float32")
    keras.config.set_floatx("float32")
    try:
        with _exact(keras.backend.backend()):
            yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)


@contextmanager
def _exact(backend: str) -> Iterator[None]:
    library = sys.modules.get(backend)
    if backend == "jax":
        with library.default_matmul_precision("highest"):  # type: ignore[union-attr]
            yield
        return
    before = []
    for read, write, exact in _roundings(backend, library):
        before.append((write, read()))
        write(exact)
    try:
        yield
    finally:
        for write, value in before:
            write(value)


def _roundings(backend: str, library: Any) -> Iterator[tuple[Callable[[], Any], Callable[[Any], object], Any]]:
    """How a backend says that it may round float32, how it is told, and what it is told."""
    if backend == "tensorflow":
        settings = library.config.experimental
        yield settings.tensor_float_32_execution_enabled, settings.enable_tensor_float_32_execution, False
    elif backend == "torch":
        yield library.get_float32_matmul_precision, library.set_float32_matmul_precision, "highest"
        cudnn = library.backends.cudnn
        yield partial(getattr, cudnn, "allow_tf32"), partial(setattr, cudnn, "allow_tf32"), False
