"""The open challenge: what counts, what is not entered, and a leaderboard that no bad file breaks."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import nbformat
import pytest

from autograder import lesson
from autograder.lesson.experiments import challenge
from autograder.lesson.images.make import draw_set
from autograder.lesson.signs import Signs
from tests.shared.helpers import ROOT

GOOD = {"name": "old", "right": 0.5, "parameters": 10, "seconds": 1.5}


def net(width: int = 2, classes: int = 6) -> Any:
    images = keras.Input((64, 64, 3))
    x = keras.layers.GlobalAveragePooling2D()(images)
    return keras.Model(images, keras.layers.Dense(classes, activation="softmax")(keras.layers.Dense(width)(x)))


def contender(data: Signs) -> Any:
    assert data.source == "made"
    return net()


@pytest.fixture(autouse=True)
def few_images(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(challenge, "IMAGES", 12)
    monkeypatch.chdir(tmp_path)


def test_a_network_is_entered_and_the_best_stands_first(few: Signs, capsys: pytest.CaptureFixture[str]) -> None:
    Path("leaderboard.json").write_text(json.dumps([{**GOOD, "right": 1.0}, {**GOOD, "right": 0.0, "name": "last"}]))
    entry = lesson.challenge(contender, few, name="mine")
    x, y = draw_set("challenge", "hidden", 12)
    keras.utils.set_random_seed(0)
    assert (entry.name, entry.parameters) == ("mine", 3 * 2 + 2 + 2 * 6 + 6)
    assert entry.right * 12 == pytest.approx(round(entry.right * 12))
    kept = json.loads(Path("leaderboard.json").read_text())
    assert [one["name"] for one in kept] == ["old", "mine", "last"]
    assert kept[1] == entry.model_dump()
    lines = capsys.readouterr().out.splitlines()[-4:]
    assert [line.split()[-1] for line in lines] == ["network", "old", "<--", "last"]
    assert len(x) == len(y) == 12


def test_what_counts_is_the_share_of_unseen_images_right(few: Signs) -> None:
    def always_two(_data: Signs) -> Any:
        model = net()
        for layer in model.layers[2:]:
            layer.kernel.assign(layer.kernel * 0)
        model.layers[-1].bias.assign([0, 0, 9, 0, 0, 0])
        return model

    assert lesson.challenge(always_two, few).right == pytest.approx(1 / 6)


def test_the_notebooks_beginning_is_as_large_as_the_page_says_and_within_the_bounds(few: Signs) -> None:
    node = nbformat.read(ROOT / "source" / "beyond-convolutions" / "beyond-convolutions.ipynb", as_version=4)
    cells = {c.id: c.source for c in node.cells}
    space: dict[str, Any] = {}
    exec(cells["setup"], space)
    space["signs"] = SimpleNamespace(train=lambda *_given, **_settings: None)
    source = cells["challenge"]
    exec(source[source.index("def contender") : source.index("lesson.challenge(")], space)
    parameters = space["contender"](few).count_params()
    assert parameters < challenge.MOST_PARAMETERS
    page = (ROOT / "docs" / "reference" / "course.md").read_text(encoding="utf-8")
    assert f"has {parameters:,} parameters; [the notebook's page]" in page


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda _: net(width=20_000), "200,006 parameters"),
        (lambda _: net(classes=5), "6 classes"),
        (lambda _: None, "Keras model"),
        (lambda _: keras.Sequential([keras.layers.Dense(6)]), "Keras model"),
    ],
)
def test_what_is_outside_the_bounds_is_not_entered(few: Signs, made: Any, words: str) -> None:
    with pytest.raises(lesson.LessonError, match=words):
        lesson.challenge(made, few)
    assert not Path("leaderboard.json").exists()


def test_who_trains_too_long_is_not_entered(few: Signs, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([100.0, 161.5])
    monkeypatch.setattr(challenge.time, "perf_counter", lambda: next(times))
    with pytest.raises(lesson.LessonError, match="62 s, and 60"):
        lesson.challenge(contender, few)


BAD = {
    "no JSON": b"{",
    "empty": b"",
    "no list": b'{"a": 1}',
    "another entry": json.dumps([{**GOOD, "more": 1}]).encode(),
    "text for a number": json.dumps([{**GOOD, "right": "0.9"}]).encode(),
    "more than all": json.dumps([{**GOOD, "right": 7.0}]).encode(),
    "not a number": json.dumps([{**GOOD, "right": float("nan")}]).encode(),
    "no text": bytes(range(256)),
    "deep": b"[" * 100_000,
    "long name": json.dumps([{**GOOD, "name": "x" * 5000}]).encode(),
    "huge": b" " * 1_000_001,
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_file_is_kept_and_breaks_nothing(bad: str, few: Signs, capsys: pytest.CaptureFixture[str]) -> None:
    for number in (1, 2):
        Path("leaderboard.json").write_bytes(BAD[bad])
        lesson.challenge(contender, few, name="mine")
        assert f"kept as leaderboard.json.{number}" in capsys.readouterr().out
        assert Path(f"leaderboard.json.{number}").read_bytes() == BAD[bad]
        assert [one["name"] for one in json.loads(Path("leaderboard.json").read_text())] == ["mine"]


def test_a_folder_in_its_place_is_moved_away_too(few: Signs) -> None:
    Path("leaderboard.json").mkdir()
    lesson.challenge(contender, few)
    assert Path("leaderboard.json.1").is_dir()


def test_where_nothing_can_be_written_a_sentence_says_so(few: Signs) -> None:
    with pytest.raises(lesson.LessonError, match=r"board\.json can't be written"):
        lesson.challenge(contender, few, board="nowhere/board.json")


def test_names_steer_nothing_and_fit(few: Signs) -> None:
    assert lesson.challenge(contender, few, name="a\x1b[2J\nb" + "c" * 90).name == "a\ufffd[2J\ufffdb" + "c" * 33
    assert lesson.challenge(contender, few).name == "contender"
