"""Which exercise sets a course has, and what is said where one of them can't be used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.base.course import Course
from autograder.references.notebook import read_notebook
from autograder.references.references import ReferencesError
from autograder.references.sets import exercise_sets, require_current, set_with
from tests.shared.helpers import ROOT, handed_in, write

DATA = Path("data", "references")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A student's copy: public references and nothing else."""
    for name in ("blocks-beyond", "resnet"):
        (tmp_path / DATA / name).mkdir(parents=True)
        shutil.copy(ROOT / DATA / name / "public.h5", tmp_path / DATA / name)
    return Course(tmp_path)


def test_a_student_without_sources_knows_every_exercise_and_its_notebook(course: Course) -> None:
    notebooks = {found.name: [[e.name for e in one] for one in found.notebooks] for found in exercise_sets(course)}
    assert notebooks == {
        "blocks-beyond": [["mended_stage", "pre_activation_block", "batch_norm_forward", "batch_norm_backward"]],
        "resnet": [["identity_block", "convolutional_block", "resnet50"], ["train_signs"]],
    }


def test_a_set_that_cant_be_used_is_in_nobody_elses_way(course: Course) -> None:
    broken = course.references / "blocks-beyond" / "public.h5"
    broken.write_bytes(broken.read_bytes()[:5000])
    found = set_with(course, ["resnet50"])
    assert found is not None
    assert found.name == "resnet"
    with pytest.raises(ReferencesError, match=r"blocks-beyond.*can't be read.*autograder build"):
        set_with(course, ["batch_norm_forward"])


def test_what_an_older_kit_built_is_told_to_whom_it_concerns(course: Course) -> None:
    (course.references / "resnet" / "public.h5").rename(course.references / "public.h5")
    assert set_with(course, ["batch_norm_forward"]) is not None
    with pytest.raises(ReferencesError, match=r"older version of this kit.*run `autograder build`"):
        set_with(course, ["resnet50"])


def test_definitions_that_changed_since_the_build_are_noticed_where_they_are_at_hand(course: Course) -> None:
    shutil.copytree(ROOT / "source" / "resnet", course.source / "resnet")
    assert set_with(course, ["resnet50"]) is not None
    with (course.source / "resnet" / "exercises.py").open("a") as file:
        file.write("# another thought\n")
    with pytest.raises(ReferencesError, match=r"stale.*Run `autograder build resnet`"):
        set_with(course, ["resnet50"])
    with pytest.raises(ReferencesError, match="stale"):
        require_current(course, "resnet")


def test_what_is_left_of_a_notebook_tells_which_one_it_was(course: Course, tmp_path: Path) -> None:
    node = handed_in()
    node.cells = [cell for cell in node.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "resnet50"]
    notebook = read_notebook(write(node, tmp_path / "renamed.ipynb"), course)
    assert [exercise.name for exercise in notebook.exercises] == ["identity_block", "convolutional_block", "resnet50"]
    assert len(notebook.doubts) == 2
