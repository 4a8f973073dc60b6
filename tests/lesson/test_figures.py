"""The figures in both languages: legible on any page, said in words, and without a Chinese font."""

from __future__ import annotations

import re
import warnings
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageColor

from autograder.base.messages import translator
from autograder.lesson import Degradation, NearCopy
from autograder.lesson.experiments.degradation import Run
from autograder.lesson.experiments.look import FeatureMap, Field
from autograder.lesson.figures import pictures, plots, style
from autograder.lesson.signs import Signs

FOUND = Degradation(
    tuple(
        Run(kind, blocks, seed, (1.8, 1.8 - 0.1 * blocks + 0.02 * seed), (0.2, 0.4))
        for kind in ("plain", "residual")
        for blocks in (3, 10)
        for seed in (0, 1)
    ),
    (3, 10),
)


def drawn(language: str, few: Signs) -> list[Any]:
    _ = translator(language)
    image = few.test_set_x[0]
    maps = [FeatureMap("a", np.random.RandomState(0).rand(4, 4, 3).astype(np.float32))]
    return [
        plots.curves_figure({_("plain"): [1.0, 0.5]}, _("loss on training images"), _),
        plots.depth_figure({"plain": [1.0, 0.1]}, _("norm of the gradient"), _),
        plots.degradation_figure(FOUND, _),
        pictures.pairs_figure(few, [NearCopy(0, 1, 0.5)], _),
        pictures.predictions_figure(image, [0.1, 0.7, 0.2], 2, _),
        pictures.channels_figure(image, maps, 8, _),
        pictures.fields_figure(image, [Field("a", np.eye(64, dtype=np.float32))] * 4, _),
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_figures_fit_a_page_take_its_colour_and_are_said_in_words(language: str, few: Signs) -> None:
    for figure in drawn(language, few):
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # no warning of a glyph that no font here has
            made = style.markup(figure, 'in words, "quoted"')
        root = ElementTree.fromstring(made)
        (svg,) = root
        assert svg.get("aria-label") == 'in words, "quoted"'
        assert "max-width: 100%" in str(svg.get("style"))
        assert int(re.findall(r"width: (\d+)px", str(svg.get("style")))[0]) <= 900
        assert "currentColor" in made
        assert style.INK not in made
        assert not re.search(r"#(?:000000|ffffff)", made), "a colour that is lost on dark or on light"


def test_chinese_is_written_by_the_reader_s_browser(few: Signs) -> None:
    words = "".join(
        text for figure in drawn("zh", few) for text in re.findall(r"<text[^>]*>([^<]*)<", style.markup(figure, ""))
    )
    assert "训练" in words


def luminance(colour: str) -> float:
    linear = [(c / 255 / 12.92) if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in ImageColor.getrgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", style.COLOURS)
def test_lines_stand_out_on_light_and_on_dark(colour: str) -> None:
    """WCAG 2.2, 1.4.11: at least 3 to 1; JupyterLab's dark page is #111111."""
    for page in ("#ffffff", "#111111"):
        lighter, darker = sorted((luminance(colour), luminance(page)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_a_bar_is_as_long_as_the_probability(few: Signs) -> None:
    figure = pictures.predictions_figure(few.test_set_x[0], [0.1, 0.7, 0.2], 2, translator("en"))
    bars = figure.axes[1].patches
    assert [round(bar.get_width(), 6) for bar in bars] == [0.7, 0.2]
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["1", "2"]
    assert [text.get_text() for text in figure.axes[1].texts] == ["70%", "20%"]


def test_a_picture_has_words_and_fits(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    style.show_picture(Image.new("RGB", (2, 2)), "two <by> two")
    (bundle,) = shown
    assert bundle["text/plain"] == "two <by> two"
    assert 'alt="two &lt;by&gt; two"' in bundle["text/html"]
    assert "max-width: 100%" in bundle["text/html"]


def test_the_table_of_degradation_has_mean_and_range(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, str]] = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: shown.append(bundle))
    plots.show_degradation(FOUND)
    assert '<td style="text-align: left">0.81 (0.80 to 0.82)</td>' in shown[1]["text/html"]
    assert "1.51 (1.50 to 1.52)" in shown[0]["text/plain"]
