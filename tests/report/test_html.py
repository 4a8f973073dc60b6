"""The page and the text as a whole: well-formed, self-contained, bounded, the same every time, clear without colour."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from autograder.evidence.collect import collect
from autograder.evidence.evidence import to_json
from autograder.references.references import ReferenceSet
from autograder.report import make_report, render_text
from tests.corpus import cases
from tests.report.conftest import Diagnose
from tests.report.pages import SVG, everything, groups, page, pictures, words
from tests.shared.builders import PUBLIC, ROOT
from tests.shared.exercises import IDENTITY_BLOCK

CASES = [
    "right/identity_block/plus_sign",
    "right/convolutional_block/shortcut_first",
    "mistakes/identity_block/2b_padding_valid",
    "mistakes/identity_block/2b_missing",
    "mistakes/identity_block/add_missing",
    "mistakes/identity_block/add_x_x",
    "mistakes/identity_block/add_added_again",
    "mistakes/identity_block/concatenate",
    "mistakes/identity_block/shortcut_with_conv",
    "mistakes/identity_block/relu_before_add",
    "several/identity_block/names_and_add",
    "several/identity_block/bias_and_relu_and_concat",
    "mistakes/convolutional_block/shortcut_from_main",
    "mistakes/convolutional_block/shortcut_plain",
    "several/convolutional_block/2c_bn_and_shortcut_name",
    "errors/identity_block/tf_relu",
    "errors/identity_block/untouched",
    "mistakes/resnet50/stage4_block_extra",
    "several/resnet50/both_blocks",
    "several/resnet50/head_three",
]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", CASES)
def test_the_page_needs_nothing_but_itself(diagnose: Diagnose, case: str, language: str) -> None:
    report = make_report(diagnose(case), language)
    html = report._repr_html_()
    assert len(html.encode()) < 60_000
    root = page(report)
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert not tags & {"script", "img", "link", "iframe", "image", "use", "foreignObject", "a"}
    for element in root.iter():
        assert not [name for name in element.attrib if name == "id" or name.startswith("on") or "href" in name]
    texts = " ".join(everything(root)).replace(SVG, "")
    assert not re.search(r"url\(|@import|https?://|javascript:", texts)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", CASES)
def test_the_text_fits_a_terminal(diagnose: Diagnose, case: str, language: str) -> None:
    report = make_report(diagnose(case), language)
    lines = render_text(report).split("\n")
    assert max(cell_len(line) for line in lines) <= 100
    assert not [line for line in lines if line != line.rstrip()]


@pytest.mark.parametrize("case", CASES)
def test_faults_are_told_by_signs_and_words_too(diagnose: Diagnose, case: str) -> None:
    """Without the style sheet, in black and white, every fault still carries its ✗ and a note."""
    report = make_report(diagnose(case))
    for picture in pictures(report):
        for mark in ("wrong", "missing", "extra"):
            for box in groups(picture, "box", mark):
                assert "✗" in "".join(words(box))
        wrong_arrows = groups(picture, "flow", "wrong")
        beside = [text.text for text in picture.iter(f"{SVG}text") if text.get("class") == "sign wrong arrow"]
        assert beside == ["✗"] * len(wrong_arrows)
        for frame in groups(picture, "frame", "right"):
            assert "✓" in words(frame) or not words(frame)  # the shortcut's sign stands above its frame
        for frame in groups(picture, "frame", "wrong"):
            assert "✗" in words(frame) or not words(frame)
    if report.findings:
        assert sum(text.startswith("✗ ") for picture in pictures(report) for text in words(picture)) >= 1
        assert "✗" in render_text(report)


def test_the_text_form_draws_both_lanes(diagnose: Diagnose) -> None:
    lines = render_text(make_report(diagnose("mistakes/convolutional_block/shortcut_from_main"))).split("\n")
    (shortcut,) = [line for line in lines if "✗ shortcut" in line]
    (meeting,) = [line for line in lines if "✓ add" in line]
    (source,) = [line for line in lines if line.rstrip().endswith("┘   │")]
    lane = shortcut.index("✗ shortcut") - 2
    assert meeting.index("◀") < meeting.index("┘") == lane
    assert "BatchNormalization ──" in source
    assert [line for line in lines if line[lane - 4 : lane - 3] == "✗"]


def test_the_text_form_of_the_network(diagnose: Diagnose) -> None:
    text = render_text(make_report(diagnose("mistakes/resnet50/stage4_block_extra")))
    assert "✗ stage 4   a → b → c → d → e → f → [✗ +: too many]" in text
    assert "✓ stage 5   a → b → c" in text


def test_a_layer_s_line_is_read_however_wide_it_is(diagnose: Diagnose) -> None:
    """The line of the student's code stands last, and is what they need most: what has no room goes on below."""
    lines = render_text(make_report(diagnose("mistakes/identity_block/2b_padding_valid"))).split("\n")
    place = next(number for number, line in enumerate(lines) if "Conv2D 2×2, F2=4" in line)
    drawn = " ".join(line[8:54].strip() for line in lines[place : place + 2])
    assert re.search(r"stride 1, valid, line \d+", drawn)
    assert "…" not in "".join(lines)
    beside = render_text(make_report(diagnose("mistakes/convolutional_block/shortcut_from_main"))).split("\n")
    place = next(number for number, line in enumerate(beside) if "▸ Conv2D 1×1, F3=6, stride 2, valid," in line)
    assert re.search(r"│   line \d+$", beside[place + 1])


def test_wide_characters_keep_the_lanes_straight(diagnose: Diagnose) -> None:
    """In Chinese the lane's line stands in the same column of the terminal in every line."""
    lines = render_text(make_report(diagnose("mistakes/convolutional_block/shortcut_bn_missing"), "zh")).split("\n")
    start = next(i for i, line in enumerate(lines) if line.endswith("┐"))
    end = next(i for i, line in enumerate(lines) if line.endswith("┘"))
    column = cell_len(lines[start]) - 1
    for line in lines[start + 1 : end]:
        before = next(i for i in range(len(line) + 1) if cell_len(line[:i]) == column)
        assert line[before] in "│┆"


HASHED = """
import hashlib, sys
from pathlib import Path
from autograder.diagnosis import judge
from autograder.evidence.evidence import from_json
from tests.shared.exercises import IDENTITY_BLOCK
from autograder.references.references import load
from autograder.report import make_report, render_text
public = load(Path(sys.argv[1]))
evidence = [from_json(Path(name).read_bytes()) for name in sys.argv[2:]]
report = make_report(judge(IDENTITY_BLOCK, evidence, public.of(IDENTITY_BLOCK), public.canary))
print(hashlib.sha256((report._repr_html_() + render_text(report)).encode()).hexdigest())
"""


def test_the_same_evidence_gives_the_same_bytes(public: ReferenceSet, tmp_path: Path) -> None:
    """In this process and in fresh ones that hash strings differently."""
    case = cases.read(cases.ROOT / "several/identity_block/names_and_add.py")
    function = cases.run(case)[case.function]
    files = []
    for test_case in IDENTITY_BLOCK.public_cases:
        files.append(tmp_path / f"{test_case.name}.json")
        files[-1].write_bytes(to_json(collect(function, IDENTITY_BLOCK, test_case)))
    found = set()
    for seed in ("1", "2", "3"):
        done = subprocess.run(
            [sys.executable, "-c", HASHED, str(PUBLIC), *map(str, files)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout.strip())
    assert len(found) == 1
    assert len(found.pop()) == len(hashlib.sha256().hexdigest())
