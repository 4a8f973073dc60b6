"""Pictures on a page: what is put back is counted, in bytes, in pixels and in how often."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pytest
from nbconvert.exporters import HTMLExporter

from autograder.instructor.feedback import pictures
from autograder.instructor.feedback.pictures import MAX_BYTES, MAX_SHOWN
from autograder.nbgrader.web.pages import FILTERS
from tests.shared.pictures import blank, data_address, noise

_TEMPLATE = HTMLExporter(filters=FILTERS).environment.from_string("{{ cell.source | markdown2html }}")


def shown(source: str, resources: dict[str, Any] | None = None, **attached: bytes) -> list[str]:
    """The addresses of the pictures on a page."""
    attachments = {name: {"image/png": base64.b64encode(data).decode()} for name, data in attached.items()}
    cell = {"source": source, "attachments": attachments}
    page = _TEMPLATE.render(cell=cell, resources={} if resources is None else resources)
    return re.findall(r'<img[^>]* src="([^"]*)"', page)


@pytest.mark.parametrize(
    "source",
    [
        "[p]: ADDRESS\n\n" + "![a][p] " * 400,
        "![a](ADDRESS) " * 10,
        "<img src='ADDRESS'>" * 10,
        "![a](attachment:x) " * 50,
    ],
)
def test_a_picture_is_shown_a_few_times(source: str) -> None:
    data = noise(20, 20)
    address = data_address(data)
    assert shown(source.replace("ADDRESS", address), x=data) == [address] * MAX_SHOWN


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_a_picture_of_few_bytes_and_many_pixels_is_left_out(kind: str) -> None:
    assert shown(f"![a]({data_address(blank(12_000, 12_000, kind))})") == []
    assert len(shown(f"![a]({data_address(blank(4_000, 3_000, kind))})")) == 1


def test_what_is_no_picture_is_left_out() -> None:
    for data in (b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 9, b"RIFF....WEBP" * 30, noise(9, 9)[:20] * 20):
        assert shown(f"![a]({data_address(data)})", x=data) == []


def test_the_pixels_of_a_page_are_counted() -> None:
    page: dict[str, Any] = {}
    sources = [f"![a]({data_address(blank(6_000, 6_000 + n))})" for n in range(10)]
    assert sum(len(shown(source, page)) for source in sources) == 4


def test_the_bytes_of_a_page_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_BYTES", 100_000)
    page: dict[str, Any] = {}
    sources = [f"![a]({data_address(noise(100, 100 + n))})" for n in range(10)]  # 40,000 characters each
    assert sum(len(shown(source, page)) for source in sources) == 2
    assert MAX_BYTES >= 100_000


def test_a_file_beside_the_notebook_counts_by_its_pixels(tmp_path: Path) -> None:
    (tmp_path / "small.png").write_bytes(blank(100, 100))
    (tmp_path / "large.png").write_bytes(blank(12_000, 12_000))
    (tmp_path / "drawn.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "page.png").write_text("<script>1</script>")
    page = {"metadata": {"path": str(tmp_path)}}
    names = ("small.png", "large.png", "page.png", "none.png", "drawn.svg", "lar\tge.png", "LARGE.PNG")
    source = "".join(f"<img src='{name}'>" for name in names)
    assert shown(source, page) == ["small.png", "drawn.svg"]
