"""Objects that stay in the student's kernel: what a test can do with them, and what their word is worth."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.execution.testcell.cell import Unheard, parsed
from autograder.execution.testcell.link import Link, Trace
from autograder.execution.testcell.names import Names
from autograder.execution.testcell.run import TestRun, run_heard
from autograder.execution.testcell.statements import CourseText, statements
from tests.execution.testcell.fake import FakeSession

POINTS = 4.0
STUDENT = """
class Stack:
    "Last in, first out."
    size = 3
    def __init__(self, items=()): self.items = list(items)
    def push(self, x): self.items.append(x); return self
    def pop(self): return self.items.pop()
    def __len__(self): return len(self.items)
    def __iter__(self): return iter(self.items)
    def __getitem__(self, i): return self.items[i]
    def __eq__(self, other): return isinstance(other, Stack) and self.items == other.items
    def __contains__(self, x): return x in self.items
    def __add__(self, other): return Stack(self.items + other.items)
    def __enter__(self): return self
    def __exit__(self, kind, error, traceback): return kind is KeyError
    def __repr__(self): return f"Stack({self.items})"
class Deep(Stack): pass
class Bare: pass
class OwnError(ValueError):
    def __init__(self, words, code): super().__init__(words, code); self.code = code
def fails(): raise OwnError("own words", 7)
def apply(function, *given): return function(*given)
def again(x): return x
def sorts(xs): xs.sort(); return xs
def gen():
    yield 1
    raise KeyError("second")
def endless():
    n = 0
    while True:
        yield n
        n += 1
def says(): print("hello"); return 3
def warns():
    import warnings
    warnings.warn("careful", UserWarning)
def asks(): return input("n? ")
def draws():
    import random
    return random.random()
async def later(x): return x + 1
def area(width: float, height=2): "An area."; return width * height
def uses(): return helper() + 1
none = None
"""


def student() -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(STUDENT, space)
    return space


def run(source: str, recording: Trace | None, known: Trace | None = None, more: str = "") -> TestRun:
    space = student()
    exec(more, space)
    link = Link(FakeSession(space), lambda: known, recording)  # type: ignore[arg-type]
    names = Names(link)
    names.needed_there |= {"helper"}
    found = TestRun()
    run_heard(parsed("t", source, POINTS), names, Unheard(names), found)
    return found


def as_solution(source: str, more: str = "") -> Trace:
    """Where the solution has objects in a test that it passes."""
    trace = Trace()
    found = run(source, trace, more=more)
    assert found.score == POINTS, found.outputs
    return trace


WORKS = {
    "methods": "s = Stack()\ns.push(1).push(2)\nassert s.pop() == 2 and s.items == [1]",
    "length and items": "s = Stack('ab')\nassert len(s) == 2 and s[1] == 'b' and list(s) == ['a', 'b']",
    "equal": "assert Stack([1]) == Stack([1]) and Stack([1]) != Stack([2]) and Stack([1]) != [1]",
    "true": "assert Stack([1])\nassert not Stack()",
    "in": "assert 1 in Stack([1]) and 2 not in Stack([1])",
    "operators": "assert (Stack([1]) + Stack([2])).items == [1, 2]",
    "text": "assert repr(Stack()) == 'Stack([])' == str(Stack()) == f'{Stack()}'",
    "types": "s = Deep()\nassert isinstance(s, Stack) and type(s) is Deep and issubclass(Deep, Stack)\n"
    "assert not isinstance(s, list) and not isinstance([1], Stack) and type([1]) is list",
    "identity": "s = Stack()\nassert again(s) is s and again(s) is not Stack()\nassert again([1]) == [1]",
    "names": "assert Stack.__name__ == 'Stack' and Stack.size == 3 and again.__name__ == 'again'",
    "doc": "assert Stack.__doc__.startswith('Last') and area.__doc__ == 'An area.'",
    "attributes": "s = Bare()\ns.x = [1]\nassert s.x == [1] and hasattr(s, 'x') and not hasattr(s, 'y')\ndel s.x\n"
    "assert not hasattr(s, 'x')\nassert vars(s) == {}",
    "signature": "import inspect\np = inspect.signature(area).parameters\n"
    "assert p['height'].default == 2 and len(p) == 2",
    "context": "with Stack() as s:\n    raise KeyError('taken')\nassert s.items == []",
    "own errors": "import pytest\nwith pytest.raises(OwnError, match='own words') as caught:\n    fails()\n"
    "assert caught.value.code == 7 and isinstance(caught.value, ValueError)",
    "own errors in except": "try:\n    fails()\nexcept OwnError as error:\n    assert error.args == ('own words', 7)\n"
    "else:\n    assert False",
    "generators": "g = gen()\nassert next(g) == 1\ntry:\n    next(g)\nexcept KeyError:\n    pass\n"
    "else:\n    assert False",
    "endless": "from itertools import islice\nassert sum(islice(endless(), 300)) == sum(range(300))",
    "callbacks": "seen = []\ndef spy(x):\n    seen.append(x)\n    return -x\n"
    "assert apply(spy, 3) == -3 and seen == [3]",
    "callbacks within": "assert apply(lambda x: apply(lambda y: y + 1, x) * 2, 3) == 8",
    "library functions": "import math\nassert apply(math.sqrt, 9) == 3 and apply(int, '7') == 7",
    "errors of a callback": "class Mine(Exception): pass\ndef bad(): raise Mine('m')\ntry:\n    apply(bad)\n"
    "except Mine as error:\n    assert str(error) == 'm'\nelse:\n    assert False",
    "changes": "xs = [2, 1]\nassert sorts(xs) is xs and xs == [1, 2]",
    "printed": "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    says()\n"
    "assert out.getvalue() == 'hello\\n'",
    "warned": "import pytest\nwith pytest.warns(UserWarning, match='careful'):\n    warns()",
    "input": "from unittest import mock\nwith mock.patch('builtins.input', return_value='7') as asked:\n"
    "    assert asks() == '7'\nasked.assert_called_with('n? ')",
    "seeds": "import random\nrandom.seed(3)\nwant = random.random()\nrandom.seed(3)\nassert draws() == want",
    "await": "assert await later(2) == 3",
    "names by text": "assert 'area' in globals() and 'areas' not in globals()",
    "none": "assert none is None and again(None) is None",
    "callable": "assert callable(area) and not callable(Bare())",
    "a test's helper": "def helper():\n    return 41\nassert uses() == 42",
    "a patched helper": "helper = lambda: 1\nassert uses() == 2\nhelper = lambda: 2\nassert uses() == 3",
    "deleted": "kept = area\ndel area\ntry:\n    area\nexcept NameError:\n    area = kept\nassert area(3) == 6",
    "a library's object": "from numpy.polynomial import Polynomial as P\nassert apply(lambda p: p, 3) == 3\n"
    "assert again(P([1, 2])).degree() == 1 and apply(abs, -3) == 3",
    "copies": "import copy\ns = Stack([1])\nt = copy.deepcopy(s)\nt.push(2)\nassert s.items == [1]",
}  # fmt: skip


@pytest.mark.parametrize("name", WORKS)
def test_a_test_that_works(name: str) -> None:
    trace = as_solution(WORKS[name])
    assert run(WORKS[name], None, trace).score == POINTS


LIARS = """
class Liar:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
    def __contains__(self, x): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __radd__ = __mul__ = __rmul__ = __sub__
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    def __int__(self): return 9
    def __index__(self): return 9
    def __hash__(self): return hash(9)
    def __getattr__(self, name): return self
    def __call__(self, *given, **named): return self
    __class__ = int
again = lambda x: Liar()
"""
HONEST = "again = lambda x: 3 * x"
VERDICTS = (
    "assert again(3) == 9",
    "assert 9 == again(3)",
    "assert not again(3) != 9",
    "assert again(3) > 8",
    "assert abs(again(3) - 9) < 1e-9",
    "assert abs(9 - again(3)) < 1e-9",
    "assert float(again(3)) == 9",
    "assert [1] * again(3) == [1] * 9",
    "assert isinstance(again(3), int)",
    "assert again(3) in {9}",
    "assert {9: 1}[again(3)]",
    "import math\nassert math.isclose(again(3), 9)",
    "import numpy as np\nnp.testing.assert_allclose(again(3), 9)",
    "import numpy as np\nassert np.isclose(again(3), 9)",
    "import unittest\nunittest.TestCase().assertEqual(again(3), 9)",
    "assert bool(again(3))",
    "assert again(3)",
    "assert again(3).bit_length() == 4",
    "assert str(again(3)) == '9'",
    "x = again(3)\ntry:\n    ok = x == 9\nexcept BaseException:\n    ok = True\nassert ok",
)


@pytest.mark.parametrize("source", VERDICTS)
def test_an_objects_word_is_no_verdict_where_the_solution_has_data(source: str) -> None:
    trace = as_solution(source, HONEST)
    assert run(source, None, trace, LIARS).score == 0.0
    without = run(source, None, None, LIARS).score
    assert not without  # and where nothing is known of the solution there is no score, or none


def test_nothing_expected_is_told_to_such_an_object() -> None:
    """It would learn what to be."""
    heard: list[object] = []
    space = {"heard": heard}
    liar = "class Spy:\n    def __eq__(self, other): heard.append(other); return True\n"
    liar += "    __sub__ = __rsub__ = __eq__\nagain = lambda x: Spy()"
    for source in ("assert again(3) == 9", "assert again(3) - 9 == 0", "assert 9 - again(3) == 0"):
        link = Link(FakeSession(space), lambda: Trace())  # type: ignore[arg-type]
        exec(liar, space)
        names, found = Names(link), TestRun()
        run_heard(parsed("t", source, POINTS), names, Unheard(names), found)
        assert (found.score, heard) == (0.0, [])


CHANGES = """
def again(xs):
    got = sorted(xs)
    xs[:] = [0]
    return got
"""
LEAVES_ALONE = "def again(xs): return sorted(xs)"
ALONE = "xs = [2, 1]\nassert again(xs) == [1, 2]\nassert xs == [2, 1]"
COMPARES = "xs = [2, 1]\ngot = again(xs)\nassert got == xs"


@pytest.mark.parametrize(
    ("source", "right", "wrong"),
    [
        (ALONE, LEAVES_ALONE, CHANGES),
        (
            "xs = [2, 1]\ngot = again(xs)\nassert got == sorted(xs)",
            LEAVES_ALONE,
            "def again(xs):\n    xs[:] = [7]\n    return [7]",
        ),
    ],
)
def test_a_changed_argument_helps_nobody(source: str, right: str, wrong: str) -> None:
    """Neither one that should be left alone, nor one that the test compares with."""
    trace = as_solution(source, right)
    assert run(source, None, trace, right).score == POINTS
    assert run(source, None, trace, wrong).score == 0.0


def test_an_argument_that_is_sorted_in_passing_costs_nothing() -> None:
    source = "assert again([2, 1]) == [1, 2]"
    trace = as_solution(source, LEAVES_ALONE)
    assert run(source, None, trace, "def again(xs):\n    xs.sort()\n    return list(xs)").score == POINTS


def test_numpy_is_told_no_address() -> None:
    """It would read there."""
    liar = (
        "class A:\n    __array_interface__ = {'data': (4096, False), 'shape': (9,), 'typestr': '<f8', 'version': 3}\n"
    )
    liar += "again = lambda x: A()"
    source = "import numpy as np\nx = np.asarray(again(3))\nassert x.shape == (9,)"
    assert run(source, Trace(), more=liar).score == 0.0


BAD_CALLERS = {
    "counts": "def apply(function, *given):\n    while True:\n        function(*given)",
    "recurses": "def apply(function, *given): return apply(function, *given)",
    "swallows": "def apply(function, *given):\n    try: function(*given)\n    except Exception: return -3",
    "lies": "class L:\n    __eq__ = lambda s, o: True\ndef apply(function, *given): return function(L())",
}


@pytest.mark.parametrize("name", BAD_CALLERS)
def test_a_callback_gains_nothing(name: str) -> None:
    source = "calls = []\ndef spy(x):\n    calls.append(x)\n    if len(calls) > 50: raise OverflowError\n"
    source += "    return x + 1\n"
    source += "assert apply(spy, 3) == 4 and calls == [3]"
    trace = as_solution(source)
    assert run(source, None, trace, BAD_CALLERS[name]).score == 0.0


SHADOWED = "from math import sqrt, hypot as far\nimport statistics as stats"


def test_a_library_that_the_solution_imports_is_the_librarys_own() -> None:
    course = CourseText(imported=tuple(statements(SHADOWED)))
    for mine, score in (
        (SHADOWED, POINTS),
        (SHADOWED + "\nsqrt = lambda x: 1.0", None),
        (SHADOWED + "\nclass Fake:\n    mean = lambda self, xs: 2\nstats = Fake()", None),
        ("", 0.0),
    ):
        space: dict[str, Any] = {"__name__": "__main__"}
        exec(mine, space)
        found = TestRun()
        names = Names(Link(FakeSession(space)), (), course)  # type: ignore[arg-type]
        run_heard(parsed("t", "assert sqrt(4) == 2 and stats.mean([1, 3]) == 2", POINTS), names, Unheard(names), found)
        assert found.score == score


SKIPPED = """
import unittest
class Test(unittest.TestCase):
    def test(self): self.assertEqual(skips(), 3)
found = unittest.TestResult()
unittest.defaultTestLoader.loadTestsFromTestCase(Test).run(found)
assert found.wasSuccessful()
"""


def test_no_exception_tells_a_test_to_be_skipped() -> None:
    more = "import unittest\ndef skips(): raise unittest.SkipTest('none of it')"
    assert run(SKIPPED, None, Trace(), more).score == 0.0


@pytest.mark.parametrize("value", ["True", "'0'", "[0]", "(1, 2)", "1j", "__import__('numpy').zeros(3)"])
def test_a_last_line_that_is_no_number_is_all_points_where_it_is_none_for_the_solution(value: str) -> None:
    assert run(value, None, as_solution(value)).score == POINTS
    measured = run(value, None, Trace())
    assert measured.score is None
    assert "not points" in measured.why
