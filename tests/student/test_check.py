"""`autograder check NOTEBOOK`: what a learner at the terminal, or a program that reads JSON, gets to see."""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import nbformat
import pytest

from autograder.base.course import Course
from autograder.references.notebook import read_notebook
from autograder.student import check as checking
from autograder.student.check import check_notebook
from tests.shared.built import BuiltCourse
from tests.shared.helpers import (
    EXERCISES,
    ROOT,
    autograder,
    cell,
    handed_in,
    notebook,
    own_words,
    right,
    solution,
    write,
)
from tests.shared.kernels import forked_kernels


@pytest.fixture(autouse=True, scope="module")
def kernels() -> Iterator[None]:
    with forked_kernels():
        yield


KEYS = {"notebook", "language", "protection", "points", "max_points", "exercises"}
EXERCISE_KEYS = {"name", "points", "max_points", "error", "findings"}
FINDING_KEYS = {"step", "layer", "kind", "setting", "expected", "found", "message", "line", "function"}


def as_json(path: Path, *options: object, status: int, course: Path = ROOT) -> dict[str, dict[str, Any]]:
    """The exercises in the JSON by name, the whole under "", after looking at every key."""
    done = autograder("--course", course, "check", path, "--json", *options, cwd=path.parent)
    assert done.returncode == status, done.stdout + done.stderr
    assert own_words(done.stderr) == []
    whole = json.loads(done.stdout)
    assert set(whole) == KEYS
    for exercise in whole["exercises"]:
        assert set(exercise) == EXERCISE_KEYS
        for finding in exercise["findings"]:
            assert set(finding) == FINDING_KEYS
    assert whole["points"] == sum(exercise["points"] for exercise in whole["exercises"])
    assert whole["max_points"] == 30
    assert tuple(exercise["name"] for exercise in whole["exercises"]) == EXERCISES
    return {"": whole} | {exercise["name"]: exercise for exercise in whole["exercises"]}


def nothing_of_ours(text: str) -> bool:
    return not re.search(r"Traceback|site-packages|/autograder/|\bcollect\.py", text)


# --- right, untouched, wrong -----------------------------------------------------------------------------------


def test_a_right_notebook_passes_the_hidden_cases_too(built: BuiltCourse, tmp_path: Path) -> None:
    found = as_json(write(right(), tmp_path / "mine.ipynb"), "--hidden", status=0, course=built.root)
    assert found[""]["points"] == 30
    assert found[""]["language"] == "en"
    assert found[""]["notebook"].endswith("mine.ipynb")
    assert re.match(r"bubblewrap \d.*Landlock", found[""]["protection"])
    assert all(e["findings"] == [] and e["error"] is None for e in found[""]["exercises"])


def test_what_hidden_cases_alone_show_keeps_its_values_to_itself(built: BuiltCourse, tmp_path: Path) -> None:
    """Two functions that follow their arguments on public test cases only; f is 2, 3 or 4 there, stage 1 to 4."""
    fixed_window = ("(f, f)", "(f if f < 4 else 3,) * 2")
    fixed_name = ("bn{stage}{block}_branch", "bn{min(stage, 4)}{block}_branch")
    node = handed_in(
        identity_block=solution("identity_block", fixed_window),
        convolutional_block=solution("convolutional_block", fixed_name),
        resnet50="def ResNet50(input_shape=(64, 64, 3), classes=6):\n    return input_shape, classes\n",
    )
    found = as_json(write(node, tmp_path / "mine.ipynb"), "--hidden", status=1, course=built.root)
    (finding,) = found["identity_block"]["findings"]
    assert (finding["step"], finding["layer"], finding["setting"]) == ("2b", "", "")
    assert finding["expected"] is finding["found"] is None
    assert not re.search(r"\d|size", finding["message"].removeprefix("2b, main path"))
    assert found["identity_block"]["points"] < 10
    names = found["convolutional_block"]["findings"]
    assert [f["step"] for f in names] == ["2a", "2b", "2c", "shortcut"]
    assert all(f["expected"] is f["found"] is None and not re.search("bn|name", f["message"]) for f in names)
    assert re.match("ResNet50 returns .*; it should return a Model", found["resnet50"]["error"])


def test_nothing_public_is_asked_once_hidden_cases_have_been_seen(built: BuiltCourse, tmp_path: Path) -> None:
    """Of no exercise: what a function has seen could stand in another's error. Public stages are 1 and 3."""
    unpacks = "    F1, F2, F3 = filters\n"
    node = handed_in(
        identity_block="seen = []\n" + solution("identity_block", (unpacks, f"{unpacks}    seen.append(stage)\n")),
        convolutional_block="def convolutional_block(X, f, filters, stage, block, s=2):\n    raise KeyError(*seen)\n",
    )
    found = as_json(write(node, tmp_path / "mine.ipynb"), "--hidden", status=1, course=built.root)
    assert found["identity_block"]["points"] == 10
    told = re.search(r"`\((.*?)\)`", str(found["convolutional_block"]))
    assert told is not None, found["convolutional_block"]
    assert set(told[1].replace(" ", "").split(",")) == {"1", "3"}


def test_the_untouched_release_earns_nothing(tmp_path: Path) -> None:
    found = as_json(write(notebook("release"), tmp_path / "mine.ipynb"), status=1)
    assert found[""]["points"] == 0
    assert all("NotImplementedError" in e["error"] and e["findings"] == [] for e in found[""]["exercises"])


def line_of(text: str, source: str) -> int:
    """The number of the first line that holds the text."""
    return next(n for n, line in enumerate(source.splitlines(), 1) if text in line)


def test_chinese_wrong_signature_and_a_syntax_error(tmp_path: Path) -> None:
    without_bias = ('padding="same"', 'padding="same", use_bias=False')
    node = handed_in(
        "resnet-zh",
        identity_block=solution("identity_block", without_bias, assignment="resnet-zh"),
        convolutional_block="def convolutional_block(X, filters):\n    return X\n",
        resnet50="def ResNet50(input_shape=(64, 64, 3), classes=6):\n    return Input(input_shape))\n",
    )
    node.cells.append(nbformat.v4.new_code_cell("print('x' * 5_000_000)\nfor i in range(20_000): print(i)"))
    found = as_json(write(node, tmp_path / "mine.ipynb"), status=1)
    assert found[""]["language"] == "zh"
    (finding,) = found["identity_block"]["findings"]
    assert finding["message"]
    del finding["message"]
    assert finding == {
        "step": "2b",
        "layer": "Conv2D",
        "kind": "wrong setting",
        "setting": "use_bias",
        "expected": True,
        "found": False,
        "line": line_of('padding="same"', solution("identity_block", without_bias, assignment="resnet-zh")),
        "function": "",
    }
    assert found["identity_block"]["points"] == 9.5
    assert "convolutional_block(X, f, filters, stage, block, s=2)" in found["convolutional_block"]["error"]
    assert "这一行的括号 `)` 没有对应的左括号" in found["resnet50"]["error"]


def test_the_language_stands_in_the_metadata_and_in_the_set_up_cell(tmp_path: Path) -> None:
    node = notebook("release", "resnet-zh")
    path = write(node, tmp_path / "mine.ipynb")
    assert read_notebook(path, Course(ROOT)).language == "zh"
    cell(node, "setup").source = cell(node, "setup").source.replace("# language: zh\n", "")
    assert read_notebook(write(node, path), Course(ROOT)).language == "zh"
    del node.metadata["autograder"]
    assert read_notebook(write(node, path), Course(ROOT)).language == "en"
    cell(node, "setup").source += "\n# language: zh"
    assert read_notebook(write(node, path), Course(ROOT)).language == "zh"


# --- cells that are not where they were ------------------------------------------------------------------------


def test_a_cell_renamed_one_twice_and_one_gone(tmp_path: Path) -> None:
    """The copy has its original's cell id, too, as copies sometimes have."""
    node = handed_in(
        identity_block=solution("identity_block"),
        convolutional_block="def convolutional_block(X, f, filters, stage, block, s=2):\n    return Conv2D(3, -1)(X)\n",
    )
    twice = copy.deepcopy(cell(node, "convolutional_block"))
    twice.source = twice.source.replace("    return", "\n    return")
    node.cells.insert(node.cells.index(cell(node, "convolutional_block")) + 1, twice)
    cell(node, "identity_block").metadata.nbgrader.grade_id = "my_block"
    node.cells.remove(cell(node, "resnet50"))
    (tmp_path / "mine.ipynb").write_text(json.dumps(node))
    done = autograder("check", tmp_path / "mine.ipynb")
    assert done.returncode == 1
    assert own_words(done.stderr) == []
    doubts = done.stdout.splitlines()[:3]
    for name, word in (("identity_block", "renamed"), ("resnet50", "deleted"), ("convolutional_block", "last one")):
        assert any(name in doubt and word in doubt for doubt in doubts)
    assert "identity_block: 10 of 10 points" in done.stdout
    assert re.search(r"convolutional_block, line 3: +return Conv2D\(3, -1\)\(X\)", done.stdout)
    assert "no function ResNet50" in " ".join(done.stdout.split())
    assert nothing_of_ours(done.stdout + done.stderr)


# --- functions that give something else, and cells that never come back ---------------------------------------


def test_what_is_returned_instead_and_an_endless_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop is stopped, and the others are graded all the same."""
    monkeypatch.setattr(checking, "CELL_TIMEOUT", 20)
    node = handed_in(
        identity_block="def identity_block(X, f, filters, stage, block):\n    Activation('relu')(X)\n",
        convolutional_block="def convolutional_block(X, f, filters, stage, block, s=2):\n    return tf.zeros((3, 4))\n",
        resnet50="while True:\n    pass\n",
    )
    report = check_notebook(write(node, tmp_path / "mine.ipynb"), Course(ROOT))
    identity, convolutional, resnet = report.reports
    assert "identity_block returns nothing" in str(identity.error)
    assert "convolutional_block returns plain numbers" in str(convolutional.error)
    assert re.search(r"(?i)time|seconds", str(resnet.error))
    assert "20" in str(resnet.error)
    assert not report.passed


def test_a_model_for_a_tensor_and_a_kernel_that_is_ended(tmp_path: Path) -> None:
    node = handed_in(
        identity_block="def identity_block(X, f, filters, stage, block):\n    return Model(X, X)\n",
        convolutional_block="def convolutional_block(X, f, filters, stage, block, s=2):\n    os._exit(0)\nimport os\n",
        resnet50=solution("resnet50"),
    )
    done = autograder("check", write(node, tmp_path / "mine.ipynb"))
    assert done.returncode == 1
    assert "identity_block returns a Model" in done.stdout
    _, convolutional = done.stdout.split("convolutional_block: 0 of 10 points")
    convolutional, resnet = convolutional.split("ResNet50: ")
    assert re.search(r"(?i)kernel", convolutional)
    assert resnet.startswith("10 of 10 points")  # it is looked at without blocks that are wrong
    assert nothing_of_ours(done.stdout + done.stderr)


# --- what is no notebook of this course ------------------------------------------------------------------------


def plain(*sources: str) -> str:
    return nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources]))


def changed(**top: object) -> str:
    return json.dumps({**json.loads(nbformat.writes(notebook("release"))), **top})


VERSION_3 = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": []}]}
NO_NOTEBOOKS = {
    "empty": ("", "not JSON"),
    "text": ("def identity_block(X): pass", "not JSON"),
    "deep": ("[" * 200_000, "not JSON"),
    "latin": (b'{"nbformat": 4, "author": "Ren\xe9"}', "not JSON"),
    "list": ("[1, 2]", "JSON of another kind"),
    "object": ('{"a": 1}', "JSON of another kind"),
    "null": ("null", "JSON of another kind"),
    "no-cells": ('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "damaged"),
    "cells-are-text": (changed(cells="none"), "damaged"),
    "minor-is-text": (changed(nbformat_minor="x"), "damaged"),
    "half-a-character": (changed(metadata={"name": "\ud800"}), "damaged"),
    "version-3": (json.dumps(VERSION_3), "format 3"),
    "version-5": (changed(nbformat=5), "format 5"),
    "version-text": (changed(nbformat="4"), "format '4'"),
    "another-course": (plain("print(1)"), "not a notebook of this course"),
}


@pytest.mark.parametrize("name", NO_NOTEBOOKS)
def test_a_file_that_is_no_notebook_of_this_course(name: str, tmp_path: Path) -> None:
    content, words = NO_NOTEBOOKS[name]
    path = tmp_path / "mine.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert words in sentence(path)


def sentence(path: Path, course: Path = ROOT, *options: str) -> str:
    """The one line on stderr, with status 2, and nothing on stdout."""
    done = autograder("--course", course, "check", path, *options)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("autograder: ")
    assert len(line) < 600
    return line


def test_the_same_from_a_terminal(tmp_path: Path) -> None:
    done = autograder("check", tmp_path / "none.ipynb", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"autograder: There is no file {tmp_path / 'none.ipynb'}.\n"


def test_a_folder_and_a_file_too_large(tmp_path: Path) -> None:
    assert "There is no file" in sentence(tmp_path)
    with (tmp_path / "large.ipynb").open("wb") as file:
        file.truncate(60 * 2**20)
    assert "larger than 50 MB" in sentence(tmp_path / "large.ipynb")


def spoil_version(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        file.attrs["version"] = 99


def spoil_definitions(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file.attrs["notebooks"]
        for group in (found for found in file.values() if isinstance(found, h5py.Group)):
            del group[":definition"]


def of_an_older_kit(path: Path) -> None:
    spoil_definitions(path)
    path.rename(path.parents[1] / path.name)


def spoil_cases(path: Path) -> None:
    with h5py.File(path, "r+") as file:
        del file["convolutional_block"]["public-2"]["outputs"]


def foreign(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["weights"] = [1.0, 2.0]


SPOILT = {
    "missing": (Path.unlink, "There are no references"),
    "old": (spoil_version, "version 99"),
    "no exercises": (spoil_definitions, "hold no exercises"),
    "of an older kit": (of_an_older_kit, "is of an older version of this kit"),
    "damaged": (spoil_cases, "can't be read"),
    "foreign": (foreign, "is not a file of references"),
    "garbage": (lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n" + b"x" * 999), "can't be read"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_references_that_cannot_be_used(name: str, tmp_path: Path) -> None:
    spoil, words = SPOILT[name]
    public = tmp_path / "data" / "references" / "resnet" / "public.h5"
    public.parent.mkdir(parents=True)
    shutil.copy(ROOT / "data" / "references" / "resnet" / "public.h5", public)
    path = write(notebook("release"), tmp_path / "mine.ipynb")
    spoil(public)
    line = sentence(path, tmp_path)
    assert words in line
    assert "autograder build" in line


def test_hidden_cases_where_there_are_none(tmp_path: Path) -> None:
    public = tmp_path / "data" / "references" / "resnet" / "public.h5"
    public.parent.mkdir(parents=True)
    shutil.copy(ROOT / "data" / "references" / "resnet" / "public.h5", public)
    assert "hidden.h5" in sentence(write(notebook("release"), tmp_path / "mine.ipynb"), tmp_path, "--hidden")
