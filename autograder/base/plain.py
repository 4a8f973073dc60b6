"""Text for a terminal: a stranger's words can't steer it, wherever in the kit they are printed.

A student chooses the names of files, cells and errors. In these a control character may erase lines, fill the clipboard
or turn the reading direction. `plain` takes such characters out; `plain_output` does it for all that is printed.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TextIO, cast

_STEERING = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_MARK = "\ufffd"


def plain(text: str, keep: str = "\n") -> str:
    """The text without characters that steer a terminal, turn the reading direction, or may not stand in XML."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in keep or unicodedata.category(c) not in _STEERING else _MARK for c in text)


class PlainStream:
    """A stream to write to, through which nothing but `plain` text goes. `raw` is the stream itself."""

    def __init__(self, raw: TextIO) -> None:
        self.raw = raw

    def write(self, text: str) -> int:
        """Write the text as `plain` gives it; returns its length."""
        self.raw.write(plain(text, keep="\n\t"))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write all of these."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self.raw, name)


def raw(stream: TextIO) -> TextIO:
    """The stream below a `PlainStream`: for what makes escape sequences of its own, and takes care of the words."""
    return stream.raw if isinstance(stream, PlainStream) else stream


@contextmanager
def plain_output() -> Iterator[None]:
    """Let no control character out through standard output and standard error within the block."""
    before = sys.stdout, sys.stderr
    for stream in before:
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a screen or a file that can't show a letter gets a ? for it
    sys.stdout, sys.stderr = (cast(TextIO, PlainStream(raw(stream))) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
