"""What is one thing for the test and the student's code, and which of the student's words on it count."""

from __future__ import annotations

import pytest

from autograder.execution.testcell.link import Trace
from tests.execution.testcell.test_proxy import POINTS, run


def traced(source: str, solution: str) -> Trace:
    trace = Trace()
    assert run(source, trace, more=solution).score == POINTS
    return trace


BOX = "class Box:\n    def __init__(self, n): self.n = n\n"
LESS = f"{BOX}    def __lt__(self, other): return self.n < other.n\n"
MORE = f"{BOX}    def __gt__(self, other): return self.n > other.n\n"


def test_it_makes_no_difference_which_way_an_order_is_told() -> None:
    source = "assert max([Box(1), Box(2)]).n == 2"
    assert run(source, None, traced(source, LESS), MORE).score == POINTS


def test_what_the_solution_leaves_to_python_may_be_told_by_an_object() -> None:
    source = "box = Box(1)\nassert box != None and box in [Box(2), box]"
    equal = f"{BOX}    def __eq__(self, other): return isinstance(other, Box) and self.n == other.n\n"
    assert run(source, None, traced(source, BOX), equal).score == POINTS


@pytest.mark.parametrize(
    "lies",
    [
        "def again(x): return Liar()\nclass Liar:\n    __contains__ = lambda self, item: True",
        "def again(x): return Liar()\nclass Liar:\n  __eq__ = lambda s, other: True\n  __iter__ = lambda s: iter([s])",
    ],
)
def test_what_is_in_an_object_is_looked_for_here_unless_the_solution_is_asked_too(lies: str) -> None:
    source = "assert 3 in again([3])"
    assert run(source, None, traced(source, ""), lies).score == 0.0


@pytest.mark.parametrize(("answer", "points"), [("p.age = 4", POINTS), ("p.check = lambda: True", 0.0), ("pass", 0.0)])
def test_an_attribute_of_the_tests_object_can_be_set_but_no_method(answer: str, points: float) -> None:
    source = "class P:\n    age = 3\n    def check(self): return self.age == 4\n"
    source += "p = P()\napply(birthday, p)\nassert p.check()"
    known = traced(source, "def birthday(p): p.age += 1")
    assert run(source, None, known, f"def birthday(p): {answer}").score == points


def test_none_is_set_where_the_solution_sets_none() -> None:
    source = "class P:\n    age = 3\np = P()\nx = birthday(p)\nassert x == p.age + 1"
    known = traced(source, "def birthday(p): return p.age + 1")
    assert run(source, None, known, "def birthday(p):\n    p.age = 8\n    return 9").score == 0.0


def test_a_name_that_the_test_has_bound_is_changed_only_where_the_solution_changes_it() -> None:
    source = "helper = 3\nx = again(3)\nassert x == helper"
    changes = "def again(x):\n    global helper\n    helper = 2\n    return 2"
    assert run(source, None, traced(source, ""), changes).score == 0.0
    source = "helper = 3\nagain(3)\nassert helper == 4"
    adds = "def again(x):\n    global helper\n    helper += 1"
    assert run(source, None, traced(source, adds), adds).score == POINTS


def test_a_named_tuples_fields_are_compared_here_and_its_methods_asked_there() -> None:
    pair = "from typing import NamedTuple\nclass Pair(NamedTuple):\n    x: int\n    y: int\n"
    pair += "    def total(self): return self.x + self.y\n    def __add__(self, other): return Pair(self.x, other.y)\n"
    source = "p = Pair(1, 2)\nassert p == (1, 2) and p.total() == 3 and type(p) is Pair and p + Pair(3, 4) == (1, 4)"
    known = traced(source, pair)
    assert run(source, None, known, pair).score == POINTS
    lies = f"{pair}    def __eq__(self, other): return True\n".replace("x: int\n", "x: int = 0\n").replace(
        "y: int", "y: int = 0"
    )
    assert run("assert again(0) == (1, 2)", None, Trace(), f"{lies}def again(x): return Pair(5, 6)").score == 0.0


def test_a_class_of_the_tests_derives_from_the_students() -> None:
    source = "class Cube(Box):\n    def volume(self): return self.n ** 3\nassert Cube(2).volume() == 8"
    source += " and isinstance(Cube(1), Box)"
    assert run(source, None, traced(source, BOX), BOX).score == POINTS


@pytest.mark.parametrize(
    "source",
    [
        "assert apply(sorted, iter([2, 1])) == [1, 2]",
        "assert apply(sum, (x for x in (1, 2))) == 3",
        "import io\nassert apply(list, io.StringIO('a\\nb')) == ['a\\n', 'b']",
        "class Bag:\n    def __len__(self): return 7\nassert apply(len, Bag()) == 7",
        "rows = [[1], [2]]\nassert again(rows) is rows and apply(list, rows)[0] is rows[0]",
        "kept = []\npush = apply(lambda x: x, kept)\nassert push is kept",
        "try:\n    apply(exec, 'raise SystemExit(2)')\nexcept SystemExit as left:\n    assert left.code == 2",
        "try:\n    apply(exec, 'try: {}[1]\\nexcept KeyError as e: raise ValueError from e')\n"
        "except ValueError as error:\n    assert isinstance(error.__cause__, KeyError)",
    ],
)
def test_it_is_one_thing_for_both(source: str) -> None:
    assert run(source, traced(source, "")).score == POINTS


@pytest.mark.parametrize("source", ["x = again([1])\nassert x == [1]", "b = again(Box(3))\nassert b.n == 3"])
def test_data_and_attributes_need_no_word_of_an_object(source: str) -> None:
    assert traced(source, BOX).places == set()
