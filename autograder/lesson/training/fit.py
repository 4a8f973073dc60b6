"""Train a network on SIGNS, in the student's own kernel: what `signs.train` does."""

from __future__ import annotations

import errno
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...base.course import find_course
from ...base.messages import notebook_language, translator
from ...evidence.graphs.collect_graph import weights_of
from ...evidence.graphs.keras_internals import functional_of
from ...graph import Graph, GraphRefused, Shapes, parse_graph
from ..images.data import Images, Signs, SignsError
from . import progress
from .demands import WEIGHTS_FILE, demands_in
from .report import sentence
from .structure import Unmeasurable, measurable
from .weights import Trouble, save

EPOCHS = 18
BATCH = 32
LEARNING_RATE = 3e-3
"""Adam's, at the beginning; it falls to 0 along half a cosine (Loshchilov & Hutter 2016, arXiv 1608.03983)."""
SHIFT = 3
"""How many pixels a training image is moved at most, each way."""


@dataclass(frozen=True, slots=True)
class Training:
    """What came of a training, epoch by epoch; accuracies are shares from 0 to 1.

    `train_accuracy` and `train_loss` are as training itself saw them, with batches' own means and variances and with
    dropout, and averaged over the epoch. `test_accuracy` and `test_loss` are of the public test images, after the
    epoch, with batch normalization's moving averages. Empty where nothing was trained, as in official grading.
    """

    train_accuracy: tuple[float, ...] = ()
    test_accuracy: tuple[float, ...] = ()
    train_loss: tuple[float, ...] = ()
    test_loss: tuple[float, ...] = ()
    seconds: float = 0.0
    seed: int = 0
    weights: Path | None = None

    @property
    def epochs(self) -> int:
        return len(self.train_accuracy)


def train(
    model: Any,
    data: Signs,
    epochs: int = EPOCHS,
    seed: int = 0,
    *,
    batch_size: int = BATCH,
    learning_rate: float = LEARNING_RATE,
    save_to: str | os.PathLike[str] | None = WEIGHTS_FILE,
) -> Training:
    """See `autograder.lesson.signs.train`."""
    _ = translator(notebook_language())
    if "AUTOGRADER_SANDBOX" in os.environ:
        print(_("Official grading does not train: the weights that were handed in count."))
        return Training(seed=seed)
    graph, shapes = _looked_at(model, data, epochs, batch_size)
    path = None if save_to is None else Path(save_to).resolve()
    if path is not None and not os.access(path.parent, os.W_OK):  # better said now than after a minute
        raise SignsError(_("The weights can't be saved as {path}: {reason}.").format(path=path, reason=_reason(path)))
    import keras

    keras.utils.set_random_seed(seed)
    steps = -(-len(data.train_set_x) // batch_size)
    rate = keras.optimizers.schedules.CosineDecay(learning_rate, epochs * steps)
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # compiling takes longer than it saves in a minute
    )
    draws = np.random.default_rng(seed)
    began = time.perf_counter()
    seen: list[progress.Epoch] = []
    try:
        with progress.shown(epochs, steps) as screen:

            def step(batch: int, logs: object) -> None:  # noqa: ARG001  (Keras names it)
                screen.step(len(seen), batch + 1)

            tick = keras.callbacks.LambdaCallback(on_train_batch_end=step)
            for _epoch in range(epochs):
                order = draws.permutation(len(data.train_set_x))
                x = moved(data.train_set_x[order], draws)
                fitted = model.fit(
                    x, data.train_set_y[order], batch_size=batch_size, shuffle=False, verbose=0, callbacks=[tick]
                ).history
                loss, accuracy = model.evaluate(data.test_set_x, data.test_set_y, batch_size=120, verbose=0)
                seen.append(
                    progress.Epoch(float(fitted["accuracy"][0]), float(accuracy), float(fitted["loss"][0]), float(loss))
                )
                screen.epoch(seen)
    except KeyboardInterrupt:
        stopped = _("Stopped after {number} of {epochs} epochs. Nothing was saved.")
        raise SignsError(stopped.format(number=len(seen), epochs=epochs)) from None
    seconds = time.perf_counter() - began
    if path is not None:
        _save(path, graph, shapes, model)
    return Training(
        tuple(epoch.train_accuracy for epoch in seen),
        tuple(epoch.test_accuracy for epoch in seen),
        tuple(epoch.train_loss for epoch in seen),
        tuple(epoch.test_loss for epoch in seen),
        seconds,
        seed,
        path,
    )


def moved(images: Images, draws: np.random.Generator) -> Images:
    """Each image as another camera might have seen it: moved by up to SHIFT pixels each way, what comes in at the
    border being the last row or column again; and half of them mirrored, since a left hand is a right one's mirror
    image.
    """
    n, height, width = images.shape[:3]
    down, right = draws.integers(-SHIFT, SHIFT + 1, (2, n, 1))
    rows = np.clip(np.arange(height) + down, 0, height - 1)
    columns = np.clip(np.arange(width) + right, 0, width - 1)
    columns = np.where(draws.random((n, 1)) < 0.5, columns[:, ::-1], columns)
    found: NDArray[np.uint8] = images[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return found


def _looked_at(model: object, data: object, epochs: object, batch_size: object) -> tuple[Graph, Shapes]:
    """The model's graph, if weights of it will count: better said now than after a minute. Raises SignsError."""
    import keras

    _ = translator(notebook_language())
    if not isinstance(model, keras.Model):
        raise SignsError(_("signs.train() needs a model: write signs.train(small_resnet(), data)."))
    if not isinstance(data, Signs):
        raise SignsError(_("signs.train() needs the images that signs.load() gives."))
    for number in (epochs, batch_size):
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise SignsError(_("Epochs and batch_size are whole numbers from 1 on."))
    try:
        graph = parse_graph(json.dumps(functional_of(model).get_config()))
        return graph, measurable(graph, demands_in(find_course()))
    except Unmeasurable as problem:
        trouble = problem.trouble
    except GraphRefused as refused:
        trouble = Trouble("graph", f"refused {refused.why}", {"what": refused.what})
    except (TypeError, ValueError, NotImplementedError):  # a model that isn't made of layers has no such configuration
        trouble = Trouble("graph", "refused form", {"what": type(model).__name__})
    raise SignsError(sentence(trouble, _))


def _reason(path: Path) -> str:
    return os.strerror(errno.EACCES if path.parent.is_dir() else errno.ENOENT)


def _save(path: Path, graph: Graph, shapes: Shapes, model: Any) -> None:
    _ = translator(notebook_language())
    try:
        save(path, graph, shapes, weights_of(model))
    except OSError as error:
        raise SignsError(
            _("The weights can't be saved as {path}: {reason}.").format(path=path, reason=error.strerror)
        ) from None
    kilobytes = path.stat().st_size // 1000
    print(_("Saved {name} ({size} kB). Hand it in together with the notebook.").format(name=path.name, size=kilobytes))
