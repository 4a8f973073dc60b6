"""Where everything of a picture goes on the page: plain coordinates for templates/picture.svg.j2."""

from .block import draw_block
from .network import draw_network
from .sheet import Drawing, Label, Polyline, Shape, Sheet

__all__ = ["Drawing", "Label", "Polyline", "Shape", "Sheet", "draw_block", "draw_network"]
