"""What README and docs claim, and where each claim is tried: python tools/docs/claims.py.

docs/results/claims.md quotes claims, each with the tests, commands and measured figures that hold it. A page may also
name what tries its claim in the same paragraph or row of a table: attack `course_block`, attacks `echo` and `ptrace`,
fault "two names", `tests/docs/test_claims.py::test_a_figure_that_no_row_quotes_is_told`. For each page is printed how
many sentences claim something (a figure, or a word such as `never`) and have neither. It ends with 1 where one is left,
but for pages of results, or where what should try a claim is not there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
LIST = DOCS / "results" / "claims.md"
RESULTS = DOCS / "results"
"""Its pages are what was measured, each with the command. On all others no claim may stand that nothing tries."""
STRONG = re.compile(
    r"\d{2,}|\b(?:never|nothing|nobody|none|no|not|can't|cannot|every|everything|all|any|always|only|alone|whole)\b",
    re.I,
)
TRIAL = re.compile(r"""\b(attack|fault)s? ((?:[`"][^`"\n]+[`"](?:, | and )?)+)|`(tests/[^`\s]+::\w+)`""")
"""What a page says tries its claim: attacks or faults by their names, or a test."""
ROW = re.compile(r"^\| \[[^\]]*\]\(([^)]+)\) \| (.+?) \| (.+?) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Claim:
    """Words of a page, and what tries them: code spans and links of a cell of the list."""

    page: Path
    words: str
    tried_by: str

    def troubles(self) -> Iterator[str]:
        """What is not as the list says."""
        if self.words not in " ".join(self.page.read_text(encoding="utf-8").split()):
            yield f"{self.page.relative_to(ROOT)} does not say: {self.words}"
        named = re.findall(r"`([^`]+)`", self.tried_by)
        if not named:
            yield f"nothing tries: {self.words}"
        linked = [LIST.parent / target for target in re.findall(r"\]\(([^)]+)\)", self.tried_by)]
        measured = " ".join(page.read_text(encoding="utf-8") for page in linked)
        yield from (f"{self.words}: there is no {one}" for one in named if not _is_there(one, measured))


def _is_there(name: str, measured: str) -> bool:
    """Whether there is such a test, such a target, or such a figure on the linked pages."""
    path, _, test = name.partition("::")
    if path.startswith("tests/"):
        return (ROOT / path).is_file() and f"def {test}(" in (ROOT / path).read_text(encoding="utf-8")
    if name.startswith("make "):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        return bool(re.search(rf"^{re.escape(name[5:])}:", makefile, re.MULTILINE))
    return name in measured


def attacks() -> frozenset[str]:
    """The names of the attacks: a file each."""
    found = (path for folder in ("plain", "resnet") for path in (ROOT / "tests/attacks" / folder).glob("*.py"))
    return frozenset(path.stem for path in found)


def faults() -> frozenset[str]:
    """The names of the faults: the first of two texts that a call in tests/faults/in_*.py begins with."""
    found = set()
    for path in (ROOT / "tests/faults").glob("in_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(args=[ast.Constant(value=str(name)), ast.Constant(value=str()), *_]):
                    found.add(name)
    return frozenset(found)


def trials(part: str) -> Iterator[tuple[str, bool]]:
    """What a paragraph or a row says that it is tried by, and whether there is such a thing."""
    for suite, names, test in TRIAL.findall(part):
        if test:
            yield test, _is_there(test, "")
        for name in re.findall(r"""[`"]([^`"]+)[`"]""", names):
            yield f"{suite} {name}", name in (attacks() if suite == "attack" else faults())


def claims() -> list[Claim]:
    """The list."""
    rows = ROW.findall(LIST.read_text(encoding="utf-8"))
    return [Claim((LIST.parent / page).resolve(), words.strip(), tried_by) for page, words, tried_by in rows]


def pages() -> list[Path]:
    """The README and the English pages, but for the list."""
    return sorted({ROOT / "README.md", *DOCS.rglob("*.md")} - {LIST, *(DOCS / "zh").rglob("*.md")})


def parts(page: Path) -> Iterator[str]:
    """The paragraphs, list items and table rows of a page, each in one line."""
    text = re.sub(
        r"^(```+).*?^\1$|^#.*?$|!\[[^\]]*\]\([^)]*\)", "", page.read_text(encoding="utf-8"), flags=re.M | re.S
    )
    for part in re.split(r"\n\n+|\n(?=\||- |\d+\. |    )", text):
        yield " ".join(part.split())


def statements(part: str) -> Iterator[str]:
    """The sentences of a part, or the row that it is, that claim something."""
    for sentence in re.split(r"(?<=[.!?:]) (?=[A-Z`\[])", part):
        if STRONG.search(re.sub(r"`[^`]*`|\]\([^)]*\)", "", sentence)) and not set(sentence) <= set("|- "):
            yield sentence


def untried(page: Path, listed: list[Claim]) -> list[str]:
    """Those of a page's statements that no quotation stands in, and whose part names nothing that tries them."""
    quoted = [claim.words for claim in listed if claim.page == page]
    alone = (part for part in parts(page) if not any(there for _, there in trials(part)))
    return [one for part in alone for one in statements(part) if not any(words in one for words in quoted)]


def missing(page: Path) -> list[str]:
    """Attacks, faults and tests that a page names and that are not there."""
    return [name for part in parts(page) for name, there in trials(part) if not there]


def main() -> int:
    """Print them. Gives the exit status."""
    listed = claims()
    wrong = [trouble for claim in listed for trouble in claim.troubles()]
    for page in pages():
        left, name = untried(page, listed), str(page.relative_to(ROOT))
        print(f"{name}: {sum(claim.page == page for claim in listed)} claims listed, {len(left)} sentences not")
        wrong += [f"{name}: there is no {one}" for one in missing(page)]
        if page.parent != RESULTS:
            wrong += [f"{name}: {one}" for one in left]
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
