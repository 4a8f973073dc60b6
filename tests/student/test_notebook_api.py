"""`check`, `grade` and `hint` in a notebook: one real kernel, many cells."""

from __future__ import annotations

import keras
import pytest
from nbformat import NotebookNode

from autograder.student.notebook_api import _policy
from tests.shared.helpers import cell, notebook, run_cells, solution

FAULTY_2C = solution("identity_block", ('bn_name_base + "2c")(X)', 'bn_name_base + "2c")(X)\n    X = ReLU()(X)'))
FAULTY_SHORTCUT = solution(
    "convolutional_block", ('name=conv_name_base + "1"', 'use_bias=False, name=conv_name_base + "1"')
)
CELLS = {
    "setup": cell(notebook("source"), "setup").source,
    "identity_block": FAULTY_2C,
    "convolutional_block": FAULTY_SHORTCUT,
    "check last": "check(identity_block)",
    "check kept": "report = check(identity_block)",
    "shown later": "report",
    "check not last": "check(identity_block)\nprint(report.passed, report.points, report.max_points)",
    "finding": "(finding,) = report.findings\nprint(finding.step, finding.layer, finding.kind, sep='|')",
    "grade": "grade(identity_block)",
    "grade's type": "print(type(grade(identity_block)) is float)",
    "solution too early": "from autograder import solution\nsolution(identity_block)",
    "hint 1": "hint(identity_block)",
    "hint 2": "hint(identity_block)",
    "hint other": "hint(convolutional_block)",
    "hint 3": "hint(identity_block)",
    "hint 4": "hint(identity_block)",
    "solution": "solution(identity_block)",
    "solution of another": "solution(convolutional_block)",
    "a number": "check(3)",
    "another function": "check(print)",
    "a result": "grade(identity_block(Input((4, 4, 6)), 2, [2, 4, 6], 1, 'a'))",
    "hint for a number": "hint(3)",
    "mended": solution("identity_block"),
    "no hint needed": "hint(identity_block)",
    "right": "report = check(identity_block)\nprint(report.passed, report.findings, report.error)",
    "chinese": "# language: zh\nreport = check(identity_block)",
    "language": "print(report.language)",
    "no course": "import os\nos.environ['AUTOGRADER_COURSE'] = os.getcwd()",
    "no references": "check(identity_block)",
    "no references to grade with": "grade(identity_block)",
    "no references for a hint": "hint(identity_block)",
    "solution in grading": "os.environ['AUTOGRADER_SANDBOX'] = 'bubblewrap'\nsolution(identity_block)",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[NotebookNode]]:
    """What each cell put out, TensorFlow's words on stderr left out.

    The folder is outside the course: the kit's checkout with its public references is then the last resort.
    """
    here = tmp_path_factory.mktemp("student")
    return {
        name: [output for output in c.outputs if output.get("name") != "stderr"]
        for name, c in run_cells(CELLS, here).items()
    }


def shown(output: NotebookNode) -> str:
    assert set(output.data) == {"text/html", "text/plain"}
    assert output.data["text/html"].startswith('<div class="autograder-report ')
    return output.data["text/plain"]


def printed(outputs: list[NotebookNode]) -> str:
    (output,) = outputs
    assert output.output_type == "stream"
    return output.text.strip()


Outputs = dict[str, list[NotebookNode]]


@pytest.mark.parametrize("name", ["check last", "check kept"])
def test_check_shows_its_report_once(name: str, outputs: Outputs) -> None:
    (report,) = outputs[name]
    assert report.output_type == "display_data"
    assert "identity_block: 7.5 of 10 points" in shown(report)
    assert "2c, main path" in report.data["text/html"]


def test_check_returns_the_report_that_it_shows(outputs: Outputs) -> None:
    report, words = outputs["check not last"]
    assert report.output_type == "display_data"
    assert words.text == "False 7.5 10.0\n"
    assert printed(outputs["finding"]).split("|")[0] == "2c"
    assert printed(outputs["finding"]).split("|")[2] == "extra"


def test_a_report_is_shown_again_where_it_is_asked_for(outputs: Outputs) -> None:
    (again,) = outputs["shown later"]
    assert "identity_block: 7.5 of 10 points" in shown(again)


def test_grade_gives_a_plain_float(outputs: Outputs) -> None:
    report, result = outputs["grade"]
    assert report.output_type == "display_data"
    assert result.output_type == "execute_result"
    assert dict(result.data) == {"text/plain": "7.5"}
    assert outputs["grade's type"][-1].text == "True\n"


def test_hints_go_from_a_question_to_nearly_the_answer(outputs: Outputs) -> None:
    first, second, third, fourth = (printed(outputs[f"hint {i}"]) for i in (1, 2, 3, 4))
    for text in (first, second, third):
        assert text.startswith("2c, main path, hint")
    assert "?" in first
    assert "name=conv_name_base + '2c'" in third
    assert "name=conv_name_base" not in first + second
    assert len({first, second, third}) == 3
    assert fourth == third
    assert printed(outputs["hint other"]).startswith("shortcut, hint")  # of its own, from the beginning
    assert "?" in printed(outputs["hint other"]).splitlines()[1]


def test_after_the_third_hint_there_is_the_solution_with_a_mark(outputs: Outputs) -> None:
    assert "solution" not in printed(outputs["hint 2"])
    assert "`solution(identity_block)` shows the answer" in printed(outputs["hint 3"])
    (shown,) = outputs["solution"]
    assert shown.metadata["autograder"] == {"solution_shown": "identity_block"}
    text = shown.data["text/plain"]
    assert text.startswith("The course's own solution of identity_block")
    assert solution("identity_block").splitlines()[0] in text
    assert "### " not in text


def test_no_solution_is_shown_in_grading(outputs: Outputs) -> None:
    # In Chinese, which an earlier cell has asked for.
    assert "评分时不显示参考答案" in printed(outputs["solution in grading"])


def test_nothing_wrong_no_hint(outputs: Outputs) -> None:
    assert "no hint" in printed(outputs["no hint needed"])
    report, words = outputs["right"]
    assert "Everything is as asked." in shown(report)
    assert words.text == "True () None\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a number", "write check(identity_block)"),
        ("another function", "identity_block, convolutional_block, ResNet50"),
        ("a result", "write grade(identity_block)"),
        ("hint for a number", "write hint(identity_block)"),
        ("solution too early", "First ask for hints"),
        ("solution of another", "First ask for hints"),
        ("no references", "There are no references at"),
        ("no references to grade with", "There are no references at"),
        ("no references for a hint", "There are no references at"),
    ],
)
def test_one_sentence_and_no_traceback(name: str, words: str, outputs: Outputs) -> None:
    (error,) = outputs[name]
    assert error.output_type == "error"
    (line,) = error.traceback
    assert line == error.evalue
    assert words in line
    assert "\n" not in line


def test_the_marker_sets_the_language(outputs: Outputs) -> None:
    assert printed(outputs["language"]) == "zh"
    (report,) = outputs["chinese"]
    assert 'lang="zh"' in report.data["text/html"]


def test_a_policy_for_speed_is_named() -> None:
    assert list(_policy(lambda text: text)) == []
    keras.config.set_dtype_policy("mixed_float16")
    try:
        (words,) = _policy(lambda text: text)
    finally:
        keras.config.set_dtype_policy("float32")
    assert "mixed_float16" in words
