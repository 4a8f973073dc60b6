"""A bar: what is measured, what it has to be, and whether it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One measured figure and the most or the least that it may be; `of` says what was measured how often."""

    name: str
    measured: float
    bound: float
    at_least: bool = False
    unit: str = ""
    of: str = ""

    @property
    def passed(self) -> bool:
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    def cells(self) -> tuple[str, str, str, str, str]:
        """The bar as a row of a table."""
        bound = f"{'at least' if self.at_least else 'at most'} {self._in_words(self.bound)}"
        return self.name, self._in_words(self.measured), bound, "PASS" if self.passed else "MISS", self.of

    def _in_words(self, value: float) -> str:
        return f"{value:.1%}" if self.unit == "%" else f"{value:.3g}{self.unit}"


HEAD = ("what", "measured", "bar", "", "of")


def table(bars: Sequence[Bar]) -> list[str]:
    """Aligned lines for a terminal."""
    rows = [HEAD, *(bar.cells() for bar in bars)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD) - 1)]
    return ["  ".join((*(row[i].ljust(w) for i, w in enumerate(widths)), row[-1])).rstrip() for row in rows]


def markdown(bars: Sequence[Bar]) -> list[str]:
    """The same as a table in Markdown."""
    rows = [HEAD, ("---",) * len(HEAD), *(bar.cells() for bar in bars)]
    return [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
