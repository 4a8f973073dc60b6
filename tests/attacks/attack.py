"""Reading the attacks: one file each, a header and the cells that its student hands in.

README.md says how one is written. Nothing here needs nbgrader or TensorFlow.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ASSIGNMENTS = ("plain", "resnet")
GAINS = ("points", "secret", "escape")
"""What an attack can gain: points, something hidden, or a hand outside (or in the instructor's browser)."""

_KEY = re.compile(r"# (\w+): (.+)")
_MARK = re.compile(r"# %% (.+)")
_KEYS = frozenset("story aim stock base prepare student alone process raises".split())


class AttackError(Exception):
    """An attack's file is not written as README.md says."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of what is handed in: the place it goes to, and its text."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Attack:
    """One student's attempt.

    Attributes:
        aim: what it is after, one or two of GAINS.
        stock: what it gains from stock nbgrader; empty where its door is one that stock nbgrader doesn't have.
        base: the submission that it starts from, and that tells what the same answers honestly earn.
        prepare: a function of prepare.py that changes what is handed in.
        student: the name it hands in under.
        alone: why it can't be graded together with others by stock nbgrader.
        process: whether it needs a sentinel process to aim at.
        raises: the errors that it may come to under this kit; any other is a mistake in the attack.
    """

    name: str
    assignment: str
    story: str
    aim: tuple[str, ...]
    stock: tuple[str, ...]
    parts: tuple[Part, ...]
    base: str = "wrong"
    prepare: str = ""
    student: str = ""
    alone: str = ""
    process: bool = False
    raises: frozenset[str] = frozenset()

    @property
    def mark(self) -> str:
        """A word by which what is this student's can be told."""
        return "mark" + hashlib.sha256(self.name.encode()).hexdigest()[:12]

    @property
    def student_id(self) -> str:
        return self.student.replace("MARK", self.mark) or f"attack-{self.name}"


def load(assignment: str) -> tuple[Attack, ...]:
    """All attacks on an assignment, in alphabetical order. Raises AttackError."""
    found = tuple(read(path) for path in sorted((HERE / assignment).glob("*.py")))
    names = [attack.student_id for attack in found]
    if len(set(names)) < len(names):
        raise AttackError("two attacks hand in under the same name")
    return found


def read(path: Path) -> Attack:
    """One attack's file. Raises AttackError."""
    header, parts = _split(path)
    missing = {"story", "aim", "stock"} - set(header)
    unknown = set(header) - _KEYS
    if missing or unknown:
        raise AttackError(f"{path}: missing {sorted(missing)}, unknown {sorted(unknown)}")
    aim = tuple(header["aim"].split(", "))
    stock = () if header["stock"].startswith("nothing") else tuple(header["stock"].split(", "))
    if not aim or not {*aim, *stock} <= {*GAINS}:
        raise AttackError(f"{path}: aim and stock are among {', '.join(GAINS)}")
    return Attack(
        name=path.stem,
        assignment=path.parent.name,
        story=header["story"],
        aim=aim,
        stock=stock,
        parts=parts,
        base=header.get("base", "wrong"),
        prepare=header.get("prepare", ""),
        student=header["student"].encode().decode("unicode_escape") if "student" in header else "",
        alone=header.get("alone", ""),
        process=header.get("process") == "yes",
        raises=frozenset(header["raises"].partition(": ")[0].split(", ")) if "raises" in header else frozenset(),
    )


def _split(path: Path) -> tuple[dict[str, str], tuple[Part, ...]]:
    header: dict[str, str] = {}
    parts: list[Part] = []
    lines = path.read_text(encoding="utf-8").splitlines()
    rest = list(_header(lines, header))
    place, text = "", []
    for line in [*rest, "# %% end"]:
        mark = _MARK.fullmatch(line)
        if mark is None:
            text.append(line)
            continue
        if place:
            parts.append(Part(place, "\n".join(text).strip("\n") + "\n"))
        elif any(text):
            raise AttackError(f"{path}: {text[0]!r} stands before the first place")
        place, text = mark.group(1), []
    return header, tuple(parts)


def _header(lines: list[str], header: dict[str, str]) -> Iterator[str]:
    """Fill in the header, give the lines after it."""
    inside = True
    for line in lines:
        entry = _KEY.fullmatch(line) if inside else None
        if entry:
            header[entry.group(1)] = entry.group(2)
            continue
        inside = inside and not line.strip()
        if not inside:
            yield line
