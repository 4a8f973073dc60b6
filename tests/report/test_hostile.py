"""Nothing that a student can write turns into markup, into a command to a terminal, or into a page without end."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest
from rich.cells import cell_len

from autograder.diagnosis import judge
from autograder.evidence.evidence import Evidence, StudentError
from autograder.references.references import ReferenceSet
from autograder.report import Report, failed_report, make_report, render_text
from tests.report.pages import everything, page
from tests.shared.builders import evidence_of
from tests.shared.exercises import IDENTITY_BLOCK

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "svg": "</title></text></svg><svg onload=alert(1)>",
    "template": "{{ 7 * 7 }}{% raw %}",
    "cdata": "]]><!--",
    "control": "\x00\x07\x1b[31mred\x1b[0m\x9b\x0b",
    "reading direction": "\u202egnorw\u2066",
    "surrogate": "\ud800",
    "lines": "a\nb\r\nc\u2028d",
    "wide": "漢" * 199,
    "long": "w" * 199,
}
ALLOWED = {
    "div", "style", "p", "strong", "b", "ul", "li", "em", "pre", "span", "details", "summary", "figure", "figcaption",
    "table", "thead", "tbody", "tr", "th", "td",
    *(f"{{http://www.w3.org/2000/svg}}{tag}" for tag in ("svg", "g", "title", "rect", "path", "text")),
}  # fmt: skip
ATTRIBUTES = set("class lang title open viewBox style role aria-label x y width height rx d text-anchor".split())


def named(evidence: Evidence, name: str) -> Evidence:
    """The evidence as if the first normalization had that name: forged, for Keras itself forbids some of them."""
    assert evidence.graph is not None
    assert evidence.weights is not None
    config = json.loads(evidence.graph)
    old = next(layer["name"] for layer in config["layers"] if layer["class_name"] == "BatchNormalization")

    def renamed(value: object) -> object:
        if isinstance(value, dict):
            return {key: renamed(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [renamed(inner) for inner in value]
        return name if value == old else value

    weights = {name if key == old else key: arrays for key, arrays in evidence.weights.items()}
    return replace(evidence, graph=json.dumps(renamed(config)), weights=weights)


def report_of(public: ReferenceSet, name: str, language: str = "en") -> Report:
    references = public.of(IDENTITY_BLOCK)
    evidence = [named(evidence_of(IDENTITY_BLOCK, reference.case), name) for reference in references]
    return make_report(judge(IDENTITY_BLOCK, evidence, references, public.canary), language)


def error_with(text: str) -> Report:
    error = StudentError(kind="raised", type=text[:150], message=text * 15, line=3, code=text, function=text[:150])
    return failed_report(IDENTITY_BLOCK, error)


def assert_harmless(report: Report) -> None:
    root: Element = page(report)
    for element in root.iter():
        assert element.tag in ALLOWED
        assert set(element.attrib) <= ATTRIBUTES
    for text in everything(root):
        assert not set(text) & {"\x1b", "\u202e", "\u2066", "\x9b"}
    html = report._repr_html_()
    html.encode()
    assert len(html) < 60_000
    plain = render_text(report)
    plain.encode()
    assert not {c for c in plain if ord(c) < 32} - {"\n"}
    assert not set(plain) & {"\x1b", "\u202e", "\u2066", "\x9b", "\u2028"}
    assert max(cell_len(line) for line in plain.split("\n")) <= 100


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_layer_s_name(public: ReferenceSet, text: str, language: str) -> None:
    report = report_of(public, text, language)
    assert [finding.setting for finding in report.findings] in (["name"], [])
    assert_harmless(report)


def test_a_layer_s_name_is_shown_as_it_is(public: ReferenceSet) -> None:
    report = report_of(public, HOSTILE["script"])
    assert [finding.setting for finding in report.findings] == ["name"]
    assert "<title>BatchNormalization &lt;script&gt;alert(1)&lt;/script&gt;</title>" in report._repr_html_()


@pytest.mark.parametrize("text", [text for name, text in HOSTILE.items() if name != "surrogate"])
def test_an_error(text: str) -> None:
    """Evidence with a surrogate in its error is no evidence: pydantic refuses it."""
    assert_harmless(error_with(text))


def test_a_long_value_is_cut(public: ReferenceSet) -> None:
    report = report_of(public, HOSTILE["long"])
    assert "…" in "".join(everything(page(report)))
    assert "w" * 100 not in "\n".join(line for line in render_text(report).split("\n") if "│" in line)
