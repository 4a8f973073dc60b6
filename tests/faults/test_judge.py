"""The judge of the faults sees what it is there to see."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.batch import Graded, Score, _unsound
from tests.faults.fault import ALL, Fault
from tests.faults.measure import changed_scores, judged

LEAVES_SOMETHING = """\
import json, os, subprocess, sys
from pathlib import Path
from tests.faults.leftovers import Before, adopt_orphans, descendants
adopt_orphans()
(scratch := Path(sys.argv[1]) / "s" / "tmp").mkdir(parents=True)
before = Before.now()
daemon = "import os, time\\nif os.fork() == 0:\\n    os.setsid()\\n    time.sleep(20)"
if sys.argv[2] == "leave":
    subprocess.run([sys.executable, "-c", daemon], check=True)
    (scratch / "file").touch()
said = before.left_behind(scratch.parent, patience=0.3)
print(json.dumps([said, len(set(descendants()) - before.processes)]))
"""


@pytest.mark.parametrize("leave", ["leave", "nothing"])
def test_what_is_left_behind_is_seen_and_ended(tmp_path: Path, leave: str) -> None:
    # In a process of its own, which adopts the orphan.
    done = subprocess.run(
        [sys.executable, "-c", LEAVES_SOMETHING, str(tmp_path), leave], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    said, still_there = json.loads(done.stdout)
    words = [sentence.split()[0] for sentence in said]
    assert words == (["process", "1"] if leave == "leave" else [])
    assert still_there == 0


def row(auto: float | None, by_hand: bool = False) -> list[Score]:
    return [Score(auto, None, by_hand, 2.0)]


@pytest.mark.parametrize(
    ("scores", "exported", "word"),
    [
        ({"a": row(1.0), "b": row(2.0)}, "3.0", ""),
        ({"a": row(1.0), "b": row(None, True)}, "", ""),
        ({"a": row(1.0), "b": row(None, True)}, "1.0", "exported"),
        ({"a": row(1.0), "b": row(2.0)}, "", "exported"),
        ({"a": row(1.0), "b": row(2.0)}, None, "exported"),
        ({"a": row(1.0), "b": row(None)}, "", "needs_manual_grade"),
        ({"a": row(1.0), "b": row(2.0, True)}, "3.0", "needs_manual_grade"),
        ({"a": row(1.0), "b": row(2.5)}, "3.5", "2.5 of 2.0"),
        ({"a": row(1.0), "b": row(-0.5)}, "0.5", "-0.5 of"),
        ({"a": row(1.0), "b": row(float("inf"))}, "inf", "inf of"),
        ({"a": row(1.0)}, "1.0", "1 scores"),
        ({"a": row(1.0), "b": row(2.0) * 2}, "3.0", "3 scores"),
        ({}, None, "0 scores"),
    ],
)
def test_a_gradebook_that_is_not_sound(scores: dict[str, list[Score]], exported: str | None, word: str) -> None:
    found = " ".join(_unsound(scores, exported, ["a", "b"]))
    assert word in found
    assert bool(word) == bool(found)


def test_points_words_and_changes_are_judged() -> None:
    fault = Fault("x", "", lambda folder: None, ALL, "damaged", id="ada")
    scores = {"ada": {name: [Score(points, None, False, 5.0)] for name, points in zip("abc", ALL, strict=True)}}
    graded = Graded(0, 1.0, "ada: damaged", scores, {}, {}, [], {}, cells=("a", "b", "c"))
    assert judged(fault, graded, ours=True).slips == ()
    assert Graded.from_json(graded.to_json()).points("ada") == ALL
    silent = Graded(0, 1.0, "bob: damaged", scores, {}, {}, [], {"ada": ["odd"]}, ["ada"], ("a", "b", "c"))
    assert judged(fault, silent, ours=True).slips == ("nothing says 'damaged'", "odd", "aborts the batch")
    nobody = Graded(0, 1.0, "", {}, {}, {}, [], {}, cells=("a", "b", "c"))
    assert judged(fault, nobody, ours=False).slips == ("no entry, not 2 3 5",)
    assert changed_scores(graded, graded) == []
    assert changed_scores(graded, nobody) == ["ada has no entry, and without the faults 2 3 5"]
