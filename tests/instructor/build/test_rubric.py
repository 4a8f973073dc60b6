"""An instructor changes what the lesson's exercises are worth: in source/resnet/exercises.py, and builds again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.base.course import Course
from autograder.references.references import load
from autograder.references.sets import exercise_set
from tests.shared.built import SECRET, BuiltCourse
from tests.shared.helpers import autograder, handed_in, solution, write
from tests.shared.kernels import forked_kernels

SLIPS = {
    "identity_block": solution("identity_block", ('padding="same"', 'padding="valid"')),
    "convolutional_block": solution("convolutional_block", ("glorot_uniform(seed=0)", "glorot_uniform(seed=7)")),
    "resnet50": solution("resnet50"),
}
CHANGES = (
    # Of the identity block's steps 2a and 2b, the second becomes worth more.
    ('        Rubric(\n            "2a",\n            2.5,', '        Rubric(\n            "2a",\n            2.0,'),
    ('        Rubric(\n            "2b",\n            2.5,', '        Rubric(\n            "2b",\n            3.0,'),
    ("BLOCKS_AGREED = Conventions(AGREED, each=0.5,", "BLOCKS_AGREED = Conventions(AGREED, each=1.0,"),
    ("inner_cap=3.0", "inner_cap=1.5"),
    (
        '"What does a 1x1 convolution do to the number of channels, and',
        '"How many channels leave a 1x1 convolution, and',
    ),
)


def hidden_cases(root: Path) -> list[str]:
    found = load(Course(root).references / "resnet" / "hidden.h5").references
    return [one.case.model_dump_json() for references in found.values() for one in references]


def points(root: Path, notebook: Path) -> dict[str, float]:
    done = autograder("--course", root, "check", notebook, "--json", cwd=root)
    assert done.returncode == 1, done.stderr
    return {one["name"]: one["points"] for one in json.loads(done.stdout)["exercises"]}


@pytest.mark.slow
@forked_kernels()
def test_points_caps_and_hints_are_the_instructors_to_change(built: BuiltCourse, tmp_path: Path) -> None:
    root = built.copy(tmp_path / "course")
    notebook = write(handed_in(**SLIPS), root / "mine.ipynb")
    before = points(root, notebook)
    # ResNet-50 is put together from the blocks: the slips stand in it many times, and are counted already.
    assert before == {"identity_block": 7.5, "convolutional_block": 9.5, "resnet50": 10.0}
    definitions = root / "source" / "resnet" / "exercises.py"
    text = definitions.read_text()
    for old, new in CHANGES:
        assert text.count(old) == 1
        text = text.replace(old, new)
    definitions.write_text(text)
    hidden = hidden_cases(root)
    done = autograder("--course", root, "build", "resnet", cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert points(root, notebook) == {"identity_block": 7.0, "convolutional_block": 9.0, "resnet50": 10.0}
    identity, _, resnet = exercise_set(Course(root), "resnet").exercises
    assert identity.rubric_of("2a").hints[0].startswith("How many channels leave")
    assert resnet.inner_cap == 1.5
    assert len(hidden_cases(root)) == len(hidden)
    assert not set(hidden_cases(root)) & set(hidden)  # each build draws them anew
    assert (root / "data" / "references" / "hidden.seed").read_text() == SECRET + "\n"  # from the same secret
