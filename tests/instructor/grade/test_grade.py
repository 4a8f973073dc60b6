"""`autograder grade`: a class through autograde, feedback and export in one go."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.shared.built import BuiltCourse, files
from tests.shared.helpers import ROOT, autograder, bring_exercises, handed_in, own_words, solution, write


def scores(course: Path) -> dict[str, float | None]:
    """What grades.csv says; None where it says nothing."""
    with (course / "grades.csv").open(newline="") as file:
        return {
            f"{row['student_id']} {row['assignment']}": float(row["score"]) if row["score"] else None
            for row in csv.DictReader(file)
        }


def line_of(student: str, table: str) -> list[str]:
    """A student's row of the closing table: points of the exercises, total, and a word or two on what is unusual."""
    (row,) = re.findall(rf"^[│|] {student} .*$", table, re.MULTILINE)
    return [part.strip() for part in re.split("[│|]", row)[2:-1]]


@pytest.mark.slow
def test_two_languages_and_two_that_cannot_be_graded(built: BuiltCourse, tmp_path: Path) -> None:
    root = built.copy(tmp_path / "course")
    submitted = root / "submitted"
    wei = handed_in("resnet-zh", identity_block=solution("identity_block", assignment="resnet-zh"))
    write(wei, submitted / "wei" / "resnet-zh" / "resnet.ipynb")
    done = autograder("--course", root, "grade", cwd=tmp_path, COLUMNS="160")
    assert done.returncode == 0, done.stdout + done.stderr
    assert line_of("wei", done.stdout) == ["10", "0", "0", "10", ""]
    page = (root / "feedback" / "wei" / "resnet-zh" / "resnet.html").read_text(encoding="utf-8")
    assert '<div class="autograder-report tex2jax_ignore mathjax_ignore" lang="zh"' in page
    assert scores(root)["wei resnet-zh"] == 10

    no_last_relu = ('    X = Activation("relu")(X)\n    return', "    return")
    alan = handed_in(identity_block=solution("identity_block", no_last_relu))
    write(alan, submitted / "alan" / "resnet" / "resnet.ipynb")
    for student in ("bob", "eve"):
        (submitted / student / "resnet").mkdir(parents=True)
    (submitted / "bob" / "resnet" / "resnet.ipynb").write_text("this is no notebook")
    done = autograder("--course", root, "grade", "resnet", cwd=tmp_path, COLUMNS="160")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert line_of("alan", done.stdout) == ["7.5", "0", "0", "7.5", ""]
    for student in ("bob", "eve"):
        assert line_of(student, done.stdout) == ["-", "-", "-", "-", "not graded"]
    assert "\nbob: not graded: " in done.stdout
    assert "\neve: not graded: there is no notebook in the folder\n" in done.stdout
    assert scores(root)["alan resnet"] == 7.5
    assert scores(root)["bob resnet"] is None
    assert scores(root)["eve resnet"] is None
    assert (root / "feedback" / "alan" / "resnet" / "resnet.html").is_file()
    assert "wei" not in done.stdout.split("feedback")[0]
    assert own_words(done.stderr) == []

    done = autograder("--course", root, "report")
    assert (done.returncode, done.stderr) == (0, "")
    wrong = "<td>identity_block</td><td>add: where the paths meet</td><td>ReLU missing</td>"
    assert wrong in (root / "report-resnet.html").read_text(encoding="utf-8")
    untouched = "<td>resnet50</td><td></td><td>没有改动</td>"
    assert untouched in (root / "report-resnet-zh.html").read_text(encoding="utf-8")


# --- a call that is wrong --------------------------------------------------------------------------------------


def refused(root: Path, *arguments: str) -> str:
    before = files(root)
    done = autograder("--course", root, "grade", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("autograder: ")
    assert files(root) == before
    return line


def test_nobody_handed_in_never_built_and_no_such_assignment(tmp_path: Path) -> None:
    write(handed_in(), tmp_path / "source" / "resnet" / "resnet.ipynb")
    (tmp_path / "nbgrader_config.py").write_bytes((ROOT / "nbgrader_config.py").read_bytes())
    assert "Nobody has handed in resnet" in refused(tmp_path)
    assert "Nobody has handed in resnet" in refused(tmp_path, "resnet")
    assert "There is no assignment 'vgg'" in refused(tmp_path, "vgg")
    bring_exercises(tmp_path / "source" / "resnet")
    write(handed_in(), tmp_path / "submitted" / "ada" / "resnet" / "resnet.ipynb")
    assert "run `autograder build` first" in refused(tmp_path)


def test_no_source(tmp_path: Path) -> None:
    assert "There is no source/" in refused(tmp_path)
    assert "There is no source/" in refused(tmp_path, "resnet")
