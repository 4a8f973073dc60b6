"""Right answers written the obvious way are not taken for copies; a copied detour is, whatever its names are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest

from autograder.instructor.overview.alike import alike, same_files, tokens
from autograder.instructor.overview.classroom import ClassSummary, Code, GradedCell, GradingState, StudentSummary
from tests.instructor.overview.answers import ODD, RENAMED, plain
from tests.shared.helpers import notebook

CELL = GradedCell("resnet", "test_identity_block", 10.0)
GIVEN = tuple(cell.source for cell in notebook("source").cells if cell.cell_type == "code")
RIGHT = ("test_identity_block 10.0",)


def a_class(answers: Mapping[str, str], outcomes: Mapping[str, tuple[str, ...]] | None = None) -> ClassSummary:
    return ClassSummary(
        assignment="resnet",
        cells=(CELL,),
        submissions=tuple(
            StudentSummary(
                student=student,
                name="",
                state=GradingState.GRADED,
                late=False,
                points={CELL: 10.0},
                total=10.0,
                slips=(),
                unusual=(),
                links=(),
                codes=(Code("resnet", "identity_block", source, (outcomes or {}).get(student, RIGHT)),),
            )
            for student, source in answers.items()
        ),
        absent=(),
        given=GIVEN,
    )


def twenty(seed: int) -> dict[str, str]:
    generator = Random(seed)
    return {f"student {number}": plain(generator) for number in range(20)}


@pytest.mark.parametrize("seed", range(8))
def test_plain_right_answers_are_not_alike(seed: int) -> None:
    answers = twenty(seed)
    for source in answers.values():
        compile(source, "answer", "exec")
    assert alike(a_class(answers)) == ()


def test_the_same_detour_under_other_names_is() -> None:
    (group,) = alike(a_class(twenty(1) | {"ann": ODD, "bob": RENAMED}))
    assert group.students == ("ann", "bob")
    assert group.cell == "identity_block"
    assert any("todo.pop(0)" in line for line in group.excerpts[0].lines)
    assert any("queue.pop(0)" in line for line in group.excerpts[1].lines)


ESSAY = (
    "At first the moving averages of batch normalization have hardly left zero and one, so what the network computes "
    "in inference is not what it was trained for, and the test accuracy stays at the level of guessing for some epochs."
)
CHINESE = (
    "一开始批归一化的移动平均还没有离开零和一，所以推理时网络计算的东西和训练时不一样，"
    "测试准确率在头几轮里只相当于瞎猜。"
)


@pytest.mark.parametrize("text", [ESSAY, CHINESE])
def test_an_answer_in_words_that_two_share_is(text: str) -> None:
    shouted = text.upper().replace(",", " -").replace("，", "。\n")
    texts = {"ann": f"I think: {text}", "bob": f"{shouted} That is all.", "eve": "It has not converged yet."}
    found = a_class(texts)
    answers = tuple(
        replace(one, codes=(replace(one.codes[0], cell="the_trap", outcome=(), in_words=True),))
        for one in found.submissions
    )
    (group,) = alike(replace(found, submissions=answers))
    assert (group.students, group.cell, group.in_words) == (("ann", "bob"), "the_trap", True)
    assert alike(replace(found, submissions=answers, given=(text,))) == ()


def test_not_where_something_else_came_of_it() -> None:
    assert alike(a_class(twenty(1) | {"ann": ODD, "bob": RENAMED}, {"bob": ("test_identity_block 5.0",)})) == ()


def test_not_what_many_wrote_or_the_course_gave() -> None:
    many = {f"friend {number}": ODD for number in range(10)}
    assert alike(a_class(twenty(1) | many)) == ()
    given = next(text for text in GIVEN if "def identity_block" in text)
    assert alike(a_class(twenty(1) | {"ann": given, "bob": given})) == ()


@pytest.mark.parametrize(("shared", "named"), [(24, True), (23, False)])
def test_so_many_unusual_runs_have_to_be_shared(shared: int, named: bool) -> None:
    same = "\n".join(f"word{number}" for number in range(shared + 5 - 1))
    assert bool(alike(a_class({"ann": same, "bob": same, "eve": "x = 1"}))) == named


@pytest.mark.parametrize(("many", "named"), [(2, True), (3, True), (4, False)])
def test_in_a_handful_all_is_unusual_that_the_course_has_not(many: int, named: bool) -> None:
    """The obvious answer, which is nobody's in a larger class."""
    answer = plain(Random(1))
    handful = {f"friend {number}": answer for number in range(many)}
    assert bool(alike(a_class(handful))) == named
    assert alike(a_class(twenty(1) | handful)) == ()


def test_names_layout_comments_and_quotes_do_not_count() -> None:
    assert [token.text for token in tokens(ODD)] == [token.text for token in tokens(RENAMED)]


def test_the_names_that_a_student_chose_do_not_count() -> None:
    first = (
        "import numpy as np\ndef f(a, *, b):\n    c, (d, *e) = a\n    for g in b: print(g, c)\n    return lambda h: h"
    )
    second = first
    for name in ("np", "a", "b", "c", "d", "e", "f", "g", "h"):
        second = re.sub(rf"\b{name}\b", f"own_{name}", second)
    assert [token.text for token in tokens(first)] == [token.text for token in tokens(second)]
    assert [token.text for token in tokens("x.a = f(a[0])")] != [token.text for token in tokens("x.b = f(b[0])")]


def test_a_very_long_line_is_not_read() -> None:
    """Python 3.12 takes a second for a line of 16,600 words, and seven for one of letters that aren't ASCII."""
    for long in ("as " * 16_600, "中 " * 16_600):
        assert [token.text for token in tokens(f"a = 1\n{long}\nb()")] == [*("own", "=", "1"), *("b", "(", ")")]


def test_what_is_nested_too_deep_is_read_all_the_same() -> None:
    for source in ("(\n" * 25_000, "-\\\n" * 16_000 + "1", "x = '\\d'\n" + "[" * 300 + "]" * 300):
        assert tokens(source)[0].text in ("(", "-", "x", "own")


@pytest.mark.parametrize(
    "source", ["def f(:\n  (((", "'''", "\x00", "x = 1\n    y = 2\n  z", "%magic\n!ls", "", "\ud800 = 1", "é" * 9]
)
def test_what_is_no_python_is_read_as_far_as_it_goes(source: str) -> None:
    assert len(tokens(source)) < 20


def test_the_same_numbers_beside_two_notebooks_are_reported() -> None:
    answers = {name: f"x = {i}" for i, name in enumerate(("ada", "bob", "eve", "joe", "kim"))}
    found = a_class(answers)
    parts = {"ada": "abcd", "bob": "abcd", "eve": "abxy", "joe": "qrst", "kim": ""}
    submissions = tuple(replace(one, parts=frozenset(parts[one.student])) for one in found.submissions)
    assert same_files(replace(found, submissions=submissions)) == (("ada", "bob", "eve"),)
    assert same_files(found) == ()
