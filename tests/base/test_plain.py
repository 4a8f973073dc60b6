"""No control character reaches a terminal, whatever prints it."""

from __future__ import annotations

import ast
import io
import sys

import pytest
from rich.progress import Progress
from rich.table import Table

from autograder import cli
from autograder.base.plain import PlainStream, plain, plain_output, raw
from autograder.report.console import PlainConsole
from tests.shared.helpers import ROOT

STEERING = "\x1b[2K\x1b]52;c;aGk=\x07\x9b2J\x85\u202e\u2066\u200f\u2028\r\x08\x7f"


def is_plain(text: str) -> bool:
    return not {"\x1b", "\x07", "\x9b", "\x85", "\u202e", "\u2066", "\u200f", "\u2028", "\r", "\x08", "\x7f"} & set(
        text
    )


def test_plain() -> None:
    assert is_plain(plain(f"name{STEERING}.rar"))
    assert plain("a\nb ok 李 é") == "a\nb ok 李 é"
    assert plain("a\nb", keep="") == "a\ufffdb"


def test_a_stream_lets_plain_text_through() -> None:
    below = io.StringIO()
    stream = PlainStream(below)
    print(f"left out: {STEERING}", "李", file=stream)  # type: ignore[arg-type]
    stream.writelines(["\ta\n", STEERING])
    assert is_plain(below.getvalue())
    assert below.getvalue().startswith("left out: ")
    assert "李\n\ta\n" in below.getvalue()


def test_all_output_of_a_block(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout, sys.stderr
    with plain_output(), plain_output():
        print(STEERING)
        print(STEERING, file=sys.stderr)
        assert raw(sys.stdout) is before[0]
    assert (sys.stdout, sys.stderr) == before
    said = capsys.readouterr()
    assert is_plain(said.out)
    assert is_plain(said.err)


def test_a_console_has_its_own_colours_and_no_others() -> None:
    file = io.StringIO()
    console = PlainConsole(file=file, force_terminal=True, width=200)
    console.print(f"[bold]{STEERING}[/bold]")
    table = Table(f"head {STEERING}")
    table.add_row(STEERING)
    console.print(table)
    with Progress(console=console) as bar:
        bar.add_task(f"progress {STEERING}")
    for taken in ("\x1b]52", "\x07", "\x9b", "\x85", "\u202e", "\u2066", "\u200f", "\u2028", "\x08", "\x7f"):
        assert taken not in file.getvalue(), repr(taken)
    assert "\x1b[1m" in file.getvalue()


@pytest.mark.parametrize(
    "arguments",
    [
        ["collect", f"no{STEERING}where"],
        ["--course", f"no{STEERING}where", "grade"],
        ["check", f"no{STEERING}where.ipynb"],
        ["export", "--format", f"no{STEERING}"],
        ["undo", f"no{STEERING}"],
        ["grade", f"no{STEERING}"],
        [f"no{STEERING}"],
    ],
)
def test_the_command(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        raise SystemExit(cli.main(arguments))  # argparse raises it itself
    assert end.value.code == 2
    said = capfd.readouterr()
    assert said.err
    assert is_plain(said.out + said.err)


def test_an_error_of_the_kits_own(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def broken(_course: object) -> bool:
        raise RuntimeError(STEERING)

    monkeypatch.setattr("autograder.doctor.examine", broken)
    assert cli.main(["doctor"]) == 1
    said = capfd.readouterr()
    assert "RuntimeError" in said.err
    assert is_plain(said.err)


def test_no_other_console_is_used() -> None:
    """rich's own would write a student's control characters."""
    for path in sorted((ROOT / "autograder").rglob("*.py")):
        calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
        assert not [call for call in calls if getattr(call.func, "id", "") == "Console"], path
