"""Markdown and code on the pages: a course's is kept; a student's runs nothing, fetches nothing, poses as nothing."""

from __future__ import annotations

import re
import time
from html import escape

import nh3
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from traitlets.config import PyFileConfigLoader

from autograder.instructor.feedback.filters import MAX_CELL, MAX_CODES, MAX_PAGE, MAX_TYPED, _of_text_alone, coloured
from autograder.instructor.feedback.markdown import MAX_HTML, ExpandsTooMuchError, cleaned
from autograder.nbgrader.web.pages import FILTERS, page_templates
from tests.shared.helpers import ROOT
from tests.shared.pictures import data_address, noise

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="

_TEMPLATE = HTMLExporter(filters=FILTERS).environment.from_string(
    "{{ cell.source | markdown2html | strip_files_prefix }}"
)


def clean_markdown(source: str, attachments: dict[str, dict[str, str]] | None = None) -> str:
    """A cell as the templates have it shown, without what keeps formulas inside."""
    page = _TEMPLATE.render(cell={"source": source, "attachments": attachments or {}}, resources={})
    kept_inside = re.fullmatch(
        r'<div class="tex2jax_ignore mathjax_ignore" style="[^"]*contain: paint">(.*)</div>', page, re.S
    )
    assert kept_inside or page.startswith("<pre>")
    return kept_inside.group(1) if kept_inside else page


KEPT: dict[str, tuple[str, str]] = {
    "inline math": ("a $x_1 * y_2$ b", "<msub><mi>x</mi><mn>1</mn></msub>"),
    "display math": ("$$\\frac{a}{b}$$", "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>"),
    "a matrix": (
        "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}",
        "<mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd>",
    ),
    "math in a heading": ("## The $x$ axis", "The <math"),
    "a heading after math": ("## $x$ y\n\nz", "z"),
    "math in a link": ("[$x$](other.ipynb)", '<a href="other.ipynb"><math'),
    "math beside a picture": ("![$x$](images/x.png)", 'alt="formula"'),
    "aligned lines": ("$$\\begin{aligned} a &= 1 \\\\ b &= 2 \\end{aligned}$$", "<mtr>"),
    "less than in math": ("$a<b$", "<mo>&lt;</mo>"),
    "a table": ("|a|b|\n|-|-|\n|1|2|", "<td>1</td>"),
    "code": ("```python\nx = 1\n```", '<div class="highlight"><pre>'),
    "code in colours": ("```python\nx = 1\n```", '<span class="mi">1</span>'),
    "details": ("<details open><summary>Hint</summary>text</details>", "<summary>Hint</summary>"),
    "a heading": ("## Two", "<h2>Two"),
    "a picture beside": ("![a](images/x.png)", 'src="images/x.png"'),
    "a picture with a size": ('<img src="images/x.png" width="300" alt="a">', 'width="300"'),
    "a picture in the text": (f"![a](data:image/png;base64,{PIXEL})", f'src="data:image/png;base64,{PIXEL}"'),
    "a link, to read": ("[a](https://keras.io/api)", "a (<code>https://keras.io/api</code>)"),
    "a link with a question, to read": ("[a](https://x.org/?a=1&b=2)", "a (<code>https://x.org/?a=1&amp;b=2</code>)"),
    "an address": ("see https://keras.io/api or <https://keras.io>", "see https://keras.io/api or https://keras.io"),
    "a link beside": ("[a](other.ipynb#here)", 'href="other.ipynb#here"'),
    "emphasis": ("**bold** and *not*", "<strong>bold</strong>"),
    "a list": ("1. one\n2. two", "<li>one</li>"),
}


@pytest.mark.parametrize("case", KEPT)
def test_what_a_course_writes_is_kept(case: str) -> None:
    source, kept = KEPT[case]
    assert kept in clean_markdown(source)


def test_attachments() -> None:
    attached = {"x.png": {"image/png": PIXEL}, "x.svg": {"image/svg+xml": "PHN2Zz4="}}
    assert f'src="data:image/png;base64,{PIXEL}"' in clean_markdown("![a](attachment:x.png)", attached)
    assert "src" not in clean_markdown("![a](attachment:x.svg)", attached)


@pytest.mark.parametrize("attached", [{}, {"x.png": {}}, {"x.png": None}, {"x.png": {"image/png": 7}}, {"x.png": []}])
def test_an_attachment_that_is_not_there_is_left_out(attached: dict[str, object]) -> None:
    """The page is made all the same."""
    assert "after" in clean_markdown("![a](attachment:x.png) after", attached)


SPACES = ["", " ", "\t", "\n", "&#9;", "&Tab;", "&NewLine;", "\u00a0", "&#1;"]
OUTSIDE = [
    *(f'<img src="{space}//evil.example/x.png">' for space in SPACES),
    '<img src="/{}/evil.example/x.png">'.format("&#9;"),
    '<img src="&#47;&#47;evil.example/x.png">',
    '<img src="&#x2f;/evil.example/x.png">',
    '<img src="&#92;&#92;evil.example/x.png">',
    '<img src="\\\\evil.example/x.png">',
    '<img src="/\\evil.example/x.png">',
    '<img src="https://evil.example/x.png">',
    '<img src="http:evil.example/x.png">',
    '<img src="HTTPS&#58;//evil.example/x.png">',
    '<img src="ftp://evil.example/x.png">',
    '<img src="file:///etc/passwd">',
    "<img src='x' srcset='https://evil.example/x.png'>",
    "![a](https://evil.example/x.png)",
    "![a](//evil.example/x.png)",
    "![a](&#47;/evil.example/x.png)",
    '<video src="https://evil.example/x"></video><audio src="https://evil.example/x"></audio>',
    '<table background="https://evil.example/x"><tr><td>a</td></tr></table>',
    '<link rel="stylesheet" href="https://evil.example/x">',
    '<base href="https://evil.example/">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<input type="image" src="https://evil.example/x">',
    '<svg><image href="https://evil.example/x"/></svg>',
    '<div style="background:url(https://evil.example/x)">a</div>',
    "<style>@import 'https://evil.example/x';</style>",
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    '<img src="data&#58;image/svg+xml;base64,PHN2Zz4=">',
]
RUNS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC='x.js'></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src='x'onerror=alert(1)>",
    "<p onclick='alert(1)'>a</p>",
    "<details ontoggle=alert(1) open>a</details>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "<a href='java&#9;script:alert(1)'>a</a>",
    "<a href='&#106;avascript:alert(1)'>a</a>",
    "<a href='vbscript:x'>a</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
    "<a href='da&#9;ta:text/html,x'>a</a>",
    "<a href='&#100;ata:text/html,x'>a</a>",
    "<iframe src='x'></iframe><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='x'></object><embed src='x'>",
    "<form action='x'><button formaction='x'>a</button></form>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "`<script>alert(1)</script>`",
    "$<img src=x onerror=alert(1)>$",
    "```<img src=x onerror=alert(1)>\n```",
    "# <img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
]
ADDRESSES = ("src", "href", "srcset", "background", "action", "formaction", "data", "content", "poster")
TAGS_THAT_RUN = "script style iframe object embed form input button base link meta svg template video audio".split()


@pytest.mark.parametrize("source", [*OUTSIDE, *RUNS])
def test_nothing_runs_and_nothing_is_fetched(source: str) -> None:
    for page in (clean_markdown(source), clean_markdown(f"text {source} text"), clean_markdown(f"> - {source}")):
        soup = BeautifulSoup(page, "html.parser")
        assert not soup.find_all(TAGS_THAT_RUN)
        for tag in soup.find_all(True):
            for name, value in tag.attrs.items():
                assert not name.startswith("on")
                assert name != "style"
                if name in ADDRESSES:
                    as_read = "".join(str(value).split()).lower().replace("\x01", "").replace("\\", "/")
                    assert as_read in ("", "x") or as_read.startswith("#"), as_read


@pytest.mark.parametrize(
    "source",
    [
        '<div class="panel-heading nbgrader">Score: 10.0 / 10.0</div>',
        '<span class="score">10</span>',
        '<div id="autograder-report" class="autograder-report">passed</div>',
        '<pre class="highlight  panel">a</pre>',
    ],
)
def test_nothing_poses_as_the_pages_own(source: str) -> None:
    page = clean_markdown(source)
    assert "class=" not in page
    assert "id=" not in page


@pytest.mark.parametrize(
    "unit", ["[", "*", "_a", "`", "<", "> ", "![", "$", "<div>", "- ", "|", "\\begin{a}", "&#", "[a]("]
)
def test_no_text_takes_for_ever(unit: str) -> None:
    begun = time.process_time()
    clean_markdown(unit * 300)
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("unit", ["\\\\(", "\\begin{a}", "[", "**a*", "[](files/"])
def test_a_long_text_is_shown_as_it_was_typed(unit: str) -> None:
    source = f"<b>*a*</b> {unit * MAX_CELL}"
    begun = time.process_time()
    assert clean_markdown(source) == f"<pre>&lt;b&gt;*a*&lt;/b&gt; {unit * MAX_CELL}</pre>"
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    "unit", ["<div>", "<b>", "<a>x", "<p></div>", "<table><td>", "<abbr></nobr>x<mi></table>", "&", "<"]
)
def test_a_cell_that_is_full_of_tags_is_not_cleaned_for_ever(unit: str) -> None:
    begun = time.process_time()
    clean_markdown(unit * (MAX_CELL // len(unit)))
    assert time.process_time() - begun < 3


@pytest.mark.parametrize("unit", ["<div>", "<DIV >", "<p><span title='<'>"])
def test_html_that_nests_too_deep_is_not_cleaned_at_all(unit: str) -> None:
    """However Markdown may have come to it: two hundred thousand characters of <div> would take a dozen seconds."""
    begun = time.process_time()
    with pytest.raises(ExpandsTooMuchError):
        cleaned(unit * (MAX_HTML // len(unit)))
    assert time.process_time() - begun < 1


def _raises(tag: str, name: str, value: str) -> str:
    raise ZeroDivisionError


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_attribute_does_not_come_through_where_looking_at_it_fails() -> None:
    """nh3 goes on after an exception, such as that of a page that takes too long."""
    assert nh3.clean("<a href='x'>a</a>", attribute_filter=_raises) == "<a>a</a>"


MUCH = {
    "a way up in a tag": "<p>" + "".join(f"<b {c}{d}>" for c in "abcdefgh" for d in "abcdefgh") + "<p>x" * 400,
    "a link's address used often": f"[a]: <https://x.org/{'中' * 2000}>\n\n" + "[a] " * 500,
    "a table of very many cells": "|a" * 1_000 + "\n" + "|-" * 1_000 + "\n" + ("|" * 1_001 + "\n") * 12,
    "deep in a heading": "# " + "<b>" * 1000 + "x" + "</b>" * 1000,
}


@pytest.mark.parametrize("case", MUCH)
def test_a_text_that_makes_much_is_shown_as_it_was_typed(case: str) -> None:
    begun = time.process_time()
    assert clean_markdown(MUCH[case]) == f"<pre>{escape(MUCH[case])}</pre>"
    assert time.process_time() - begun < 3


def test_what_is_as_typed_has_a_bound_too() -> None:
    page = html_of(*(new_markdown_cell('"' * (MAX_TYPED // 2 + 5)) for _ in range(5)))
    assert page.count("&quot;") + page.count('"""') * 3 < MAX_TYPED + 100
    assert page.count("the rest is left out") == 4


def test_a_raw_cell_is_shown_as_it_was_typed() -> None:
    raw = '<div class="nbgrader_cell panel"><code id="x">10 / 10</code></div>'
    soup = BeautifulSoup(html_of(new_raw_cell(raw)), "html.parser")
    assert [found.get_text() for found in soup.select("main pre")] == [raw]
    assert not soup.select(".panel, #x")


@pytest.mark.parametrize(
    "address",
    [
        "../../?path=submitted/bob/ps1",
        "?path=x",
        "x.html",
        "x.svg",
        "x.xhtml",
        "/formgrader",
        "//h.example/x.png",
        "%2e%2e/x.ipynb",
        "a/%2e%2e/x.ipynb",
        "x.ipynb?a=b",
        "\\\\h.example/x.png",
        "http://localhost:8888/formgrader/?path=x",
        "https://hub.example.edu/user/prof/formgrader/?path=submitted/mallory/ps1",
        "http://lvh.me:8888/formgrader/?path=x",
        "http://localhost.localdomain:8888/",
        "https://keras.io/",
        "mailto:a@x.org",
        "http://127.0.0.1:8888/",
        "http://2130706433/",
        "http://[::1]:8888/",
        "https://a.localhost/",
        "http://localhost:8888\\\\formgrader\\\\@x.org/../?path=x",
        "http://localhost:8888@x.org/",
        "https:\\\\localhost:8888/",
        "http:x.org",
        "ftp://x.org/a",
    ],
)
def test_no_link_asks_something_of_the_readers_own_server(address: str) -> None:
    for source in (f"[x]({address})", f"<a href='{address}'>x</a>"):
        assert "href" not in clean_markdown(source)
    assert "src" not in clean_markdown(f"<img src='{address}'>") or address.endswith(".svg")


@pytest.mark.parametrize("address", ["#Two", "other.ipynb#here", "data/a%20table.csv"])
def test_other_links_are_kept(address: str) -> None:
    assert f'href="{address}"' in clean_markdown(f"[x]({address})")


def test_a_large_picture_makes_no_text_long() -> None:
    picture = data_address(noise(200, 200))
    assert len(picture) > MAX_CELL
    page = clean_markdown(f"*a* ![b]({picture}) [c]({picture}) <img src='{picture}'> `{picture}`")
    assert page.count(f'src="{picture}"') == 2
    assert page.count("data:") == 2
    assert "<em>a</em>" in page
    assert "<code>picture</code>" in page


def html_of(*cells: NotebookNode, **metadata: object) -> str:
    """A page, made as feedback is."""
    html, _ = HTMLExporter(filters=FILTERS).from_notebook_node(new_notebook(cells=list(cells), metadata=metadata))
    return html


def test_the_configuration_names_these_filters() -> None:
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    assert config.HTMLExporter.filters == FILTERS
    assert config.HTMLExporter.extra_template_basedirs == page_templates()


def test_long_code_is_shown_without_colours() -> None:
    code = "a<b." * MAX_CELL
    begun = time.process_time()
    page = BeautifulSoup(html_of(new_code_cell(code), new_code_cell("def f(x):\n    return x < 1")), "html.parser")
    assert time.process_time() - begun < 5
    plain, colours = page.select(".highlight")
    assert plain.get_text().strip() == code
    assert not plain.select("span")
    assert colours.get_text().strip() == "def f(x):\n    return x < 1"
    assert [tag.get_text() for tag in colours.select(".k")] == ["def", "return"]


def test_a_page_has_a_bound_too() -> None:
    texts = [f"*{number}*" + " a" * 1998 for number in range(MAX_PAGE // 4000)]  # which count for what they are
    code = new_code_cell("def f(): pass" + " " * 4000)
    cells = [*map(new_markdown_cell, texts), code, *map(new_markdown_cell, texts)]
    soup = BeautifulSoup(html_of(*cells), "html.parser")
    assert len(texts) - 1 <= len(soup.select("em")) <= len(texts)
    assert len(soup.select(".highlight .k")) == 0
    assert soup.get_text().count("*0*") == 1


def test_a_file_does_not_choose_the_language_that_its_code_is_read_in() -> None:
    html = html_of(
        new_code_cell("def f(): pass", metadata={"magics_language": "html"}),
        language_info={"name": "x", "pygments_lexer": "html"},
    )
    assert [tag.get_text() for tag in BeautifulSoup(html, "html.parser").select(".highlight .k")] == ["def", "pass"]


@pytest.mark.parametrize(
    "source",
    ["[x](files/javascript:alert(1))", "<a href='files/javascript:alert(1)'>x</a>", "![x](files///h.example/x.png)"],
)
def test_an_address_is_not_changed_after_it_was_looked_at(source: str) -> None:
    soup = BeautifulSoup(html_of(new_markdown_cell(source)), "html.parser")
    for tag in soup.select("main a, main img"):
        assert (tag.get("href") or tag.get("src") or "files/").startswith("files/")
    assert "x" in soup.select("main")[0].get_text() or soup.select("main img")


def test_colours_of_outputs() -> None:
    assert coloured("\x1b[31ma<b\x1b[0m") == '<span class="ansi-red-fg">a&lt;b</span>'
    for cut in ("\x1b[38m<a", "\x1b[48;5m<a"):
        assert coloured(cut) == "&lt;a"
    for text in ("\x1b[31m<a" * (MAX_CODES * 100), "\x1b[" + "1;" * 10**6 + "m<a"):
        begun = time.process_time()
        page = coloured(text)
        assert time.process_time() - begun < 2
        assert "span" not in page
        assert page.startswith("&lt;a")


def test_a_cell_of_text_is_rendered_once_for_all_pages_and_counts_on_each() -> None:
    text = "A cell of the **instructor's**, " + "word " * 1500
    cells = [{"source": text, "attachments": {}}]
    before = _of_text_alone.cache_info()
    pages: list[dict[str, object]] = [{}, {}]
    first, second = (_TEMPLATE.render(cell=cell, resources=page) for page in pages for cell in cells)
    after = _of_text_alone.cache_info()
    assert "<strong>instructor's</strong>" in first == second
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 1)
    assert pages[0] == pages[1] != {}


def test_a_cell_with_a_picture_is_rendered_for_each_page() -> None:
    text = "the same words ![a](attachment:a.png)"
    attached = [{"a.png": {"image/png": PIXEL}}, {"a.png": {"image/gif": PIXEL}}]
    shown = [clean_markdown(text, one) for one in attached]
    assert ["data:image/gif" in page for page in shown] == [False, True]
    pages: list[dict[str, object]] = [{}, {}]
    cell = {"source": f"![a](data:image/png;base64,{PIXEL})", "attachments": {}}
    for page in pages:
        _TEMPLATE.render(cell=cell, resources=page)
    assert pages[0].get("autograder_picture_bytes") == pages[1].get("autograder_picture_bytes") > 0
