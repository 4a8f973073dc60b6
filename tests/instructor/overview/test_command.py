"""`autograder report` as it is typed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.instructor.overview.conftest import Graded
from tests.shared.helpers import autograder
from tests.shared.light_course import ASSIGNMENT, make_course


def refused(root: Path, *arguments: object) -> str:
    done = autograder("--course", root, "report", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    return line


def test_one_page_for_each_assignment(course: Path) -> None:
    done = autograder("--course", course, "report")
    page = course / f"report-{ASSIGNMENT}.html"
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{page}\n", "")
    first = page.read_text(encoding="utf-8")
    assert f"<title>{ASSIGNMENT}: the class</title>" in first
    assert autograder("--course", course, "report", ASSIGNMENT).returncode == 0


def test_nothing_is_executed_for_it(course: Path) -> None:
    """Though no result is kept any more: what was executed would be kept again."""
    results, log = (course / ".autograder" / name for name in ("results", "grading.log"))
    shutil.rmtree(results)
    before = log.read_text()
    assert autograder("--course", course, "report", ASSIGNMENT).returncode == 0
    assert not results.exists()
    assert log.read_text() == before


def test_links_lead_from_where_the_page_is(course: Path) -> None:
    (course / "pages").mkdir()
    to = course / "pages" / "class.html"
    assert autograder("--course", course, "report", ASSIGNMENT, "--to", to).returncode == 0
    assert f'href="../feedback/ada/{ASSIGNMENT}/' in to.read_text(encoding="utf-8")


def test_wrong_calls(graded: Graded, tmp_path: Path) -> None:
    assert "There is no assignment 'vgg'" in refused(graded.root, "vgg")
    assert "is a folder" in refused(graded.root, ASSIGNMENT, "--to", tmp_path)
    assert "There is no folder" in refused(graded.root, ASSIGNMENT, "--to", tmp_path / "no" / "page.html")
    assert "can't be written" in refused(graded.root, ASSIGNMENT, "--to", tmp_path / ("n" * 300))
    shutil.copytree(graded.root, tmp_path / "course")
    shutil.copytree(graded.root / "source" / ASSIGNMENT, tmp_path / "course" / "source" / "second")
    (tmp_path / "course" / "autograded" / "ada" / "second").mkdir()
    assert "--to names one file" in refused(tmp_path / "course", "--to", tmp_path / "page.html")


def test_never_graded(tmp_path: Path) -> None:
    make_course(tmp_path, ours=True)
    assert "run `autograder grade plain` first" in refused(tmp_path, ASSIGNMENT)
    assert "run `autograder grade` first" in refused(tmp_path)
    assert not (tmp_path / "gradebook.db").exists()
    (tmp_path / "autograded" / "ada" / ASSIGNMENT).mkdir(parents=True)
    assert "run `autograder grade plain` first" in refused(tmp_path, ASSIGNMENT)


@pytest.mark.parametrize("name", ["gradebook.db", "autograded"])
def test_what_is_missing_or_broken_costs_one_sentence_or_a_line(course: Path, name: str) -> None:
    path = course / name
    if name == "gradebook.db":
        path.write_bytes(b"no gradebook at all, but long enough to be looked at" * 30)
        assert "gradebook" in refused(course, ASSIGNMENT)
    else:
        (notebook,) = path.glob("ada/*/*.ipynb")
        notebook.chmod(0o600)
        notebook.write_text("{")
        done = autograder("--course", course, "report")
        assert done.returncode == 0
        page = (course / f"report-{ASSIGNMENT}.html").read_text(encoding="utf-8")
        assert f"there is no graded notebook {ASSIGNMENT}" in page
