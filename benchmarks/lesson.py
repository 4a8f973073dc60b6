"""Measure what the lesson's prose says of networks: `python -m benchmarks.lesson`, or `... variants` for these alone.

`python -m benchmarks.lesson photographs FOLDER` trains the model answer from three seeds, and tries it on photographs.
The notebook's numbers are for those of the Sign Language Digits Dataset.

Writes docs/results/lesson.json, which a test holds the notebooks' words against.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from autograder import lesson, signs
from autograder.base.notebooks import grade_id, read_node
from autograder.lesson.experiments.degradation import halved

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "results" / "lesson.json"
DEEP = 10
SEEDS = (0, 1, 2)


def main() -> None:
    """Measure, and write the results."""
    if sys.argv[1:] == ["variants"]:
        _write(_kept() | {"variants": _variants()})
        return
    if sys.argv[1:2] == ["photographs"]:
        _write(_kept() | {"photographs": _photographs(Path(sys.argv[2]))})
        return
    import keras

    blocks = _blocks()
    data = signs.load()
    batch = data.train_set_x[:64], data.train_set_y[:64]
    pair = lesson.plain_and_residual(*blocks, blocks=DEEP)
    results: dict[str, Any] = {"gradients": {}, "updates": {}, "parameters": {}}
    for name, net in (("plain", pair.plain), ("residual", pair.residual)):
        norms = [found.norm for found in lesson.gradient_norms(net, *batch)]
        results["gradients"][name] = round(norms[0] / norms[-1], 1)
        results["parameters"][name] = net.count_params()
        for optimizer in (keras.optimizers.SGD(0.1), keras.optimizers.Adam(2e-3)):
            ratios = [found.ratio for found in lesson.update_ratios(net, *batch, optimizer)]
            results["updates"][f"{name}, {type(optimizer).__name__}"] = [round(100 * ratio, 2) for ratio in ratios]
    print(json.dumps(results), flush=True)
    spent = time.process_time()
    found = lesson.compare_depths(*blocks, data)
    results["degradation"] = {
        f"{kind}, {depth}": {
            "loss": [round(run.loss[-1], 3) for run in found.of(kind, depth)],
            "accuracy": [round(run.accuracy[-1], 3) for run in found.of(kind, depth)],
        }
        for kind in ("plain", "residual")
        for depth in found.depths
    }
    results["processor seconds"] = round(time.process_time() - spent)
    transferred = lesson.transfer(*blocks, data)
    results["gradients after training"] = _after(blocks, data)
    results["transfer"] = {way: [round(share, 3) for share in found] for way, found in transferred.right.items()}
    results["variants"] = _variants()
    _write(results)


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return kept


def _photographs(folder: Path) -> dict[str, Any]:
    """How many the model answer gets right, in per cent, by seed: of drawings, of photographs, of each number."""
    space: dict[str, Any] = {}
    for cell in read_node(ROOT / "source" / "resnet" / "signs.ipynb").cells:
        if cell.get("id") == "setup" or grade_id(cell) == "train_signs":
            exec(cell.source, space)
    space["identity_block"], space["convolutional_block"] = _blocks()
    data, drops = signs.load(), []
    for seed in SEEDS:
        net = space["small_resnet"]()
        signs.train(net, data, seed=seed, save_to=None)
        drops.append(lesson.domain_drop(net, data, folder))
    return {
        "pictures": drops[0].photographs.pictures,
        "drawn": [_percent(drop.drawn) for drop in drops],
        "photographs": [_percent(drop.photographs) for drop in drops],
        **{str(number): [_percent(drop.numbers[number]) for drop in drops] for number in drops[0].numbers},
    }


def _percent(share: Any) -> float:
    return round(100 * float(share.value), 1)


def _write(results: dict[str, Any]) -> None:
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=1))


def _variants() -> dict[str, dict[str, list[float]]]:
    """What the cell of blocks-beyond that trains variants finds: losses after the first and the last epoch, by seed."""
    folder = ROOT / "source" / "blocks-beyond"
    space: dict[str, Any] = {}
    with contextlib.chdir(folder):
        for cell in read_node(folder / "blocks-beyond.ipynb").cells:
            if cell.id in ("setup", "pre-activation-block", "variants"):
                exec(cell.source, space)
    return {
        name: {
            "first": [round(run.loss[0], 3) for run in runs],
            "last": [round(run.loss[-1], 3) for run in runs],
            "right": [round(run.right, 3) for run in runs],
        }
        for name, runs in space["variants"].items()
    }


def _after(blocks: Any, data: signs.Signs) -> dict[str, list[float]]:
    """In the deep nets of `compare_depths`, the first block's gradient by the last one's, after 0, 1 and 5 epochs."""
    from autograder.lesson.experiments.degradation import SIZE, Trainer

    x = halved(data.train_set_x)
    pair = lesson.plain_and_residual(*blocks, DEEP, size=SIZE)
    found: dict[str, list[float]] = {}
    for name, net in (("plain", pair.plain), ("residual", pair.residual)):
        training = Trainer(net).train(x, data.train_set_y, 5, 0)
        found[name] = [_slope(net, x, data)]
        for epoch, _ in enumerate(training, start=1):
            if epoch in (1, 5):
                found[name].append(_slope(net, x, data))
    return found


def _slope(net: Any, x: Any, data: signs.Signs) -> float:
    norms = [found.norm for found in lesson.gradient_norms(net, x[:256], data.train_set_y[:256])]
    return round(float(norms[0] / norms[-1]), 1)


def _blocks() -> tuple[Any, Any]:
    """The instructor's own."""
    space: dict[str, Any] = {"np": np}
    for cell in read_node(ROOT / "source" / "resnet" / "resnet.ipynb").cells:
        if cell.get("id") == "setup" or grade_id(cell) in ("identity_block", "convolutional_block"):
            exec(cell.source, space)
    return space["identity_block"], space["convolutional_block"]


if __name__ == "__main__":
    main()
