"""A picture of one's own, made as the training images are: a square, 64 x 64 pixels, red, green, blue from 0 to 255."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from os import PathLike
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from ..sentence import LessonError, reader
from .data import SIZE, Images

DRAFT = 8
"""How many pixels of a JPEG file, along each side, one pixel of the picture averages at least."""
Source = str | PathLike[str] | BinaryIO


def prepare_photo(source: Source, size: int = SIZE) -> Images:
    """The photo as the network knows pictures: uint8 (size, size, 3), 64 for SIGNS.

    It is turned upright as the camera noted, laid on white where it is transparent, cut to the square in its middle,
    and made size x size pixels, each the average of those it covers, as the kit's own images are. Its values stay 0 to
    255: scaling them is the network's own first layer. A picture of that size already comes out as it is.

    Args:
        source: a path, or an open binary file.
        size: height and width of what comes out, in pixels.

    Raises:
        LessonError: there is no such file, or it is no picture that can be read.
    """
    _ = reader()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source) as opened:
                opened.draft("RGB", (DRAFT * size, DRAFT * size))  # a camera's JPEG is decoded no larger than needed
                picture = ImageOps.exif_transpose(opened).convert("RGBA")
    except FileNotFoundError:
        raise LessonError(_("There is no file {name}: check its path.").format(name=source)) from None
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise LessonError(_unreadable(source, error)) from None
    except (OSError, ValueError, SyntaxError) as error:  # a folder, no right to read, a file cut short
        raise LessonError(_unreadable(source, error)) from None
    white = Image.new("RGBA", picture.size, "white")
    square = ImageOps.fit(
        Image.alpha_composite(white, picture).convert("RGB"), (size, size), method=Image.Resampling.BOX
    )
    return np.asarray(square).copy()


def upload_photo(use: Callable[[Images], Any]) -> None:
    """Show a button that takes a photo from the reader's computer and calls `use` with it, prepared.

    Without ipywidgets, or where there is no notebook, a sentence says what to do instead.
    """
    _ = reader()
    try:
        import ipywidgets
    except ImportError:
        print(_("Uploading needs ipywidgets, which is not here. Put the photo beside the notebook and give its path."))
        return
    from IPython.display import clear_output, display

    button = ipywidgets.FileUpload(accept="image/*", multiple=False, description=_("Your photo"))
    shown = ipywidgets.Output()

    def taken(change: Any) -> None:
        if not change["new"]:
            return
        with shown:
            clear_output()  # type: ignore[no-untyped-call]
            try:
                use(prepare_photo(io.BytesIO(bytes(change["new"][0]["content"]))))
            except LessonError as problem:
                print(problem)

    button.observe(taken, names="value")
    display(button, shown)  # type: ignore[no-untyped-call]


def _unreadable(source: Source, error: Exception) -> str:
    _ = reader()
    name = source if isinstance(source, str | PathLike) else _("The file")
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return _("{name} has far too many pixels: save it smaller.").format(name=name)
    return _("{name} can't be read as a picture: use a PNG or JPEG file.").format(name=name)
