"""The figures can be drawn in both languages, and never with boxes in place of characters."""

from __future__ import annotations

import io
import os
import warnings
from typing import Any

import numpy as np
import pytest

from autograder.lesson import GradientNorm, NearCopy, figures
from autograder.lesson.look import FeatureMap, Field
from autograder.lesson.signs import Signs


def drawn(language: str, few: Signs) -> list[Any]:
    image = few.test_set_x[0]
    maps = [FeatureMap("a", np.random.RandomState(0).rand(4, 4, 3).astype(np.float32))]
    curves = {"普通" if language == "zh" else "plain": [1.0, 0.5]}
    norms = {"plain": [GradientNorm("a", 1.0), GradientNorm("b", 0.1)]}
    return [
        figures.curves_figure(curves, "训练图片上的损失" if language == "zh" else "loss", language),
        figures.gradients_figure(norms, language),
        figures.pairs_figure(few, [NearCopy(0, 1, 0.5)], language),
        figures.predictions_figure(image, [0.1, 0.7, 0.2], 2, language),
        figures.channels_figure(image, maps, 4, language),
        figures.fields_figure(image, [Field("a", np.eye(64, dtype=np.float32))], language),
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_character_has_a_glyph(language: str, few: Signs) -> None:
    if language == "zh" and figures.chinese_font() is None:
        why = "there is no Chinese font here (Debian's package fonts-noto-cjk)"
        if os.environ.get("AUTOGRADER_TESTS_NO_SKIP") == "1":
            pytest.fail(why)
        pytest.skip(why)
    for figure in drawn(language, few):
        with warnings.catch_warnings(), figures._style(language):
            warnings.simplefilter("error")
            figure.savefig(io.BytesIO(), format="png")


def test_without_a_chinese_font_labels_are_english(few: Signs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "CHINESE_FONTS", ("a font that nobody has",))
    assert figures.label_language("zh") == "en"
    assert figures.label_language("en") == "en"
    figure = figures.gradients_figure({"plain": [GradientNorm("a", 1.0)]}, figures.label_language("zh"))
    assert figure.axes[0].get_ylabel() == "norm of the gradient"


def test_a_bar_is_as_long_as_the_probability(few: Signs) -> None:
    figure = figures.predictions_figure(few.test_set_x[0], [0.1, 0.7, 0.2], 2, "en")
    bars = figure.axes[1].patches
    assert [round(bar.get_width(), 6) for bar in bars] == [0.7, 0.2]
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["1", "2"]
    assert [text.get_text() for text in figure.axes[1].texts] == ["70%", "20%"]
