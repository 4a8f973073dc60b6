"""A console for tables and progress on which a stranger's words can't steer the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from ..base.plain import plain, raw


class PlainConsole(Console):
    """rich's console, which makes escape sequences of its own and lets none of the text's through."""

    def __init__(self, **settings: Any) -> None:
        # rich writes colours: it is given the stream below the one that would take them out.
        super().__init__(**{"file": raw(sys.stdout), **settings})

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What rich makes of it, with `plain` text."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(plain(segment.text), segment.style)
