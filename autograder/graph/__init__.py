"""The strict, typed layer graph: an allow-list of layers and settings, and their canonical form."""

from .model import COMMUTATIVE, Graph, Node, canonical, differing_settings, first_calls, moves_by_window, same
from .parse import parse_graph, refusals
from .serialized import GraphRefused, Setting
from .shapes import ShapeError, Shapes, shapes_of

__all__ = [
    "COMMUTATIVE",
    "Graph",
    "GraphRefused",
    "Node",
    "Setting",
    "ShapeError",
    "Shapes",
    "canonical",
    "differing_settings",
    "first_calls",
    "moves_by_window",
    "parse_graph",
    "refusals",
    "same",
    "shapes_of",
]
