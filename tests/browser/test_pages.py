"""Pages about a hostile submission, as a browser has them once their scripts have run: nothing of a student's acts.

The pages are a feedback page, from its file, and Formgrader's, from a Jupyter server that somebody starts by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from playwright.sync_api import Browser, Page

from autograder.base.course import Course
from autograder.nbgrader.calls import gradebook
from tests.attacks.browsed import FILES, LOOK
from tests.browser.chromium import Watched, watched_page
from tests.instructor.grade.formgrader import Formgrader, formgrader
from tests.shared.helpers import run
from tests.shared.light_class import grade, hand_in
from tests.shared.light_course import ASSIGNMENT, answered, write
from tests.shared.pictures import blank

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MARK = "acted"
SCRIPT = f"<script>document.title = '{MARK}'</script>"
ROSTER = f"id,first_name,last_name\nmallory,{SCRIPT},Zed $\\href{{http:/{MARK}}}{{x}}$\nada,Ada,Lovelace\n"
ADDRESSES = (
    f"http:/formgrader/?path=submitted/mallory/{ASSIGNMENT}&{MARK}",
    "http:index.html",
    "index.html",
    "drawn.svg",
    f"/formgrader/?path={MARK}",
    f"https://hub.example.edu/user/prof/formgrader/?path={MARK}",
    f"java&#9;script:document.title='{MARK}'",
    f"data:text/html,{MARK}",
)
BUTTONS = ("btn btn-success full-credit", "score tabbable", "nbgrader_cell panel", "save-icon", "navbar-fixed-top")


def texts() -> Iterator[str]:
    """Text cells that try to act on the page that shows them."""
    for address in ADDRESSES:
        yield rf"$\href{{{address}}}{{\text{{the derivation}}}}$ and $$\href{{{address}}}{{x}}$$"
        yield rf"\begin{{align}}\def\x{{\href{{{address}}}{{x}}}}\x\end{{align}} and \\(\href{{{address}}}{{x}}\\)"
        yield rf"<div>$\require{{HTML}}\href{{{address}}}{{x}}$</div>"
        yield f'[x]({address}) <{address}> [y][p] <a href="{address}">z</a>\n\n[p]: <{address}> "title"'
        yield f"<math href='{address}'><mtext><a xlink:href='{address}'>x</a></mtext></math>"
        yield f"<svg onload='document.title=1'><a href='{address}'><image href='{address}'/></a></svg>"
    for classes in BUTTONS:
        yield f"<button class='{classes}' id='toc'>x</button><a class='{classes}' href='#' onclick='{MARK}()'>x</a>"
    yield f'<img src=x onerror="document.title=\'{MARK}\'">{SCRIPT}<iframe srcdoc="{SCRIPT}"></iframe>'
    yield rf"$\unicode{{x3c}}script$ $\text{{</mtext></math>{SCRIPT}}}$ $\mmlToken{{mi}}[href='x']{{x}}$"


SHOWS = f"""
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
there = r"$\\href{{http:/formgrader/?path={MARK}}}{{x}}$"
display(HTML("{SCRIPT}"), SVG(data="<svg xmlns='http://www.w3.org/2000/svg' onload='document.title=1'/>"))
display(Latex(there), Markdown(there + "[x](javascript:1)"), Javascript("document.title = '{MARK}'"))
print(there)
raise ValueError(there + "{SCRIPT}")
"""
DOUBLE = f'def double(x):\n    raise ValueError(r"""$\\href{{http:/formgrader/?path={MARK}}}{{x}}$ {SCRIPT}""")'


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that has graded Mallory, whose name in the roster is a script."""
    root = hand_in(tmp_path_factory.mktemp("pages") / "course")
    node = answered(double=DOUBLE)
    node.cells += [*map(new_markdown_cell, ("![a](small.png)", *texts())), new_code_cell(SHOWS)]
    folder = root / "submitted" / "mallory" / ASSIGNMENT
    folder.mkdir(parents=True)
    write(folder, node)
    (folder / "nbgrader_config.py").write_text(f"open({str(root / MARK)!r}, 'w').close()\n")
    (folder / "index.html").write_text(f"<html>{SCRIPT}</html>")
    (folder / "drawn.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' onload='document.title=1'/>")
    (folder / "notes.txt").write_text("notes")
    (folder / "small.png").write_bytes(blank(10, 10))
    (root / "students.csv").write_text(ROSTER)
    assert run("nbgrader", "db", "student", "import", "students.csv", cwd=root).returncode == 0
    grade(root)
    # As an older version of this kit, or a hand, has left it there.
    (root / "autograded" / "mallory" / ASSIGNMENT / "index.html").write_text(f"<html>{SCRIPT}</html>")
    return root


@pytest.fixture(scope="module")
def served(root: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Formgrader]:
    """A server that was started in the course's folder, with nothing but nbgrader's extension asked for."""
    with formgrader(root, tmp_path_factory.mktemp("server") / "runtime") as running:
        yield running


@pytest.fixture
def instructor(browser: Browser, served: Formgrader) -> Iterator[Watched]:
    """A page of a browser that is logged in."""
    with watched_page(browser, served.url) as watched:
        watched.page.goto(f"{served.url}formgrader/?token={served.token}")
        yield watched


def submission(root: Path) -> str:
    with gradebook(Course(root)) as book:
        return str(book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "mallory").id)


def acts(page: Page, within: str) -> list[str]:
    """What of the student's has acted: the page's title, and where links lead that lie within an element."""
    title = page.evaluate(LOOK)["title"]
    found = [] if title == ASSIGNMENT else [title]
    base = page.url.split("#")[0]
    for address in page.eval_on_selector_all(f":is({within}) a[href]", "all => all.map(one => String(one.href))"):
        beside = address.startswith(base.rpartition("/")[0]) and address.endswith(FILES)
        if not beside and not address.startswith(f"{base}#"):
            found.append(address)
    odd = f":is({within}) :is(script, iframe, form, object, embed, button, svg a, math [href], math [class], [onclick])"
    return found + page.eval_on_selector_all(odd, "all => all.map(one => one.outerHTML)")


def test_a_feedback_page(root: Path, browser: Browser) -> None:
    path = root / "feedback" / "mallory" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    with watched_page(browser, "nothing:") as watched:
        watched.page.goto(path.as_uri())
        assert acts(watched.page, "#notebook-container") == []
        assert watched.page.locator("math").count() > 10
        assert watched.page.locator("script").count() == 0
        assert watched.page.locator("img[src='small.png']").evaluate("image => image.naturalWidth") == 10
        assert [error for error in watched.errors if "asked for" in error] == []
        assert _still_runs_nothing(watched.page)


def _still_runs_nothing(page: Page) -> bool:
    """The second fence: what gets through every filter is not run. The attribute says when it would have been."""
    page.evaluate(
        """() => new Promise(done => {
            const image = new Image();
            image.addEventListener("error", () => setTimeout(done));
            image.setAttribute("onerror", "document.title = 'acted'");
            document.body.append(image);
            image.src = "data:,";
        })"""
    )
    return page.title() == ASSIGNMENT


def test_formgraders_page_of_a_submission(root: Path, served: Formgrader, instructor: Watched) -> None:
    page = instructor.page
    page.goto(f"{served.url}formgrader/submissions/{submission(root)}/")
    page.wait_for_function("window.MathJax && MathJax.loaded")
    assert acts(page, ".text_cell_render, .output_area") == []
    assert page.locator("math").count() > 10
    assert page.locator("img[src='small.png']").evaluate("image => image.naturalWidth") == 10
    assert page.locator(".breadcrumb :is(script, a[href*=acted])").count() == 0
    # Nbgrader's own parts work as they do: the name is shown, points are saved, keys are heard.
    page.locator(".breadcrumb .glyphicon-eye-open").click()
    assert SCRIPT in page.locator(".breadcrumb a.name-shown").inner_text()
    field = page.locator("#test_double")
    with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.request.method == "PUT") as saved:
        field.fill("1")
        field.press("Tab")
    assert saved.value.ok
    assert instructor.errors == []
    assert _still_runs_nothing(page)


@pytest.mark.parametrize(
    "place",
    [
        "manage_students",
        "manage_students/mallory",
        f"manage_students/mallory/{ASSIGNMENT}",
        f"manage_submissions/{ASSIGNMENT}",
        "gradebook",
        f"gradebook/{ASSIGNMENT}/{ASSIGNMENT}",
    ],
)
def test_a_name_from_a_roster_is_text(place: str, served: Formgrader, instructor: Watched) -> None:
    page = instructor.page
    page.goto(f"{served.url}formgrader/{place}")
    page.wait_for_function("!document.body.innerText.includes('Loading')")
    assert page.title() == "nbgrader formgrade"
    assert page.locator("#main-table :is(script, [onerror])").count() == 0


@pytest.mark.parametrize("place", ["manage_submissions/{}", "gradebook/{}", "gradebook/{}/{}", "manage_students/{}"])
@pytest.mark.parametrize(
    "odd", ["%22%3Bdocument.title='acted'%3B%2F%2F", "%3C%2Fscript%3E%3Cscript%3Edocument.title='acted'%3C%2Fscript%3E"]
)
def test_a_part_of_an_address_is_text(place: str, odd: str, served: Formgrader, instructor: Watched) -> None:
    instructor.page.goto(f"{served.url}formgrader/{place.replace('{}', odd)}")
    assert instructor.page.title() != MARK


@pytest.mark.parametrize("place", ["students", "student/mallory", f"submissions/{ASSIGNMENT}", "assignments"])
def test_data_is_no_page(place: str, served: Formgrader, instructor: Watched) -> None:
    """Nbgrader gives it out as HTML, names and all."""
    answer = instructor.page.goto(f"{served.url}formgrader/api/{place}")
    assert answer is not None
    assert answer.ok
    assert answer.headers["content-type"].startswith("text/plain")
    assert instructor.page.title() != MARK


@pytest.mark.parametrize("question", ["?path=submitted/mallory/plain", "/?path=submitted%2Fmallory%2Fplain", "/?path="])
def test_formgrader_is_moved_nowhere(question: str, root: Path, served: Formgrader, instructor: Watched) -> None:
    answer = instructor.page.goto(f"{served.url}formgrader{question}")
    assert answer is not None
    assert answer.status == 403
    assert "autograder --course FOLDER formgrader" in answer.text()
    assert not (root / MARK).exists()


def test_handed_in_files_are_downloads(root: Path, served: Formgrader, instructor: Watched) -> None:
    place = f"{served.url}formgrader/submissions/{submission(root)}"
    asked = instructor.page.context.request
    page = asked.get(f"{place}/index.html")
    assert page.ok
    assert page.headers["content-disposition"] == "attachment"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in page.headers["content-security-policy"].split("; ")
    assert asked.get(f"{place}/notes.txt").text() == "notes"
    assert asked.get(f"{place}/nbgrader_config.py").status == 404
    for outside in ("..%2f..%2f..%2fgradebook.db", f"/{root}/gradebook.db", "%2e%2e%2fx"):
        assert asked.get(f"{place}/{outside}").status in (403, 404)
