"""Whatever an author calls the steps of a block, and however many branches it has: reports are drawn in all forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from keras import layers
from keras.initializers import GlorotUniform

from autograder.base.messages import LANGUAGES, Text
from autograder.diagnosis import Diagnosis, judge
from autograder.evidence.collect import collect
from autograder.exercises import Exercise, Part, Rubric, TestCase
from autograder.references.references import Reference
from autograder.report import Report, make_report, problems
from autograder.report.html import render_html
from autograder.report.picture import Block
from autograder.report.terminal import WIDTH
from autograder.report.text import render_text
from autograder.report.wrap import columns

Function = Callable[..., Any]
CASE = TestCase(name="public-1", arguments={"growth": 3}, input_shape=(2, 5, 6, 4), input_seed=3)
HINTS = ("What?", "How?", "Nearly the answer.")


def block(*outline: Part) -> Exercise:
    steps = dict.fromkeys(part.step for part in outline)
    rubric = tuple(Rubric(step, 3.0, HINTS) for step in steps if step != "shortcut")
    return Exercise("dense", "dense", "block", ("X", "growth"), outline, rubric, (CASE,))


def convolved(X: Any, name: str, filters: int = 3, size: int = 3) -> Any:
    return layers.Conv2D(filters, size, padding="same", kernel_initializer=GlorotUniform(seed=0), name=name)(X)


def dense(X: Any, growth: int) -> Any:
    Y = layers.ReLU()(layers.BatchNormalization(name="bn")(X))
    return layers.Concatenate()([X, convolved(Y, "conv", growth)])


def three(X: Any, growth: int) -> Any:
    wide = layers.ReLU()(convolved(layers.ReLU()(convolved(X, "narrow", growth, 1)), "wide", growth))
    point = layers.ReLU()(convolved(X, "point", growth, 1))
    pooled = convolved(layers.MaxPooling2D(3, strides=1, padding="same")(X), "pooled", growth, 1)
    return layers.Concatenate()([wide, point, pooled])


def twice(X: Any, growth: int) -> Any:
    Y = layers.Add()([convolved(X, "one", 4), X])
    return layers.Add()([convolved(Y, "two", 4), Y, convolved(Y, "side", 4, 1)])


COURSES: dict[str, tuple[Exercise, Function]] = {
    "steps of one's own": (
        block(
            Part("first", ("BatchNormalization", "ReLU")), Part("second", ("Conv2D",)), Part("join", ("Concatenate",))
        ),
        dense,
    ),
    "one step for everything": (block(Part("x", ("BatchNormalization", "ReLU", "Conv2D", "Concatenate"))), dense),
    "long and foreign names": (
        block(
            Part(Text("a step with quite a long name", en="normalize", zh="归一化"), ("BatchNormalization", "ReLU")),
            Part("卷积这一步", ("Conv2D",)),
            Part("{where} <b>%s", ("Concatenate",)),
        ),
        dense,
    ),
    "three branches": (
        block(
            Part("wide", ("Conv2D", "ReLU", "Conv2D", "ReLU")),
            Part("point", ("Conv2D", "ReLU")),
            Part("pooled", ("MaxPooling2D", "Conv2D")),
            Part("join", ("Concatenate",)),
        ),
        three,
    ),
    "two meetings": (
        block(
            Part("one", ("Conv2D", "Add")),
            Part("two", ("Conv2D",)),
            Part("side", ("Conv2D",)),
            Part("end", ("Add",)),
        ),
        twice,
    ),
}
WRONG: dict[str, Function] = {
    "nothing": lambda X, growth: X,
    "one layer": lambda X, growth: layers.ReLU()(X),
    "no meeting": lambda X, growth: convolved(layers.ReLU()(layers.BatchNormalization(name="bn")(X)), "conv", growth),
    "wrong window": lambda X, growth: layers.Concatenate()([X, convolved(X, "wide", growth, 5)]),
    "added": lambda X, growth: layers.Add()([X, convolved(X, "one", 4), convolved(X, "x", 4)]),
    "extra": lambda X, growth: layers.ReLU()(layers.Concatenate()([X, three(X, growth), dense(X, growth)])),
    "another block": lambda X, growth: twice(three(dense(X, growth), 2)[..., :4], growth),
    "an error": lambda X, growth: 1 / 0,
}


def judged(exercise: Exercise, right: Function, answer: Function) -> Diagnosis:
    made = collect(right, exercise, CASE)
    assert made.graph is not None, made.error
    assert made.outputs is not None
    assert made.canary is not None
    reference = Reference(CASE, made.graph, made.outputs, made.weights)
    return judge(exercise, [collect(answer, exercise, CASE)], [reference], made.canary)


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("answer", ["right", *WRONG, *COURSES])
def test_every_report_is_drawn_in_all_forms(course: str, answer: str) -> None:
    exercise, right = COURSES[course]
    functions = {"right": right, **WRONG, **{name: function for name, (_, function) in COURSES.items()}}
    diagnosis = judged(exercise, right, functions[answer])
    for language in LANGUAGES:
        report = make_report(diagnosis, language)
        html, text = render_html(report), render_text(report)
        assert report.problems == []
        assert exercise.function in html
        assert all(columns(line) <= WIDTH + 2 for line in text.splitlines())
        if answer == "right":
            assert (report.points, report.passed) == (exercise.max_points, True)
        if isinstance(report.picture, Block):
            drawn = {str(step.name) for step in (*report.picture.main, *report.picture.beside)}
            assert drawn >= {part.step for part in exercise.outline}
    assert diagnosis.passed == (answer in ("right", course) or functions[answer] is right)


def test_branches_stand_beside_the_longest_one() -> None:
    exercise, right = COURSES["three branches"]
    picture = make_report(judged(exercise, right, right)).picture
    assert isinstance(picture, Block)
    assert [step.name for step in picture.main] == ["wide", "join"]
    assert [step.name for step in picture.beside] == ["point", "pooled"]


def test_where_the_edits_do_not_make_the_reference_something_else_is_off() -> None:
    exercise, right = COURSES["steps of one's own"]
    diagnosis = judged(exercise, right, WRONG["no meeting"])
    (verdict,) = diagnosis.verdicts
    assert verdict.script is not None
    assert verdict.script.complete
    assert "Something else is wrong, too" not in str(make_report(diagnosis))
    partly = replace(verdict, script=replace(verdict.script, complete=False))
    assert "Something else is wrong, too" in str(make_report(replace(diagnosis, verdicts=(partly,))))


def test_an_error_in_drawing_costs_the_picture_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report says so, and the traceback is there for whoever mends it."""

    def broken(*_: object) -> None:
        raise KeyError("first")

    exercise, right = COURSES["steps of one's own"]
    diagnosis = judged(exercise, right, WRONG["no meeting"])
    whole = make_report(diagnosis)
    for place in ("autograder.report.report.make_picture", "autograder.report.html.draw_block"):
        with monkeypatch.context() as patch:
            patch.setattr(place, broken)
            report = make_report(diagnosis)
            html = render_html(report)
        assert len(report.problems) == 1
        assert "in broken" in report.problems[0]
        assert "could not be drawn" in html
        assert "KeyError" in html
        assert "<svg" not in html
        assert (report.points, report.findings) == (whole.points, whole.findings)
        assert all(finding.message in html.replace("&#39;", "'") for finding in report.findings)
    monkeypatch.setattr("autograder.report.text.picture_lines", broken)
    report = make_report(diagnosis)
    assert "could not be drawn" in " ".join(render_text(report).split())
    assert len(report.problems) == 1


def test_what_is_said_of_a_picture_is_in_the_readers_language() -> None:
    report: Report = make_report(judged(*COURSES["two meetings"], dense), "zh")
    assert report.language == "zh"
    note = problems.note_of(["Traceback\nKeyError: 'first'\n"], lambda text: text)
    assert "(KeyError)" in note
