"""At which depth of a download the students' folders and files lie; all that is deeper is their own.

A download may be wrapped: in the folder that a zip was unpacked into, in one folder for each section of a class. The
outermost level at which a platform has written the names, or a name means somebody, is the class's, for all files
alike. So a student's own folder or zip can never be taken for a class's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .names import Name, NoName, read_name
from .platforms import platforms_of
from .unpack import Found


@dataclass(frozen=True, slots=True)
class Level:
    """How a file's path is read: by its part at this depth, and as the names of one platform, if one wrote them."""

    depth: int
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """What tells names apart: the assignment's and its notebooks', and whether a name means a known student.

    `takes_new` says that nobody is known, so that any name may be a student's.
    """

    assignment: str
    notebooks: tuple[str, ...]
    is_known: Callable[[Name], bool]
    takes_new: bool

    def name(self, found: Found, level: Level) -> Name:
        """What a file's name says at its level. Raises NoName."""
        parts = found.path.parts
        if len(parts) <= level.depth:
            raise NoName("is left out: its name says no student")
        part, rest = parts[level.depth], parts[level.depth + 1 :]
        return read_name(part, rest, self.assignment, self.notebooks, level.platforms)

    def means_somebody(self, found: Found, depth: int) -> bool:
        """Whether people who collect by hand have named somebody there."""
        try:
            return self.is_known(self.name(found, Level(depth)))
        except NoName:
            return False


def levels(files: Sequence[Found], reader: Reader) -> dict[Found, Level]:
    """How each file is to be read."""
    depth = _unwrapped(files, reader)
    found = _spoken(files, depth, reader)
    return found if found is not None else {one: Level(depth) for one in files}


def _unwrapped(files: Sequence[Found], reader: Reader) -> int:
    """The depth below the folders that hold everything."""
    depth = 0
    while True:
        tops = {one.path.parts[depth] for one in files if len(one.path.parts) > depth}
        if len(tops) != 1 or any(len(one.path.parts) <= depth + 1 for one in files):
            return depth
        if platforms_of(tops) or any(reader.means_somebody(one, depth) for one in files):
            return depth
        if any(_is_notebook_in(one, depth, reader) and not _is_named(one, depth + 1, reader) for one in files):
            return depth  # it is a student's: a notebook lies in it
        depth += 1


def _is_notebook_in(found: Found, depth: int, reader: Reader) -> bool:
    """Whether a notebook lies right in the folder at this depth, or in one in it that is named as the assignment."""
    rest = found.path.parts[depth + 1 :]
    direct = len(rest) == 1 or (len(rest) == 2 and rest[0] == reader.assignment)
    return direct and found.path.suffix.lower() == ".ipynb"


def _is_named(found: Found, depth: int, reader: Reader) -> bool:
    try:
        reader.name(found, Level(depth, platforms_of([found.path.parts[depth]])))
    except NoName:
        return False
    return True


def _spoken(files: Sequence[Found], depth: int, reader: Reader) -> dict[Found, Level] | None:
    """The levels where names say something at this depth or below it; None where they say nothing anywhere."""
    here = [one for one in files if len(one.path.parts) > depth]
    if _says_something(files, depth, reader):
        platforms = platforms_of({one.path.parts[depth] for one in here})
        return {one: Level(depth, platforms) for one in files}
    folders: dict[tuple[str, ...], list[Found]] = defaultdict(list)
    for one in here:
        if len(one.path.parts) > depth + 1:
            folders[one.path.parts[: depth + 1]].append(one)
    holding = [folder for folder in folders.values() if _may_hold_a_class(folder, depth, reader)]
    speaking = sum(_says_something(folder, depth + 1, reader) for folder in holding)
    if 0 < speaking <= len(holding) / 2:
        return None  # students' own folders, called in a way that is not known here; some hold a name of another's
    inside = [one for folder in holding for one in folder]
    deeper = _spoken(inside, depth + 1, reader) if inside else None
    return None if deeper is None else {one: deeper.get(one, Level(depth)) for one in files}


def _says_something(files: Sequence[Found], depth: int, reader: Reader) -> bool:
    """Whether a platform wrote names at this depth, or a name there means somebody."""
    here = [one for one in files if len(one.path.parts) > depth]
    if platforms_of({one.path.parts[depth] for one in here}):
        return True
    return any(reader.means_somebody(one, depth) for one in here)


def _may_hold_a_class(files: Sequence[Found], depth: int, reader: Reader) -> bool:
    """Whether a folder among others may hold a class's files: a zip, only as a platform packs it; so, too, where nobody
    is known, any folder.
    """
    if depth not in files[0].zips and not reader.takes_new:
        return True
    names = {one.path.parts[depth + 1] for one in files}
    platforms = platforms_of(names)
    return bool(platforms) and all(platforms_of([name]) == platforms for name in names)
