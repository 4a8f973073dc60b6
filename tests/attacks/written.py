"""The table of docs/results/attacks.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.attacks.attack import GAINS, Attack
from tests.attacks.judge import Outcome

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def has_marks(path: Path) -> bool:
    """Whether the file has the two marks: better asked before an hour of attacks than after."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return BEGIN in text and END in text


def write_markdown(path: Path, attacks: Sequence[Attack], sides: Mapping[str, Mapping[str, Outcome]]) -> None:
    """Put the figures between the two marks of the file, which stays as it is around them."""
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n{_figures(attacks, sides)}\n{END}{after}", encoding="utf-8")


def _figures(attacks: Sequence[Attack], sides: Mapping[str, Mapping[str, Outcome]]) -> str:
    lines = ["| | " + " | ".join(sides) + " |", "|---|" + "---|" * len(sides)]
    for gain, words in zip(GAINS, ("gain points", "learn a secret", "touch something outside"), strict=True):
        counts = [f"{sum(gain in o.gains for o in found.values())} of {len(found)}" for found in sides.values()]
        lines.append(f"| {words} | " + " | ".join(counts) + " |")
    lines += ["", "| attack | what it does | " + " | ".join(sides) + " |", "|---|---|" + "---|" * len(sides)]
    for attack in attacks:
        cells = [_cell(found.get(attack.name)) for found in sides.values()]
        lines.append(f"| `{attack.name}` | {attack.story} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    found = [f"+{outcome.points:g} points"] if "points" in outcome.gains else []
    found += [gain for gain in outcome.gains if gain != "points"]
    return ", ".join(found) or ("nothing" if outcome.graded else "nothing: not graded")
