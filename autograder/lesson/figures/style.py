"""How every figure looks, and how it is shown: as SVG within HTML, so that it fits its page.

The page's own colour is the ink, so a figure is legible on light and on dark. Words stay words: the reader's browser
writes them, in any script that it has a font for, and a figure needs no Chinese font where it is drawn. Figures are
drawn without pyplot: nothing in the reader's own plotting is changed.
"""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL import Image

COLOURS = ("#d9622b", "#3d8fd1", "#6a9a23", "#a06cc4", "#8a8a8a")
"""Each stands out from white and from black at least three to one."""
STYLES = ("-", "--", "-.", ":")
"""Lines differ by more than their colour."""
INK = "#010203"
"""Stands for the colour of the page's text, until the figure is written."""
FONTS = "system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"


@contextmanager
def style() -> Iterator[None]:
    """What figures are drawn and written in."""
    import matplotlib as mpl

    with (
        warnings.catch_warnings(),
        mpl.rc_context(
            {
                "font.family": "DejaVu Sans",
                "font.size": 10,
                "axes.spines.top": False,
                "axes.spines.right": False,
                "axes.unicode_minus": False,
                "axes.titlesize": 10,
                "figure.facecolor": "none",
                "axes.facecolor": "none",
                "savefig.facecolor": "none",
                "svg.fonttype": "none",
                "text.color": INK,
                "axes.edgecolor": INK,
                "axes.labelcolor": INK,
                "axes.titlecolor": INK,
                "xtick.color": INK,
                "ytick.color": INK,
            }
        ),
    ):
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # the browser has it
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches; 9 inches are 830 pixels, and fill a page."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def markup(figure: Figure, words: str) -> str:
    """The figure as HTML; `words` say the same to who can't see it."""
    target = io.StringIO()
    with style():
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    svg = target.getvalue()
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    svg = re.sub(r"font: ([\d.]+px)[^;\"]*", rf"font: \1 {FONTS}", svg)
    width = int(figure.get_figwidth() * 92)
    size = f'style="width: {width}px; max-width: 100%; height: auto" role="img" aria-label="{escape(words)}"'
    head, rest = svg.split(">", 1)
    return f"<div>{re.sub(r' (?:width|height)=.[0-9.]+pt.', '', head)} {size}>{rest}</div>"


def show(figure: Figure, words: str) -> None:
    """Display a figure; `words` stand in for it where no picture can be shown."""
    display_html(markup(figure, words), words)


def show_picture(picture: Image.Image, words: str) -> None:
    """Display a picture, no wider than its page."""
    target = io.BytesIO()
    picture.save(target, format="png")
    data = base64.b64encode(target.getvalue()).decode("ascii")
    display_html(f'<img src="data:image/png;base64,{data}" alt="{escape(words)}" style="max-width: 100%">', words)


def bare(axes: Any) -> None:
    """A picture has no axes."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def display_html(html: str, words: str) -> None:
    """Display HTML of the lesson's own; `words` where no HTML is shown."""
    from IPython.display import display

    display({"text/html": html, "text/plain": words}, raw=True)  # type: ignore[no-untyped-call]
