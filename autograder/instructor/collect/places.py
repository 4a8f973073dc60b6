"""Where a student's files belong: each notebook under the name that it was given out with, its companions with it.

A notebook may have been renamed by a platform (`week1-1`), a browser (`week1 (1)`), Colab (`Copy of week1`) or the
student; it is known by its name or by its graded cells, and counts for one notebook alone. What lay beside it in a
folder of the student's own, such as the weights of a trained network, lies beside it afterwards.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from ...execution.submission.whose import bytes_of, grade_ids_in, whose_notebook
from .names import AGAIN, Name
from .unpack import Found

COPY_OF = re.compile(
    r"(?:(?:copy|copia|copie|cópia|kopie|kopia|kopi)[ _](?:of|di|de|do|da|von|van|av|af)[ _]+)(?P<before>.+)"
    r"|(?P<after>.+?)(?: - copy|[ _]?的副本|[ _]?副本|[ _]?のコピー)",
    re.IGNORECASE,
)
"""What Colab, Drive and file managers call a copy."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may count: where it lies, what its name said, and the number of the time it was handed in."""

    found: Found
    name: Name
    again: int = 0

    @property
    def key(self) -> tuple[datetime, int, float, float, int, PurePosixPath]:
        """Higher for what was handed in later: by the platform's clock or numbers, else by the file's own."""
        when = self.name.when or datetime.min
        return (when, self.name.order, self.found.modified, self.found.own, self.again, self.found.path)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an assignment wants: its notebooks without `.ipynb`, their graded cells, and what counts beside them.

    `cells` holds the grade_ids of each notebook; `read` gives those in a file that may be any, `text` all of its bytes.
    """

    notebooks: tuple[str, ...]
    cells: Mapping[str, frozenset[str]]
    beside: frozenset[str] = frozenset()
    read: Callable[[Path], frozenset[str]] = grade_ids_in
    text: Callable[[Path], bytes] = bytes_of


Places = dict[PurePosixPath, list[Candidate]]


@dataclass(frozen=True, slots=True)
class Placed:
    """For each place in a student's folder the files that may stand there; and the notebooks known by their cells."""

    places: Places
    by_cells: frozenset[str]


Files = Sequence[tuple[Found, Name]]


def place(files: Files, wanted: Wanted) -> Placed:
    """Where each of a student's files belongs."""
    notebooks: dict[str, list[Candidate]] = defaultdict(list)
    rest: list[tuple[Found, Name]] = []
    for found, name in files:
        called, again = notebook_called(name.file, wanted.notebooks)
        if called:
            notebooks[called].append(Candidate(found, name, again))
        else:
            rest.append((found, name))
    by_cells = _by_cells([one for one in rest if _is_notebook(one[1].file)], wanted, notebooks)
    for called, known in by_cells.items():
        notebooks[called] = known
    chosen = [max(known, key=lambda one: one.key) for known in notebooks.values()]
    used = {one.found for known in notebooks.values() for one in known}
    rest = [one for one in rest if one[0] not in used]
    numbered = any(AGAIN.fullmatch(name.file.stem) for _, name in rest)
    mentioned = b"".join(wanted.text(one.found.content) for one in chosen) if numbered else b""
    places = _companions(rest, {one.name.file.parent for one in chosen}, wanted, mentioned)
    for called, known in notebooks.items():
        places[PurePosixPath(f"{called}.ipynb")] += known
    return Placed(places, frozenset(by_cells))


def notebook_called(file: PurePosixPath, notebooks: Sequence[str]) -> tuple[str, int]:
    """The notebook that a file's name means, "" if none, and the number of the time it was handed in, 0 at first."""
    return _called(file.stem, notebooks) if _is_notebook(file) else ("", 0)


def _called(stem: str, wanted: Collection[str]) -> tuple[str, int]:
    """Which of the wanted names a name means, without what platforms, browsers and Colab add; and the number added."""
    names = {name.lower(): name for name in wanted}
    stem, again = stem.strip().lower(), 0
    for _ in range(5):  # such as `Copy of Copy of week1 (1)`
        if stem in names:
            return names[stem], again
        if match := COPY_OF.fullmatch(stem):
            stem = match["before"] or match["after"]
        elif match := AGAIN.fullmatch(stem):
            stem, again = match["stem"], max(again, int(match["dash"] or match["bracket"]))
        else:
            break
    return "", 0


def _is_notebook(file: PurePosixPath) -> bool:
    return file.suffix.lower() == ".ipynb"


def _by_cells(files: Files, wanted: Wanted, named: Mapping[str, object]) -> dict[str, list[Candidate]]:
    """Of notebooks with names of their own, those that hold the graded cells of one that was not found by its name."""
    known: dict[str, list[Candidate]] = defaultdict(list)
    if all(name in named for name in wanted.notebooks):
        return known
    for found, name in files:
        whose = whose_notebook(wanted.read(found.content), wanted.cells)
        if whose and whose not in named:
            known[whose].append(Candidate(found, name))
    return known


def _companions(files: Files, folders: Collection[PurePosixPath], wanted: Wanted, mentioned: bytes) -> Places:
    """The other files, where they lay as seen from the notebook; what counts and lies elsewhere comes to the top."""
    places: Places = defaultdict(list)
    elsewhere: list[tuple[PurePosixPath, PurePosixPath, Candidate]] = []
    for found, name in files:
        above = [one for one in folders if one in name.file.parents]
        file = name.file.relative_to(max(above, key=lambda one: len(one.parts))) if above else name.file
        plain, again = _plain_name(file.name, wanted, mentioned)
        candidate = Candidate(found, name, again)
        if plain in wanted.beside and len(file.parts) > 1:
            elsewhere.append((PurePosixPath(plain), file, candidate))
        else:
            places[file.with_name(plain)].append(candidate)
    near = set(places)
    for at_top, file, candidate in elsewhere:
        places[file if at_top in near else at_top].append(candidate)
    return places


def _plain_name(name: str, wanted: Wanted, mentioned: bytes) -> tuple[str, int]:
    """What a companion was called at first, and the number that was added to its name, 0 for none.

    A number is taken off where the file is known to count, bears a notebook's name, or is what a notebook speaks of:
    students number files, too.
    """
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    known = {PurePosixPath(one).stem: one for one in wanted.beside if PurePosixPath(one).suffix == suffix.lower()}
    called, again = _called(stem, known)
    if called:
        return known[called], again
    match = AGAIN.fullmatch(stem)
    if match is None:
        return name, 0
    plain, number = f"{match['stem']}{suffix}", int(match["dash"] or match["bracket"])
    spoken_of = plain.encode() in mentioned and name.encode() not in mentioned
    return (plain, number) if match["stem"] in wanted.notebooks or spoken_of else (name, 0)
