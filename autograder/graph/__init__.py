"""The strict, typed layer graph: an allow-list of layers and settings, and their canonical form."""

from .layers import Refused, Setting
from .model import Graph, Node, canonical, differing_settings, input_node, moves_by_window, same
from .parse import parse_graph
from .shapes import ShapeError, Shapes, shapes_of

__all__ = [
    "Graph",
    "Node",
    "Refused",
    "Setting",
    "ShapeError",
    "Shapes",
    "canonical",
    "differing_settings",
    "input_node",
    "moves_by_window",
    "parse_graph",
    "same",
    "shapes_of",
]
