"""Feedback pages: written side by side when a class is graded, and what their templates do with a cell's text."""

from __future__ import annotations

from typing import Any

from ..moved import plugin


def __getattr__(name: str) -> Any:
    """The plugin that was `autograder.instructor.feedback.HideHidden`."""
    if name == "HideHidden":
        return plugin(__name__, name)
    raise AttributeError(name)
