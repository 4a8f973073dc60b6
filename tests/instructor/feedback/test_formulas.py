"""Formulas on a page: readable without a network, and without an address, a class or a script of anybody's."""

from __future__ import annotations

import random
import re
import time
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from autograder.instructor.feedback.formulas import ATTRIBUTES, ELEMENTS, MAX_FORMULA, Formulas, mathml

RENDERED = {
    "a fraction": (r"\frac{a}{b}", "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>"),
    "indices": ("W^{[l]}_i", "<msubsup>"),
    "a sum": (r"\sum_{i=1}^n x_i", "<mo>∑</mo>"),
    "words": (r"\text{if } x > 0", "<mtext>if\xa0</mtext>"),
    "a matrix": (r"\begin{bmatrix}1&2\\3&4\end{bmatrix}", "<mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr>"),
    "cases": (r"\begin{cases}0&x<0\\x&x\ge0\end{cases}", "<mtable>"),
    "aligned lines": (r"\begin{aligned}a&=1\\b&=2\end{aligned}", "<mtr>"),
    "letters of a style": (r"\mathbb{R}, \mathcal{L}, \mathbf{x}", "ℝ"),
    "a script letter": (r"\mathcal{L}", "ℒ"),
    "an accent": (r"\hat{y}", '<mover accent="true"><mrow><mi>y</mi></mrow>'),
    "an arrow": (r"x \xrightarrow{f} y", "<mo>→</mo>"),
    "an equation": ("\\begin{equation}a=b\\end{equation}", "<mo>=</mo>"),
}


@pytest.mark.parametrize("case", RENDERED)
def test_what_lessons_use_is_rendered(case: str) -> None:
    source, part = RENDERED[case]
    found = mathml(source)
    assert part in found
    assert found.startswith('<math display="inline">')
    assert "\\" not in found


HOSTILE = (
    r"\href{http:/formgrader/?path=submitted/mallory/ps1}{\text{the whole derivation}}",
    r"\href{javascript:alert(1)}{x}",
    r"\url{http:index.html}",
    r"\class{btn full-credit}{x}",
    r"\cssId{toc}{x}",
    r"\style{position:fixed;top:0}{x}",
    r"\mmlToken{mi}[href='http:x']{x}",
    r"\require{href}\href{http:x}{y}",
    r"\require{html}\data{a=b}{x}\html{<b>}",
    r"\unicode{x3c}script\unicode{x3e}",
    r"\unicode{60;&lt;script&gt;}",
    r"\char`<\char60",
    r"\text{</mtext></math><img src=x onerror=alert(1)>}",
    r"\text{&lt;img src=x onerror=alert(1)&gt;}",
    r"\text{&amp;lt;script&amp;gt;}",
    r"\text{$\href{http:x}{y}$}",
    r"\hbox{a $\href{http:x}{y}$ b}",
    r"\mbox{\href{http:x}{y}}",
    r"\operatorname{<script>}",
    r"\operatorname*{</mo><script>alert(1)</script>}",
    r"\color{red;background:url(//x)}{y}\colorbox{url(//x)}{y}\fcolorbox{a}{b}{c}",
    r'\color{"onclick="alert(1)}{y}',
    r"\includegraphics{http:x}",
    r"\rule{1000em}{1000em}",
    r"\rule{99999px}{99999px}\hspace{100000em}\kern99999em",
    r"\mspace{9999999pt}\raise999em{x}\Huge x",
    r"\toggle{a}{b}\endtoggle\action{x}\texttip{a}{b}\mathtip{a}{b}",
    r"\begin{array}{@{}c<script>}a\end{array}",
    r"\left<script>\right>",
    r"\tag{<script>}\label{x' onclick='alert(1)}",
    r"\genfrac{<}{>}{99999px}{}{a}{b}",
    "<math href='http:x'><mtext><img src=x onerror=alert(1)></mtext></math>",
    "\u202e\u2066x",
)


class _Reader(HTMLParser):
    """Collects the elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = _Reader()
    reader.feed(html)
    return reader.found


@pytest.mark.parametrize("source", HOSTILE)
@pytest.mark.parametrize("block", [False, True])
def test_nothing_but_what_is_listed(source: str, block: bool) -> None:
    for tag, attributes in elements(mathml(source, block)):
        assert tag in ELEMENTS | {"code"}
        assert set(attributes) <= set(ATTRIBUTES)
        assert not any(re.search(r"[:;\\<>()/]|\d{3}[a-z]", str(value)) for value in attributes.values())


def test_no_short_definition_makes_much() -> None:
    doubling = "".join(rf"\newcommand{{\{b}}}{{\{a}\{a}}}" for a, b in pairwise("abcdefghijklmnopq"))
    for source in (rf"\newcommand{{\a}}{{x}}{doubling}\q", r"\def\a{\a\a}\a", r"\def\a#1{\a#1#1}\a x", r"\let\a=\a\a"):
        begun = time.process_time()
        assert len(mathml(source)) < 10 * len(source) + 100
        assert time.process_time() - begun < 1


PIECES = r"{ } ^ _ & \\ ' $ # % ~ [ ] \frac \sqrt \left( \right) \begin{matrix} \end{matrix} \over \hat \not \text{ "
PIECES += r"\color{ \limits \sum \unicode{ \tag{ \operatorname{ \displaystyle \substack{ \choose \bf \sqrt[ x 1 < > "
PIECES += r"\hbox{$"


@pytest.mark.parametrize("piece", PIECES.split())
def test_no_formula_takes_for_ever(piece: str) -> None:
    begun = time.process_time()
    mathml((piece * MAX_FORMULA)[:MAX_FORMULA])
    assert time.process_time() - begun < 3


def test_whatever_is_typed_comes_out_as_something() -> None:
    draw, pieces = random.Random(0), PIECES.split()
    for _ in range(500):
        source = "".join(draw.choices(pieces, k=draw.randint(1, 30)))
        for tag, attributes in elements(mathml(source)):
            assert tag in ELEMENTS | {"code"}
            assert set(attributes) <= set(ATTRIBUTES)


def test_a_long_formula_is_shown_as_its_source() -> None:
    assert mathml("x<" * MAX_FORMULA) == f"<code>{'x&lt;' * MAX_FORMULA}</code>"


def test_a_formula_is_put_back_once_and_where_it_is_an_element() -> None:
    formulas = Formulas()
    stands = formulas.set_aside("x")
    name = re.findall('"(.*)"', stands)[0]
    page = formulas.put_back(f'<p title="{name}">{stands} {stands} &lt;abbr title="{name}"&gt;</p>')  # as cleaned
    assert page == f'<p title="formula">{mathml("x")}  &lt;abbr title="formula"&gt;</p>'
