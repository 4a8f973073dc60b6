"""Right answers earn the same points in the sandbox as in a notebook's own kernel: all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from traitlets.config import Config

from autograder.base.course import Course
from autograder.diagnosis import judge
from autograder.execution.kernel.confined import start_kernel
from autograder.execution.kernel.session import Cell, Session, Times
from autograder.execution.trust import weighed
from autograder.references.references import ReferenceSet, load
from autograder.report import make_report
from tests.corpus import cases
from tests.shared.exercises import by_name
from tests.shared.helpers import ROOT

pytestmark = pytest.mark.corpus

COURSE = Course(ROOT)


@pytest.fixture(scope="module")
def references() -> ReferenceSet:
    return load(COURSE.references / "resnet" / "public.h5")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """One sandboxed kernel for all answers, one after the other."""
    scratch = tmp_path_factory.mktemp("s")
    session = Session(lambda: start_kernel(scratch, COURSE, Config(), 90.0), Times(cell=120.0))
    try:
        assert session.run(Cell("setup", cases.SETUP)).run.status == "ok"
        yield session
    finally:
        session.close()


@pytest.mark.parametrize("case", list(cases.load("right")), ids=lambda case: case.id)
def test_a_right_answer_earns_all(case: cases.Case, session: Session, references: ReferenceSet) -> None:
    exercise = by_name(case.exercise)
    assert exercise is not None
    assert session.run(Cell("again", "keras.utils.clear_session()\n" + cases.SETUP)).run.status == "ok"
    assert session.run(Cell(case.exercise, case.source)).run.status == "ok"
    found = references.of(exercise)
    evidence = session.collect(exercise, [reference.case for reference in found])
    given = [weighed(e, r.case, COURSE, Config()) for e, r in zip(evidence, found, strict=True)]
    report = make_report(judge(exercise, given, found, references.canary))
    assert report.points == report.max_points, str(report)
    assert report.passed
    assert "no network" in session.protection_words
