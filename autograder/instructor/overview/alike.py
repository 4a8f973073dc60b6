"""Submissions that look alike: the same outcome and the same unusual code. A question to ask, never a proof.

Code is read as tokens, without comments, docstrings and layout. One name stands for all that the student chose, so that
renaming hides nothing. Answers in words are read as words. Every `RUN` tokens in a row are a run. A run is unusual if
only a few students have it and it stands nowhere in the course's own notebooks. Runs are short, so that choices which
are common one by one, such as `ReLU()` or `X + X_shortcut`, are not taken for unusual where two students happen to make
the same ones in a row.

Comparing code by its tokens' n-grams is the idea of winnowing (Schleimer, Wilkerson, Aiken: "Winnowing: local
algorithms for document fingerprinting", SIGMOD 2003). Its sampling is left out: a cell is short, and all runs are kept.
Each run leads to the few who have it, so a class costs as much as its code is long.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from .classroom import ClassSummary, Code

RUN = 5
"""Tokens in a run."""
FEW = 3
"""How many students may have a run that counts as unusual. In a class of more than sixty it is one in twenty."""
ENOUGH = 24
"""How many unusual runs two answers share before they are called alike: about three lines that nobody else wrote."""
LONGEST_CELL = 50_000
"""Characters of a cell that are read."""
LONGEST_READ = 500
"""Characters of a line that is read. Of a longer one Python 3.12's tokenizer takes time that grows with its square."""
LONGEST_LINE, MOST_LINES = 120, 14
"""Characters of a line, and lines of a student, that are shown of the code they share."""

_OWN = "own"
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER)


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is compared, and the line it stands on, from 1."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The lines of one student's code that others of the group have, too."""

    student: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Students whose answers in one cell look alike.

    Each shares unusual runs with another of the group; `runs` is the smallest number that such a pair shares.
    """

    notebook: str
    cell: str
    students: tuple[str, ...]
    runs: int
    excerpts: tuple[Excerpt, ...]
    in_words: bool = False


def alike(found: ClassSummary) -> tuple[Group, ...]:
    """The groups of students whose answers look alike, those that share most first."""
    given = {run for text in found.given for read in (tokens, words) for run in runs(read(text))}
    few = max(FEW, len(found.submissions) // 20)
    cells: dict[tuple[str, str], dict[str, Code]] = defaultdict(dict)
    for one in found.submissions:
        for code in one.codes:
            cells[code.notebook, code.cell][one.student] = code
    groups = [group for place, codes in cells.items() for group in _groups(place, codes, given, few)]
    return tuple(sorted(groups, key=lambda group: (-group.runs, group.students)))


def same_files(found: ClassSummary) -> tuple[tuple[str, ...], ...]:
    """The groups of students whose files beside the notebook hold the same, in half of their parts at least."""
    holders: dict[frozenset[str], list[str]] = defaultdict(list)
    for one in found.submissions:
        if one.parts:
            holders[one.parts].append(one.student)
    pairs = [pair for students in holders.values() for pair in pairwise(students)]
    for (first, mine), (second, theirs) in combinations(holders.items(), 2):
        if 2 * len(first & second) >= max(len(first), len(second)):
            pairs.append((mine[0], theirs[0]))
    return tuple(sorted(_connected(pairs)))


Run = tuple[str, ...]


def _groups(place: tuple[str, str], codes: Mapping[str, Code], given: set[Run], few: int) -> Iterator[Group]:
    by_student = {
        student: runs(words(code.source) if code.in_words else tokens(code.source)) for student, code in codes.items()
    }
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
            in_words=any(code.in_words for code in codes.values()),
        )


def _connected(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Groups of students: two are in the same group if they are a pair, or if pairs lead from one to the other."""
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
    """The code as it is compared; of what is no Python, the part before the error, with the names that stand there."""
    lines = source[:LONGEST_CELL].splitlines()
    text = "\n".join("" if len(line) > LONGEST_READ or re.match(r"\s*[%!?]", line) else line for line in lines)
    own = set(_chosen_names(text))
    return [
        Token(_OWN if token.string in own and token.type == tokenize.NAME else _plain(token), token.start[0])
        for statement in _statements(text)
        for token in statement
    ]


def words(text: str) -> list[Token]:
    """A text as it is compared: its words without capitals and punctuation, of Chinese and Japanese each character."""
    lines = text[:LONGEST_CELL].splitlines()
    return [Token(word.casefold(), number) for number, line in enumerate(lines, 1) for word in _WORD.findall(line)]


def _chosen_names(text: str) -> Iterator[str]:
    """The names that the code gives to something: variables, functions, classes, parameters, imports."""
    try:
        with warnings.catch_warnings(action="ignore"):  # such as those about "\d"
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.alias(asname=str(name)):
                yield name


def _statements(text: str) -> Iterator[list[tokenize.TokenInfo]]:
    """The tokens of each statement, without comments, docstrings, and commas before a closing bracket."""
    statement: list[tokenize.TokenInfo] = []
    for token in _tokenized(text):
        if token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            if any(part.type != tokenize.STRING for part in statement):
                yield statement
            statement = []
        elif token.type not in _LAYOUT:
            if statement and statement[-1].string == "," and token.string in (")", "]", "}"):
                statement.pop()
            statement.append(token)
    if statement:
        yield statement


def _tokenized(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens up to the first thing that is no Python."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(f"{text}\n").readline)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def _plain(token: tokenize.TokenInfo) -> str:
    return token.string.replace('"', "'") if token.type == tokenize.STRING else token.string
