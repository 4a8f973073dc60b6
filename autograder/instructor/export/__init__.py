"""Scores in files that other systems read: an nbgrader export plugin for each of them."""

from __future__ import annotations

from typing import Any

from ..moved import plugin


def __getattr__(name: str) -> Any:
    """The plugin that was `autograder.instructor.export.CsvExport`."""
    if name == "CsvExport":
        return plugin(__name__, name)
    raise AttributeError(name)
