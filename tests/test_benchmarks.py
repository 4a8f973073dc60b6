"""The class that `make bench` grades, and how its bars are held to."""

from __future__ import annotations

import math
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from nbformat import NotebookNode

from benchmarks import imports, memory, students
from benchmarks.__main__ import write_page
from benchmarks.bars import Bar, markdown, table
from tests.shared.helpers import ROOT


def texts(made: tuple[students.Submission, ...]) -> list[str]:
    return ["\n".join(cell.source for cell in one.node.cells) for one in made]


def solution(node: NotebookNode, name: str) -> str:
    return next(c.source for c in node.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def test_the_same_class_comes_out_every_time_and_no_two_submissions_are_alike() -> None:
    made = students.make(ROOT, 80)
    assert texts(made) == texts(students.make(ROOT, 80))
    for name in students.EXERCISES:  # a cell's result is found by its source: none of them may stand twice
        assert len({solution(one.node, name) for one in made}) == len(made)
    other = students.make(ROOT, 80, "other")
    assert not set(texts(made)) & set(texts(other))


def test_half_of_a_class_is_wrong_in_every_exercise() -> None:
    made = students.make(ROOT, 40)
    assert sum(one.right for one in made) == 20
    assert {one.story for one in made} == {one.story for one in (*students.RIGHT, *students.WRONG)}
    changed = {name for answer in students.WRONG for name in answer.edits}
    assert changed == set(students.EXERCISES)


@pytest.mark.parametrize("number", [1, 2, 6, 7, 40])
def test_a_sample_has_the_share_of_the_class(number: int) -> None:
    made = students.make(ROOT, 40)
    some = students.spread(made, number)
    assert len({one.student for one in some}) == number
    assert sum(one.right for one in some) == (number + 1) // 2


def test_a_bar_is_passed_or_missed() -> None:
    assert Bar("a", 10.0, 10.0, at_least=True).passed
    assert not Bar("a", 9.9, 10.0, at_least=True).passed
    assert Bar("a", 0.05, 0.05, unit="%").passed
    assert not Bar("a", math.nan, 0.05).passed  # what could not be measured is no pass
    lines = table([Bar("a", 0.051, 0.05, unit="%", of="b")])
    assert lines[1].split() == ["a", "5.1%", "at", "most", "5.0%", "MISS", "b"]
    assert markdown([Bar("a", 1.0, 2.0)])[2] == "| a | 1 | at most 2 | PASS |  |"


def test_memory_that_grows_is_seen() -> None:
    assert memory.drift([100.0] * 40) == 0.0
    assert memory.drift([100.0 + i for i in range(40)]) > 0.1
    assert math.isnan(memory.drift([100.0] * 7))


def test_the_page_is_written_anew_and_what_people_wrote_below_it_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    write_page(page, [Bar("this", 3.25, 9.0)], ["noted"], [])
    first = page.read_text()
    assert "| this | 3.25 " in first
    assert "- noted" in first
    by_hand = "\n## Why\n\nBecause.\n\n## How\n"
    page.write_text(first + by_hand)
    write_page(page, [Bar("this", 4.5, 9.0)], [], [])
    second = page.read_text()
    assert "3.25" not in second
    assert "| this | 4.5 " in second
    assert second.endswith(f"\n{by_hand}")


@pytest.mark.parametrize("name", imports.TRUSTED)
def test_what_is_measured_of_the_trusted_side_is_there(name: str) -> None:
    """The command that measures it names modules in a text."""
    assert find_spec(f"autograder.{name}") is not None


def test_the_hours_of_many_workers_follow_from_what_was_measured() -> None:
    guide, page = (
        (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("guides/scaling.md", "results/benchmarks.md")
    )
    measured = re.search(r"costs a worker ([\d.]+) s of its core and the head ([\d.]+) s: ([\d.]+) workers keep", page)
    pages = re.search(r"once all is graded, take ([\d.]+) s of a core", page)
    assert measured
    assert pages
    worker, head, enough, feedback = map(float, (*measured.groups(), pages[1]))
    for letter, seconds in (("c", worker), ("h", head), ("p", feedback)):
        assert f"*{letter}* = {seconds:.2f}" in guide
    rows = re.findall(r"^\| (\d+)(?: or more)? \| ([\d.]+) \| ([\d.]+) \|$", guide, re.MULTILINE)
    assert len(rows) == 4
    assert int(rows[-1][0]) == math.ceil(enough)
    for workers, hours, with_pages in rows:
        grading = max(10_000 * worker / int(workers), 10_000 * head) / 3600
        assert hours == f"{grading:.1f}"
        assert with_pages == f"{grading + 10_000 * feedback / 4 / 3600:.1f}"
