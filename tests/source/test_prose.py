"""What the notebooks say is so: their numbers against results and against the solutions, and where their links lead."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from statistics import mean
from typing import Any

import nbformat
import pytest

from autograder.graph import parse_graph, shapes_of
from tests.shared.helpers import ROOT, cell, notebook, solution
from tests.source.test_signs import shape_of

RESULTS = json.loads((ROOT / "docs" / "results" / "lesson.json").read_text(encoding="utf-8"))
"""If a test here is red after a change of the lesson: `python -m benchmarks.lesson`, then mend the words."""
PATH = ("resnet/resnet", "resnet/signs", "blocks-beyond/blocks-beyond", "beyond-convolutions/beyond-convolutions")


def signs(language: str, cell_id: str) -> str:
    folder = "resnet" if language == "en" else "resnet-zh"
    node = nbformat.read(ROOT / "source" / folder / "signs.ipynb", as_version=4)
    return next(str(c.source) for c in node.cells if c.id == cell_id)


def numbers(text: str) -> list[float]:
    return [float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*\.?\d*", text)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_losses_of_the_table_are_those_that_were_measured_and_show_degradation(language: str) -> None:
    rows = re.findall(
        r"^\| (?:plain|residual|普通|残差) \| ([\d.]+) \| ([\d.]+) \|$", signs(language, "curves-answer"), re.M
    )
    found = {kind: [float(loss) for loss in row] for kind, row in zip(("plain", "residual"), rows, strict=True)}
    for kind, losses in found.items():
        for depth, loss in zip((3, 10), losses, strict=True):
            assert loss == pytest.approx(mean(RESULTS["degradation"][f"{kind}, {depth}"]["loss"]), abs=0.006)
    assert found["plain"][1] > found["plain"][0], "deeper is worse without shortcuts"
    assert found["residual"][1] < found["residual"][0], "and better with them"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_gradients_and_updates_are_those_that_were_measured(language: str) -> None:
    said = numbers(signs(language, "gradients-answer"))
    for value in (
        *RESULTS["gradients"].values(),
        *(x for run in RESULTS["gradients after training"].values() for x in run),
    ):
        assert value in said
    updates = signs(language, "updates-answer")
    for kind in ("plain", "residual"):
        ratios = RESULTS["updates"][f"{kind}, SGD"]
        assert f"{ratios[0]} %" in updates
        assert f"{ratios[-1]} %" in updates
    adam = [ratio for kind in ("plain", "residual") for ratio in RESULTS["updates"][f"{kind}, Adam"]]
    assert re.search(rf"{min(adam)} (?:to|到) {max(adam)} %", updates)
    assert max(adam) / min(adam) < 1.1 < 10 < RESULTS["updates"]["plain, SGD"][0] / RESULTS["updates"]["plain, SGD"][-1]
    lost = RESULTS["parameters"]["residual"] - RESULTS["parameters"]["plain"]
    assert {float(lost), float(RESULTS["parameters"]["residual"])} <= set(numbers(signs(language, "depth-note")))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_carries_over_to_photographs_is_what_was_measured(language: str) -> None:
    found, text = RESULTS["photographs"], signs(language, "drop-answer")
    said = numbers(text)
    for key in ("drawn", "photographs", "0"):
        assert re.search(rf"{min(found[key])} (?:to|到) {max(found[key])} %", text), key
    assert {float(found["pictures"]), max(found["4"])} <= set(said)
    assert mean(found["photographs"]) == pytest.approx(59, abs=0.5)
    assert mean(share for number in "123" for share in found[number]) == pytest.approx(70, abs=3)
    assert min(found["photographs"]) > 50 > 100 / 6, "the aim of the course, and guessing"


def names() -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(cell(notebook("source"), "setup").source, space)
    for name in ("identity_block", "convolutional_block", "resnet50"):
        exec(solution(name), space)
    return space


def test_the_model_answers_network_is_as_large_as_the_page_says() -> None:
    space = names()
    for cell_id in ("setup", "train-signs-solution"):
        exec(signs("en", cell_id), space)
    model = space["small_resnet"]()
    products = shapes_of(parse_graph(json.dumps(model.get_config()))).products
    page = (ROOT / "docs" / "reference" / "course.md").read_text(encoding="utf-8")
    said = f"({model.count_params():,} parameters, {products / 1e6:.0f} million multiplications an image)"
    assert said in " ".join(page.split())


def test_twelve_of_sixteen_shortcuts_carry_their_input_as_it_is() -> None:
    model = names()["ResNet50"]()
    additions = [layer for layer in model.layers if type(layer).__name__ == "Add"]
    convolved = [layer for layer in model.layers if layer.name.endswith("branch1") and layer.name.startswith("res")]
    assert (len(additions), len(additions) - len(convolved)) == (16, 12)
    for language, assignment in (("en", "resnet"), ("zh", "resnet-zh")):
        said = numbers(cell(notebook("source", assignment), "skip_connection").source)
        assert {16, 12, 4} <= set(said), language


def test_the_arithmetic_of_the_answers() -> None:
    assert math.ceil(math.log(0.05) / math.log(0.99)) == 299
    assert round(0.99**68, 2) == 0.5
    assert (256 * 256, 9 * 256, 256 * 256 // (9 * 256)) == (65536, 2304, 28)


@pytest.mark.parametrize("folder", ["source", "release"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_notebook_leads_on_to_the_next_and_every_link_leads_somewhere(folder: str, language: str) -> None:
    """The chain that `watch` and `progress()` follow is the chain of the links."""
    ending = "" if language == "en" else "-zh"
    paths = [ROOT / folder / (one.split("/")[0] + ending) / (one.split("/")[1] + ".ipynb") for one in PATH]
    for path, following in zip(paths, [*paths[1:], None], strict=True):
        node = nbformat.read(path, as_version=4)
        named = node.metadata.autograder.get("next")
        assert (path.parent / named).resolve() == following if following else named is None
        prose = {c.id: c.source for c in node.cells if c.cell_type == "markdown"}
        links = {
            (path.parent / link).resolve() for link in re.findall(r"\]\(([^):]+\.ipynb)\)", "\n".join(prose.values()))
        }
        assert {one for one in paths if one != path} <= links
        assert all(link.is_file() for link in links)
        assert "- [ ] " in prose["what-you-can"]
        assert node.cells[-1].id == "progress"


def test_the_page_of_the_lesson_has_the_notebooks_parts_minutes_and_points() -> None:
    page = (ROOT / "docs" / "reference" / "course.md").read_text(encoding="utf-8")
    said = re.findall(r"^\| (\d) ([^|]+?)(?:, (\d+) points)? \| (\d+) \| ([●○]+) \|", page, re.M)
    node = nbformat.read(ROOT / "source" / "resnet" / "signs.ipynb", as_version=4)
    prose = "\n\n".join(c.source for c in node.cells if c.cell_type == "markdown")
    parts = re.findall(
        r"^## (\d) (.+)\n\n\*\*Difficulty\*\* ([● ○]+) &nbsp; \*\*Time\*\* about (\d+) minutes"
        r"(?:.*\*\*Points\*\* (\d+))?",
        prose,
        re.M,
    )
    assert len(parts) == 9
    for (number, name, points, minutes, dots), part in zip(said, parts, strict=True):
        assert part[1].startswith(name)
        assert (number, dots, minutes, points) == (part[0], part[2].replace(" ", ""), *part[3:])


@pytest.mark.parametrize("path", sorted((ROOT / "source").glob("*/*.ipynb")), ids=lambda path: path.parent.name)
def test_every_first_cell_begins_the_lesson(path: Path) -> None:
    node = nbformat.read(path, as_version=4)
    assert "\nlesson.begin()" in next(c.source for c in node.cells if c.cell_type == "code")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "source").glob("*/*.ipynb")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_every_question_has_an_answer_folded_away(path: Path) -> None:
    node = nbformat.read(path, as_version=4)
    (questions,) = (c.source for c in node.cells if c.id == "questions")
    asked = re.findall(r"^\*\*(\d+)\.\*\* ", questions, re.M)
    assert asked == [str(number) for number in range(1, len(asked) + 1)] != []
    for part in re.split(r"^\*\*\d+\.\*\* ", questions, flags=re.M)[1:]:
        answer = re.findall(r"<details>\n<summary>(?:Answer|答案)</summary>\n\n(.+?)\n\n</details>", part, re.DOTALL)
        assert len(answer) == 1
        assert len(answer[0]) > 20


def beyond(language: str, cell_id: str) -> str:
    folder = "blocks-beyond" if language == "en" else "blocks-beyond-zh"
    node = nbformat.read(ROOT / "source" / folder / "blocks-beyond.ipynb", as_version=4)
    return next(str(c.source) for c in node.cells if c.id == cell_id)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_of_variants_is_what_was_measured_and_the_words_follow(language: str) -> None:
    rows = re.findall(r"^\| [^|]+ \| ([\d.]+) \| ([\d.]+) \| ([\d %,]+) \|$", beyond(language, "variants-answer"), re.M)
    found = list(RESULTS["variants"].values())
    assert len(rows) == len(found) == 3
    for (first, last, right), one in zip(rows, found, strict=True):
        assert float(first) == pytest.approx(mean(one["first"]), abs=0.006)
        assert float(last) == pytest.approx(mean(one["last"]), abs=0.006)
        assert [round(100 * share) for share in one["right"]] == [int(number) for number in numbers(right)]
    old, before, zero = found
    assert max(before["first"] + zero["first"]) < min(old["first"]), "both begin better"
    assert min(before["right"]) > max(old["right"] + zero["right"]), "pre-activation is ahead on the test images"
    assert mean(zero["last"]) > mean(old["last"]), "zero gamma falls behind"


@pytest.mark.parametrize("whose", ["yours", "the course's"])
def test_zero_gamma_stops_the_gradient_and_additions_lengthen_the_stream(whose: str) -> None:
    import keras
    import numpy as np
    import tensorflow as tf

    from autograder import signs

    space: dict[str, Any] = {"keras": keras, "np": np, **names()}
    if whose == "the course's":  # of a student who has none yet: its layers have other names
        space["identity_block"], _ = signs.own_blocks("nowhere.ipynb")
    source = beyond("en", "variants")
    exec(source[source.index("def network") : source.index("try:")], space)
    x = tf.constant(np.random.default_rng(0).uniform(0, 255, (60, 32, 32, 3)).astype("float32"))
    lengths = []
    for zero in (False, True):
        net = space["network"](space["identity_block"], zero_gamma=zero)
        stream = keras.Model(net.inputs, net.layers[-2].output)
        lengths.append(float(np.linalg.norm(stream(x, training=True), axis=1).mean()))
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(
                keras.losses.sparse_categorical_crossentropy(np.arange(60) % 6, net(x, training=True))
            )
        inside = [layer.kernel for layer in net.layers if "_branch2" in layer.name and hasattr(layer, "kernel")]
        last = [layer.gamma for layer in net.layers if layer.name.endswith("branch2c") and hasattr(layer, "gamma")]
        assert (len(inside), len(last)) == (30, 10)
        *slopes, of_gamma = tape.gradient(loss, [variable.value for variable in (*inside, last[0])])
        assert (max(float(np.abs(slope).max()) for slope in slopes) == 0) is zero
        assert float(np.abs(of_gamma).max()) > 0
    assert lengths[0] > 2 * lengths[1]


@pytest.mark.parametrize("name", ["blocks-beyond", "beyond-convolutions"])
def test_further_notebooks_are_alike_in_both_languages(name: str) -> None:
    english, chinese = (
        nbformat.read(ROOT / "source" / folder / f"{name}.ipynb", as_version=4).cells for folder in (name, f"{name}-zh")
    )
    assert len(english) == len(chinese)
    for mine, theirs in zip(english, chinese, strict=True):
        assert (mine.id, mine.cell_type, mine.metadata) == (theirs.id, theirs.cell_type, theirs.metadata)
        if mine.cell_type == "code":
            assert shape_of(mine.source) == shape_of(theirs.source.replace("-zh", "")), mine.id
        else:
            assert set(numbers(mine.source)) == set(numbers(theirs.source)), mine.id
