"""The page of a class that was really graded: its numbers are the gradebook's, and nothing on it runs or fetches."""

from __future__ import annotations

import base64
import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from autograder.base.course import Course
from autograder.instructor.overview.page import render
from autograder.nbgrader.calls import gradebook
from autograder.report.html import TEMPLATES
from tests.instructor.overview.conftest import DAY, FOLDER, MARKUP, NAME, QUOTED, Graded
from tests.instructor.overview.large_class import CELLS, large_class
from tests.shared.light_class import CLASS
from tests.shared.light_course import ASSIGNMENT

TAGS = {
    "html", "head", "meta", "title", "style", "body", "header", "section", "article", "h1", "h2", "h3", "p", "b", "a",
    "dl", "div", "dt", "dd", "figure", "figcaption", "pre", "table", "thead", "tbody", "tr", "th", "td",
    "img", "details", "summary", "button", "label", "input", "span", "script", "main",
}  # fmt: skip
ATTRIBUTES = set("lang charset http-equiv content name class id href scope src alt type placeholder hidden".split())


@pytest.fixture(scope="module")
def page(graded: Graded) -> Element:
    return ElementTree.fromstring(graded.text.removeprefix("<!DOCTYPE html>"))


def rows(page: Element, table: str) -> list[list[str]]:
    (found,) = page.findall(f".//table[@id='{table}']/tbody")
    return [["".join(cell.itertext()) for cell in row] for row in found]


def words(page: Element) -> str:
    return "".join(page.itertext())


def addresses(page: Element) -> Iterator[str]:
    for element in page.iter():
        if "href" in element.attrib:
            yield element.attrib["href"]


# --- numbers ---------------------------------------------------------------------------------------------------


def test_every_total_is_the_one_in_grades_csv(graded: Graded, page: Element) -> None:
    with (graded.root / "grades.csv").open(newline="", encoding="utf-8") as file:
        exported = {row["student_id"]: row["score"] for row in csv.DictReader(file)}
    shown = {row[0]: row[-3] for row in rows(page, "students")}
    assert (shown.pop(FOLDER), shown.pop("nobody")) == ("–", "–")
    assert {student: float(total) for student, total in shown.items()} == {
        student: float(score) for student, score in exported.items()
    }


def test_every_score_is_the_gradebook_s(graded: Graded, page: Element) -> None:
    head = [
        "".join(cell.itertext()).partition(" (")[0]
        for cell in page.findall(".//table[@id='students']/thead/tr/th")
    ]  # fmt: skip
    last = len(head) - 3  # where the class's total is; an exercise is called so, too
    shown = {row[0]: dict(zip(head[:last], row[:last], strict=True)) for row in rows(page, "students")}
    with gradebook(Course(graded.root)) as book:
        for one in book.assignment_submissions(ASSIGNMENT):
            for grade in one.notebooks[0].grades:
                assert float(shown[one.student.id][grade.cell.name.removeprefix("test_")]) == grade.score


def test_how_many(page: Element) -> None:
    numbers = {one.attrib["id"]: one.text for one in page.findall(".//dd")}
    assert numbers == {
        "submissions": str(len(CLASS) + 4),
        "GRADED": str(len(CLASS) + 3),
        "BY_HAND": "0",
        "NOT_GRADED": "1",
        "EXCUSED": "0",
        "MISSING": "1",
    }
    assert DAY in words(page)


def test_every_submission_with_a_total_is_in_the_picture(page: Element) -> None:
    (picture,) = page.findall(".//figure[@class='wide']/img")
    counts = re.findall(r"(\d+) around", picture.attrib["alt"])
    assert sum(map(int, counts)) == len(CLASS) + 3
    svg = base64.b64decode(picture.attrib["src"].removeprefix("data:image/svg+xml;base64,")).decode()
    assert ">median 9.5<" in svg  # of 0, 7, 8, 9 and four 10
    assert ">quartiles 7.75 and 10<" in svg


def test_what_went_wrong(page: Element) -> None:
    counts = {(row[1], row[3]): int(row[4]) for row in rows(page, "slips")}
    lost = "points lost; no step is recorded"
    assert counts == {("double", lost): 2, ("mean", lost): 2, ("total", lost): 2}
    together = rows(page, "together")
    assert [row[1 + at] for at, row in enumerate(together)] == ["2", "2", "2"]
    assert {together[i][1 + j] for i in range(3) for j in range(3) if i != j} == {"1"}


def test_unusual_runs(page: Element) -> None:
    told = dict(rows(page, "unusual"))
    assert told.keys() == {"lee", "eve", FOLDER}
    assert "The kernel died" in told["lee"]
    assert "Error" in told["eve"]
    assert MARKUP.replace("/", "") in told["eve"]
    assert told[FOLDER] == "handed in, but not in the gradebook"


def test_the_two_that_look_alike_are_asked_about(page: Element) -> None:
    (group,) = page.findall(".//article")
    assert {a.text for a in group.iter("a")} == {"ann", QUOTED}
    assert "Did they work together" in words(group)
    assert [caption.text for caption in group.iter("figcaption")] == ["ann", QUOTED]


# --- safety ----------------------------------------------------------------------------------------------------


def test_nothing_but_plain_elements(page: Element) -> None:
    """Well-formed, or it would not have been read."""
    assert {element.tag for element in page.iter()} <= TAGS
    assert {name for element in page.iter() for name in element.attrib} <= ATTRIBUTES


def test_hostile_texts_are_texts(graded: Graded, page: Element) -> None:
    names = {row[0]: row[1] for row in rows(page, "students")}
    assert names["ada"] == f"{NAME[0]} {NAME[1]}".replace("\u202e", "\ufffd")
    assert QUOTED in names
    assert FOLDER in names
    assert graded.text.count("<script") == 1
    assert FOLDER not in graded.text
    assert "\u202e" not in graded.text


def test_the_policy_allows_this_style_and_script_its_own_pictures_and_nothing_else(
    graded: Graded, page: Element
) -> None:
    (policy,) = (m.attrib["content"] for m in page.iter("meta") if "http-equiv" in m.attrib)
    (style,) = re.findall("<style>(.*?)</style>", graded.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (script,) = re.findall("<script>(.*?)</script>", graded.text, re.DOTALL)
    assert script == (TEMPLATES / "overview.js").read_text(encoding="utf-8")
    run = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; script-src 'sha256-{run}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_no_address_leads_elsewhere(graded: Graded, page: Element) -> None:
    ids = {element.attrib["id"] for element in page.iter() if "id" in element.attrib}
    found = list(addresses(page))
    for address in found:
        if address.startswith("#"):
            assert address[1:] in ids
        else:
            assert re.match(r"(submitted|autograded|feedback)/", address)
            assert (graded.page.parent / unquote(address)).is_file()
    pictures = [image.attrib["src"] for image in page.iter("img")]
    assert pictures
    assert all(re.fullmatch(r"data:image/svg\+xml;base64,[\w+/=]+", address) for address in pictures)
    opened = [address for address in found if not address.startswith("#")]
    assert len(opened) == 3 * (len(CLASS) + 3)
    assert not re.search(r"https?:|url\(|@import", graded.text)


def test_for_the_instructor_s_eyes_only(graded: Graded) -> None:
    assert graded.page.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in graded.root.glob(".*.html")] == []


def test_a_chinese_assignment_has_a_chinese_page() -> None:
    page = ElementTree.fromstring(render(replace(large_class(30), language="zh"), DAY).replace("<!DOCTYPE html>", ""))
    assert page.attrib["lang"] == "zh"
    told = [*page.iterfind(".//h2"), *page.iterfind(".//summary"), *page.iterfind(".//dt"), *page.iterfind(".//p")]
    titles = ["".join(one.itertext()) for one in (*told, *page.iterfind(".//thead//th"))]
    names = "|".join([*(cell.title for cell in CELLS), "student-\\d+@students.example.edu", "Abe Sent"])
    plain = [re.sub(names, "", title).strip(" ,()0123456789.") for title in titles]
    assert [title for title in plain if len(title) > 1 and not re.search(r"[\u4e00-\u9fff]", title)] == []
    (picture,) = page.findall(".//figure[@class='wide']/img")
    svg = base64.b64decode(picture.attrib["src"].removeprefix("data:image/svg+xml;base64,")).decode()
    assert re.search(">中位数 [0-9.]+<", svg)
    assert re.search(">四分位数 [0-9.]+ 和 [0-9.]+<", svg)
