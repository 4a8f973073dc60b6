"""The picture shows what is wrong, where, and what was asked for."""

from __future__ import annotations

import pytest

from autograder.report import make_report
from autograder.report.picture import INPUT, Block, Box, Network
from tests.report.conftest import Diagnose
from tests.report.pages import SVG, boxes, groups, page, pictures, words


def block(diagnose: Diagnose, case: str) -> Block:
    picture = make_report(diagnose(case)).picture
    assert isinstance(picture, Block)
    return picture


def network(diagnose: Diagnose, case: str) -> Network:
    picture = make_report(diagnose(case)).picture
    assert isinstance(picture, Network)
    return picture


def marked(picture: Block) -> list[tuple[str, str, str]]:
    """(step, layer, mark) of every box that is not right."""
    return [
        (step.name, box.layer, box.mark)
        for step in (*picture.main, *picture.beside)
        for box in step.boxes
        if box.mark != "right"
    ]


def box_of(picture: Block, key: str) -> Box:
    return next(box for step in (*picture.main, *picture.beside) for box in step.boxes if box.key == key)


def drawn_arrows(picture: Block, flow: str) -> list[tuple[str, str]]:
    """The layers at both ends of each arrow of a kind, each layer with its step."""
    steps = {box.key: step.name for step in (*picture.main, *picture.beside) for box in step.boxes}

    def end(key: str) -> str:
        return f"{box_of(picture, key).layer} ({steps[key]})" if key in steps else key

    return [(end(arrow.source), end(arrow.target)) for arrow in picture.arrows if arrow.flow == flow]


def test_a_right_block_is_all_calm(diagnose: Diagnose) -> None:
    report = make_report(diagnose("right/identity_block/one_argument_a_line"))
    (picture,) = pictures(report)
    assert len(groups(picture, "box", "right")) == 10
    for fault in ("wrong", "missing", "extra", "unseen", "wanted"):
        assert not groups(picture, fault)
    assert "✗" not in "".join(words(picture))
    assert words(picture).count("✓") == 4
    assert {"1×1, F1=2, stride 1, valid", "2×2, F2=4, stride 1, same", "1×1, F3=6, stride 1, valid"} <= set(
        words(picture)
    )


def test_a_wrong_setting_is_marked_at_its_layer_with_asked_and_found(diagnose: Diagnose) -> None:
    report = make_report(diagnose("mistakes/identity_block/2b_padding_valid"))
    assert marked(block(diagnose, "mistakes/identity_block/2b_padding_valid")) == [("2b", "Conv2D", "wrong")]
    (picture,) = pictures(report)
    (wrong,) = groups(picture, "box", "wrong")
    assert words(wrong) == ["Conv2D", "2×2, F2=4, stride 1, valid, line 37", "✗"]
    written = words(picture)
    at = written.index("✗ padding")
    assert written[at : at + 3] == ["✗ padding", "asked: 'same'", "found: 'valid'"]
    assert len(groups(picture, "frame", "wrong")) == 1


def test_three_faults_are_three_marks(diagnose: Diagnose) -> None:
    picture = block(diagnose, "several/identity_block/2b_all_wrong")
    assert marked(picture) == [("2b", "Conv2D", "wrong"), ("2b", "Dropout", "extra")]
    notes = [note for step in picture.main for box in step.boxes for note in box.notes]
    assert [(note.about, note.asked, note.found) for note in notes] == [
        ("kernel_size", "(2, 2)", "(3, 3)"),
        ("seed", "0", "2"),
        ("not asked for", "", ""),
    ]


@pytest.mark.parametrize(
    ("case", "wrong", "wanted"),
    [
        ("add_x_x", ("BatchNormalization (2c)", "Add (add)"), (INPUT, "Add (add)")),
        ("shortcut_after_2a", ("ReLU (2a)", "Add (add)"), (INPUT, "Add (add)")),
        ("add_shortcut_shortcut", (INPUT, "Add (add)"), ("BatchNormalization (2c)", "Add (add)")),
    ],
)
def test_wrong_wiring_is_drawn_as_it_is(
    diagnose: Diagnose, case: str, wrong: tuple[str, str], wanted: tuple[str, str]
) -> None:
    picture = block(diagnose, f"mistakes/identity_block/{case}")
    assert drawn_arrows(picture, "wrong") == [wrong]
    assert drawn_arrows(picture, "wanted") == [wanted]
    (svg,) = pictures(make_report(diagnose(f"mistakes/identity_block/{case}")))
    assert len(groups(svg, "flow", "wrong")) == 1
    assert groups(svg, "flow", "wanted")
    assert "✗ fed from the wrong place" in words(svg)


def test_what_another_slip_cuts_off_is_neither_right_nor_wrong(diagnose: Diagnose) -> None:
    picture = block(diagnose, "mistakes/identity_block/add_shortcut_shortcut")
    assert [step.right for step in picture.main] == [None, None, None, False]
    assert {mark for step, _, mark in marked(picture) if step != "add"} == {"unseen"}


def test_a_shortcut_from_the_main_path_comes_from_there(diagnose: Diagnose) -> None:
    picture = block(diagnose, "mistakes/convolutional_block/shortcut_from_main")
    assert drawn_arrows(picture, "wrong") == [("BatchNormalization (2c)", "Conv2D (shortcut)")]


def test_a_relu_before_the_addition_is_shown_where_it_is_and_where_it_belongs(diagnose: Diagnose) -> None:
    picture = block(diagnose, "mistakes/identity_block/relu_before_add")
    assert marked(picture) == [("2c", "ReLU", "extra"), ("add", "ReLU", "missing")]
    notes = [note.about for step in picture.main for box in step.boxes for note in box.notes]
    assert notes == ["not in its place", "belongs here"]


def test_a_missing_component_is_dashed_whole(diagnose: Diagnose) -> None:
    report = make_report(diagnose("mistakes/identity_block/2b_missing"))
    (picture,) = pictures(report)
    assert boxes(picture, "missing") == ["Conv2D", "BatchNormalization", "ReLU"]
    assert words(picture).count("✗ component missing") == 1
    assert groups(picture, "through")  # the main path goes on where the component should be


def test_a_missing_layer_on_the_shortcut(diagnose: Diagnose) -> None:
    picture = block(diagnose, "mistakes/convolutional_block/shortcut_bn_missing")
    assert marked(picture) == [("shortcut", "BatchNormalization", "missing")]
    assert [step.right for step in picture.beside] == [False]


def test_an_extra_layer_on_the_shortcut_of_an_identity_block(diagnose: Diagnose) -> None:
    picture = block(diagnose, "mistakes/identity_block/shortcut_with_bn")
    assert marked(picture) == [("shortcut", "BatchNormalization", "extra")]


def test_filters_are_named_as_the_exercise_names_them(diagnose: Diagnose) -> None:
    (picture,) = pictures(make_report(diagnose("mistakes/identity_block/filters_exchanged")))
    assert {"asked: F1 = 2", "found: 4", "asked: F2 = 4", "found: 2"} <= set(words(picture))


def test_the_case_that_shows_the_most_is_drawn(diagnose: Diagnose) -> None:
    """f fixed at 2 is right on the first public test case, where f is 2."""
    report = make_report(diagnose("mistakes/identity_block/2b_kernel_2"))
    assert isinstance(report.picture, Block)
    assert "f=3" in report.picture.caption
    assert marked(report.picture) == [("2b", "Conv2D", "wrong")]


@pytest.mark.parametrize("case", ["stage4_block_missing", "stage4_block_extra"])
def test_blocks_missing_and_too_many(diagnose: Diagnose, case: str) -> None:
    picture = network(diagnose, f"mistakes/resnet50/{case}")
    mark = case.rpartition("_")[2]
    marks = {stage.name: [chip.mark for chip in stage.chips] for stage in picture.stages}
    assert marks["stage 4"].count(mark) == 1
    assert len(marks["stage 4"]) == (6 if mark == "missing" else 7)
    assert not [name for name, found in marks.items() if name != "stage 4" and set(found) != {"right"}]
    assert not picture.insides


def test_a_slip_in_every_identity_block_is_drawn_once(diagnose: Diagnose) -> None:
    report = make_report(diagnose("mistakes/resnet50/identity_2b_valid"))
    picture = report.picture
    assert isinstance(picture, Network)
    for stage in picture.stages[1:5]:
        assert [chip.mark for chip in stage.chips] == ["right"] + ["wrong"] * (len(stage.chips) - 1)
    (inside,) = picture.insides
    assert marked(inside) == [("2b", "Conv2D", "wrong")]
    assert "11" in inside.caption
    assert len(pictures(report)) == 2


def test_slips_in_both_kinds_of_blocks_are_drawn_both(diagnose: Diagnose) -> None:
    picture = network(diagnose, "several/resnet50/both_blocks")
    assert [marked(inside) for inside in picture.insides] == [
        [("shortcut", "ReLU", "extra")],
        [("2b", "Conv2D", "wrong")],
    ]


def test_wrong_filters_of_a_stage(diagnose: Diagnose) -> None:
    picture = network(diagnose, "mistakes/resnet50/stage5_256")
    assert [chip.mark for chip in picture.stages[4].chips] == ["wrong"] * 3
    (inside,) = picture.insides
    assert {step.name for step in inside.main if step.right is False} == {"2a", "2b"}


def test_the_head_s_layers_say_what_was_asked_for(diagnose: Diagnose) -> None:
    picture = network(diagnose, "mistakes/resnet50/head_pool_size_1")
    assert [(note.about, note.asked, note.found) for note in picture.stages[-1].notes] == [
        ("AveragePooling2D: pool_size", "(2, 2)", "(1, 1)")
    ]


def test_an_error_leaves_nothing_to_draw_but_shows_the_line(diagnose: Diagnose) -> None:
    report = make_report(diagnose("errors/identity_block/tf_relu"))
    assert report.picture is None
    assert report.student_error is not None
    pre = next(element for element in page(report).iter("pre") if element.get("class") == "code")
    assert "".join(pre.itertext()) == f"{report.student_error.line}{report.student_error.code}"
    assert "tf.nn.relu" in report.student_error.code
    assert report.student_error.line > 1


def test_the_table_marks_where_the_values_first_differ(diagnose: Diagnose) -> None:
    report = make_report(diagnose("mistakes/identity_block/add_x_x"))
    table = next(page(report).iter("tbody"))
    rows = [["".join(cell.itertext()) for cell in row] for row in table]
    assert [row[0] for row in rows] == ["✓"] * 8 + ["✗"] * 2
    assert [row[1] for row in rows if "differs first here" in row[2]] == ["add"]
    assert next(page(report).iter("details")).get("open") is not None
    assert rows[0][3] == rows[0][4] == "3×4×4×2"


def test_the_table_is_folded_away_where_everything_is_right(diagnose: Diagnose) -> None:
    report = make_report(diagnose("right/identity_block/one_argument_a_line"))
    (details,) = page(report).iter("details")
    assert details.get("open") is None
    assert report.first_divergence is None


def test_arrows_of_a_right_block_all_follow_their_lanes(diagnose: Diagnose) -> None:
    for case in ("right/identity_block/plus_sign", "right/convolutional_block/shortcut_first"):
        links, routed = block(diagnose, case).sorted_arrows()
        assert not routed
        assert {link.flow for link in links} == {"right"}
        assert len(links) == len(block(diagnose, case).arrows)


def test_every_text_has_its_place_on_the_page(diagnose: Diagnose) -> None:
    for case in ("several/identity_block/names_and_add", "mistakes/resnet50/head_dropout"):
        for picture in pictures(make_report(diagnose(case))):
            _, _, width, height = (float(n) for n in picture.get("viewBox", "").split())
            for text in picture.iter(f"{SVG}text"):
                assert 0 <= float(text.get("x", "-1")) <= width
                assert 0 <= float(text.get("y", "-1")) <= height
