"""Text fitted into columns: wide characters, accents, and whatever else a student may write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.report.wrap import clip, columns, plain, wrap

texts = st.text(max_size=300)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("Conv2D", 6),
        ("主路径", 6),
        ("F1 个，", 7),
        ("│✗✓▼…×→", 7),
        ("e\u0301", 1),
        ("e" + "\u0301" * 500, 1),
        ("\u200d\u202e", 2),  # shown as two replacement characters
    ],
)
def test_columns(text: str, width: int) -> None:
    assert columns(text) == width


@given(texts, st.integers(2, 80))
def test_what_is_clipped_fits_and_begins_like_the_text(text: str, width: int) -> None:
    shown = clip(text, width)
    assert columns(shown) <= width
    assert len(shown) <= 8 * width + 1
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("padding", 7, "padding"),
        ("padding", 6, "paddi…"),
        ("主路径", 6, "主路径"),
        ("主路径", 5, "主路…"),
        ("主路径", 4, "主…"),
        ("a" + "\u0301" * 500, 10, "a" + "\u0301" * 71 + "…"),
    ],
)
def test_clip(text: str, width: int, shown: str) -> None:
    assert clip(text, width) == shown


@given(texts, st.integers(8, 60))
def test_no_line_is_too_wide_and_no_word_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width, "- ", "  ")
    assert all(columns(line) <= width for line in lines)
    kept = "".join("".join(lines).removeprefix("- ").split())
    assert kept.removeprefix("-") == "".join(text.split()).removeprefix("-")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("这一步是对的，下一步不对", 12, ["这一步是对", "的，下一步不", "对"]),
        ("参数（见表）", 6, ["参数", "（见", "表）"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("tab\tand\nline", 40, ["tab and line"]),
    ],
)
def test_wrap(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


def test_plain_text_steers_nothing() -> None:
    assert plain("a\x1b[31m\u202eb\nc\u2028") == "a\ufffd[31m\ufffdb\nc\ufffd"
