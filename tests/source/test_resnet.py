"""The two instructor notebooks hold together, and release/ is what they give."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from autograder.base.messages import language_in
from tests.shared.built import BuiltCourse, files
from tests.shared.helpers import ASSIGNMENTS, EXERCISES, ROOT, cell, notebook

LANGUAGE = {"resnet": "en", "resnet-zh": "zh"}
NAMES_OF_2018 = (
    "np tf layers Input Add Dense Activation ZeroPadding2D BatchNormalization Flatten Conv2D AveragePooling2D "
    "MaxPooling2D GlobalMaxPooling2D Model load_model glorot_uniform K"
).split()
"""What the 2018 course's first cell imported and answers to it use."""


def without_docstrings(source: str) -> str:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def test_both_languages_have_the_same_cells() -> None:
    english, chinese = (notebook("source", assignment) for assignment in ASSIGNMENTS)
    assert len(english.cells) == len(chinese.cells) > 20
    for mine, theirs in zip(english.cells, chinese.cells, strict=True):
        assert (mine.id, mine.cell_type) == (theirs.id, theirs.cell_type)
        assert mine.metadata == theirs.metadata, mine.id  # grade_id, points and all


def test_both_languages_have_the_same_code_but_for_comments_and_docstrings() -> None:
    english, chinese = (notebook("source", assignment) for assignment in ASSIGNMENTS)
    for mine, theirs in zip(english.cells, chinese.cells, strict=True):
        if mine.cell_type == "code":
            assert without_docstrings(mine.source) == without_docstrings(theirs.source), mine.id


def test_prose_is_in_its_own_language() -> None:
    english, chinese = (notebook("source", assignment) for assignment in ASSIGNMENTS)
    for mine, theirs in zip(english.cells, chinese.cells, strict=True):
        if mine.cell_type == "markdown":
            assert not re.search(r"[\u4e00-\u9fff]", mine.source), mine.id
            assert re.search(r"[\u4e00-\u9fff]", theirs.source), theirs.id


@pytest.mark.parametrize("folder", ["source", "release"])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_language_is_declared_twice_and_alike(assignment: str, folder: str) -> None:
    node = notebook(folder, assignment)
    assert node.metadata.autograder.language == LANGUAGE[assignment]
    assert [language_in(c.source) for c in node.cells if c.cell_type == "code" and language_in(c.source)] == [
        LANGUAGE[assignment]
    ]
    assert language_in(cell(node, "setup").source) == LANGUAGE[assignment]


@pytest.mark.parametrize("folder", ["source", "release"])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_nothing_that_running_leaves_behind(assignment: str, folder: str) -> None:
    for c in notebook(folder, assignment).cells:
        if c.cell_type == "code":
            assert c.outputs == [], c.id
            assert c.execution_count is None, c.id


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_json_is_as_nbformat_writes_it(assignment: str) -> None:
    path = ROOT / "source" / assignment / "resnet.ipynb"
    node = nbformat.read(path, as_version=4)
    nbformat.validate(node)
    assert path.read_text(encoding="utf-8") == nbformat.writes(node) + "\n"


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_three_exercises_of_ten_points(assignment: str) -> None:
    node = notebook("source", assignment)
    marks = {c.metadata.nbgrader.grade_id: c.metadata.nbgrader for c in node.cells if "nbgrader" in c.metadata}
    graded = {name: mark.points for name, mark in marks.items() if mark.grade}
    assert graded == {f"test_{name}": 10 for name in EXERCISES}
    assert tuple(name for name, mark in marks.items() if mark.solution) == EXERCISES
    for name in EXERCISES:
        assert marks[f"test_{name}"].locked
        assert not marks[name].locked


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_solutions_and_hidden_tests_are_marked(assignment: str) -> None:
    node = notebook("source", assignment)
    functions = {
        "identity_block": "identity_block",
        "convolutional_block": "convolutional_block",
        "resnet50": "ResNet50",
    }
    for name in EXERCISES:
        given, _, rest = cell(node, name).source.partition("### BEGIN SOLUTION\n")
        kept, end, after = rest.partition("### END SOLUTION")
        assert end
        assert f"def {functions[name]}(" in given
        assert "return " in kept
        assert after.strip() == ""
        seen, _, hidden = cell(node, f"test_{name}").source.partition("### BEGIN HIDDEN TESTS\n")
        assert f"check({functions[name]})" in seen
        assert hidden == f"grade({functions[name]})\n### END HIDDEN TESTS"


def test_old_answers_find_the_names_of_2018() -> None:
    for assignment in ASSIGNMENTS:
        space: dict[str, object] = {}
        exec(cell(notebook("source", assignment), "setup").source, space)
        missing = [name for name in NAMES_OF_2018 if name not in space]
        assert missing == []
        assert {"check", "grade", "hint"} <= set(space)


@pytest.mark.parametrize("folder", ["source", "release"])
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_figures_are_there_and_every_one_is_shown(assignment: str, folder: str) -> None:
    here = ROOT / folder / assignment
    prose = "\n".join(c.source for c in notebook(folder, assignment).cells if c.cell_type == "markdown")
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", prose)
    figures = {path.name for path in (here / "figures").iterdir()}
    assert {path for _, path in shown} == {f"figures/{name}" for name in figures if name.endswith(".svg")}
    twins = {Path(name).stem for name in figures if name.endswith(".png")}  # for platforms that show no SVG
    assert twins == {Path(name).stem for name in figures if name.endswith(".svg")}
    assert all(len(words) > 20 for words, _ in shown)  # said in words, too


@pytest.mark.parametrize("path", sorted((ROOT / "source").rglob("*.svg")), ids=lambda p: f"{p.parts[-3]}/{p.name}")
def test_figures_are_xml_with_a_title(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert (title.text or "").strip()
    assert not re.search(r'(?:href|src)\s*=\s*"(?:https?:)?//', path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_release_gives_nothing_away(assignment: str) -> None:
    node = notebook("release", assignment)
    source = notebook("source", assignment)
    for path, data in files(ROOT / "release").items():
        text = data.decode("utf-8", errors="replace")  # pictures, too
        assert "BEGIN SOLUTION" not in text, path
        assert "HIDDEN TESTS" not in text, path
        assert not re.search(r"\.(h5|seed)$", path), path
    for name in EXERCISES:
        kept = cell(source, name).source.partition("### BEGIN SOLUTION\n")[2].partition("### END SOLUTION")[0]
        lines = {line.strip() for line in kept.splitlines() if len(line.strip()) > 20 and "#" not in line}
        assert lines
        assert not lines & {line.strip() for line in cell(node, name).source.splitlines()}
        assert "raise NotImplementedError()" in cell(node, name).source
        assert "grade(" not in cell(node, f"test_{name}").source


def test_release_is_what_the_sources_give(built: BuiltCourse) -> None:
    """If this is red: `make build`, and commit release/ with the sources."""
    made, committed = files(built.root / "release"), files(ROOT / "release")
    built = {path.partition("/")[0] for path in made}
    committed = {
        path: data
        for path, data in committed.items()
        if path.partition("/")[0] in built and not path.endswith("signs.ipynb")
    }
    assert sorted(made) == sorted(path for path in committed if ".ipynb_checkpoints" not in path)
    assert [path for path in made if made[path] != committed[path]] == []
