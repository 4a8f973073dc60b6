"""A student's feedback as a notebook of its own, for a platform that gives a file back under its old name alone."""

from __future__ import annotations

from collections.abc import Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from ...nbgrader.gradebook.summary import Summary

_FENCE = "`" * 12
"""Longer than any row of backticks that is let through."""


def as_notebook(found: Summary) -> NotebookNode:
    """What stands at the top of the feedback page, as Markdown: points, comments, reports as text."""
    cells = [new_markdown_cell(text) for text in _texts(found)]  # type: ignore[no-untyped-call]
    return new_notebook(cells=cells)  # type: ignore[no-untyped-call, no-any-return]


def _texts(found: Summary) -> Iterator[str]:
    _ = found.translate
    whole = _("{points} of {max_points} points")
    yield "# " + whole.format(points=f"{found.points:g}", max_points=f"{found.max_points:g}")
    yield from found.told
    for part in found.parts:
        yield f"## {part.title}: " + whole.format(points=f"{part.points:g}", max_points=f"{part.max_points:g}")
        yield from map(_fenced, (*part.comments, *part.texts))


def _fenced(text: str) -> str:
    """As plain text, whatever it holds: a report may quote the student."""
    return f"{_FENCE}text\n{text.replace(_FENCE, '')}\n{_FENCE}"
