"""Every format, written from a real gradebook and read as its system reads it."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event
from sqlalchemy.engine import Engine

from autograder.base.course import Course
from autograder.instructor.export.grades_csv import export_grades
from autograder.instructor.export.table import is_formula, number, shown
from autograder.nbgrader.gradebook.standing import Standing, write_standing
from tests.instructor.export.class_book import PEOPLE, SCORED, UNSCORED, changed, enlarge, make
from tests.instructor.export.readers import Canvas, MoodleRefusal, formulas, moodle, rows
from tests.shared.helpers import autograder
from tests.shared.platforms import Moodle, Participant

SYSTEM = Canvas(
    ids={lms: name for name, (_, _, _, lms) in PEOPLE.items()},
    sis={f"S{lms}": name for name, (_, _, _, lms) in PEOPLE.items()},
    logins={name: name for name in PEOPLE},
)
TEXT = {**{name: number(points) for name, points in SCORED.items()}, **dict.fromkeys(UNSCORED, "")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make(tmp_path_factory.mktemp("made") / "course")


@pytest.fixture
def course(made: Course, tmp_path: Path) -> Course:
    return Course(Path(shutil.copytree(made.root, tmp_path / "kurs 课")))


def export(course: Course, *arguments: object) -> str:
    """Run the command; it has to succeed. Returns what it says."""
    done = autograder("--course", course.root, "export", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(course: Course, *arguments: object) -> str:
    """Run the command; it has to refuse in one line, and leave the folder as it is."""
    before = sorted(p.name for p in course.root.rglob("*"))
    done = autograder("--course", course.root, "export", *arguments)
    assert done.returncode == 2, done.stdout
    assert done.stdout == ""
    assert sorted(p.name for p in course.root.rglob("*")) == before
    (line,) = done.stderr.splitlines()
    return line.removeprefix("autograder: ")


def write(path: Path, *lines: list[str], delimiter: str = ",", bom: bool = False) -> Path:
    with path.open("w", newline="", encoding="utf-8-sig" if bom else "utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(lines)
    return path


def canvas_roster(path: Path, names: list[str] | None = None, delimiter: str = ",", bom: bool = False) -> Path:
    """Canvas's own export of its gradebook, as its exporter writes it, with the student of its student view."""
    heading = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "resnet (7788)", "Quiz (7789)", "Final Score"]
    people = [
        [f"{last}, {first}", lms, f"S{lms}", f"{name.upper()}@login", "A and B", "", "3", "50.0"]
        for name, (first, last, _, lms) in PEOPLE.items()
        if names is None or name in names
    ]
    possible = ["    Points Possible", "", "", "", "", "15", "5", "(read only)"]
    test = ["Student, Test", "999", "", "abc0", "A", "", "", ""]
    muted = ["", "", "", "", "", "Manual Posting", "", ""]
    return write(path, heading, muted, possible, *people, test, delimiter=delimiter, bom=bom)


def test_canvas_without_a_roster(course: Course) -> None:
    said = export(course, "resnet", "--format", "canvas")
    scores, possible, strangers = SYSTEM.read(course.root / "grades-canvas.csv")
    assert {name: cells["resnet"] for name, cells in scores.items()} == TEXT
    assert possible == {"resnet": "15"}
    assert strangers == []
    assert "resnet: no score, missing: absent." in said
    assert "resnet: no score, could not be graded: broken." in said
    assert "resnet: no score, to be graded by hand: again, essay." in said


def test_canvas_finds_a_student_by_login_where_there_is_no_number(course: Course) -> None:
    changed(course, "li.wei", lms_user_id="")
    changed(course, "ann", lms_user_id="a1b2-c3")
    export(course, "--format", "canvas")
    scores, _, strangers = SYSTEM.read(course.root / "grades-canvas.csv")
    assert {name: cells["resnet"] for name, cells in scores.items()} == TEXT
    assert strangers == []


@pytest.mark.parametrize(("delimiter", "bom"), [(",", False), (";", True)])
def test_canvas_fills_its_own_export_in(course: Course, tmp_path: Path, delimiter: str, bom: bool) -> None:
    roster = canvas_roster(tmp_path / "roster.csv", delimiter=delimiter, bom=bom)
    export(course, "resnet", "--format", "canvas", "--roster", roster, "--to", tmp_path / "out.csv")
    scores, possible, strangers = SYSTEM.read(tmp_path / "out.csv")
    assert {name: cells["resnet (7788)"] for name, cells in scores.items()} == TEXT
    assert possible == {"resnet (7788)": "15"}
    assert strangers == []
    table = rows(tmp_path / "out.csv")
    assert ['O\'Brien, "Ann"', "101", "S101", "ANN@login", "A and B", "11.5"] in table
    assert ["李, 伟", "102", "S102", "LI.WEI@login", "A and B", "12"] in table
    assert formulas(tmp_path / "out.csv") == []
    assert [row[0] for row in table if row[1] == "103"] == ["'+1, '-2, '=cmd()"]


def test_canvas_takes_a_heading(course: Course) -> None:
    export(course, "resnet", "--format", "canvas", "--column", "Homework 3 (12)")
    assert rows(course.root / "grades-canvas.csv")[0][-1] == "Homework 3 (12)"


def test_canvas_takes_no_student_for_the_row_of_possible_points(course: Course) -> None:
    export(course, "resnet", "--format", "canvas")
    named = [row[0] for row in rows(course.root / "grades-canvas.csv") if "Points Possible" in row[0]]
    assert named == ["    Points Possible"]


@pytest.mark.parametrize("way", ["email", "username", "idnumber"])
def test_moodle_without_a_roster(course: Course, way: str) -> None:
    export(course, "resnet", "--format", "moodle", *(() if way == "email" else ("--identify", way)))
    column, at = {"email": ("Email address", 2), "username": ("Username", None), "idnumber": ("ID number", 3)}[way]
    users = {fields[at] if at is not None else name: name for name, fields in PEOPLE.items()}
    grades = moodle(course.root / "grades-moodle.csv", column, users, "resnet")
    assert grades == {**SCORED, **dict.fromkeys(UNSCORED)}
    assert formulas(course.root / "grades-moodle.csv") == []


def test_moodle_spells_an_address_as_its_roster_does(course: Course, tmp_path: Path) -> None:
    people = [[first, last, email.upper()] for first, last, email, _ in PEOPLE.values()]
    roster = write(tmp_path / "r.csv", ["First name", "Last name", "Email address"], *people)
    export(course, "--format", "moodle", "--roster", roster)
    users = {email.upper(): name for name, (_, _, email, _) in PEOPLE.items()}
    grades = moodle(course.root / "grades-moodle.csv", "Email address", users, "resnet")
    assert grades == {**SCORED, **dict.fromkeys(UNSCORED)}
    with pytest.raises(MoodleRefusal):  # the reader does read
        moodle(course.root / "grades-moodle.csv", "Email address", {"ANN@UNI.EXAMPLE": "ann"}, "resnet")


def test_moodle_needs_an_identity_for_everybody(course: Course) -> None:
    changed(course, "ann", email="")
    assert refused(course, "--format", "moodle").startswith("ann: no Email address in the gradebook.")
    changed(course, "ann", email="LI@uni.example")
    assert "ann, li.wei have the same Email address" in refused(course, "--format", "moodle")
    changed(course, "ann", email="=cmd()")
    assert "would take '=cmd() for a formula" in refused(course, "--format", "moodle")


def test_gradescope(course: Course) -> None:
    export(course, "resnet", "--format", "gradescope")
    with (course.root / "grades-gradescope.csv").open(newline="", encoding="utf-8") as file:
        found = {row["SID"]: row for row in csv.DictReader(file)}
    assert {name: row["Total Score"] for name, row in found.items()} == TEXT
    assert {row["Max Points"] for row in found.values()} == {"15"}
    words = {"missing": "Missing", "to be graded by hand": "Ungraded", "could not be graded": "Ungraded"}
    assert {name: row["Status"] for name, row in found.items()} == {
        **dict.fromkeys(SCORED, "Graded"),
        **{name: words[why] for name, why in UNSCORED.items()},
    }
    assert found["ann"]["Email"] == "Ann@uni.example"
    assert (found["ann"]["First Name"], found["ann"]["Last Name"]) == ('"Ann"', "O'Brien")
    assert (found["li.wei"]["First Name"], found["li.wei"]["Last Name"]) == ("伟", "李")
    assert found["ann"]["Submission Time"] == "2026-03-01 13:30:05 +0000"
    assert found["ann"]["Lateness (H:M:S)"] == "01:30:05"
    assert found["zero"]["Lateness (H:M:S)"] == "00:00:00"
    assert found["absent"]["Submission Time"] == ""
    assert formulas(course.root / "grades-gradescope.csv") == []


def test_gradescope_with_its_roster(course: Course, tmp_path: Path) -> None:
    people = [[first, last, lms, email, "Student", "A"] for first, last, email, lms in PEOPLE.values()]
    heading = ["First Name", "Last Name", "SID", "Email", "Role", "Section"]
    roster = write(tmp_path / "r.csv", heading, *people, ["Pro", "F", "", "prof@uni.example", "Instructor", ""])
    export(course, "resnet", "--format", "gradescope", "--roster", roster)
    table = rows(course.root / "grades-gradescope.csv")
    assert len(table) == 1 + len(PEOPLE)
    assert {row[2]: row[5] for row in table[1:]} == {PEOPLE[name][3]: points for name, points in TEXT.items()}
    assert {row[4] for row in table[1:]} == {"A"}


def test_csv(course: Course) -> None:
    export(course, "resnet", "--format", "csv")
    with (course.root / "grades.csv").open(newline="", encoding="utf-8") as file:
        found = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: row["status"] for name, row in found.items()} == {**dict.fromkeys(SCORED, "graded"), **UNSCORED}
    assert {name: float(found[name]["score"]) for name in SCORED} == SCORED
    assert (found["broken"]["score"], found["essay"]["score"], found["absent"]["score"]) == ("", "", "")
    assert found["eve"]["first_name"] == "'=cmd()"
    assert formulas(course.root / "grades.csv") == []


ELSEWHERE = ("x;=cmd!A1", "a\t@SUM(1)", 'b;"=1+1', "c, =1", "d;  +1;-x", "e|=1", "f;\u200b=1", "=1;=2")
"""Formulas for a spreadsheet that separates cells by something else."""


@pytest.mark.parametrize("text", ELSEWHERE)
@pytest.mark.parametrize("system", ["csv", "canvas", "moodle", "gradescope"])
def test_no_separator_makes_a_formula(course: Course, text: str, system: str) -> None:
    changed(course, "eve", first_name=text, last_name=text)
    if system == "csv":
        changed(course, text.replace("\t", ";").replace("|", ";"), email=text)
    export(course, "resnet", "--format", system)
    (table,) = course.root.glob("grades*.csv")
    assert formulas(table) == []


@pytest.mark.parametrize("text", [text for text in ELSEWHERE if "\t" not in text])
def test_an_identity_is_never_altered(course: Course, text: str) -> None:
    changed(course, text, email="x@uni.example")
    assert "for a formula" in refused(course, "resnet", "--format", "canvas")


@contextmanager
def queries() -> Iterator[list[str]]:
    """The statements that any database is sent within the block."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_a_larger_class_takes_no_more_queries(course: Course) -> None:
    with queries() as few:
        export_grades(course, ["resnet"])
    enlarge(course, by=15)
    with queries() as many:
        export_grades(course, ["resnet"])
    assert 0 < len(many) == len(few)
    assert len((course.root / "grades.csv").read_text(encoding="utf-8").splitlines()) == 1 + len(PEOPLE) + 15


@pytest.mark.parametrize("plugin", ["CanvasExport", "MoodleExport", "GradescopeExport"])
def test_stock_nbgrader_writes_the_same(course: Course, tmp_path: Path, plugin: str) -> None:
    name = plugin.removesuffix("Export").lower()
    export(course, "resnet", "--format", name)
    ours = (course.root / f"grades-{name}.csv").read_bytes()
    done = stock(course, plugin, "--assignment", '["resnet"]', "--to", "theirs.csv")
    assert done.returncode == 0, done.stderr
    assert (course.root / "theirs.csv").read_bytes() == ours
    done = stock(course, plugin, "--assignment", '["vgg"]', "--to", "never.csv")
    assert done.returncode == 2
    assert "There is no assignment 'vgg' in the gradebook; there is: " in done.stderr
    assert "Traceback" not in done.stderr
    assert not (course.root / "never.csv").exists()


def test_stock_nbgrader_takes_a_roster(course: Course, tmp_path: Path) -> None:
    roster = canvas_roster(tmp_path / "roster.csv")
    done = stock(course, "CanvasExport", f"--CanvasExport.roster={roster}", "--to", "theirs.csv")
    assert done.returncode == 0, done.stderr
    assert "resnet (7788)" in rows(course.root / "theirs.csv")[0]


def stock(course: Course, plugin: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["nbgrader", "export", f"--exporter=autograder.plugins.{plugin}", *arguments]
    return subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=120)


def test_students_whom_only_one_side_knows(course: Course, tmp_path: Path) -> None:
    roster = canvas_roster(tmp_path / "roster.csv", [name for name in PEOPLE if name not in ("ann", "li.wei")])
    said = refused(course, "--format", "canvas", "--roster", roster)
    assert said.startswith("The roster doesn't know ann, li.wei of the gradebook. Add who is missing")
    more = write(
        tmp_path / "more.csv", *rows(canvas_roster(tmp_path / "all.csv")), ["Neu, 新\x1b[2J", "7", "", "", "A"]
    )
    said = refused(course, "--format", "canvas", "--roster", more)
    assert said.startswith("The gradebook doesn't know Neu, 新?[2J of the roster.")
    both = write(tmp_path / "both.csv", *rows(roster), ["Neu, 新", "7", "S7", "", "A"])
    said = export(course, "--format", "canvas", "--roster", both, "--incomplete")
    assert (
        "Passed over: the roster doesn't know ann, li.wei of the gradebook; the gradebook doesn't know Neu, 新" in said
    )
    scores, _, _ = Canvas({**SYSTEM.ids, "7": "neu"}, {}, {}).read(course.root / "grades-canvas.csv")
    expected = {name: points for name, points in TEXT.items() if name not in ("ann", "li.wei")}
    assert {name: cells["resnet (7788)"] for name, cells in scores.items()} == {**expected, "neu": ""}


def test_who_could_be_two(course: Course, tmp_path: Path) -> None:
    heading, *people = rows(canvas_roster(tmp_path / "r.csv"))
    twice = write(tmp_path / "twice.csv", heading, *people, ["Again, A", "5", "", "ann", "A"])
    assert refused(course, "--format", "canvas", "--roster", twice).startswith("Student ann could be 2 rows")
    changed(course, "101", lms_user_id="S101")
    said = refused(course, "--format", "canvas", "--roster", canvas_roster(tmp_path / "r.csv"))
    assert "Students 101 and ann are the same row" in said or "Students ann and 101 are the same row" in said


def no_folder(course: Course, tmp_path: Path) -> tuple[list[object], str]:
    return ["--format", "canvas", "--to", tmp_path / "none" / "x.csv"], f"There is no folder {tmp_path / 'none'}"


def is_a_folder(course: Course, tmp_path: Path) -> tuple[list[object], str]:
    return ["--format", "canvas", "--to", tmp_path], f"{tmp_path} is a folder"


def no_such_roster(course: Course, tmp_path: Path) -> tuple[list[object], str]:
    return ["--format", "canvas", "--roster", tmp_path / "no.csv"], f"The roster {tmp_path / 'no.csv'} can't be read"


def not_text(course: Course, tmp_path: Path) -> tuple[list[object], str]:
    (tmp_path / "r.csv").write_bytes(b"PK\x03\x04\xff\xfe")
    return ["--format", "moodle", "--roster", tmp_path / "r.csv"], "is not a CSV file in UTF-8"


def another_table(course: Course, tmp_path: Path) -> tuple[list[object], str]:
    write(tmp_path / "r.csv", ["Name", "Age"], ["Ann", "7"])
    return [
        "--format",
        "canvas",
        "--roster",
        tmp_path / "r.csv",
    ], "is not one that Canvas exports: it has no column Stu"


def empty(course: Course, tmp_path: Path) -> tuple[list[object], str]:
    (tmp_path / "r.csv").touch()
    return ["--format", "gradescope", "resnet", "--roster", tmp_path / "r.csv"], "it has no column Email"


def unknown_assignment(course: Course, tmp_path: Path) -> tuple[list[object], str]:
    return ["vgg", "--format", "csv"], "There is no assignment 'vgg' in the gradebook; there is: later, resnet."


def not_yet(course: Course, tmp_path: Path) -> tuple[list[object], str]:
    return ["later", "--format", "moodle"], "Nothing has been graded yet: run `autograder grade later`."


def not_its_option(course: Course, tmp_path: Path) -> tuple[list[object], str]:
    return ["--format", "csv", "--roster", tmp_path / "r.csv"], "--roster is not an option of --format csv."


@pytest.mark.parametrize(
    "case",
    [
        no_folder,
        is_a_folder,
        no_such_roster,
        not_text,
        another_table,
        empty,
        unknown_assignment,
        not_yet,
        not_its_option,
    ],
)
def test_bad_input(case: Callable[[Course, Path], tuple[list[object], str]], course: Course, tmp_path: Path) -> None:
    arguments, sentence = case(course, tmp_path)
    assert sentence in refused(course, *arguments)


def test_before_anything_is_graded(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    assert refused(Course(tmp_path), "--format", "canvas") == "Nothing has been graded yet: run `autograder grade`."


def test_unknown_format(course: Course) -> None:
    done = autograder("--course", course.root, "export", "--format", "blackboard")
    assert done.returncode == 2
    assert "there is no format 'blackboard'; there is: canvas" in done.stderr


def test_a_file_that_is_there_stays_when_the_new_one_fails(course: Course, tmp_path: Path) -> None:
    target = course.root / "grades-canvas.csv"
    target.write_text("mine")
    refused(course, "vgg", "--format", "canvas")
    assert target.read_text() == "mine"
    assert "can't be written: File name too long." in refused(course, "--format", "canvas", "--to", "x" * 300)
    assert target.read_text() == "mine"


def test_what_a_spreadsheet_computes() -> None:
    for text in ("=1", " =1", "+a", "-a", "@a", "\ta", "\r=1", "＝1", "a\n=1\n", "\x00=1"):
        cell = shown(text)
        assert cell[0] not in "=+-@\t\r＝", text
        assert not any(c in cell for c in "\r\n\t\x00"), text
    assert shown('O\'Brien, "Ann"') == 'O\'Brien, "Ann"'
    assert [is_formula(text) for text in ("-", "-5", "+1.5", "5", "李", "-5+1")] == [False] * 5 + [True]
    assert [number(n) for n in (0.0, 10.0, 7.30000001, 100.0, 1 / 3, 1e6)] == [
        "0",
        "10",
        "7.3",
        "100",
        "0.3333",
        "1000000",
    ]


def moodle_class(**changes: object) -> Moodle:
    """The class as Moodle has it, with its participants' own numbers; in the worksheet somebody's name is a formula."""
    numbers = {name: 9000 - int(lms) for name, (_, _, _, lms) in PEOPLE.items()}
    people = [
        Participant(numbers[name], f"{first} {last}", email.lower(), locked=name == changes.get("locked"))
        for name, (first, last, email, _) in PEOPLE.items()
    ]
    maximum = changes.get("maximum", 15.0)
    assert isinstance(maximum, float)
    return Moodle(people, datetime(2026, 3, 1, 12), maximum)


def uploaded(there: Moodle, path: Path) -> dict[str, float | None]:
    there.take_worksheet(path)
    by_email = {email.lower(): name for name, (_, _, email, _) in PEOPLE.items()}
    return {by_email[one.email]: one.grade for one in there.participants}


def test_moodle_s_worksheet_is_filled_in(course: Course, tmp_path: Path) -> None:
    there = moodle_class()
    worksheet = there.worksheet(tmp_path / "worksheet.csv")
    said = export(course, "resnet", "--format", "moodle", "--roster", worksheet)
    assert uploaded(there, course.root / "grades-moodle.csv") == {**SCORED, **dict.fromkeys(UNSCORED)}
    assert "counts to" not in said
    comments = {one.email: one.comment for one in there.participants}
    assert comments["ann@uni.example"] == (
        "test 11/10, essay 2/5 | 1.5 points are taken off for handing in late. | essay: Well &lt;done&gt;"
    )
    assert comments["absent@uni.example"] == ""
    assert formulas(course.root / "grades-moodle.csv") == []
    before, after = rows(worksheet), rows(course.root / "grades-moodle.csv")
    assert [line[0] for line in before] == [line[0] for line in after]
    assert before[0] == after[0]


def test_what_moodle_would_pass_over_in_silence_is_named(course: Course, tmp_path: Path) -> None:
    there = moodle_class(maximum=13.0, locked="ann")
    said = export(course, "resnet", "--format", "moodle", "--roster", there.worksheet(tmp_path / "worksheet.csv"))
    assert "resnet: Moodle counts to 13.00, the course to 15. Set 15 there" in said
    assert "ann, pp: Moodle would pass over their scores, above its maximum or not to be changed there" in said
    grades = uploaded(there, course.root / "grades-moodle.csv")
    assert grades == {**SCORED, "ann": None, "pp": None, **dict.fromkeys(UNSCORED)}
    assert {row[5] for row in rows(course.root / "grades-moodle.csv")[1:]} == {"13.00"}


def test_a_worksheet_that_tells_names_alone_is_refused(course: Course, tmp_path: Path) -> None:
    lines = rows(moodle_class().worksheet(tmp_path / "worksheet.csv"))
    bare = write(tmp_path / "bare.csv", *[line[:2] + line[3:] for line in lines])
    assert "doesn't tell who is who but by name: have Moodle show Email address" in refused(
        course, "resnet", "--format", "moodle", "--roster", bare
    )


def test_no_score_ends_moodle_s_import(course: Course) -> None:
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "light") as book:
        book.find_grade("test", "nb", "resnet", "li.wei").extra_credit = 90.0
        book.db.commit()
    said = export(course, "resnet", "--format", "moodle")
    assert "li.wei: left out, since one score above 100 ends Moodle's whole import; enter them by hand." in said
    assert "Set the maximum in Moodle: 15 for resnet. A new grade item has 100." in said
    users = {fields[2]: name for name, fields in PEOPLE.items()}
    grades = moodle(course.root / "grades-moodle.csv", "Email address", users, "resnet")
    expected = {**SCORED, **dict.fromkeys(UNSCORED)}
    expected.pop("li.wei")
    assert grades == expected
    (line,) = [row for row in rows(course.root / "grades-moodle.csv") if row[2] == "ann"]
    assert line[-1].startswith("test 11/10, essay 2/5 | 1.5 points are taken off")


def test_canvas_keeps_its_points_possible(course: Course, tmp_path: Path) -> None:
    lines = rows(canvas_roster(tmp_path / "roster.csv"))
    lines[2][5] = "100"
    roster = write(tmp_path / "roster.csv", *lines)
    said = export(course, "resnet", "--format", "canvas", "--roster", roster)
    _, possible, _ = SYSTEM.read(course.root / "grades-canvas.csv")
    assert possible == {"resnet (7788)": "100"}
    assert "resnet: Canvas counts to 100, the course to 15. Set 15 there" in said


def test_who_is_excused_and_who_handed_in_nothing_is_the_same_in_every_file(course: Course, tmp_path: Path) -> None:
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "light") as book:
        write_standing(book, "resnet", Standing(excused=frozenset({"ann", "absent"}), missing_is_zero=True))
        book.add_student("nobody", email="nobody@uni.example")
    said = export(course, "resnet", "--format", "canvas")
    assert "resnet: no score, excused: ann, absent." in said
    assert "resnet: counts 0, missing: nobody." in said
    table = {row[3]: row[-1] for row in rows(course.root / "grades-canvas.csv")}
    assert (table["ann"], table["absent"], table["nobody"]) == ("EX", "EX", "0")
    export(course, "resnet", "--format", "moodle")
    table = {row[2]: row[5] for row in rows(course.root / "grades-moodle.csv")}
    assert (table["ann"], table["absent"], table["nobody"]) == ("-", "-", "0")
    export(course, "resnet", "--format", "gradescope")
    table = {row[2]: "|".join(row[5:8]) for row in rows(course.root / "grades-gradescope.csv")}
    assert (table["ann"], table["absent"], table["nobody"]) == ("|15|Excused", "|15|Excused", "0|15|Missing")
    export(course, "resnet", "--format", "csv")
    with (course.root / "grades.csv").open(newline="", encoding="utf-8") as file:
        found = {row["student_id"]: (row["score"], row["status"]) for row in csv.DictReader(file)}
    assert (found["ann"], found["nobody"]) == (("", "excused"), ("0.0", "missing"))


def test_who_hands_in_in_another_language_is_not_missing(course: Course) -> None:
    """One class in two languages: nobody has handed in both, and a 0 for what is missing is nobody's."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "light") as book:
        book.add_assignment("resnet-zh")
        book.add_student("zhang", email="zhang@uni.example")
        book.add_submission("resnet-zh", "zhang")
        for assignment in ("resnet", "resnet-zh"):
            write_standing(book, assignment, Standing(missing_is_zero=True, excused=frozenset({"ann"})))
    said = export(course, "resnet", "--format", "csv")
    assert "resnet: counts 0, missing: absent." in said
    assert "resnet: no score, handed in in another language: zhang." in said
    export(course, "--format", "csv")
    with (course.root / "grades.csv").open(newline="", encoding="utf-8") as file:
        found = {(row["assignment"], row["student_id"]): (row["score"], row["status"]) for row in csv.DictReader(file)}
    elsewhere = ("", "handed in in another language")
    assert found["resnet", "zhang"] == found["resnet-zh", "li.wei"] == elsewhere
    assert (found["resnet", "absent"], found["resnet-zh", "absent"]) == (("0.0", "missing"), ("0.0", "missing"))
    assert (found["resnet", "ann"][1], found["resnet-zh", "ann"][1]) == ("excused", "excused")
    export(course, "resnet", "--format", "gradescope")
    assert {row[2]: row[7] for row in rows(course.root / "grades-gradescope.csv")}["zhang"] == "Excused"
