"""Whole reports in Chinese: what a student gets to read holds no English but code and names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell

from autograder import graph
from autograder.base.course import Course
from autograder.base.messages import translator
from autograder.diagnosis import judge
from autograder.evidence.collect import collect
from autograder.evidence.evidence import Evidence, StudentError
from autograder.exercises import Exercise
from autograder.references.notebook import read_notebook
from autograder.references.references import load
from autograder.report import Report, make_report
from autograder.report.report import failed_report
from autograder.report.sentences import MAIN_STEPS, REFUSALS, SETTING_WORDS
from tests.corpus import cases
from tests.shared.exercises import EXERCISES, by_name
from tests.shared.helpers import ROOT, handed_in, write

PUBLIC = ROOT / "data" / "references" / "resnet" / "public.h5"

CASES = (
    "mistakes/identity_block/2b_padding_valid",
    "mistakes/identity_block/2b_seed_missing",
    "mistakes/identity_block/add_shortcut_shortcut",
    "mistakes/identity_block/add_x_x",
    "mistakes/identity_block/shortcut_after_2a",
    "mistakes/convolutional_block/shortcut_plain",
    "mistakes/convolutional_block/shortcut_bn_name_missing",
    "mistakes/convolutional_block/shortcut_training_false",
    "mistakes/convolutional_block/shortcut_bn_epsilon",
    "several/identity_block/2a_order_2b_seed",
    "several/identity_block/sigmoid_and_leaky",
    "several/convolutional_block/hard_stride_and_seed",
    "right/identity_block/walrus",
    "errors/identity_block/tf_relu",
    "errors/identity_block/no_return",
    "errors/identity_block/untouched",
    "errors/identity_block/duplicate_2a",
    "errors/convolutional_block/returns_both_paths",
    "errors/convolutional_block/returns_layer",
)

# --- what may stay as it is -------------------------------------------------------------------------------------

KERAS = set(
    "Keras Model Input Layer ReLU LeakyReLU Softmax Sigmoid Conv2D BatchNormalization Activation Add Dense Flatten "
    "AveragePooling2D MaxPooling2D GlorotUniform HeNormal Reshape valid same relu True False None".split()
)
SETTINGS = set(SETTING_WORDS) | {"epsilon", "momentum", "dilation_rate", "inputs", "outputs", "return"}
STEPS = {part for exercise in EXERCISES for line in exercise.rubric for part in line.step.split()}
FUNCTIONS = {name for exercise in EXERCISES for name in (exercise.function, *exercise.signature)}
TYPES = {"tuple", "list", "NotImplementedError", "raise", "Python", "TensorFlow", "NumPy"}
LEFT_ALONE = KERAS | SETTINGS | STEPS | FUNCTIONS | TYPES | {"ok", "F1", "F2", "F3", "X", "f"}
NAMES = re.compile(r"(?:res|bn)\d[a-z]_branch\d?\w?|leaky_re_lu(?:_\d+)?")


CODE = re.compile(r"`[^`]*`")
PYTHON_SAYS = re.compile(r" {6}Python 的原话：.*(?:\n {8}.*)*")


def english(text: str) -> list[str]:
    """The words in Latin letters that are neither code nor a name."""
    words = re.findall(r"\b[A-Za-z_]\w*", re.sub(r"'[^']*'", "", CODE.sub("", text)), re.ASCII)
    return [word for word in words if word not in LEFT_ALONE and not NAMES.fullmatch(word)]


class _Texts(HTMLParser):
    """What a reader of a page sees, or hears: texts, and the attributes that hold text."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.code: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "img", "meta"):
            self._open.append(tag)
        self.texts += [value for name, value in attrs if name in ("title", "aria-label", "alt") and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._open and data.strip():
            (self.code if {"code", "pre"} & set(self._open) else self.texts).append(data)


def texts_of(page: str) -> Iterator[str]:
    parser = _Texts()
    parser.feed(page)
    yield from parser.texts


@pytest.fixture(scope="module")
def report_of() -> Callable[[str, str], Report]:
    """(case, language) -> report on the public test cases; each case's evidence is collected once."""
    references = load(PUBLIC)
    names = cases.namespace()
    diagnoses: dict[str, Any] = {}

    def report(case_id: str, language: str) -> Report:
        if case_id not in diagnoses:
            case = cases.read(Path(cases.ROOT, case_id + ".py"))
            exercise = by_name(case.exercise)
            assert exercise is not None
            function = cases.run(case, names)[case.function]
            wanted = references.of(exercise)
            evidence = [collect(function, exercise, reference.case) for reference in wanted]
            diagnoses[case_id] = judge(exercise, evidence, wanted, references.canary)
        return make_report(diagnoses[case_id], language)

    return report


@pytest.mark.parametrize("case_id", CASES)
def test_a_chinese_report_holds_no_english_but_code(case_id: str, report_of: Callable[[str, str], Report]) -> None:
    report = report_of(case_id, "zh")
    assert report.language == "zh"
    text, page = str(report), report._repr_html_()
    if report.student_error is not None and report.student_error.code:
        text = text.replace(report.student_error.code, "")
    text = PYTHON_SAYS.sub("", text)
    assert english(text) == []
    shown = list(texts_of(page))
    assert [(word, text) for text in shown for word in english(text)] == []
    told = [finding.message for finding in report.findings] + [report.error or ""] + list(report.notes)
    for sentence in filter(None, told):
        assert re.search(r"[\u4e00-\u9fff]", sentence)
        assert sentence.endswith(("。", "？"))
        assert CODE.sub("", sentence) in "".join(shown)


@pytest.mark.parametrize("case_id", CASES[:3])
def test_the_check_would_see_english(case_id: str, report_of: Callable[[str, str], Report]) -> None:
    report = report_of(case_id, "en")
    assert len(english(str(report))) > 5
    assert len([word for text in texts_of(report._repr_html_()) for word in english(text)]) > 5


def test_both_languages_tell_the_same(report_of: Callable[[str, str], Report]) -> None:
    """Code, numbers and names of a report are the same in both languages; only the words differ."""
    for case_id in CASES:
        chinese, plain = report_of(case_id, "zh"), report_of(case_id, "en")
        assert chinese.points == plain.points
        for one, other in zip(chinese.findings, plain.findings, strict=True):
            assert sorted(re.findall(r"'[^']*'", one.message)) == sorted(re.findall(r"'[^']*'", other.message))


# --- sentences that no case of the corpus brings up ---------------------------------------------------------------


def judged(exercise: Exercise, error: StudentError) -> Report:
    references = load(PUBLIC)
    wanted = references.of(exercise)
    evidence = [Evidence(exercise.function, reference.case.name, error=error) for reference in wanted]
    return make_report(judge(exercise, evidence, wanted, references.canary), "zh")


@pytest.mark.parametrize(
    "error",
    [
        StudentError(kind="raised", type="CellTimeoutError", message="120"),
        StudentError(kind="raised", type="DeadKernelError"),
        StudentError(kind="raised", type="SystemExit"),
        StudentError(kind="raised", type="RecursionError"),
        StudentError(kind="undefined", type="NameError"),
        StudentError(kind="elsewhere", type="NotImplementedError"),
        StudentError(kind="returned", type="nothing"),
        StudentError(kind="returned", type="class Activation"),
        StudentError(kind="graph", type="Model"),
    ],
    ids=lambda error: f"{error.kind} {error.type}",
)
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_an_error_is_told_in_chinese(exercise: Exercise, error: StudentError) -> None:
    report = judged(exercise, error)
    assert english(str(report.error).replace("exit()", "")) == []
    assert str(report.error).endswith(("。", "？"))
    assert failed_report(exercise, error, "zh").error == report.error


def test_what_python_itself_says_is_introduced_in_chinese() -> None:
    error = StudentError(kind="raised", type="ZeroDivisionError", message="division by zero")
    report = judged(EXERCISES[0], error)
    assert report.error == "这一行里有除以零。"
    assert "Python 的原话：ZeroDivisionError: division by zero" in str(report)


def test_every_reason_to_refuse_a_graph_has_its_sentence() -> None:
    source = "".join(path.read_text() for path in Path(graph.__file__).parent.rglob("*.py"))
    reasons = set(re.findall(r'GraphRefused\([^\n]*, "(\w+)"\)', source))
    assert reasons <= set(REFUSALS)
    assert len(reasons) >= 5
    assert all(translator("zh")(sentence) != sentence for sentence in REFUSALS.values())


def test_each_step_has_its_own_chinese_name() -> None:
    assert len({translator("zh")(words) for words in MAIN_STEPS.values()}) == len(MAIN_STEPS)


# --- the notebook's doubts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("assignment", "words"),
    [("resnet", ("was it deleted", "is there 2 times")), ("resnet-zh", ("是不是删掉了", "有 2 个"))],
)
def test_doubts_about_a_notebook_are_in_its_language(assignment: str, words: tuple[str, str], tmp_path: Path) -> None:
    node = handed_in(assignment)
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in node.cells]
    del node.cells[ids.index("identity_block")]
    node.cells.append(new_code_cell("", metadata=node.cells[ids.index("resnet50") - 1].metadata))
    doubts = read_notebook(write(node, tmp_path / "resnet.ipynb"), Course(ROOT)).doubts
    assert len(doubts) == 2
    assert words[0] in doubts[0]
    assert words[1] in doubts[1]
