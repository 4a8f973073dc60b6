"""The lesson `signs.ipynb`: alike in both languages, safe in official grading, and without an error where it is run."""

from __future__ import annotations

import ast
import builtins
import copy
import os
import re
import shutil
import symtable
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.base.messages import language_in
from tests.shared.helpers import ASSIGNMENTS, ROOT, cell

TASKS = ("train_signs", "the_trap")
SKIP = "skip-execution"


def signs_notebook(folder: str, assignment: str) -> NotebookNode:
    return nbformat.read(ROOT / folder / assignment / "signs.ipynb", as_version=4)


def code(node: NotebookNode) -> list[NotebookNode]:
    return [c for c in node.cells if c.cell_type == "code"]


def skipped(c: NotebookNode) -> bool:
    return SKIP in c.metadata.get("tags", [])


def names_used(source: str) -> tuple[set[str], set[str]]:
    """The names that a cell binds at its top level, and those that it takes from elsewhere, functions included."""
    top = symtable.symtable(source, "cell", "exec")
    bound = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}

    def taken(table: symtable.SymbolTable) -> Iterator[str]:
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (symbol.is_global() or table is top):
                yield symbol.get_name()
        for inner in table.get_children():
            yield from taken(inner)

    return bound, set(taken(top)) - set(dir(builtins))


def shape_of(source: str) -> str:
    """What a cell does, whatever its comments, docstrings and texts say."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not re.search(r"\.\w+$", node.value):
            node.value = ""  # no name of a file
    return ast.dump(tree)


def test_both_languages_have_the_same_cells() -> None:
    english, chinese = (signs_notebook("source", assignment) for assignment in ASSIGNMENTS)
    assert len(english.cells) == len(chinese.cells) > 40
    for mine, theirs in zip(english.cells, chinese.cells, strict=True):
        assert (mine.id, mine.cell_type) == (theirs.id, theirs.cell_type)
        assert mine.metadata == theirs.metadata, mine.id  # grade_id, tags, points and all
        if mine.cell_type == "code":
            assert shape_of(mine.source) == shape_of(theirs.source), mine.id


def test_prose_is_in_its_own_language() -> None:
    english, chinese = (signs_notebook("source", assignment) for assignment in ASSIGNMENTS)
    for mine, theirs in zip(english.cells, chinese.cells, strict=True):
        assert not re.search(r"[\u4e00-\u9fff]", mine.source), mine.id
        if mine.cell_type == "markdown":
            assert re.search(r"[\u4e00-\u9fff]", theirs.source), theirs.id
            for mark in ("<details>", "</details>", "arxiv.org/abs", "● ", "$"):
                assert (mark in mine.source) == (mark in theirs.source), (mine.id, mark)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_json_is_as_nbformat_writes_it_and_nothing_has_run(assignment: str) -> None:
    path = ROOT / "source" / assignment / "signs.ipynb"
    node = nbformat.read(path, as_version=4)
    nbformat.validate(node)
    assert path.read_text(encoding="utf-8") == nbformat.writes(node) + "\n"
    assert all(c.outputs == [] and c.execution_count is None for c in code(node))
    language = {"resnet": "en", "resnet-zh": "zh"}[assignment]
    assert node.metadata.autograder.language == language_in(cell(node, "setup").source) == language


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_one_exercise_graded_by_machine_and_one_by_hand(assignment: str) -> None:
    marks = [c.metadata.nbgrader for c in signs_notebook("source", assignment).cells if "nbgrader" in c.metadata]
    assert {m.grade_id: m.points for m in marks if m.grade} == {"test_train_signs": 10, "the_trap": 5}
    assert tuple(m.grade_id for m in marks if m.solution) == TASKS
    assert len({m.grade_id for m in marks}) == len(marks)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_part_says_how_hard_and_how_long(assignment: str) -> None:
    text = [c.source for c in signs_notebook("source", assignment).cells if re.match(r"## \d", c.source)]
    assert [part[3] for part in text] == list("123456789")
    for part in text:
        assert re.search(r"● ?[●○ ]+", part), part[:40]
        assert re.search(r"\d+ (minutes|分钟)", part), part[:40]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_students_get_neither_solution_nor_marking_scheme(assignment: str) -> None:
    """If this is red after a change of source/: `make build`."""
    source, release = (signs_notebook(folder, assignment) for folder in ("source", "release"))
    for name in TASKS:
        given, _, rest = cell(source, name).source.partition("### BEGIN SOLUTION\n")
        kept = rest.partition("### END SOLUTION")[0]
        handed_out = cell(release, name).source
        assert kept.strip()
        assert handed_out.startswith(given)
        for line in filter(lambda line: len(line.strip()) > 12, kept.splitlines()):
            assert all(line not in c.source for c in release.cells), line
    assert "NotImplementedError" in cell(release, "train_signs").source
    assert "YOUR ANSWER HERE" in cell(release, "the_trap").source
    assert "grade(" not in cell(release, "test_train_signs").source


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_release_is_in_step_with_the_source(assignment: str) -> None:
    """If this is red: `make build`, and commit release/ with the sources."""
    source, release = (signs_notebook(folder, assignment) for folder in ("source", "release"))
    assert [c.id for c in source.cells] == [c.id for c in release.cells]
    for mine, theirs in zip(source.cells, release.cells, strict=True):
        roles = [{k: v for k, v in c.metadata.get("nbgrader", {}).items() if k != "checksum"} for c in (mine, theirs)]
        assert {**roles[1], **roles[0]} == roles[1], mine.id
        assert (mine.cell_type, mine.metadata.get("tags")) == (theirs.cell_type, theirs.metadata.get("tags")), mine.id
        if "### BEGIN" not in mine.source:
            assert mine.source == theirs.source, mine.id


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_grading_runs_without_the_cells_that_train(assignment: str) -> None:
    """No cell that is run then takes a name that only a skipped cell binds; and in full, each is bound before."""
    there: set[str] = set()
    everything: set[str] = set()
    run = []
    for c in code(signs_notebook("source", assignment)):
        bound, taken = names_used(c.source)
        assert taken <= everything | bound, c.id
        everything |= bound
        if not skipped(c):
            assert taken <= there | bound, c.id
            there |= bound
            run.append(c.id)
    assert run == ["setup", "own-blocks", "train-signs-solution", "train-signs-test"]


# --- run for real --------------------------------------------------------------------------------------------------

QUICKER = (
    ("BLOCKS = 10", "BLOCKS = 2"),
    ("depths=(3, BLOCKS), epochs=20", "depths=(1, BLOCKS), epochs=1, seeds=(0,)"),
    ("epochs=2", "epochs=1"),
    (
        "learned = lesson.transfer(identity_block, convolutional_block, data, few=5)",
        "from autograder.lesson.experiments import few_images\nfew_images.BEFORE = few_images.AFTER = 1\n"
        "learned = lesson.transfer(identity_block, convolutional_block, data, few=2, seeds=(0,))",
    ),
    ("signs.train(model, data)", "signs.train(model, data, epochs=1)"),
    (
        "data = signs.load()\n",
        "data = signs.load()\nimport dataclasses\ndata = dataclasses.replace(data, "
        "train_set_x=data.train_set_x[:120], train_set_y=data.train_set_y[:120])\n",
    ),
)
"""The same lesson with less of it: shallower nets, one epoch each, of fewer images."""


def executed(node: NotebookNode, folder: Path, assignment: str) -> NotebookNode:
    """Every cell run, also those that train; beside it resnet.ipynb as the learner has it."""
    folder.mkdir(exist_ok=True)
    node = copy.deepcopy(node)
    for c in code(node):
        for old, new in QUICKER:
            c.source = c.source.replace(old, new)
    client = NotebookClient(
        node, timeout=600, skip_cells_with_tag="", allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    before = os.environ.get("AUTOGRADER_COURSE")
    os.environ["AUTOGRADER_COURSE"] = str(ROOT)
    try:
        client.execute()
    finally:
        os.environ.pop("AUTOGRADER_COURSE") if before is None else os.environ.update(AUTOGRADER_COURSE=before)
    return node


def errors(node: NotebookNode) -> list[tuple[str, str]]:
    return [(c.id, out.evalue) for c in code(node) for out in c.outputs if out.output_type == "error"]


def printed(node: NotebookNode, cell_id: str) -> str:
    (c,) = (c for c in node.cells if c.get("id") == cell_id)
    return "".join(out.text for out in c.outputs if out.output_type == "stream" and out.name == "stdout")


@pytest.mark.slow
def test_the_instructors_notebook_runs_top_to_bottom(tmp_path: Path) -> None:
    shutil.copy(ROOT / "source" / "resnet" / "resnet.ipynb", tmp_path)
    node = executed(signs_notebook("source", "resnet"), tmp_path, "resnet")
    assert errors(node) == []
    assert "identity_block: yours; convolutional_block: yours" in printed(node, "own-blocks")
    assert "near-copies among the test images: 0" in printed(node, "near-copies")
    assert "found: [0, 1, 2, 3, 4]" in printed(node, "planting")
    assert "prepared as in training: True" in printed(node, "photo")
    assert "ResNet50: yours" in printed(node, "sees")
    assert "there is no such file" in printed(node, "sees")
    for c in code(node):  # nothing is shown without words for who can't see it
        for out in c.outputs:
            assert not {"image/png", "image/svg+xml"} & set(out.get("data", {})), c.id
            for picture in re.findall(r"<(?:svg|img)\b[^>]*>", out.get("data", {}).get("text/html", "")):
                assert re.search(r' (?:alt|aria-label|aria-labelledby)="[^"]+"', picture), (c.id, picture[:200])
    assert "trainable weights changed: False" in printed(node, "trap-fix")
    assert (tmp_path / "signs.safetensors").is_file()
    assert float(printed(node, "save-and-load").rpartition(":")[2]) < 1e-5


@pytest.mark.slow
def test_an_untouched_notebook_runs_without_an_error(tmp_path: Path) -> None:
    """Nothing is solved, neither here nor in resnet.ipynb: what isn't there is stood in for, and said."""
    shutil.copy(ROOT / "release" / "resnet-zh" / "resnet.ipynb", tmp_path)
    node = executed(signs_notebook("release", "resnet-zh"), tmp_path, "resnet-zh")
    assert errors(node) == []
    assert "small_resnet" in printed(node, "build-model")
    assert re.search(r"[\u4e00-\u9fff]", printed(node, "build-model"))
