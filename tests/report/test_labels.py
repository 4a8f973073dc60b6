"""What a step is called: in English as the lesson does, in Chinese in Chinese, in the chips too."""

from __future__ import annotations

import pytest

from autograder.base.messages import Text, translator
from autograder.report.html import code
from autograder.report.sentences import describe_step, label_step

OWN = Text("training", en="the output in training", zh="训练时的输出")


@pytest.mark.parametrize(
    ("step", "english", "label", "chinese"),
    [
        ("2b", "2b, main path", "2b", "2b"),
        ("shortcut", "shortcut", "shortcut", "捷径"),
        ("add", "where the paths meet", "add", "加法"),
        ("head", "head", "head", "输出部分"),
        ("stage 1", "stage 1", "stage 1", "第 1 阶段"),
        ("stage 3, block b, 2b", "stage 3, block b, 2b, main path", "stage 3, block b, 2b", "第 3 阶段，块 b，2b"),
        (OWN, "the output in training", "training", "训练时的输出"),
    ],
)  # fmt: skip
def test_a_step_s_names(step: str, english: str, label: str, chinese: str) -> None:
    assert describe_step(step, translator("en")) == english
    assert label_step(step, translator("en")) == label
    assert label_step(step, translator("zh")) == chinese


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("`X` is None", "<code>X</code> is None"),
        ("no <b> `a<b`", "no &lt;b&gt; <code>a&lt;b</code>"),
        ("one ` alone", "one ` alone"),
        ("`` empty", "`` empty"),
        ("`\x1b[0m`", "<code>\ufffd[0m</code>"),
    ],
)
def test_backticks_are_code_on_a_page_and_all_is_escaped(text: str, page: str) -> None:
    assert str(code(text)) == page
