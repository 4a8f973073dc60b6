"""The notebook decides the language: the comment in its set-up cell, in a real kernel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.base import messages
from autograder.base.messages import language_in, notebook_language
from tests.shared.helpers import ROOT, run_cells, solution

SET_UP = """# language: {language}
import keras
from keras.layers import Add, Activation, BatchNormalization, Conv2D
from keras.initializers import glorot_uniform
from autograder import check, grade, hint"""
WRONG = solution("identity_block", ('padding="same"', 'padding="valid"'))


@pytest.mark.parametrize(
    ("cell", "language"),
    [
        ("# language: zh\nimport numpy", "zh"),
        ("import numpy\n  #language: en", "en"),
        ("# language: fr", None),
        ("# language: zhongwen", None),
        ("language = 'zh'", None),
        ("print('# language: zh')", None),
        ("", None),
    ],
)
def test_the_marker_is_a_comment_of_its_own(cell: str, language: str | None) -> None:
    assert language_in(cell) == language


def test_outside_a_notebook_it_is_english_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert notebook_language() == "en"
    monkeypatch.setenv("AUTOGRADER_LANGUAGE", "zh")
    assert notebook_language() == "zh"
    monkeypatch.setenv("AUTOGRADER_LANGUAGE", "fr")
    assert notebook_language() == "en"


def test_a_language_without_a_catalog_is_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    messages.translator.cache_clear()
    try:
        assert messages.translator("zh")("{layer} is missing.") == "{layer} is missing."
    finally:
        messages.translator.cache_clear()


def said(cell: NotebookNode) -> str:
    """Everything that a cell put out, as plain text, but what TensorFlow says on stderr."""
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stdout":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append("\n".join(output.traceback))
        elif output.output_type in ("display_data", "execute_result"):
            parts.append(output.data.get("text/plain", ""))
    return "\n".join(parts)


@pytest.fixture(scope="module")
def cells() -> dict[str, NotebookNode]:
    """The cells of a Chinese notebook, run in a kernel; from the cell "turn" on it calls itself English."""
    sources = {
        "set-up": SET_UP.format(language="zh"),
        "solution": WRONG,
        "check": "check(identity_block)",
        "hint": "hint(identity_block)",
        "not a function": "check(5)",
        "no exercise": "check(print)",
        "turn": "# language: en\ncheck(identity_block)",
        "after": "hint(identity_block)",
    }
    return run_cells(sources, ROOT)


def test_a_report_is_in_the_notebooks_language(cells: dict[str, NotebookNode]) -> None:
    text = re.sub(r"\n\s+", "", said(cells["check"]))
    assert "identity_block：" in text
    assert re.search(r"主路径 2b 步（第 \d+ 行）：Conv2D 的填充（padding）是 'valid'；练习要求的是 'same'。", text)
    page = next(output.data["text/html"] for output in cells["check"].outputs if "data" in output)
    assert 'lang="zh"' in page
    assert "填充（padding）" in page
    assert "the exercise asks for" not in text + page


def test_a_hint_is_in_the_notebooks_language(cells: dict[str, NotebookNode]) -> None:
    title, hint, more = said(cells["hint"]).strip().splitlines()
    assert title == "主路径 2b 步，第 1 级提示，共 3 级"
    assert re.fullmatch(r"[^A-Za-z]+？", hint)
    assert more == "再运行一次这个单元格，会得到更直接的提示。"


def test_a_wrong_call_is_told_in_the_notebooks_language(cells: dict[str, NotebookNode]) -> None:
    assert said(cells["not a function"]) == "check() 需要的是你写的函数本身，不是它的结果：请写 check(identity_block)。"
    assert said(cells["no exercise"]).startswith("print 不是练习的名称。check() 可以用于：identity_block")


def test_the_latest_cell_that_names_a_language_counts(cells: dict[str, NotebookNode]) -> None:
    assert "the padding of Conv2D is 'valid'; the exercise asks for 'same'." in " ".join(said(cells["turn"]).split())
    assert "hint 2 of 3" in said(cells["after"])
