"""What a slip is, and the solutions that slips are made in."""

from __future__ import annotations

import ast
import itertools
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.base.notebooks import grade_id, read_node

ROOT = Path(__file__).resolve().parents[3]
SOLVED = {
    "identity_block": "resnet/resnet.ipynb",
    "convolutional_block": "resnet/resnet.ipynb",
    "resnet50": "resnet/resnet.ipynb",
    "pre_activation_block": "blocks-beyond/blocks-beyond.ipynb",
    "batch_norm_forward": "blocks-beyond/blocks-beyond.ipynb",
    "batch_norm_backward": "blocks-beyond/blocks-beyond.ipynb",
    "separable_block": "beyond-convolutions/beyond-convolutions.ipynb",
    "up_step": "beyond-convolutions/beyond-convolutions.ipynb",
    "encoder_layer": "beyond-convolutions/beyond-convolutions.ipynb",
    "cross_entropy": "beyond-convolutions/beyond-convolutions.ipynb",
}
"""The exercises, and the instructor notebook that has the solution of each."""


@dataclass(frozen=True)
class Slip:
    """One slip in one solution.

    Attributes:
        exercise: the exercise's name.
        kind: what sort of slip; `rules.py` says what may be said of it.
        line, last: the first and the last line of the statement that it is in.
        code: the whole cell with the slip in it.
        wrong, right: what stands there, and what should.
        without: names that the set-up cell does not import.
    """

    exercise: str
    kind: str
    line: int
    last: int
    code: str
    wrong: str = ""
    right: str = ""
    without: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.exercise}:{self.line} {self.kind}: {self.wrong or '-'}"


@dataclass(frozen=True)
class Solution:
    """A solution cell as a student would have it: without the markers round the solution."""

    exercise: str
    code: str

    @cached_property
    def function(self) -> ast.FunctionDef:
        (found,) = (node for node in ast.parse(self.code).body if isinstance(node, ast.FunctionDef))
        return found

    @cached_property
    def statements(self) -> tuple[ast.stmt, ...]:
        """Every statement behind the docstring, those inside others too."""
        return tuple(node for node in ast.walk(self.function) if isinstance(node, ast.stmt))[2:]

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *itertools.accumulate(len(line) for line in self.code.splitlines(keepends=True))]

    def span(self, node: ast.stmt | ast.expr | ast.keyword) -> tuple[int, int]:
        """Where the node begins and ends in the code."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        starts = self._starts
        return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.stmt | ast.expr | ast.keyword) -> str:
        start, end = self.span(node)
        return self.code[start:end]

    def changed(self, start: int, end: int, text: str) -> str:
        """The code with another text between two places."""
        return self.code[:start] + text + self.code[end:]

    def slip(
        self, kind: str, stmt: ast.stmt, code: str, wrong: str = "", right: str = "", without: tuple[str, ...] = ()
    ) -> Slip:
        last = stmt.body[0].lineno - 1 if isinstance(stmt, ast.For | ast.If) else stmt.end_lineno
        return Slip(self.exercise, kind, stmt.lineno, last or stmt.lineno, code, wrong, right, without)


def solutions() -> Iterator[Solution]:
    """The solutions of all exercises, from the instructor notebooks."""
    for exercise, notebook in SOLVED.items():
        for cell in read_node(ROOT / "source" / notebook).cells:
            if grade_id(cell) == exercise:
                lines = [line for line in cell.source.splitlines() if "### " not in line]
                yield Solution(exercise, textwrap.dedent("\n".join(lines)) + "\n")
