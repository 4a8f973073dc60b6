"""`autograder build`: references and student versions out of real sources, every step proven, or nothing at all."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest
from nbformat import NotebookNode

from autograder.base.course import Course
from autograder.graph import same
from autograder.instructor.build.solutions import gap_of
from autograder.references.references import load
from tests.shared.built import SECRET, BuiltCourse, files
from tests.shared.exercises import EXERCISES as ALL
from tests.shared.helpers import (
    EXERCISES,
    ROOT,
    autograder,
    bring_exercises,
    cell,
    notebook,
    own_words,
    run,
    solution,
    write,
)
from tests.shared.kernels import forked_kernels

Done = subprocess.CompletedProcess[str]


def a_course(root: Path, **notebooks: NotebookNode) -> Path:
    """A course of its own with these instructor notebooks."""
    root.mkdir(exist_ok=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for assignment, node in notebooks.items():
        write(node, root / "source" / assignment.replace("_", "-") / "resnet.ipynb")
    bring_exercises(root / "source" / "resnet")
    return root


def narrow(node: NotebookNode) -> NotebookNode:
    """With a ResNet-50 of three or four filters everywhere, which is wrong, and quick."""
    cell(node, "resnet50").source = re.sub(r"filters=\[[^]]+\]", "filters=[2, 3, 4]", cell(node, "resnet50").source)
    return node


def refused(root: Path, *arguments: str, status: int, by: Callable[..., Done] = autograder) -> str:
    """A build that fails: one sentence, no traceback, and neither data/ nor release/ are other than before."""
    before = {name: files(root / name) for name in ("data", "release")}
    done = by("--course", root, "build", *arguments)
    assert done.returncode == status, done.stdout + done.stderr
    (sentence,) = own_words(done.stderr)
    assert sentence.startswith("autograder: ")
    assert "Traceback" not in done.stdout + done.stderr
    assert "Built" not in done.stdout
    assert {name: files(root / name) for name in ("data", "release")} == before
    return sentence


# --- a build that goes well ------------------------------------------------------------------------------------


def test_it_says_what_it_has_proven(built: BuiltCourse) -> None:
    cases = sum(len(e.public_cases) + len(e.draw_hidden_cases(Random(1))) for e in ALL)
    last = built.english.splitlines()[-1]
    assert last.startswith(f"Built resnet: {cases} test cases, solutions earn all, untouched notebooks earn 0,")
    furthest = re.search(r"within (\d\.\de-\d+)", last)
    assert furthest
    assert 0 < float(furthest[1]) <= 1e-5
    for progress in ("running the instructor's notebook", "making the student version", "trying the untouched"):
        assert f"resnet: {progress}" in built.english
        assert f"resnet-zh: {progress}" in built.chinese


def test_a_second_build_leaves_the_references_as_they_are(built: BuiltCourse) -> None:
    before = files(built.data_before)
    assert sorted(before) == [
        "references/hidden.seed",
        "references/resnet/hidden.h5",
        "references/resnet/public.h5",
    ]
    assert files(built.root / "data") == before  # byte by byte, the seed too, which was given only once


def test_public_references_are_the_committed_ones(built: BuiltCourse) -> None:
    """If this is red: `make build`, and commit data/references/resnet/public.h5."""
    made, committed = (load(Course(root).references / "resnet" / "public.h5") for root in (built.root, ROOT))
    assert made.solutions.items() < committed.solutions.items()  # which have that of signs.ipynb, too
    assert set(made.references) == set(EXERCISES)
    assert made.notebooks == committed.notebooks[:1] == (EXERCISES,)
    for name in EXERCISES:
        for mine, theirs in zip(made.references[name], committed.references[name], strict=True):
            assert mine.case == theirs.case
            assert same(mine.graph, theirs.graph)


def test_hidden_references_follow_the_secret_and_stay_hidden(built: BuiltCourse) -> None:
    hidden = load(Course(built.root).references / "resnet" / "hidden.h5")
    cases = {name: tuple(r.case for r in found) for name, found in hidden.references.items()}
    assert hidden.draw
    assert cases == {e.name: e.draw_hidden_cases(Random(f"{SECRET}/{hidden.draw}/{e.name}")) for e in ALL}
    assert all(case.hidden for found in cases.values() for case in found)
    assert (built.root / "data" / "references" / "hidden.seed").read_text() == SECRET + "\n"
    for folder in (built.data_before, built.root / "data"):
        for name in ("resnet/hidden.h5", "hidden.seed"):
            assert (folder / "references" / name).stat().st_mode & 0o777 == 0o600
    assert SECRET not in built.english


# --- sources that do not hold together -------------------------------------------------------------------------


@forked_kernels()
def test_a_language_that_disagrees_with_the_other(built: BuiltCourse, tmp_path: Path) -> None:
    root = built.copy(tmp_path / "course")
    write(narrow(notebook("source", "resnet-zh")), root / "source" / "resnet-zh" / "resnet.ipynb")
    sentence = refused(root, "resnet-zh", "--seed", "a seed that must not be kept", status=1)
    assert "source/resnet-zh/resnet.ipynb, cell resnet50: the solution earns" in sentence
    assert "the number of filters" in sentence


@forked_kernels()
def test_a_solution_that_is_not_what_the_outline_says(tmp_path: Path) -> None:
    node = narrow(notebook("source"))
    cell(node, "convolutional_block").source = solution(
        "convolutional_block",
        ('    X_shortcut = BatchNormalization(axis=3, name=bn_name_base + "1")(X_shortcut)\n', ""),
    )
    sentence = refused(a_course(tmp_path, resnet=node), status=1)
    assert "source/resnet/resnet.ipynb, cell convolutional_block, test case public-1: " in sentence


def test_a_solution_without_marks(tmp_path: Path) -> None:
    node = notebook("source")
    cell(node, "resnet50").source = cell(node, "resnet50").source.replace("### END SOLUTION", "")
    sentence = refused(a_course(tmp_path, resnet=node), status=1, by=autograder)
    assert "source/resnet/resnet.ipynb, cell resnet50: the solution does not stand between ### BEGIN SOL" in sentence


def test_a_solution_cell_that_is_missing(tmp_path: Path) -> None:
    node = notebook("source")
    node.cells.remove(cell(node, "resnet50"))
    sentence = refused(a_course(tmp_path, resnet=node), status=2, by=autograder)
    assert "source/resnet/exercises.py, exercise resnet50: no notebook there has a solution cell" in sentence


def test_a_cell_that_raises(tmp_path: Path) -> None:
    node = notebook("source")
    cell(node, "setup").source = "numbers = []\nnumbers[3]"
    sentence = refused(a_course(tmp_path, resnet=node), status=1)
    assert sentence.endswith("source/resnet/resnet.ipynb, cell setup: IndexError: list index out of range")


# --- a call that is wrong --------------------------------------------------------------------------------------


def test_no_source(tmp_path: Path) -> None:
    assert "There is no source/" in refused(tmp_path, status=2, by=autograder)
    assert "There is no source/" in refused(tmp_path, "resnet", status=2, by=autograder)


def test_no_such_course(tmp_path: Path) -> None:
    assert "There is no folder" in refused(tmp_path / "nowhere", status=2, by=autograder)


def test_an_assignment_that_is_not_there(tmp_path: Path) -> None:
    root = a_course(tmp_path, resnet=notebook("source"))
    (root / "source" / "empty").mkdir()
    for name in ("vgg", "empty", "../resnet"):
        sentence = refused(root, name, status=2, by=autograder)
        assert repr(name) in sentence
        assert sentence.endswith("there is: resnet.")


def test_a_source_without_notebooks(tmp_path: Path) -> None:
    (tmp_path / "source" / "resnet").mkdir(parents=True)
    assert "There is no notebook in" in refused(tmp_path, status=2, by=autograder)


def test_a_source_that_is_no_notebook(tmp_path: Path) -> None:
    root = a_course(tmp_path, resnet=notebook("source"))
    (root / "source" / "resnet" / "resnet.ipynb").write_text("not JSON")
    assert "is not a notebook" in refused(root, status=2, by=autograder)


@pytest.mark.parametrize("name", ["data", "data/references", "release"])
def test_something_stands_in_a_folders_place(name: str, tmp_path: Path) -> None:
    """As root, too, nothing can be written there."""
    root = a_course(tmp_path, resnet=notebook("source"))
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("mine")
    assert f"{root / name} is not a folder" in refused(root, status=2, by=autograder)
    assert (root / name).read_text() == "mine"


READ_ONLY = ("unshare", "-rm", "sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"')
"""Runs a command for which one folder is read-only, as root too: a mount that this command alone sees."""


@pytest.mark.parametrize("name", ["data", "release"])
def test_a_folder_that_may_not_be_written(name: str, tmp_path: Path) -> None:
    root = a_course(tmp_path, resnet=notebook("source"))
    (root / name).mkdir()
    if not shutil.which("unshare") or subprocess.run([*READ_ONLY, root / name, "true"], capture_output=True).returncode:
        pytest.skip("this machine gives tests no mounts of their own")

    def read_only(*arguments: object) -> Done:
        return run(*READ_ONLY, root / name, "autograder", *arguments, cwd=root)

    assert f"{root / name} is not writable" in refused(root, status=2, by=read_only)


def test_outputs_that_are_all_zero_are_as_expected() -> None:
    """A picture of one or two pixels may come out of the last ReLU as nothing: that is no reason to refuse a build."""
    nothing = np.zeros((1, 1, 2, 3), np.float32)
    assert gap_of(nothing, nothing.astype(np.float64)) == 0.0
    assert gap_of(nothing + 1, nothing.astype(np.float64)) == 1.0
