"""Reading a report's HTML as what it has to be: well-formed XML."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from autograder.report import Report

SVG = "{http://www.w3.org/2000/svg}"


def page(report: Report) -> Element:
    """The report's `<div>`. Raises ParseError where it is not well-formed."""
    return ElementTree.fromstring(report._repr_html_())


def pictures(report: Report) -> list[Element]:
    return list(page(report).iter(f"{SVG}svg"))


def groups(element: Element, *styles: str) -> list[Element]:
    """The groups that carry all of these classes."""
    return [g for g in element.iter(f"{SVG}g") if set(styles) <= set(g.get("class", "").split())]


def words(element: Element) -> list[str]:
    """What is written in the picture, titles aside."""
    return [text.text or "" for text in element.iter(f"{SVG}text")]


def boxes(picture: Element, mark: str) -> list[str]:
    """The layers with this mark, from top to bottom of each lane."""
    return [words(g)[0] for g in groups(picture, "box", mark)]


def everything(element: Element) -> Iterator[str]:
    """Every text, tag, attribute name and attribute value of the page."""
    for inner in element.iter():
        yield inner.tag
        yield inner.text or ""
        yield inner.tail or ""
        for name, value in inner.attrib.items():
            yield name
            yield value
