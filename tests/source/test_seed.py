"""Answers that people really gave: the solved functions of the 2018 notebook, in today's release notebook."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from tests.shared.helpers import ROOT, autograder, handed_in, write

SEED = ROOT.parent / "shared" / "seed"
NAMES = ("identity_block", "convolutional_block")


def solved(text: str, name: str) -> str | None:
    """The function as it stands in the text, from its def to the last indented line; None where it is not whole."""
    found = re.search(rf"^def {name}\(.*(?:\n(?:[ \t].*)?)*", text, re.MULTILINE)
    if found is None:
        return None
    try:
        (function,) = ast.parse(found[0]).body
    except SyntaxError:
        return None
    return found[0] if any(isinstance(node, ast.Return) for node in ast.walk(function)) else None


@pytest.mark.skipif(not SEED.is_dir(), reason=f"the seed notebook of 2018 is not here ({SEED})")
def test_the_solved_functions_of_2018_earn_full_points(tmp_path: Path) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SEED.glob("*.txt")))
    answers = {name: code for name in NAMES if (code := solved(text, name))}
    assert "identity_block" in answers
    path = write(handed_in("resnet-zh", **answers), tmp_path / "2018.ipynb")
    done = autograder("check", path, "--json")
    exercises = {exercise["name"]: exercise for exercise in json.loads(done.stdout)["exercises"]}
    for name in answers:
        assert exercises[name]["points"] == exercises[name]["max_points"] == 10, exercises[name]
        assert exercises[name]["findings"] == []


def test_a_function_is_cut_out_whole_or_not_at_all() -> None:
    whole = "def identity_block(X):\n    a = 1\n\n    return a\n\n"
    text = f"In [2]:\n{whole}## prose\ndef convolutional_block(X):\n    a = (1,"
    assert solved(text, "identity_block") == whole
    assert solved(text, "convolutional_block") is None
