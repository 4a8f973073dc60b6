"""A class with every broken submission in it, graded once on the real sandbox: each has its defined status."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults import in_resnet
from tests.faults.batch import WELL_BEHAVED, Graded, grade, workplace
from tests.faults.fault import Fault
from tests.faults.leftovers import adopt_orphans
from tests.faults.measure import FAULTS, changed_scores, judged
from tests.shared.built import BuiltCourse, made_once

pytestmark = pytest.mark.slow
whole_class = pytest.mark.faults


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The whole class in one batch."""
    return graded_once(tmp_path_factory, "faults", FAULTS)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The well-behaved without the others."""
    return graded_once(tmp_path_factory, "no-faults", ())


def graded_once(tmp_path_factory: pytest.TempPathFactory, name: str, faults: Sequence[Fault]) -> Graded:
    def make(folder: Path) -> None:
        adopt_orphans()
        with workplace() as place:
            (folder / "graded.json").write_text(grade(place, faults, ours=True).to_json())

    return Graded.from_json((made_once(tmp_path_factory, name, make) / "graded.json").read_text())


def test_there_are_enough_and_all_differ() -> None:
    assert len(FAULTS) >= 30
    assert len({fault.student for fault in (*FAULTS, *WELL_BEHAVED)}) == len(FAULTS) + len(WELL_BEHAVED)
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@whole_class
def test_the_batch_is_complete_and_leaves_nothing_behind(graded: Graded) -> None:
    assert graded.slips == []
    taken = {fault.student for fault in (*FAULTS, *WELL_BEHAVED) if fault.points is not None}
    assert set(graded.scores) == taken


@whole_class
@pytest.mark.parametrize("fault", [*WELL_BEHAVED, *FAULTS], ids=lambda fault: fault.name.replace(" ", "-"))
def test_fault(fault: Fault, graded: Graded) -> None:
    assert judged(fault, graded, ours=True).slips == ()


@whole_class
def test_the_well_behaved_have_what_they_have_alone(alone: Graded, graded: Graded) -> None:
    assert changed_scores(alone, graded) == []


# --- the real course -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded_resnet(built: BuiltCourse, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    def make(folder: Path) -> None:
        adopt_orphans()
        with workplace() as place:
            (folder / "graded.json").write_text(in_resnet.grade_resnet(place, built.root).to_json())

    return Graded.from_json((made_once(tmp_path_factory, "faults-resnet", make) / "graded.json").read_text())


@whole_class
def test_resnet_batch_is_complete_and_leaves_nothing_behind(graded_resnet: Graded) -> None:
    assert graded_resnet.slips == []


@whole_class
@pytest.mark.parametrize("fault", [*in_resnet.WELL_BEHAVED, *in_resnet.IN_RESNET], ids=lambda fault: fault.student)
def test_resnet_fault(fault: Fault, graded_resnet: Graded) -> None:
    assert judged(fault, graded_resnet, ours=True).slips == ()
