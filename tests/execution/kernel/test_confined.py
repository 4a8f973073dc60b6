"""What student code sees of the course in a sandboxed kernel."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from traitlets.config import Config

from autograder.base.course import Course
from autograder.execution.kernel.confined import remove, start_kernel
from autograder.execution.kernel.session import Cell, Session, Times
from tests.shared.helpers import ROOT

SEEN = """
import os
from autograder.base.course import find_course
from autograder.references.sets import exercise_sets
course = find_course()
try:
    listed = os.listdir(course.references)
except OSError as error:
    listed = type(error).__name__
print([[found.name for found in exercise_sets(course)], listed])
"""


@pytest.fixture(params=[None, ("h5py",)], ids=["of its own", "forked"])
def session(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Session]:
    """A kernel that sees this checkout as its course, which does not lie in a folder that sandboxes share."""
    session = Session(lambda: start_kernel(tmp_path, Course(ROOT), Config(), 90.0, request.param), Times(cell=120.0))
    yield session
    session.close()
    remove(tmp_path)


def test_every_sets_public_references_are_found_where_folders_cannot_be_listed(session: Session) -> None:
    run = session.run(Cell("look", SEEN)).run
    (output,) = run.outputs
    sets, listed = ast.literal_eval(output.text)
    assert sets == ["beyond-convolutions", "blocks-beyond", "resnet"]
    assert listed == "PermissionError" or sorted(listed) == sorted(sets)
