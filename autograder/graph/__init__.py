"""The strict, typed layer graph: an allow-list of layers and settings, and their canonical form."""

from .model import COMMUTATIVE, Graph, Node, canonical, differing_settings, input_node, moves_by_window, same
from .parse import parse_graph
from .serialized import GraphRefused, Setting
from .shapes import ShapeError, Shapes, array_names, shapes_of

__all__ = [
    "COMMUTATIVE",
    "Graph",
    "GraphRefused",
    "Node",
    "Setting",
    "ShapeError",
    "Shapes",
    "array_names",
    "canonical",
    "differing_settings",
    "input_node",
    "moves_by_window",
    "parse_graph",
    "same",
    "shapes_of",
]
