"""A course's folders are called as its nbgrader_config.py says."""

from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory

from autograder.base.course import Course, CourseError

STEPS = ("source", "release", "submitted", "autograded", "feedback")


def course(root: Path, config: str | None) -> Course:
    if config is not None:
        (root / "nbgrader_config.py").write_text(config)
    return Course(root)


@pytest.mark.parametrize("config", [None, "c = get_config()\n", "c.CourseDirectory.course_id = 'x'\n", "((", "\0"])
def test_the_folders_are_nbgraders_own_unless_the_course_names_others(tmp_path: Path, config: str | None) -> None:
    found = course(tmp_path, config)
    defaults = CourseDirectory()
    for step in STEPS:
        assert getattr(found, step) == tmp_path / getattr(defaults, f"{step}_directory")


@pytest.mark.parametrize("step", STEPS)
def test_the_course_may_name_each_of_them(tmp_path: Path, step: str) -> None:
    found = course(tmp_path, f"c = get_config()\nc.CourseDirectory.{step}_directory = 'other'\n")
    assert {name: getattr(found, name) for name in STEPS} == {
        name: tmp_path / ("other" if name == step else name) for name in STEPS
    }


def test_a_setting_that_is_changed_is_read_again(tmp_path: Path) -> None:
    found = course(tmp_path, "c.CourseDirectory.submitted_directory = 'first'\n")
    assert found.submitted.name == "first"
    course(tmp_path, "c.CourseDirectory.submitted_directory = 'second'\n")
    assert found.submitted.name == "second"


def test_the_configuration_is_read_and_not_run(tmp_path: Path) -> None:
    found = course(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    assert found.submitted == tmp_path / "submitted"
    assert not (tmp_path / "ran").exists()


def test_a_name_that_is_computed_is_said_to_be(tmp_path: Path) -> None:
    found = course(tmp_path, "c.CourseDirectory.submitted_directory = 'handed' + '-in'\n")
    with pytest.raises(CourseError, match=r"computes c\.CourseDirectory\.submitted_directory"):
        _ = found.submitted


def test_who_handed_in_has_a_folder_of_the_assignment(tmp_path: Path) -> None:
    found = course(tmp_path, "c.CourseDirectory.submitted_directory = 'handed-in'\n")
    for path in ("handed-in/bob/one", "handed-in/ada/one", "handed-in/eve/two", "submitted/kim/one"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "handed-in" / "joe").mkdir()
    (tmp_path / "handed-in" / "joe" / "one").write_text("no folder")
    assert found.handed_in("one") == ("ada", "bob")
