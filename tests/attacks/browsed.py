"""What chromium makes of a page: what was asked for, where its links lead, what ran, once all its scripts have run.

    python tests/attacks/browsed.py < PAGES.json

It runs in a process of its own, since Playwright's event loop stays in the thread that starts it. Nothing is asked of
any network: every request is answered here, from what MathJax's files lie in the environment, or refused.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "http://127.0.0.1:9/formgrader/submissions/0/"
"""Where a page seems to lie: on the reader's own Jupyter server."""
MATHJAX = "http://127.0.0.1:9/mathjax/MathJax.js"
FROM_NETWORK = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/latest.js?config=TeX-AMS_CHTML-full,Safe"
"""What nbconvert's pages load MathJax by."""
LOCAL = f"{MATHJAX}?config=TeX-AMS-MML_HTMLorMML-full,Safe"
TYPESETS = f"""
<script type="text/x-mathjax-config">MathJax.Hub.Config({{tex2jax: {{
    inlineMath: [["$", "$"], ["\\\\(", "\\\\)"]], processEscapes: true, processEnvironments: true}}}});</script>
<script src="{LOCAL}"></script>"""
MAX_PIXELS = 200_000_000
"""Of all pictures on a page: 800 MB in a browser."""
LOOK = """
async () => {
    if (window.MathJax && MathJax.Hub.Queue) await new Promise(done => MathJax.Hub.Queue(done));
    const links = [...document.querySelectorAll("*")].flatMap(one => [...one.attributes]
        .filter(it => ["href", "xlink:href", "action", "formaction"].includes(it.name.toLowerCase()))
        .filter(() => !["link", "base"].includes(one.localName))
        .map(it => [it.value, new URL(it.value, document.baseURI).href, one.id + " " + one.className]));
    const pixels = [...document.images].reduce((sum, one) => sum + one.naturalWidth * one.naturalHeight, 0);
    return {links, pixels, title: document.title};
}
"""
FILES = (".ipynb", ".png", ".jpg", ".jpeg", ".gif", ".pdf", ".txt", ".csv", ".md")
"""What a link may lead to beside the page: no browser runs it, and Formgrader gives it as a download."""


def browsed(pages: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
    """What on each page acts and bears the mark that is given with it.

    Where there is no chromium, one line says so and nothing is found; RuntimeError is raised where it may not lack.
    """
    if not pages:
        return []
    from tests.browser.chromium import NO_CHROMIUM, program

    if program() is None:
        if os.environ.get("AUTOGRADER_TESTS_NO_SKIP") == "1":
            raise RuntimeError(NO_CHROMIUM)
        print(f"pages are looked at as text alone: {NO_CHROMIUM}", file=sys.stderr)
        return [()] * len(pages)
    done = subprocess.run(
        [sys.executable, __file__], input=json.dumps(pages), capture_output=True, text=True, cwd=ROOT, timeout=1200
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    return [tuple(found) for found in json.loads(done.stdout)]


def _look(browser: Any, html: str, mark: str) -> Iterator[str]:
    context = browser.new_context()
    page, heard = context.new_page(), []
    html = html.replace(FROM_NETWORK, LOCAL).replace('http-equiv="Content-Security-Policy"', "data-policy")
    if LOCAL not in html:  # whatever template a course has chosen
        html = html.replace("<head>", f"<head>{TYPESETS}", 1)
    context.route("**/*", lambda route: _answer(route, html, mark, heard))
    page.on("dialog", lambda dialog: (heard.append("a dialog"), dialog.dismiss()))
    page.on("console", lambda said: heard.append("a script's words") if mark in said.text else None)
    try:
        page.goto(ADDRESS, timeout=120_000)
        seen = page.evaluate(LOOK)
    finally:
        context.close()
    yield from heard
    if mark in seen["title"]:
        yield "a title of a script's"
    if seen["pixels"] > MAX_PIXELS:
        yield "pictures that take a browser's memory"
    for written, address, poses in seen["links"]:
        beside = address.startswith(ADDRESS) and address.split("#")[0].endswith(FILES) and "?" not in address
        if mark in written + poses and not address.startswith(f"{ADDRESS}#") and not beside:
            yield "a link to somewhere else"


def _answer(route: Any, html: str, mark: str, heard: list[str]) -> None:
    address = route.request.url
    if address == ADDRESS:
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
    elif (path := _of_mathjax(address)) is not None and path.is_file():
        route.fulfill(path=str(path))
    else:
        if mark in address:
            heard.append("a request of a student's")
        route.abort()


def _of_mathjax(address: str) -> Path | None:
    """A file of MathJax's, which a package for tests brings along."""
    found, begin = find_spec("jupyter_server_mathjax"), MATHJAX.removesuffix("MathJax.js")
    if found is None or found.origin is None or not address.startswith(begin):
        return None
    return Path(found.origin).parent / "static" / address.removeprefix(begin).partition("?")[0]


def main() -> None:
    """Look at the pages that come in, and write what was found."""
    sys.path.insert(0, str(ROOT))
    from tests.browser.chromium import chromium

    with chromium() as browser:
        found = [list(dict.fromkeys(_look(browser, html, mark))) for html, mark in json.load(sys.stdin)]
    print(json.dumps(found))


if __name__ == "__main__":
    main()
