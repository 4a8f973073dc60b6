"""Students' sources, to be changed line by line, and the reports on them."""

from __future__ import annotations

from pathlib import Path

from autograder.diagnosis import judge
from autograder.evidence.collect import collect
from autograder.evidence.evidence import from_json, to_json
from autograder.exercises import Exercise
from autograder.references.references import ReferenceSet
from autograder.report import Report, make_report
from tests.shared.builders import student

BODY = """
    F1, F2, F3 = filters
    label = str(stage) + block + "_branch"
    start = X
    X = Conv2D(F1, 1, strides={s}, name="res" + label + "2a", kernel_initializer=glorot_uniform(seed=0))(X)
    X = Activation("relu")(BatchNormalization(axis=3, name="bn" + label + "2a")(X))
    X = Conv2D(F2, f, padding="{pad}", name="res" + label + "2b", kernel_initializer=glorot_uniform(seed=0))(X)
    X = Activation("relu")(BatchNormalization(axis=3, name="bn" + label + "2b")(X))
    X = Conv2D(F3, 1, name="res" + label + "2c", kernel_initializer=glorot_uniform(seed=0))(X)
    X = BatchNormalization(axis=3, name="bn" + label + "2c")(X)
    {shortcut}
    return Activation("relu")(Add()([X, start]))
"""
SHORTCUT = """start = Conv2D(
        F3, 1, strides=s, name="res" + label + "1", kernel_initializer=glorot_uniform(seed=0))(start)
    start = BatchNormalization(axis=3, name="bn" + label + "1")(start)"""
IDENTITY = BODY.replace("{s}", "1").replace("{shortcut}", "")
CONVOLUTIONAL = BODY.replace("{s}", "s").replace("{shortcut}", SHORTCUT)
"""The bodies of the blocks behind their first lines; in a right one `{pad}` is `same`."""


def report_on(exercise: Exercise, source: str, public: ReferenceSet, folder: Path, language: str = "en") -> Report:
    """The report on a function of that source; its evidence travels as it does in grading."""
    function = getattr(student(folder, source), exercise.function)
    references = public.of(exercise)
    evidence = [from_json(to_json(collect(function, exercise, reference.case))) for reference in references]
    return make_report(judge(exercise, evidence, references, public.canary), language)
