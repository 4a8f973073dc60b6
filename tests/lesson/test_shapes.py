"""The table of shapes against the network itself."""

from __future__ import annotations

import pytest

from autograder import lesson
from autograder.lesson.shapes import steps
from tests.lesson.conftest import Blocks


@pytest.mark.parametrize("image", [64, 97])
def test_the_table_is_what_the_network_gives(image: int, blocks: Blocks) -> None:
    """Of a network with a sixteenth of the filters."""
    model = lesson.thin_resnet50(*blocks, share=16, image=image)
    last = {
        f"stage {number}": f"res{number}{letter}_branch2c"
        for number, letter in ((2, "c"), (3, "d"), (4, "f"), (5, "c"))
    }
    pool = next(layer for layer in model.layers if type(layer).__name__ == "MaxPooling2D")
    outputs = {"conv1": model.get_layer("conv1").output, "stage 1": pool.output}
    outputs |= {stage: model.get_layer(name).output for stage, name in last.items()}
    for name, (shape, _) in steps(image).items():
        height, width, channels = outputs[name].shape[1:]
        assert (height, width, channels * 16) == shape, name


def test_a_prediction_is_judged_row_by_row_and_the_answer_is_not_given_away(capsys: pytest.CaptureFixture[str]) -> None:
    right = {name: shape for name, (shape, _) in steps(224).items()}
    assert lesson.check_shapes(right)
    assert capsys.readouterr().out.splitlines()[-1] == "6 of 6 are right."
    wrong = right | {"conv1": (112, 112, 3), "stage 1": (56, 56, 64), "stage 2": (None, None, None)}
    assert not lesson.check_shapes(wrong)
    rows = dict(line[2:].split(": ", 1) for line in capsys.readouterr().out.splitlines()[:3])
    assert rows["conv1"].startswith("the channels")
    assert rows["stage 1"] == "height and width are not 56×56. Length 112, window 3, stride 2: ..."
    assert rows["stage 2"].startswith("three numbers")
    assert "55" not in str(rows)
    assert not lesson.check_shapes({})
