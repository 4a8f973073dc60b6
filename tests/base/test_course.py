"""A course's folders are called as its nbgrader_config.py says."""

from pathlib import Path

import pytest
from nbgrader.coursedir import CourseDirectory

from autograder import cli
from autograder.base import course as course_module
from autograder.base.course import Course, CourseError, find_course
from tests.shared.helpers import ROOT

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


# --- which course one is in -------------------------------------------------------------------------------------------


def handed_in(root: Path, *folders: str) -> Path:
    """A student's folder that looks like a course: a configuration, references, an assignment."""
    place = root.joinpath(*folders)
    for name in ("nbgrader_config.py", "data/references/resnet/public.h5", "source/resnet/resnet.ipynb"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).touch()
    return place


@pytest.mark.parametrize("step", ["submitted", "downloaded", "autograded", "feedback", "Submitted"])
@pytest.mark.parametrize("deeper", [(), ("resnet",), ("resnet", "data", "references")])
def test_what_was_handed_in_is_no_course(tmp_path: Path, step: str, deeper: tuple[str, ...]) -> None:
    root = handed_in(tmp_path, "course")
    handed_in(root, step, "mallory", "resnet")
    here = handed_in(root, step, "mallory").joinpath(*deeper)
    assert find_course(here) == Course(root)


def test_a_course_that_calls_its_folders_otherwise(tmp_path: Path) -> None:
    root = handed_in(tmp_path, "course")
    course(root, "c.CourseDirectory.submitted_directory = 'handed-in'\n")
    assert find_course(handed_in(root, "handed-in", "mallory", "resnet")) == Course(root)
    assert find_course(handed_in(root, "other")) == Course(root / "other")


def test_links_into_and_out_of_a_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = handed_in(tmp_path, "course")
    elsewhere = handed_in(tmp_path, "disk", "mallory", "resnet")
    (root / "submitted").symlink_to(tmp_path / "disk")
    assert find_course(root / "submitted" / "mallory" / "resnet") == Course(root)
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("PWD", str(root / "submitted" / "mallory" / "resnet"))
    assert find_course() == Course(root)
    inside = handed_in(root, "autograded", "mallory", "resnet")
    (tmp_path / "link").symlink_to(inside)
    assert find_course(tmp_path / "link") == Course(root)


def test_a_folder_of_handed_in_work_without_a_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout of the kit may be the last resort; else nothing is."""
    here = handed_in(tmp_path, "submitted", "mallory", "resnet")
    assert find_course(here) == Course(ROOT)
    installed = tmp_path / "site-packages" / "autograder" / "base" / "course.py"
    monkeypatch.setattr(course_module, "__file__", str(installed))
    with pytest.raises(CourseError, match="what students hand in is not taken for a course"):
        find_course(here)


@pytest.mark.parametrize(
    "arguments", [["export", "--format", "csv"], ["grade"], ["undo"], ["report"], ["collect", ".", "resnet"]]
)
def test_no_command_runs_a_students_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    root = tmp_path / "course"
    (root / "source" / "plain").mkdir(parents=True)
    (root / "source" / "plain" / "plain.ipynb").write_text("{}")
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'x'\n")
    here = handed_in(root, "submitted", "mallory", "resnet")
    ran = tmp_path / "ran"
    (here / "nbgrader_config.py").write_text(f"open({str(ran)!r}, 'w')\n")
    monkeypatch.chdir(here)
    assert cli.main(arguments) != 0
    assert not ran.exists()
    assert f"The course is {root}" in capsys.readouterr().err


def test_references_beside_a_notebook_are_a_course(tmp_path: Path) -> None:
    (tmp_path / "public.h5").write_bytes(b"")
    found = find_course(tmp_path)
    assert found.root == tmp_path
    assert found.public_references() == (tmp_path / "public.h5",)
    handed_in = tmp_path / "submitted" / "ada" / "resnet"
    handed_in.mkdir(parents=True)
    (handed_in / "public.h5").write_bytes(b"")
    assert find_course(handed_in).root == tmp_path


def test_the_folder_of_references_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "references" / "resnet"
    folder.mkdir(parents=True)
    (folder / "public.h5").write_bytes(b"")
    assert find_course(folder).root == tmp_path
    assert find_course(tmp_path).public_references() == (folder / "public.h5",)
