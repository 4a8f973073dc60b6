"""A model drawn as a picture."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from autograder import lesson
from autograder.lesson.figures.outline import outline
from autograder.lesson.signs import own_blocks

SVG = "{http://www.w3.org/2000/svg}"


def picture(model: Any) -> ElementTree.Element:
    """The drawing. Raises ParseError where it is not well-formed."""
    (svg,) = ElementTree.fromstring(lesson.draw_model(model)._repr_html_()).iter(f"{SVG}svg")
    return svg


def shortcuts(svg: ElementTree.Element, through: bool) -> int:
    """How many lines have three corners, as a shortcut's have; `through` those that are dashed."""
    return sum(
        len(re.findall("L", path.get("d", ""))) == 3
        for group in svg.iter(f"{SVG}g")
        if ("through" in group.get("class", "").split()) == through
        for path in group.iter(f"{SVG}path")
        if path.get("class") == "way"
    )


def test_every_stage_is_named_and_every_block_has_its_shortcut(thin: Any) -> None:
    svg = picture(thin)
    words = [text.text for text in svg.iter(f"{SVG}text")]
    for stage in ("stage 1", "stage 2", "stage 3", "stage 4", "stage 5", "head"):
        assert words.count(stage) == 1
    assert "15×15×16" in words
    assert shortcuts(svg, through=True) == 4
    assert shortcuts(svg, through=False) == 12
    text = str(lesson.draw_model(thin)).splitlines()
    assert [line.partition(":")[0] for line in text[1:]] == ["stage 1", *(f"stage {n}" for n in range(2, 6)), "head"]
    assert f"{thin.count_params():,}" in text[0]


def test_boxes_lie_in_the_picture_and_not_on_each_other(thin: Any) -> None:
    svg = picture(thin)
    _, _, width, height = map(float, str(svg.get("viewBox")).split())
    boxes = [
        tuple(float(str(rect.get(name))) for name in ("x", "y", "width", "height"))
        for group in svg.iter(f"{SVG}g")
        if group.get("class", "").startswith("box")
        for rect in group.iter(f"{SVG}rect")
    ]
    assert len(boxes) == sum(len(row.pieces) for row in outline(thin))
    for number, (x, y, w, h) in enumerate(boxes):
        assert 0 <= x < x + w <= width
        assert 0 <= y < y + h <= height
        for other in boxes[number + 1 :]:
            assert x + w <= other[0] or other[0] + other[2] <= x or y + h <= other[1] or other[1] + other[3] <= y


def test_parameters_add_up(thin: Any) -> None:
    assert sum(row.parameters for row in outline(thin)) == thin.count_params()


def test_the_courses_own_blocks_are_drawn_as_blocks(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    model = lesson.plain_and_residual(*own_blocks(tmp_path / "none.ipynb"), blocks=3).residual
    stages = {row.stage: [piece.label for piece in row.pieces] for row in outline(model)}
    assert stages["stage 2"] == ["a", "b", "c"]
    assert stages["head"] == ["GlobalAveragePooling2D", "Dense"]
    assert lesson.stage_ends(model)[-1] == "course_2c"


def test_a_name_cannot_break_out_of_the_picture() -> None:
    import keras
    from keras import layers

    images = keras.Input((8, 8, 3))
    hostile = "<script>alert(1)</script>&\"'"
    model = keras.Model(images, layers.Conv2D(2, 3, name=hostile.replace("/", "|"))(images), name="<b>")
    assert "script" not in {element.tag.rpartition("}")[2] for element in picture(model).iter()}
