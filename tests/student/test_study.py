"""`autograder study`: the learner's own copy, and JupyterLab on it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from autograder.base.course import Course, CourseError, find_course
from autograder.base.messages import reader_language
from autograder.student.study import lay_out
from tests.shared.built import files
from tests.shared.helpers import ROOT, autograder
from tests.shared.server import printed_address

ADDRESS = r"http://127\.0\.0\.1:\d+(/lab/tree/resnet-zh/resnet\.ipynb)\?token=(\w+)"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course as a learner gets it: what is committed of it."""
    shutil.copytree(ROOT / "release", tmp_path / "course" / "release")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path / "course")
    return Course(tmp_path / "course")


# --- the copy ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "assignment"), [("en", "resnet"), ("zh", "resnet-zh")])
def test_the_copy_is_complete_and_belongs_to_the_course(course: Course, language: str, assignment: str) -> None:
    released = files(course.release / assignment)
    (course.release / assignment / ".ipynb_checkpoints").mkdir()
    (course.release / assignment / ".ipynb_checkpoints" / "resnet-checkpoint.ipynb").write_text("{}")
    desk = lay_out(course, language)
    assert desk.notebook == course.root / "study" / assignment / "resnet.ipynb"
    assert not desk.outdated
    copied = files(desk.notebook.parent)
    del copied[".copied-from"]
    assert copied == released
    assert find_course(desk.notebook.parent) == course


def test_what_the_lesson_leads_on_to_lies_beside_it_in_its_language(course: Course) -> None:
    desk = lay_out(course, "zh").notebook.parents[1]
    there = {path.parent.name for path in desk.glob("*/*.ipynb")}
    assert {"resnet-zh", "blocks-beyond-zh", "beyond-convolutions-zh"} <= there
    assert all(name.endswith("-zh") for name in there)
    mine = desk / "blocks-beyond-zh" / "blocks-beyond.ipynb"
    mine.write_text("my work")
    lay_out(course, "zh")
    assert mine.read_text() == "my work"


def test_the_learners_work_is_never_overwritten(course: Course) -> None:
    desk = lay_out(course, "en")
    figure = desk.notebook.parent / "figures" / "resnet50.svg"
    desk.notebook.write_text("my work")
    figure.write_text("my drawing")
    (desk.notebook.parent / "mine.txt").write_text("my notes")
    mine = files(desk.notebook.parent)
    assert not lay_out(course, "en").outdated
    released = course.release / "resnet" / "resnet.ipynb"
    released.write_text(released.read_text() + "\n")
    assert lay_out(course, "en").outdated
    assert files(desk.notebook.parent) == mine

    desk.notebook.parent.rename(desk.notebook.parent.with_name("last year"))
    assert not lay_out(course, "en").outdated
    assert desk.notebook.read_text() == released.read_text()


def test_a_copy_that_was_interrupted_is_completed(course: Course) -> None:
    desk = lay_out(course, "en")
    desk.notebook.unlink()
    (desk.notebook.parent / "figures" / "resnet50.svg").unlink()
    (desk.notebook.parent / "figures" / "identity_block.svg").write_text("my drawing")
    again = lay_out(course, "en")
    assert again.notebook.read_bytes() == (course.release / "resnet" / "resnet.ipynb").read_bytes()
    assert (desk.notebook.parent / "figures" / "resnet50.svg").is_file()
    assert (desk.notebook.parent / "figures" / "identity_block.svg").read_text() == "my drawing"


def test_a_link_of_the_learners_stays_a_link(course: Course) -> None:
    """Also one that leads nowhere for now, such as to a disk that isn't there."""
    desk = lay_out(course, "en")
    desk.notebook.unlink()
    desk.notebook.symlink_to("elsewhere.ipynb")
    lay_out(course, "en")
    assert desk.notebook.is_symlink()


def test_the_repository_ignores_the_copies() -> None:
    assert "/study/" in (ROOT / ".gitignore").read_text().splitlines()


def test_nothing_to_copy_and_nowhere_to_copy_to(course: Course) -> None:
    shutil.rmtree(course.release / "resnet-zh")
    done = autograder("--course", course.root, "study", "--language", "zh")
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(r"autograder: There is no notebook in .*autograder build resnet-zh`\.\n", done.stderr)
    (course.root / "study").write_text("a file in the way")
    with pytest.raises(CourseError, match="can't be used: Not a directory"):
        lay_out(course, "en")


# --- the language -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "environment"),
    [
        ("en", {}),
        ("zh", {"LANG": "zh_CN.UTF-8"}),
        ("zh", {"LANG": "zh"}),
        ("en", {"LANG": "zhx_CN"}),
        ("en", {"LANG": "C.UTF-8"}),
        ("en", {"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}),
        ("zh", {"LC_ALL": "", "LC_MESSAGES": "zh_TW.Big5", "LANGUAGE": "en", "LANG": "en_US.UTF-8"}),
        ("zh", {"LANGUAGE": "de:zh_CN:en", "LANG": "en_US.UTF-8"}),
        ("en", {"LANGUAGE": "de", "LANG": "zh_CN.UTF-8"}),
        ("en", {"LC_CTYPE": "zh_CN.UTF-8"}),
    ],
)
def test_the_readers_language(language: str, environment: dict[str, str]) -> None:
    assert reader_language(environment) == language


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        ((), None),
        (("LANG=zh_CN.UTF-8",), "zh_CN.UTF-8"),
        (("LESSON=zh",), "zh"),
        (("LESSON=en", "LANG=zh"), "en"),
    ],
)
def test_make_study_asks_for_a_language_only_where_its_command_line_does(
    arguments: tuple[str, ...], chosen: str | None
) -> None:
    """The environment is left to the command."""
    environment = {**os.environ, "LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}
    for name in ("LESSON", "MAKEFLAGS", "MAKEOVERRIDES"):  # the tests may have been started by make themselves
        environment.pop(name, None)
    done = subprocess.run(
        ["make", "-n", "study", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    (line,) = (line for line in done.stdout.splitlines() if "autograder study" in line)
    assert re.findall(r'--language "(.*?)"', line) == ([chosen] if chosen else [])


def test_a_language_that_there_is_no_notebook_in() -> None:
    done = autograder("study", "--language", "fr")
    assert done.returncode == 2
    assert "fr" in done.stderr


# --- JupyterLab -------------------------------------------------------------------------------------------------


def test_jupyterlab_opens_the_copy(course: Course, tmp_path: Path) -> None:
    log = tmp_path / "lab.log"
    environment = {**os.environ, "LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1", "HOME": str(tmp_path)}
    passed_on = ["--", "--port=0", "--ServerApp.port_retries=0"]
    with log.open("wb") as file:
        command = ["autograder", "study", "--no-browser", *passed_on]
        lab = subprocess.Popen(command, cwd=course.root, env=environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        address = printed_address(lab, log, ADDRESS)
        base = address.group(0).removesuffix(f"{address.group(1)}?token={address.group(2)}")
        page = urllib.request.urlopen(address.group(0), timeout=20)
        assert page.status == 200
        config = json.loads(
            re.findall(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page.read().decode(), re.DOTALL)[0]
        )
        for tool in ("formgrader", "assignments", "courses"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{base}/{tool}?token={address.group(2)}", timeout=20)
        api = f"{base}/api/contents/resnet-zh/resnet.ipynb?content=1&token={address.group(2)}"
        opened = json.load(urllib.request.urlopen(api, timeout=20))["content"]
    finally:
        lab.terminate()
        lab.wait(20)
    assert "@jupyter/nbgrader" in config["disabledExtensions"]
    assert opened["metadata"]["autograder"]["language"] == "zh"
    said = log.read_text().splitlines()
    assert said[0] == "你自己的副本：study/resnet-zh/resnet.ipynb"
    assert said[1].endswith("autograder watch study/resnet-zh/resnet.ipynb")
    assert not [line for line in said if line.startswith("[E ")]
