"""Submissions that look alike: the same outcome and the same unusual code. A question to ask, never a proof.

Code is read as tokens, without comments, docstrings and layout, and with the student's own names all made one, so that
renaming hides nothing. What counts are runs of `RUN` tokens that are unusual: that at most a few of the class have, and
that stand nowhere in the course's own notebooks. Runs are short, so that choices which are common one by one, such as
`ReLU()` or `X + X_shortcut`, are not taken for unusual where two students happen to make the same ones in a row.

The idea of comparing code by its tokens' n-grams is that of winnowing (Schleimer, Wilkerson, Aiken: "Winnowing: local
algorithms for document fingerprinting", SIGMOD 2003), without its sampling: a cell is short, and all runs are kept.
Each run leads to the few who have it, so a class costs as much as its code is long.
"""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from .classroom import Class, Code

RUN = 5
"""Tokens of a run."""
FEW = 3
"""A run is unusual that at most so many of the class have, or a twentieth of it if that is more."""
ENOUGH = 24
"""Unusual runs that two submissions must share in one cell: three lines or so that nobody else wrote."""
LONGEST_CELL = 50_000
"""Characters of a cell that are read."""
LONGEST_LINE, MOST_LINES = 120, 14
"""What is shown of the code that is shared."""

_OWN = "own"
_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER)


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is compared, and the line it stands on, from 1."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What one student wrote of that which the group shares."""

    student: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Students whose answers in one cell look alike; `runs` is the least that any two who are linked share."""

    notebook: str
    cell: str
    students: tuple[str, ...]
    runs: int
    excerpts: tuple[Excerpt, ...]


def alike(found: Class) -> tuple[Group, ...]:
    """The groups of the class, those that share most first."""
    given = {run for text in found.given for run in runs(tokens(text))}
    few = max(FEW, len(found.submissions) // 20)
    cells: dict[tuple[str, str], dict[str, Code]] = defaultdict(dict)
    for one in found.submissions:
        for code in one.codes:
            cells[code.notebook, code.cell][one.student] = code
    groups = [group for place, codes in cells.items() for group in _groups(place, codes, given, few)]
    return tuple(sorted(groups, key=lambda group: (-group.runs, group.students)))


Run = tuple[str, ...]


def _groups(place: tuple[str, str], codes: Mapping[str, Code], given: set[Run], few: int) -> Iterator[Group]:
    by_student = {student: runs(tokens(code.source)) for student, code in codes.items()}
    holders: dict[Run, list[str]] = defaultdict(list)
    for student, found in by_student.items():
        for run in found.keys() - given:
            holders[run].append(student)
    shared: dict[tuple[str, str], set[Run]] = defaultdict(set)
    for run, having in holders.items():
        if 2 <= len(having) <= few:
            for first, second in combinations(sorted(having), 2):
                if codes[first].outcome == codes[second].outcome:
                    shared[first, second].add(run)
    links = {pair: found for pair, found in shared.items() if len(found) >= ENOUGH}
    for students in _connected(links):
        mine = {pair: found for pair, found in links.items() if pair[0] in students}
        both = set().union(*mine.values())
        yield Group(
            *place,
            students=students,
            runs=min(map(len, mine.values())),
            excerpts=tuple(
                Excerpt(student, tuple(_excerpt(codes[student].source, by_student[student], both)))
                for student in students[:3]
            ),
        )


def _connected(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The students in groups, who are linked directly or through others."""
    groups: list[set[str]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched] + [set(pair).union(*touched)]
    return [tuple(sorted(group)) for group in groups]


def _excerpt(source: str, mine: Mapping[Run, tuple[int, int]], shared: set[Run]) -> Iterator[str]:
    """The lines on which shared runs stand, with … for what is between them."""
    wanted = sorted({line for run in shared & mine.keys() for line in range(mine[run][0], mine[run][1] + 1)})
    text = source.splitlines()
    before = 0
    for line in wanted[:MOST_LINES]:
        if before and line > before + 1:
            yield "…"
        before = line
        if line <= len(text):
            yield text[line - 1].expandtabs(4)[:LONGEST_LINE]
    if len(wanted) > MOST_LINES:
        yield "…"


# --- code as tokens --------------------------------------------------------------------------------------------


def runs(found: Sequence[Token]) -> dict[Run, tuple[int, int]]:
    """Every run of the code, with its first and last line where it stands first."""
    made: dict[Run, tuple[int, int]] = {}
    for start in range(len(found) - RUN + 1):
        piece = found[start : start + RUN]
        made.setdefault(tuple(token.text for token in piece), (piece[0].line, piece[-1].line))
    return made


def tokens(source: str) -> list[Token]:
    """The code as it is compared; of what is no Python, the part before the error."""
    lines = list(_logical_lines(source[:LONGEST_CELL]))
    own = {name for line in lines for name in _bound(line)}
    return [
        Token(_OWN if token.string in own and token.type == tokenize.NAME else _plain(token), token.start[0])
        for line in lines
        for token in line
    ]


def _logical_lines(source: str) -> Iterator[list[tokenize.TokenInfo]]:
    """Statement by statement, without comments, docstrings, and commas before a closing bracket."""
    line: list[tokenize.TokenInfo] = []
    for token in _read(source):
        if token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            if any(part.type != tokenize.STRING for part in line):
                yield line
            line = []
        elif token.type not in _LAYOUT:
            if line and line[-1].string == "," and token.string in (")", "]", "}"):
                line.pop()
            line.append(token)
    if line:
        yield line


def _read(source: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens up to the first thing that is no Python. Magics and the like are passed over."""
    text = "\n".join("" if re.match(r"\s*[%!?]", line) else line for line in source.splitlines())
    try:
        yield from tokenize.generate_tokens(io.StringIO(f"{text}\n").readline)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def _plain(token: tokenize.TokenInfo) -> str:
    return token.string.replace('"', "'") if token.type == tokenize.STRING else token.string


def _bound(line: Sequence[tokenize.TokenInfo]) -> Iterator[str]:
    """The names that a statement gives something: assigned, looped over, defined, or a function's parameters."""
    words = [token.string for token in line]
    depth, binding = 0, _targets(words)
    for at, token in enumerate(line):
        word, before = token.string, words[at - 1] if at else ""
        if before in ("for", "as", "lambda"):
            binding = max(binding, _end(words, at, before))
        is_name = token.type == tokenize.NAME and not keyword.iskeyword(word)
        if is_name and (before in ("def", "class") or (at < binding and before != "." and not _called(words, at))):
            yield word
        depth += (word in "([{") - (word in ")]}") if word else 0
        if is_name and words[0] == "def" and depth == 1 and before in ("(", ",", "*", "**"):
            yield word


def _targets(words: Sequence[str]) -> int:
    """Where the targets of an assignment end, 0 where there is none: at the last `=` outside brackets."""
    depth, end = 0, 0
    for at, word in enumerate(words):
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        if depth == 0 and word == "=":
            end = at
    return end


def _end(words: Sequence[str], at: int, opened: str) -> int:
    """Where the names after `for`, `as` or `lambda` end."""
    closing = {"for": ("in",), "as": (",", ":", ")"), "lambda": (":",)}[opened]
    return next((n for n in range(at, len(words)) if words[n] in closing), at + 1)


def _called(words: Sequence[str], at: int) -> bool:
    """Whether the name is no target but part of one: `f` in f(x)[0], `a` in a[0] and a.b."""
    return at + 1 < len(words) and words[at + 1] in ("(", ".", "[")
