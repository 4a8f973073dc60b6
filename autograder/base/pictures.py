"""How large a picture is that a stranger made: a browser takes memory by its pixels, however few bytes it has."""

from __future__ import annotations

import warnings
from typing import IO

MAX_PIXELS = 40_000_000
"""Pixels of a picture that is shown: 160 MB in a browser. A phone's photo has 12 million, a printed figure 8."""
FORMATS = ("PNG", "JPEG", "GIF")
"""Pictures that are only pixels. A browser looks at a file's bytes, not at what it is called."""


def pixels(file: IO[bytes]) -> int | None:
    """Width times height, as the picture's header says; None for what is no picture of the FORMATS."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as picture:
                width, height = picture.size
                return width * height
    except Image.DecompressionBombError:
        return Image.MAX_IMAGE_PIXELS * 2 if Image.MAX_IMAGE_PIXELS else MAX_PIXELS + 1
    except TimeoutError:
        raise
    except UnidentifiedImageError:
        return None
    except Exception:  # a header that is cut short, or worse
        return None
