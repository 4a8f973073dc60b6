"""What a name in a test cell stands for. The student's kernel is a dict here: how names are found is the question."""

from __future__ import annotations

import builtins
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.execution.kernel.local import LocalKernel
from autograder.execution.kernel.replies import NoAnswer
from autograder.execution.kernel.session import Cell, Session, SessionError, Times
from autograder.execution.testcell.link import Link
from autograder.execution.testcell.names import Names
from autograder.execution.testcell.proxy import Proxy, claims_of, is_proxy
from autograder.execution.testcell.statements import as_python, needed_by, statements
from autograder.execution.testcell.thrown import Stopped
from tests.execution.testcell.fake import FakeSession, trouble


class Own:
    pass


def names(student: dict[str, Any], *locked: str, given: tuple[str, ...] = ()) -> tuple[Names, FakeSession]:
    session = FakeSession(student)
    found = Names(Link(session), given)  # type: ignore[arg-type]
    for source in locked:
        found.lock(source)
    return found, session


def value(found: Names, name: str) -> Any:
    found.provide([name])
    return found.space.get(name, "nothing")


# --- in this order ----------------------------------------------------------------------------------------------


def test_given_solution_text_comes_before_all_else() -> None:
    found, _ = names(
        {"relu": math.sin}, "def relu(x): return 'locked'", given=("def relu(x):\n    raise NotImplementedError",)
    )
    found.space["relu"] = "an earlier test's"
    assert isinstance(value(found, "relu"), Proxy)


def test_a_class_or_an_async_function_in_given_text_is_the_students() -> None:
    found, _ = names(
        {"Stack": Own, "fetch": math.sin},
        given=("class Stack: ...", "async def fetch(): ...", "x = 1\nif x:\n    def inner(): ..."),
    )
    assert isinstance(value(found, "Stack"), Proxy)
    assert isinstance(value(found, "fetch"), Proxy)
    assert value(found, "inner") == "nothing"


def test_given_text_that_is_no_python_gives_no_names() -> None:
    found, _ = names({}, given=("def broken(:",))
    assert value(found, "broken") == "nothing"


def test_an_earlier_test_comes_before_locked_cells() -> None:
    found, _ = names({"x": "student"}, "x = 'locked'")
    found.note(statements("x = 'earlier'")[0])
    found.space["x"] = "earlier"
    assert value(found, "x") == "earlier"


def test_a_locked_cell_comes_before_builtins_and_the_student() -> None:
    found, session = names({"close": "student", "sum": "student"}, "def close(): return 'locked'\nsum = 'locked'")
    assert value(found, "close")() == "locked"
    assert value(found, "sum") == "locked"
    assert session.asked == []


def test_builtins_come_before_the_student() -> None:
    found, session = names({"sorted": lambda x: "mine", "len": 3})
    found.provide(["sorted", "len"])
    assert "sorted" not in found.space
    assert session.asked == []


def test_a_function_named_like_a_builtin_is_the_students_where_the_course_asks_for_it() -> None:
    found, _ = names({"sum": math.sin}, given=("def sum(values):\n    ...",))
    assert isinstance(value(found, "sum"), Proxy)


def test_the_rest_is_the_students() -> None:
    found, session = names({"x": [1, 2], "f": math.sin, "o": object()})
    found.provide(["x", "f", "o", "gone"])
    assert found.space["x"] == [1, 2]
    assert isinstance(found.space["f"], Proxy)
    assert isinstance(found.space["o"], Proxy)
    assert "gone" not in found.space
    assert session.asked == ["look"]


# --- locked cells -----------------------------------------------------------------------------------------------


def test_only_what_is_needed_runs_and_once() -> None:
    source = """
ran = []
def note(name):
    ran.append(name)
    return name
a = note("a")
b = note("b") + a
c = note("c")
raise SystemError("never reached")
"""
    found, _ = names({}, source)
    assert value(found, "b") == "ba"
    assert found.space["ran"] == ["a", "b"]
    assert value(found, "a") == "a"
    assert found.space["ran"] == ["a", "b"]


def test_dependencies_across_cells_in_functions_and_in_classes() -> None:
    found, _ = names(
        {}, "import math\nRATE = 2", "def area(r):\n    def inner():\n        return math.pi * RATE\n    return inner()"
    )
    assert value(found, "area")(1) == pytest.approx(2 * math.pi)
    found, _ = names({}, "BASE = int", "class Mine(BASE):\n    factor = BASE(3)")
    assert value(found, "Mine").factor == 3


def test_a_name_bound_more_than_once_has_its_last_meaning() -> None:
    found, _ = names({}, "x = 1\nx += 1", "if x > 1:\n    x = x * 10\nelse:\n    x = 0")
    assert value(found, "x") == 20


def test_what_changes_a_part_of_it_runs_too() -> None:
    found, _ = names({}, "table = {}\ntable['a'] = 1", "table['b'] = table['a'] + 1")
    assert value(found, "table") == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("try:\n    import nothing_such as fast\nexcept ImportError:\n    import math as fast", "fast"),
        ("with open('/dev/null') as file:\n    text = file.read()", "text"),
        ("for i in range(3):\n    pass", "i"),
        ("(a, [b, *c]) = 1, [2, 3]", "c"),
        ("if (n := 3): pass", "n"),
        ("def setup():\n    global made\n    made = 1\nsetup()", "setup"),
        ("%%time\ntimed = 1", "timed"),
        ("%matplotlib inline\nafter = 1", "after"),
    ],
)
def test_ways_to_bind_a_name(source: str, name: str) -> None:
    found, session = names({name: "student"}, source)
    assert value(found, name) != "student"
    assert session.asked == []


LOCAL = """
for number, (a, *rest) in enumerate(given):
    expected = 3 * number
    with open(path) as file:
        text = file.read()
    try:
        import json as reader
    except (ImportError, ours) as error:
        print(error, text, expected)
    else:
        reader.loads(text)
    while rest:
        last = rest.pop()
        print(last)
    if expected:
        total += last
def fact(n):
    return 1 if n < 2 else n * fact(n - 1)
"""


def test_what_a_cell_binds_itself_is_not_asked_for() -> None:
    """It would tell the student's kernel how a hidden test is written."""
    wanted = needed_by(statements(as_python(LOCAL)))
    assert wanted - set(dir(builtins)) == {"given", "path", "ours", "total"}


def test_star_imports_are_the_courses() -> None:
    """A student who defines a helper of that name gets no say in it."""
    found, session = names({"fsum": lambda x: "mine"}, "from math import *")
    assert value(found, "fsum") is math.fsum
    assert value(found, "pow") is math.pow
    assert session.asked == []
    assert value(found, "nobody") == "nothing"


def test_a_locked_cell_with_a_syntax_error_gives_no_names() -> None:
    found, _ = names({}, "x = (", "y = 1")
    assert value(found, "x") == "nothing"
    assert value(found, "y") == 1


def test_a_locked_line_that_fails_is_the_courses_fault() -> None:
    found, _ = names({}, "x = 1 / 0")
    with pytest.raises(Stopped, match=r"`x = 1 / 0` failed: division") as caught:
        found.provide(["x"])
    assert caught.value.fault == "course"


def test_a_locked_line_that_fails_in_the_students_code_is_theirs() -> None:
    found, _ = names({"f": lambda: 1 / 0}, "x = f()")
    with pytest.raises(Stopped) as caught:
        found.provide(["x"])
    assert (caught.value.fault, caught.value.kind) == ("student", "ZeroDivisionError")


def test_a_shell_command_is_the_courses_fault() -> None:
    found, session = names({"get_ipython": lambda: 1}, "files = !ls")
    with pytest.raises(Stopped, match="magics") as caught:
        found.provide(["files"])
    assert caught.value.fault == "course"
    assert session.asked == []


# --- between tests ----------------------------------------------------------------------------------------------


def test_the_students_values_are_forgotten_between_tests() -> None:
    student = {"x": 1, "f": math.sin}
    found, _ = names(student)
    assert value(found, "x") == 1
    student["x"] = 2
    assert value(found, "x") == 1
    found.begin("the next")
    assert value(found, "x") == 2


def test_what_a_test_made_of_such_a_name_stays() -> None:
    found, _ = names({"x": 1})
    found.provide(["x"])
    found.space["x"] = "the test's own"
    found.begin("the next")
    assert value(found, "x") == "the test's own"


# --- a kernel that does not answer ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "fault"), [(NoAnswer(trouble("CellTimeoutError", "3")), "student"), (SessionError("none"), "course")]
)
def test_whose_fault_a_missing_answer_is(error: Exception, fault: str) -> None:
    found, session = names({"x": 1})
    session.fails = error
    with pytest.raises(Stopped) as caught:
        found.provide(["x"])
    assert caught.value.fault == fault


STUDENT = """
def double(x): return 2 * x
def fails(): raise ValueError("its words")
def ends(): raise SystemExit(3)
def thing(): return object()
plain, odd = {"a": (1, 2.5)}, object()
"""


def test_the_fake_answers_as_a_real_kernel_does(tmp_path: Path) -> None:
    space: dict[str, Any] = {}
    exec(STUDENT, space)
    fake, real = FakeSession(space), Session(lambda: LocalKernel(tmp_path), Times(cell=60.0, start=60.0))
    try:
        real.run(Cell("student", STUDENT))
        links = [Link(session) for session in (fake, real)]  # type: ignore[arg-type]
        looked = [link.look(["double", "fails", "thing", "plain", "odd", "nothing"]) for link in links]
        assert [sorted(one) for one in looked] == 2 * [["double", "fails", "odd", "plain", "thing"]]
        assert looked[0]["plain"] == looked[1]["plain"] == space["plain"]
        for name, given in (("double", [2]), ("double", []), ("fails", []), ("ends", []), ("thing", [])):
            mine, theirs = (answer(link, link.look([name])[name], given) for link in links)
            assert mine == theirs
        assert type(fake.test_seconds) is type(real.test_seconds)
    finally:
        real.close()


def answer(link: Link, function: Any, given: list[object]) -> tuple[object, ...]:
    """What calling the student's function came to."""
    try:
        found = link.ask("call", "it", function, *given)
    except (Exception, SystemExit) as error:
        return ("raised", type(error), str(error))
    return ("object", claims_of(found).kind) if is_proxy(found) else ("value", found)


def test_what_the_notebook_imports_of_a_package_is_there_for_a_test_that_imports_the_package() -> None:
    found, _ = names({}, "import xml.dom.minidom as dom")
    (importing,) = statements("import xml")
    sys.modules.pop("xml.dom.minidom", None)
    found.import_parts(importing)
    assert "xml.dom.minidom" in sys.modules


def test_a_name_that_a_call_changes_is_what_it_is_then() -> None:
    """In place where it can be changed, so that other names of the test's see it, too."""
    student: dict[str, Any] = {"count": 1, "seen": [1], "own": [1]}

    def act() -> None:
        student["count"] = 2
        student["seen"].append(2)
        student["own"].append(2)

    student["act"] = act
    found, _ = names(student)
    found.provide(["count", "seen", "own", "act"])
    seen, found.space["own"] = found.space["seen"], "the test's"
    found.space["act"]()
    assert (found.space["count"], seen, found.space["seen"] is seen) == (2, [1, 2], True)
    assert found.space["own"] == "the test's"


def test_two_names_of_one_list_are_one_list() -> None:
    one = [1]
    found, _ = names({"a": one, "b": one, "c": [1]})
    found.provide(["a", "b", "c"])
    assert found.space["a"] is found.space["b"]
    assert found.space["a"] is not found.space["c"]
