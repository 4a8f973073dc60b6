"""docs/design/security.md says who has tried each claim: what it names is there."""

from __future__ import annotations

import re
from itertools import chain

from tests.attacks import attack
from tests.faults.measure import FAULTS
from tests.shared.helpers import ROOT

TEXT = (ROOT / "docs" / "design" / "security.md").read_text(encoding="utf-8")
ATTACKS = {one.name for assignment in attack.ASSIGNMENTS for one in attack.load(assignment)}
SYSTEMS = ("sched_autogroup",)
"""What looks like an attack's name and is Linux's."""
QUOTED = re.findall(r"`([^`\n]+)`", TEXT)


def test_it_speaks_of_enough() -> None:
    assert len(ATTACKS & set(QUOTED)) > 40


def test_attacks_are_there() -> None:
    """What is called so, whatever a table names that is no code, and `_thread` after `hidden_arguments_printed`."""
    places = (*ROOT.glob("autograder/**/*.py"), *ROOT.glob("tests/nbgrader/*.py"))
    code = "\n".join(path.read_text(encoding="utf-8") for path in places)
    before = ""
    for name in QUOTED:
        if not re.fullmatch(r"(?!__)[a-z_/]*_[a-z_]+", name):
            continue
        if name.startswith("_"):
            family = before.rpartition("_")[0]
            assert family + name in ATTACKS, f"{family}{name}"
        else:
            before = name.removeprefix("resnet/").removeprefix("plain/")
            assert before in ATTACKS or before in code or before in SYSTEMS, name


def test_what_is_called_an_attack_is_one() -> None:
    called = re.findall(r"attacks? ((?:`[\w/]+`(?:, | and )?)+)", TEXT)
    assert called
    for name in chain.from_iterable(re.findall(r"`(\w+)`", words) for words in called):
        assert name in ATTACKS or name.startswith("_"), name


def test_tests_are_there() -> None:
    for path in set(re.findall(r"\btests/[\w/.-]*\w", TEXT)):
        assert (ROOT / path).exists(), path
    for name in set(re.findall(r"(?<![\w/])(?:[\w]+/)*test_\w+\.py", TEXT)):
        assert list(ROOT.glob(f"tests/**/{name.removeprefix('tests/')}")), name


def test_faults_are_there() -> None:
    known = {fault.name for fault in FAULTS}
    called = re.findall(r'\bfaults? ((?:"[^"\n]+"(?:, | and )?)+)', TEXT)
    named = [name for words in called for name in re.findall(r'"([^"]+)"', words)]
    assert named
    assert set(named) <= known


def test_no_row_of_a_table_is_left_open() -> None:
    for row in re.findall(r"^\|.*\|$", TEXT, re.MULTILINE):
        assert row.removesuffix("|").rpartition("|")[2].strip(), row
