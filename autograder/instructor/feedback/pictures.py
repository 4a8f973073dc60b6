"""The pictures on a page: which are shown, how often, and how much of a reader's memory they may take together."""

from __future__ import annotations

import base64
import re
import secrets
from collections import Counter
from collections.abc import MutableMapping
from html import escape, unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ...base.pictures import MAX_PIXELS, pixels

MAX_SHOWN = 3
"""How often a cell shows the same picture."""
MAX_BYTES = 20_000_000
"""Characters of pictures that lie in a page's text cells themselves. Every one that is put there counts."""
MAX_PAGE_PIXELS = 4 * MAX_PIXELS
"""Pixels that the pictures in a page's text cells may have together."""

EMBEDDED = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=]+")
_LONG = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=]{200,}")
_IMG = re.compile(r'(<img(?: [a-z]+="[^"]*")*?) src="([^"]*)"')
"""A picture in HTML that has been cleaned: there `<` is an element's, and `"` an attribute's end."""
VECTORS = (".svg",)
"""Pictures that a browser shows without running anything of theirs, and that have no pixels to count."""


class Pictures:
    """The pictures in a cell's text. While it is rendered, a file name that nobody can guess stands for each.

    `page` is what the page's templates hand on from cell to cell; there is counted what has been put back.
    """

    def __init__(self, page: MutableMapping[str, Any]) -> None:
        self._begin = f"picture-{secrets.token_hex(8)}-"
        self._found: list[str] = []
        self._page = page
        self._shown: Counter[str] = Counter()

    def set_all_aside(self, source: str) -> str:
        """The text with a name in place of each picture in it."""
        return _LONG.sub(lambda found: self.set_aside(found.group()), source)

    def set_aside(self, address: str) -> str:
        """The name that stands for a `data:` address."""
        self._found.append(address)
        return f"{self._begin}{len(self._found) - 1}.png"

    def put_back(self, html: str) -> str:
        """The cleaned HTML with the pictures that there is room for; the others are left out.

        A name that stands elsewhere than in a picture's `src` becomes a word.
        """
        with_room = _IMG.sub(lambda found: found[1] + self._source(unescape(found[2])), html)
        return re.sub(rf"{self._begin}\d+\.png", "picture", with_room)

    def _source(self, address: str) -> str:
        name = re.fullmatch(rf"{self._begin}(\d+)\.png", address)
        whole = self._found[int(name[1])] if name else "".join(c for c in address if c.isprintable() and c != " ")
        return f' src="{escape(whole)}"' if self._has_room(whole) else ""

    def _has_room(self, address: str) -> bool:
        self._shown[address] += 1
        if self._shown[address] > MAX_SHOWN:
            return False
        inside = address.lower().startswith("data:")
        size = self._page.get("autograder_picture_bytes", 0) + (len(address) if inside else 0)
        count = self._page.get("autograder_picture_pixels", 0)
        count += _embedded(address) if inside else self._beside(address)
        if size > MAX_BYTES or count > MAX_PAGE_PIXELS:
            return False
        self._page.update(autograder_picture_bytes=size, autograder_picture_pixels=count)
        return True

    def _beside(self, address: str) -> int:
        """Pixels of a file beside the notebook. One that isn't there, or can't be read as a picture, isn't shown."""
        folder = self._page.get("metadata", {}).get("path")
        if not folder or address.lower().endswith(VECTORS):
            return 0
        path = Path(folder, unquote(address))
        try:
            if path.is_file():
                with path.open("rb") as file:
                    return _within(pixels(file))
        except OSError:
            pass
        return _within(None)


def _embedded(address: str) -> int:
    try:
        return _within(pixels(BytesIO(base64.b64decode(address.partition("base64,")[2]))))
    except ValueError:
        return _within(None)


def _within(count: int | None) -> int:
    """The pixels, or more than any page has room for."""
    return MAX_PAGE_PIXELS + 1 if count is None or count > MAX_PIXELS else count
