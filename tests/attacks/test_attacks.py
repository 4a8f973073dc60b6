"""Every attack on the light course gains nothing; and the judge that says so can tell when one does."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder.execution.kernel.client import Client
from autograder.execution.kernel.local import LocalKernel
from autograder.execution.kernel.session import Cell, Session, Times
from autograder.execution.testcell.claims import Claims
from autograder.execution.testcell.link import Link
from autograder.execution.testcell.proxy import make
from tests.attacks import attack, judge, observed, plain_course
from tests.attacks.attack import Attack, Part
from tests.attacks.browsed import browsed
from tests.attacks.classroom import FIRST, LAST, Class
from tests.attacks.courses import Course, configure
from tests.attacks.measure import SEED, main, measure
from tests.attacks.pages import active
from tests.attacks.sentinels import Sentinels
from tests.browser.chromium import NO_CHROMIUM, program
from tests.shared.built import made_once
from tests.shared.exercises import IDENTITY_BLOCK

ATTACKS = attack.load("plain")


# --- the attacks ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What each attack gained, and under "" what is wrong with the honest students."""
    folder = made_once(tmp_path_factory, "attacked", _grade)
    found: dict[str, list[str]] = json.loads((folder / "gains.json").read_text())
    return found


def _grade(folder: Path) -> None:
    measured = measure("ours", ATTACKS, folder)
    gains = {
        name: [f"{o.points:+g} points", *o.secrets, *o.touched, *(f"died of {error}" for error in o.mistakes)]
        for name, o in measured.outcomes.items()
        if o.gains or o.mistakes
    }
    (folder / "gains.json").write_text(json.dumps({**gains, "": measured.trouble}))


@pytest.mark.attacks
@pytest.mark.parametrize("name", [a.name for a in ATTACKS])
def test_gains_nothing(name: str, graded: dict[str, list[str]]) -> None:
    assert graded.get(name, []) == []


@pytest.mark.attacks
def test_honest_students_in_the_same_class_get_their_points(graded: dict[str, list[str]]) -> None:
    assert graded[""] == []


def test_a_file_without_a_place_for_the_table_is_told_before_anything_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["measure.py", "--markdown", str(tmp_path / "table.md")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "name docs/results/attacks.md" in capsys.readouterr().err


def test_there_are_enough() -> None:
    everything = [one for assignment in attack.ASSIGNMENTS for one in attack.load(assignment)]
    assert len(everything) >= 45
    for gain in attack.GAINS:
        assert sum(gain in one.stock for one in everything) >= 10


# --- the judge --------------------------------------------------------------------------------------------------

PLANTED = Attack("planted", "plain", "a story", ("points",), (), (Part("last", "known.grader"),), process=True)
SECRET = f"marker-triple-{SEED}"


@pytest.fixture
def sentinels() -> Iterator[Sentinels]:
    with Sentinels() as made:
        made.target(PLANTED.name, PLANTED.mark, process=True)
        yield made


@pytest.fixture
def empty(tmp_path: Path, sentinels: Sentinels) -> Class:
    """A graded class of one attack that gained nothing, on a disk of its own."""
    root = tmp_path / "course"
    root.mkdir()
    configure(root, "ours")
    made = plain_course.make(SEED)
    course = Course("plain", "ours", root, {"right": made.source, "wrong": made.source}, made.secrets, 28.0)
    scores = {FIRST: 28.0, LAST: 28.0, "base-wrong": 0.0, PLANTED.student_id: 0.0}
    graded = Class(course, root, sentinels, (PLANTED,), scores, "friend-of-mine", "")
    hand_out(graded, "nothing", "<html>nothing</html>")
    return graded


def hand_out(graded: Class, printed: str, page: str) -> None:
    """Write what the attack's notebook printed, and its feedback page."""
    for step in ("autograded", "feedback"):
        graded.folder(step, PLANTED.student_id).mkdir(parents=True, exist_ok=True)
    cell = new_code_cell("1", outputs=[new_output("stream", text=printed)])
    node = nbformat.v4.new_notebook(cells=[cell])
    nbformat.write(node, graded.folder("autograded", PLANTED.student_id) / "plain.ipynb")
    (graded.folder("feedback", PLANTED.student_id) / "plain.html").write_text(page)


def outcome(graded: Class) -> judge.Outcome:
    return judge.judge(graded)[0]


def test_nothing_is_nothing(empty: Class) -> None:
    assert outcome(empty).gains == ()
    assert judge.honest(empty) == ()


def test_sees_points(empty: Class) -> None:
    empty.scores[PLANTED.student_id] = 0.5
    assert outcome(empty).gains == ("points",)


def test_honest_answers_that_earn_less_are_trouble(empty: Class) -> None:
    empty.scores[LAST] = 27.0
    assert "zoe" in judge.honest(empty)[0]


@pytest.mark.parametrize("spell", [str, lambda s: s[::-1], lambda s: s.encode().hex()])
def test_sees_a_secret_that_was_printed(spell: object, empty: Class) -> None:
    hand_out(empty, f"... {spell(SECRET)} ...", "<html></html>")
    assert outcome(empty).secrets == ("hidden test of triple",)


def test_sees_a_secret_in_base64(empty: Class) -> None:
    import base64

    hand_out(empty, base64.b64encode(f"xy{SECRET}".encode()).decode(), "<html></html>")
    assert outcome(empty).gains == ("secret",)


def test_sees_a_secret_in_the_feedback(empty: Class) -> None:
    hand_out(empty, "", f"<html><span>{SECRET[:9]}</span><b>{SECRET[9:]}</b></html>")
    assert outcome(empty).gains == ("secret",)


def test_sees_a_secret_in_a_file(empty: Class) -> None:
    (empty.folder("feedback", PLANTED.student_id) / "loot.db").write_bytes(b"\0" + SECRET.encode() + b"\0")
    assert outcome(empty).gains == ("secret",)


def test_an_honest_page_that_tells_is_trouble(empty: Class) -> None:
    folder = empty.folder("feedback", "base-wrong")
    folder.mkdir(parents=True)
    (folder / "plain.html").write_text("<html>expected 815484546</html>")
    assert judge.honest(empty) == ("base-wrong's feedback tells: expected value of triple",)


def test_sees_an_attack_that_died_of_its_own_mistake(empty: Class) -> None:
    came_to = {PLANTED.mark: [("TypeError", "replay() takes 4 arguments"), ("OSError", "no such file")]}
    planted = replace(PLANTED, raises=frozenset({"OSError"}))
    (found,) = judge.judge(replace(empty, attacks=(planted,), errors=came_to))
    assert found.mistakes == ("TypeError: replay() takes 4 arguments",)
    assert found.gains == ()


def test_errors_are_heard_wherever_they_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a cell, a function that a test calls, one that makes evidence, and from a collector that was replaced."""
    for owner, names in ((Client, "_reply"), (Session, "run _ready close ask _collect")):
        for name in names.split():
            monkeypatch.setattr(owner, name, owner.__dict__[name])  # put back in the end
    observed.note_errors(tmp_path / "errors")
    cells = (
        f"known = dict(pid=1, mark={PLANTED.mark!r})",
        "1 / 0",
        "def called(): raise OverflowError('too much')",
        "def identity_block(X, f, filters, stage, block): raise KeyError('nothing')",
    )
    session = Session(lambda: LocalKernel(tmp_path), Times(cell=60.0, start=60.0))
    try:
        for source in cells:
            session.run(Cell("cell", source))
        link = Link(session)
        with pytest.raises(OverflowError):
            link.ask("call", "called", make(link, Claims(), "called"))
        session.collect(IDENTITY_BLOCK, IDENTITY_BLOCK.public_cases[:1])
        session.run(
            Cell("cell", "import autograder.execution.kernel.answers as answers\nanswers.collect = lambda: None")
        )
        session.collect(IDENTITY_BLOCK, IDENTITY_BLOCK.public_cases[:1])
    finally:
        session.close()
    lines = [json.loads(line) for line in (tmp_path / "errors").read_text().splitlines()]
    assert {mark for mark, _, _ in lines} == {PLANTED.mark}
    assert [error for _, error, _ in lines][:4] == ["ZeroDivisionError", "OverflowError", "KeyError", "TypeError"]


def test_sees_a_hand_outside(empty: Class, sentinels: Sentinels) -> None:
    target = sentinels.targets[PLANTED.name]
    (target.folder / "made").touch()
    (target.folder / "target.txt").write_text("changed")
    (target.folder / "mode.txt").chmod(0o644)
    assert set(outcome(empty).touched) == {"wrote 'made'", "changed a file", "changed a file's mode"}


def test_sees_a_signal(empty: Class, sentinels: Sentinels) -> None:
    process = sentinels.targets[PLANTED.name].process
    assert process is not None
    process.terminate()
    _wait_for(sentinels.targets[PLANTED.name].folder / "signalled")
    assert outcome(empty).touched == ("wrote 'signalled'",)


def test_sees_a_signal_to_the_grader(empty: Class, sentinels: Sentinels) -> None:
    sentinels.signals.touch()
    assert outcome(empty).touched == ("signalled the grader",)


def test_sees_a_connection(empty: Class, sentinels: Sentinels) -> None:
    import socket

    with socket.create_connection(("127.0.0.1", sentinels.listeners.port)) as connection:
        connection.sendall(f"{PLANTED.mark} {SECRET}".encode())
    for _ in range(100):
        if sentinels.listeners.heard:
            break
        _pause()
    assert outcome(empty).gains == ("secret", "escape")


def test_sees_a_script_that_formgrader_would_show(empty: Class) -> None:
    node = nbformat.v4.new_notebook(cells=[new_markdown_cell(f"<img src=x onerror={PLANTED.mark}>")])
    nbformat.write(node, empty.folder("autograded", PLANTED.student_id) / "plain.ipynb")
    (empty.root / "nbgrader_config.py").write_text("c = get_config()\n")
    assert outcome(empty).touched == ("an onerror handler in the Formgrader page",)


ALIVE = (
    "<script>MARK</script>",
    "<img src=x onerror='MARK'>",
    "<svg onload=MARK>",
    "<a href=' JaVaScRiPt:MARK'>x</a>",
    "<iframe srcdoc='&lt;script&gt;MARK&lt;/script&gt;'></iframe>",
    "<iframe src='data:text/html;base64,PHNjcmlwdD5NQVJLPC9zY3JpcHQ+'></iframe>",
    "<img src='//elsewhere/MARK'>",
    "<link rel=stylesheet href=http://elsewhere/MARK>",
    "<style>* { background: url(//elsewhere/MARK) }</style>",
    "<p style='position: fixed; top: 0'  title=MARK id='a MARK' ></p><p style='position:fixed;content:MARK'></p>",
    "<form action='/MARK'></form>",
    "<meta http-equiv=refresh content='0;url=MARK'>",
    "<div class='panel-heading'>Score: 26 / 26 MARK</div>",
    "<span class='navbar-fixed-top'>MARK</span>",
)
DEAD = (
    "&lt;script&gt;MARK&lt;/script&gt;",
    "<pre>javascript:MARK</pre>",
    "<a href='https://elsewhere/MARK'>a plain link</a>",
    "<iframe sandbox srcdoc='&lt;script&gt;MARK&lt;/script&gt;'></iframe>",
    "<img src='data:image/png;base64,AAAA' alt='MARK'>",
    "<p title='onerror=MARK'>MARK</p>",
)


@pytest.mark.parametrize("page", ALIVE)
def test_sees_what_is_alive(page: str) -> None:
    assert active(page, "MARK")


ACTING = {
    "a link to somewhere else": r"<p>$\href{http:/formgrader/?path=MARK}{x}$</p>",
    "a title of a script's": "<script>document.title = 'MARK'</script>",
    "a request of a student's": "<script>fetch('/api/MARK')</script>",
    "a dialog": "<img src=x onerror=\"alert('MARK')\">",
    "a script's words": "<svg onload=\"console.log('MARK')\">",
}
STILL = (
    r"<pre>$\href{http:/formgrader/?path=MARK}{x}$</pre>",
    r"<div class='tex2jax_ignore'>$\href{http:/formgrader/?path=MARK}{x}$</div>",
    "<a href='#MARK'>x</a> <a href='MARK.csv'>x</a> MARK",
    r"$x_{MARK}$",
)


@pytest.mark.browser
def test_sees_what_a_browser_makes_of_a_page() -> None:
    pages = [f"<html><head><title>page</title></head><body>{body}</body></html>" for body in (*ACTING.values(), *STILL)]
    found = browsed([(page, "MARK") for page in pages])
    if program() is None:
        pytest.skip(NO_CHROMIUM)
    assert [set(one) for one in found] == [{name} for name in ACTING] + [set()] * len(STILL)


def test_sees_a_page_that_is_too_long(empty: Class) -> None:
    hand_out(empty, "", "x" * (judge.MAX_PAGE + 1))
    assert outcome(empty).touched == ("made the feedback 16 MB long",)


@pytest.mark.parametrize("name", ["index.html", "a.svg", "nbgrader_config.py"])
def test_sees_a_file_that_something_would_run(name: str, empty: Class) -> None:
    (empty.folder("autograded", PLANTED.student_id) / name).write_text(PLANTED.mark)
    assert outcome(empty).touched == (f"left {name!r} in autograded/",)


@pytest.mark.parametrize("page", DEAD)
def test_leaves_what_is_dead(page: str) -> None:
    assert active(page, "MARK") == ()


def _wait_for(path: Path) -> None:
    for _ in range(100):
        if path.exists():
            return
        _pause()
    raise AssertionError(f"{os.fspath(path)} did not appear")


def _pause() -> None:
    import time

    time.sleep(0.05)
