"""A test cell on the trusted side: its score, what a student sees of it, and whose fault it is that it stopped."""

from __future__ import annotations

import fractions
import linecache
import math
import time
from typing import Any

import numpy as np
import pytest

from autograder.base.timelimit import Interrupted
from autograder.execution.kernel.replies import NoAnswer
from autograder.execution.kernel.session import SessionError
from autograder.execution.testcell.cell import NotPythonError, Unheard, hidden_lines, parsed
from autograder.execution.testcell.link import Link
from autograder.execution.testcell.names import Names
from autograder.execution.testcell.run import Heard, TestRun, run_heard, run_silent
from autograder.execution.testcell.thrown import Stopped
from tests.execution.testcell.fake import FakeSession, trouble

POINTS = 4.0
SECRET = "90210"


class Kept:
    """The names of one notebook, and test cells run with them one after the other, first heard and then in silence."""

    def __init__(self, student: dict[str, Any] | None = None, locked: str = "", given: tuple[str, ...] = ()) -> None:
        self.session, self.silent = FakeSession(student or {}), FakeSession(student or {})
        self.silent.silent = True
        self.names, self.names_in_silence = (Names(Link(one), given) for one in (self.session, self.silent))  # type: ignore[arg-type]
        for names in (self.names, self.names_in_silence):
            names.lock(locked)
        self.unheard = Unheard(self.names)
        self.heard = Heard(0, settled=True)

    def run(self, source: str, name: str = "test_f") -> TestRun:
        run = TestRun()
        try:
            cell = parsed(name, source, POINTS)
        except NotPythonError as error:
            run.not_graded(f"the test cell is not Python: {error}")
            return run
        self.heard = run_heard(cell, self.names, self.unheard, run)
        if not self.heard.settled:
            run_silent(cell, self.names_in_silence, run)
        assert not [key for key in linecache.cache if key == f"<{name}>"]
        return run


def run(source: str, student: dict[str, Any] | None = None, locked: str = "") -> TestRun:
    return Kept(student, locked).run(source)


def shown(found: TestRun) -> str:
    """All that a student gets to see."""
    outputs = [o for o in found.outputs if not o.get("metadata", {}).get("autograder")]
    return "\n".join(str(dict(output)) for output in outputs)


def kept_back(found: TestRun) -> str:
    outputs = [o for o in found.outputs if o.get("metadata", {}).get("autograder") == {"for": "instructor"}]
    return "\n".join(output.data["text/plain"] for output in outputs)


def hidden(*lines: str) -> str:
    return "\n".join(["### BEGIN HIDDEN TESTS", *lines, "### END HIDDEN TESTS", ""])


# --- the score --------------------------------------------------------------------------------------------------

SCORES: dict[str, float | None] = {
    "": POINTS,
    "assert f(1) == 3": POINTS,
    "assert f(1) == 4": 0.0,
    "2.5": 2.5,
    "1": 1.0,
    "0": 0.0,
    "4": 4.0,
    "-0.0": 0.0,
    "np.float64(0.5)": 0.5,
    "np.float32(0.5)": 0.5,
    "np.int64(2)": 2.0,
    "fractions.Fraction(1, 2)": 0.5,
    "True": None,
    "False": None,
    "np.True_": None,
    "None": POINTS,
    "'0'": None,
    "[0]": None,
    "np.zeros(3)": None,
    "(1, 2)": None,
    "1j": None,
    "-1": None,
    "-1e-9": None,
    "4.0000001": None,
    "5": None,
    "10**400": None,
    "math.nan": None,
    "math.inf": None,
    "np.float64('nan')": None,
    "f(1)": POINTS,
    "f": POINTS,
    "f(1) / 2": 1.5,
    "score = 1": POINTS,
    "1;": 1.0,
    "if True:\n    1": POINTS,
    "1\nx = 2": POINTS,
    "import sys\nprint('careful', file=sys.stderr)": POINTS,
    "import warnings\nwarnings.warn('careful')": POINTS,
}


@pytest.mark.parametrize("source", SCORES)
def test_the_score(source: str) -> None:
    found = run(source, {"f": lambda x: 3 * x}, "import math, fractions\nimport numpy as np")
    assert found.score == SCORES[source]
    assert (found.why != "") == (found.score is None)
    assert math.copysign(1, found.score or 0.0) == 1


def test_a_number_that_the_student_chose_is_no_score() -> None:
    for chosen in (0, 2.0, 1000, -1, math.nan):
        assert run("f()", {"f": lambda chosen=chosen: chosen}).score == POINTS


def test_nothing_of_the_students_listens_in_a_score() -> None:
    assert fractions.Fraction(1, 2) == 0.5
    found = run("x", {"x": np.float64(2)})
    assert type(found.score) is float


def test_assert_means_something_with_minus_o() -> None:
    """What is compiled does not depend on how Python was started."""
    import subprocess
    import sys

    code = (
        "from tests.execution.testcell.test_run import run\nfound = run('assert f(1) == 4', {'f': abs})\n"
        "raise SystemExit(0 if found.score == 0.0 else 3)"
    )
    assert subprocess.run([sys.executable, "-O", "-c", code], check=False).returncode == 0


# --- what the student's code raises -----------------------------------------------------------------------------


class OwnError(Exception):
    pass


def raising(error: BaseException) -> dict[str, Any]:
    def f(*arguments: object) -> None:
        raise error

    return {"f": f}


EXPECTS = "try:\n    f(1)\nexcept {} as error:\n    seen = str(error)\nelse:\n    assert False\nassert 'mine' in seen"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError("mine"), "ValueError"),
        (KeyError("mine"), "KeyError"),
        (ZeroDivisionError("mine"), "ArithmeticError"),
        (AssertionError("mine"), "AssertionError"),
        (SyntaxError("mine"), "SyntaxError"),
        (OwnError("mine"), "Exception"),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "mine"), "Exception"),
        (ExceptionGroup("mine", [ValueError()]), "Exception"),
        (SystemExit("mine"), "SystemExit"),
    ],
    ids=repr,
)
def test_a_test_can_expect_it(error: BaseException, kind: str) -> None:
    assert run(EXPECTS.format(kind), raising(error)).score == POINTS


def test_its_own_class_is_named() -> None:
    found = run("f(1)", raising(OwnError("mine")))
    assert found.score == 0.0
    assert "OwnError: mine" in shown(found)


@pytest.mark.parametrize("error", [StopIteration(), StopAsyncIteration()], ids=repr)
@pytest.mark.parametrize(
    "loop",
    [
        "for got, want in zip(map(f, (1, 2)), (3, 6)):\n    assert got == want",
        "assert list(map(f, (1, 2))) != [3, 6]",
        "assert all(f(x) == 3 * x for x in (1, 2))",
        "class Many:\n    __iter__ = lambda self: self\n    __next__ = lambda self: f(1)\nassert not list(Many())",
    ],
)
def test_none_ends_the_tests_own_loop(error: BaseException, loop: str) -> None:
    assert run(loop, raising(error)).score == 0.0


def test_system_exit_of_the_test_itself() -> None:
    for source in ("raise SystemExit", "import sys\nsys.exit(0)"):
        assert run(source).score == 0.0


def test_a_syntax_error_out_of_the_students_code_costs_its_points() -> None:
    """It is not the test cell that has one."""
    assert run("f(1)", raising(SyntaxError("mine"))).score == 0.0


# --- a kernel that is gone --------------------------------------------------------------------------------------

SWALLOWS = (
    "try:\n    f(1)\nexcept Exception:\n    pass",
    "import contextlib\nwith contextlib.suppress(Exception):\n    f(1)",
    "import unittest\nunittest.TestCase().assertRaises(Exception, f, 1)",
    "import pytest\nwith pytest.raises(Exception):\n    f(1)",
)


@pytest.mark.parametrize("source", SWALLOWS)
def test_except_exception_does_not_take_it_for_an_expected_error(source: str) -> None:
    kept = Kept({"f": lambda x: x}, given=("def f(x): ...",))
    assert kept.run("f(1)").score == POINTS
    kept.session.fails = NoAnswer(trouble("CellTimeoutError", "180"))
    found = kept.run(source)
    assert found.score == 0.0
    assert "more than 180 seconds" in shown(found)
    kept.session.fails = SessionError("no sandbox to be had")
    found = kept.run(source)
    assert (found.score, found.why) == (None, "no sandbox to be had")


# --- the course's own faults ------------------------------------------------------------------------------------

FAULTS = {
    "x = (": "not Python",
    "return 1": "not Python",
    "x = 1\nnonlocal y": "not Python",
    "x = '\0'": "not Python",
    "f(object())": "f was given an object of type object",
    "f(1)\n!ls": "magics",
    "helper(1)": "`import nothing_such` failed",
    "99": "99 of 4",
}


@pytest.mark.parametrize("source", FAULTS)
def test_it_gives_no_score_and_says_why(source: str) -> None:
    found = run(source, {"f": lambda x: x}, "import nothing_such\ndef helper(x): return nothing_such.f(x)")
    assert found.score is None
    assert FAULTS[source] in found.why
    assert FAULTS[source] in shown(found)


def test_an_object_in_the_place_of_data_costs_points() -> None:
    """Where the solution hands over plain data, see tests/execution/testcell/test_proxy.py."""
    found = run("assert f(1) is None", {"f": lambda x: object()})
    assert found.score == 0.0


def test_a_test_that_goes_on_for_ever() -> None:
    """Whether it was written so, or a student's value makes it: `range(count())`."""
    for source in (
        "for i in range(count()): pass",
        "while True:\n    try:\n        count()\n    except Exception: pass",
    ):
        kept = Kept({"count": lambda: 10**15})
        kept.session.test_seconds = 0.5
        begun = time.monotonic()
        found = kept.run(source)
        assert found.score is None
        assert "more than 0.5 seconds" in found.why
        assert time.monotonic() - begun < 60  # without an end it would take months


# --- between cells ----------------------------------------------------------------------------------------------


def test_what_one_test_defines_the_next_can_use_and_the_students_values_are_new() -> None:
    student: dict[str, Any] = {"x": 1}
    kept = Kept(student)
    assert kept.run("mine = x\nassert x == 1", "test_a").score == POINTS
    student["x"] = 2
    assert kept.run("assert (mine, x) == (1, 2)", "test_b").score == POINTS


def test_a_star_import_in_the_test_itself() -> None:
    found = run("from math import *\nassert fsum([1, 2]) == 4", {"fsum": lambda x: 4})
    assert found.score == 0.0


def test_test_cells_are_not_given_this_packages_own_future() -> None:
    assert run("def g(x: int): ...\nassert g.__annotations__ == {'x': int}").score == POINTS


# --- what is shown ----------------------------------------------------------------------------------------------


def test_a_visible_traceback_holds_the_tests_lines_and_none_of_the_machines() -> None:
    found = run("def check(x):\n    assert x == 4, 'visible words'\n\ncheck(f(1))", {"f": lambda x: x})
    text = shown(found)
    for part in ("line 4", "check(f(1))", "line 2", "assert x == 4", "visible words", "AssertionError"):
        assert part in text
    assert "/" not in text.replace("</", "")
    assert kept_back(found) == ""


MIXED = "for x in (1, 2):\n    y = f(x)\n" + "    ### BEGIN HIDDEN TESTS\n    {}\n    ### END HIDDEN TESTS\n"
HELPER = hidden("def helper(got):", f"    print({SECRET})", f"    assert got == {SECRET}, {SECRET}", "    return 1")
SECRETS: dict[str, str] = {
    "assertion": hidden(f"assert f(1) == {SECRET}, 'want {SECRET}'"),
    "exception": hidden(f"raise ValueError({SECRET})"),
    "printed": hidden(f"print({SECRET})"),
    "printed, then fails": hidden(f"print({SECRET})", f"assert False, {SECRET}"),
    "written in pieces": hidden("import sys", f"sys.stdout.write(str({SECRET}))"),
    "after blank lines": "\n\n\n\n\n" + hidden(f"assert f(1) == {SECRET}, {SECRET}"),
    "printed after blank lines": "\n\n\n\n\n" + hidden(f"print({SECRET})"),
    "indented cell": "    x = 1\n    ### BEGIN HIDDEN TESTS\n" + f"    assert f(1) == {SECRET}, {SECRET}\n",
    "prompts": f">>> x = 1\n>>> ### BEGIN HIDDEN TESTS\n>>> assert f(1) == {SECRET}, {SECRET}\n",
    "no end": f"### BEGIN HIDDEN TESTS\nassert f(1) == {SECRET}, {SECRET}",
    "in a visible loop": MIXED.format(f"assert y == {SECRET}, {SECRET}"),
    "printed in a visible loop": MIXED.format(f"print({SECRET})"),
    "in a hidden helper": HELPER + "helper(f(1))",
    "printed in a hidden helper": HELPER.replace("assert", "assert True or") + "helper(f(1))",
    "an argument that can't cross": hidden(f"f(type('T{SECRET}', (), {{}})())"),
    "an attribute": hidden(f"f.attribute_{SECRET}"),
    "a score": hidden(SECRET),
    "a helper's line": "x = 1\n" + hidden(f"assert f(x) == {SECRET} or {SECRET} / 0"),
    "numpy": hidden("import numpy", f"numpy.testing.assert_allclose(f(1), {SECRET})"),
    "a decorated function": hidden("@print", f"def x{SECRET}(): ..."),
}


@pytest.mark.parametrize("case", SECRETS)
def test_nothing_hidden_is_shown(case: str) -> None:
    assert SECRET not in shown(run(SECRETS[case], {"f": lambda x: x}))


@pytest.mark.parametrize("source", ["helper(f(1))", "x = [helper(f(1)) for _ in range(1)]"])
def test_nothing_hidden_in_an_earlier_cell_is_shown(source: str) -> None:
    kept = Kept({"f": lambda x: x})
    assert kept.run(HELPER, "test_a").score == POINTS
    found = kept.run(source, "test_b")
    assert SECRET not in shown(found)
    assert "helper(f(1))" in kept_back(found)


# --- in silence -------------------------------------------------------------------------------------------------

ASKED = 271828
TELLING: dict[str, tuple[str, Any]] = {
    "its error": ("f({})", lambda x: 1 / 0 if x == 3 else raise_(ValueError(f"was {x}"))),
    "an error of its own class": ("f({})", lambda x: raise_(type(f"Was{x}", (Exception,), {})())),
    "a value in an assertion": ("assert f({}) == 1, f(2)", lambda x: x),
    "a value that is printed": ("print(f({}))", lambda x: x),
    "a value on stderr": ("import sys\nprint(f({}), file=sys.stderr)", lambda x: x),
    "a warning": ("import warnings\nwarnings.warn(str(f({})))", lambda x: x),
    "a value that can't cross": ("f({})", lambda x: type(f"Was{x}", (), {})()),
    "digits of the score": ("1 + f({}) / 10 ** 8", lambda x: x),
    "a number out of bounds": ("1 * f({})", lambda x: x),
    "a value that is no score": ("[f({})]", lambda x: x),
    "an attribute": ("f({}).real.what", lambda x: x),
    "numpy": ("import numpy\nnumpy.testing.assert_allclose(f({}), 1)", lambda x: x),
}


def raise_(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("case", TELLING)
def test_what_is_said_in_silence_reaches_nobody(case: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Not the student, nor the instructor's page, nor the reason why there is no score, nor the terminal."""
    source, f = TELLING[case]
    found = run(hidden(*source.format(ASKED).splitlines()), {"f": f})
    everything = shown(found) + kept_back(found).replace(f"({ASKED})", "()") + found.why + repr(found.score)
    assert str(ASKED) not in everything
    assert str(ASKED) not in "".join(capfd.readouterr())


def test_whatever_goes_wrong_in_silence_is_told_in_the_same_words() -> None:
    answers = [lambda x: x, lambda x: 1 / 0, lambda x: object(), lambda x: raise_(OwnError(x)), None]
    found = {shown(run(hidden("assert f(1) == 3"), {"f": f} if f else {})) for f in answers}
    assert len(found) == 1
    assert "A hidden test failed." in found.pop()


def test_nothing_hidden_is_asked_where_it_is_heard() -> None:
    kept = Kept({"f": lambda x: 3 * x}, given=("def f(x): ...",))
    source = "print('before')\nassert f(1) == 3\n" + hidden("assert f(2) == 6") + "assert f(3) == 9"
    assert kept.run(source).score == POINTS
    assert kept.heard == Heard(2, settled=False)
    assert kept.session.called_with == [(1,)]
    assert kept.silent.called_with == [(1,), (2,), (3,)]


def test_what_is_visible_before_is_told_and_settles_a_cell_that_fails_there() -> None:
    kept = Kept({"f": lambda x: x}, given=("def f(x): ...",))
    found = kept.run("print('before')\nassert f(1) == 3, 'visible words'\n" + hidden("assert f(2) == 6"))
    assert found.score == 0.0
    assert "before" in shown(found)
    assert "visible words" in shown(found)
    assert kept.silent.called_with == []


def test_a_visible_line_that_fails_in_silence_alone_is_a_hidden_test() -> None:
    """The student's code can't tell by it in which of the lines."""
    kept = Kept({"f": lambda x: 3 * x}, given=("def f(x): ...",))
    kept.silent.student = {"f": lambda x: x}
    found = kept.run("assert f(1) == 3, 'visible words'\n" + hidden("assert f(2) == 6"))
    assert found.score == 0.0
    assert "visible words" not in shown(found)
    assert "A hidden test failed." in shown(found)


def test_what_a_hidden_line_defines_is_used_in_silence() -> None:
    kept = Kept({"f": lambda x: 3 * x})
    assert kept.run(hidden("limit = 5", "def near(x): return abs(x) < limit"), "test_a").score == POINTS
    assert kept.run("assert near(f(1))", "test_b").score == POINTS
    assert kept.heard == Heard(0, settled=False)
    assert kept.run("def mine(): return near(f(1))\nassert mine()", "test_c").score == POINTS
    assert not kept.heard.settled
    assert kept.run("limit = 1\nassert f(1) > limit", "test_d").score == POINTS
    assert kept.heard == Heard(2, settled=True)  # a name that is bound anew means something else


def test_of_points_in_silence_two_decimals_are_told() -> None:
    assert run(hidden("1 / 3"), {"f": abs}).score == 0.33
    assert run("1 / 3", {"f": abs}).score == 1 / 3
    assert run(hidden("3.999"), {"f": abs}).score == POINTS


def test_prints_without_end() -> None:
    found = run("for i in range(10_000): print('x' * 100)")
    assert len(shown(found)) < 300_000


def test_control_characters_do_not_come_through() -> None:
    found = run("print(f(1))\nassert False, f(1)", {"f": lambda x: "a\0b\x07c\ud800d"})
    assert not any(ord(c) < 32 and c not in "\n\t\r\x1b\b" for output in found.outputs for c in str(dict(output)))
    shown(found).encode()


def test_the_hidden_lines() -> None:
    source = "a\n# BEGIN HIDDEN TESTS\nb\n# END HIDDEN TESTS\nc\n# BEGIN HIDDEN TESTS END HIDDEN TESTS\nd"
    assert hidden_lines(source) == {2, 3, 4, 6}


def test_linecache_is_left_clean_whatever_the_test_does() -> None:
    for source in ("import linecache\nlinecache.clearcache()", "1 / 0", "x = (", "raise SystemExit"):
        run(source)


def test_stopped_is_no_exception() -> None:
    assert not issubclass(Stopped, Exception)


# --- exceptions of any base class -------------------------------------------------------------------------------

OF_ANY_BASE = (
    "import pytest\nwith pytest.raises(ValueError):\n    f(-1)",
    "import pytest\npytest.fail('no')",
    "import pytest\npytest.skip('no')",
    "import pytest\npytest.exit('no')",
    "raise KeyboardInterrupt",
    "raise GeneratorExit",
    "class Own(BaseException): pass\nraise Own('no')",
    "import asyncio\nraise asyncio.CancelledError",
)


@pytest.mark.parametrize("source", OF_ANY_BASE)
def test_no_exception_of_a_test_cell_gets_out_of_it(source: str) -> None:
    assert run(source, {"f": abs}).score == 0.0
    found = run(hidden(source), {"f": abs})
    assert found.score == 0.0
    assert "A hidden test failed." in shown(found)


def test_a_persons_ctrl_c_does_get_out() -> None:
    with pytest.raises(Interrupted):
        run("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nwhile True: pass")
