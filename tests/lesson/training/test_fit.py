"""`signs.train`: what it shows, returns, saves and refuses, and that the course's own net gets where it should."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from autograder.base.messages import translator
from autograder.lesson import signs
from autograder.lesson.images.hidden import pictures
from autograder.lesson.signs import Signs, SignsError
from autograder.lesson.training import progress, weights
from autograder.lesson.training.demands import WEIGHTS_FILE
from autograder.lesson.training.fit import SHIFT, moved
from autograder.lesson.training.judge import judge
from tests.lesson.training.conftest import evidence_of, tiny
from tests.lesson.training.notebooks import signs_notebook, write
from tests.shared.exercises import TRAIN_SIGNS
from tests.shared.helpers import ROOT


@pytest.fixture(scope="module")
def few() -> Signs:
    """Noise in which each number is brighter than the one before."""
    draws = np.random.default_rng(0)
    y = np.arange(72, dtype=np.int64) % 6
    x = (draws.integers(0, 40, (72, 64, 64, 3)) + 40 * y[:, None, None, None]).astype(np.uint8)
    return Signs(x[:60], y[:60], x[60:], y[60:], np.arange(6), "made")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_training_shows_a_line_an_epoch_and_saves_what_is_graded(
    few: Signs, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tiny()
    before = few.test_set_x.copy()
    history = signs.train(model, few, epochs=2, seed=3, batch_size=20)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == ["epoch 1 of 2", "epoch 2 of 2"]
    assert lines[2].startswith(f"Saved {WEIGHTS_FILE}")
    assert history.epochs == 2 == len(history.test_accuracy) == len(history.train_loss) == len(history.test_loss)
    assert all(0 <= share <= 1 for share in (*history.train_accuracy, *history.test_accuracy))
    assert history.seconds > 0
    assert history.weights == here / WEIGHTS_FILE
    with pytest.raises(FrozenInstanceError):
        history.seed = 4  # type: ignore[misc]
    assert np.array_equal(few.test_set_x, before)
    says = model.predict(few.test_set_x, verbose=0).argmax(axis=1).astype(np.int64)
    verdict = judge(TRAIN_SIGNS, evidence_of(tiny), here / WEIGHTS_FILE, pictures(few.test_set_x, says), hidden=False)
    assert verdict.measured is not None
    assert verdict.measured.accuracy == 1


def test_an_interruption_is_one_sentence_and_saves_nothing(
    few: Signs, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(screen: object, seen: list[object]) -> None:
        if len(seen) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(progress._Lines, "epoch", interrupted)
    with pytest.raises(SignsError, match=r"^Stopped after 2 of 9 epochs\. Nothing was saved\.$") as raised:
        signs.train(tiny(), few, epochs=9, batch_size=20)
    assert raised.value._render_traceback_() == [str(raised.value)]
    assert not (here / WEIGHTS_FILE).exists()


def test_the_same_seed_is_the_same_training(few: Signs, here: Path) -> None:
    import keras

    found = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(0)
        signs.train(tiny(), few, epochs=1, seed=seed, save_to=here / "w")
        found.append(weights.parse((here / "w").read_bytes())["conv1/kernel"])
    assert np.allclose(found[0], found[1], atol=1e-4)
    assert not np.allclose(found[0], found[2], atol=1e-4)


def test_nothing_is_trained_in_official_grading(
    few: Signs, here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADER_SANDBOX", "1")
    history = signs.train(tiny(), few)
    assert history.epochs == 0
    assert capsys.readouterr().out == "Official grading does not train: the weights that were handed in count.\n"
    assert list(here.iterdir()) == []


def test_what_could_not_count_is_refused_before_it_is_trained(few: Signs, here: Path) -> None:
    for arguments, words in (
        ((tiny, few), "signs.train(small_resnet(), data)"),
        ((tiny((32, 32, 3)), few), "(32, 32, 3)"),
        ((tiny(classes=5), few), "should be 6 numbers"),
        ((tiny(), few.train_set_x), "signs.load()"),
        ((tiny(), few, 0), "whole numbers from 1 on"),
        ((tiny(), few, True), "whole numbers from 1 on"),
        ((tiny(), few, 1.5), "whole numbers from 1 on"),
    ):
        with pytest.raises(SignsError) as refused:
            signs.train(*arguments)  # type: ignore[arg-type]
        assert words in str(refused.value)
    with pytest.raises(SignsError, match="can't be saved"):
        signs.train(tiny(), few, epochs=1, save_to=here / "no" / "folder")


def test_images_are_moved_a_little_and_no_more() -> None:
    x = np.zeros((200, 64, 64, 3), np.uint8)
    x[:, 30, 30] = 255
    found = moved(x, np.random.default_rng(0))
    assert found.shape == x.shape
    assert found.dtype == np.uint8
    rows, columns = np.nonzero(found[..., 0])[1:]
    assert len(rows) == 200
    assert set(rows - 30) == set(range(-SHIFT, SHIFT + 1))
    sides = set(columns - 30) | set(33 - columns)  # mirrored, column 30 is column 33
    assert set(range(-SHIFT, SHIFT + 1)) <= sides
    assert x.sum() == 200 * 255 * 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_curves_are_a_picture_whatever_the_numbers(language: str) -> None:
    for seen in ([], [progress.Epoch(0.2, 0.1, 9.0, 50.0), progress.Epoch(0.5, 0.1, math.nan, math.inf)]):
        picture = ElementTree.fromstring(progress._curves(seen, 2, translator(language)))
        points = [line.get("points", "") for line in picture.iter("{http://www.w3.org/2000/svg}polyline")]
        assert len(points) == 4
        assert "nan" not in "".join(points)
        assert [len(line.split()) for line in points] == [len(seen)] * 4


@pytest.mark.slow
def test_training_from_a_new_seed_earns_all_points(tmp_path: Path) -> None:
    """A minute on two cores of one's own. `python -m benchmarks.seeds` tries twenty."""
    notebook = ROOT / "source" / "resnet" / "signs.ipynb"
    if not notebook.is_file():
        notebook = write(signs_notebook(), tmp_path / "signs.ipynb")
        (tmp_path / "resnet.ipynb").write_bytes((ROOT / "source" / "resnet" / "resnet.ipynb").read_bytes())
    command = [sys.executable, "-m", "benchmarks.seeds", "--seeds", "1", "--first", "7", "--notebook", str(notebook)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
