"""Faults of the folder: names, links and files that are not what they should be; odd student ids."""

from __future__ import annotations

import os
from pathlib import Path

from tests.faults.fault import ALL, NONE, REFUSED, Fault, Points, in_folder
from tests.shared.light_course import answered, write


def _text_only(folder: Path) -> None:
    (folder / "answers.txt").write_text("see attachment")


def _renamed(folder: Path) -> None:
    write(folder, answered(), "plain (1).ipynb")


def _two_names(folder: Path) -> None:
    write(folder, answered(), "plain (1).ipynb")
    write(folder, answered(), "plain-Copy1.ipynb")


def _scratch_too(folder: Path) -> None:
    write(folder, answered())
    write(folder, answered(), "scratch.ipynb")


def _dangling(folder: Path) -> None:
    (folder / "plain.ipynb").symlink_to("nowhere.ipynb")


def _circular(folder: Path) -> None:
    (folder / "plain.ipynb").symlink_to("plain.ipynb")


def _a_folder(folder: Path) -> None:
    (folder / "plain.ipynb").mkdir()
    (folder / "plain.ipynb" / "plain.ipynb").write_text("{}")


def _a_full_folder(folder: Path) -> None:
    _a_folder(folder)
    (folder / "plain.ipynb" / "notes.txt").write_text("mine")


def _timestamp_folder(folder: Path) -> None:
    write(folder, answered())
    (folder / "timestamp.txt").mkdir()
    (folder / "timestamp.txt" / "notes.txt").write_text("mine")


def _unreadable(folder: Path) -> None:
    write(folder, answered())
    (folder / "plain.ipynb").chmod(0)


def _link_beside(folder: Path) -> None:
    write(folder, answered())
    (folder / "data.csv").symlink_to("nowhere.csv")
    (folder / "up").symlink_to("..")


def _pipe_beside(folder: Path) -> None:
    write(folder, answered())
    os.mkfifo(folder / "data.csv")


def _read_only(folder: Path) -> None:
    write(folder, answered())
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_text("1,2\n")
    (folder / "data").chmod(0o555)
    (folder / "plain.ipynb").chmod(0o444)


def _odd_timestamp(folder: Path) -> None:
    write(folder, answered())
    (folder / "timestamp.txt").write_text("yesterday, around noon\n")


# To root no file is unreadable.
UNREADABLE: Points = ALL if os.geteuid() == 0 else NONE

FILES = (
    in_folder("missing", "no notebook at all", _text_only, "missing"),
    in_folder("renamed", "the notebook under another name", _renamed, "was handed in as", ALL),
    in_folder("two names", "two notebooks, neither under the right name", _two_names, "not clear"),
    in_folder("one more notebook", "a second notebook that was not asked for", _scratch_too, points=ALL),
    in_folder("dangling link", "a link to nowhere in the notebook's place", _dangling, "link"),
    in_folder("circular link", "a link to itself in the notebook's place", _circular, "link"),
    in_folder("a folder", "a folder with the notebook's name", _a_folder, "not a file"),
    in_folder("a full folder", "a folder with the notebook's name, and a file in it", _a_full_folder, "not a file"),
    in_folder("timestamp folder", "a folder called timestamp.txt, with a file in it", _timestamp_folder, points=ALL),
    in_folder("unreadable", "a file that nobody may read", _unreadable, points=UNREADABLE),
    in_folder("links beside it", "links beside the notebook, to nowhere and upwards", _link_beside, points=ALL),
    in_folder("a pipe beside it", "a pipe beside the notebook", _pipe_beside, points=ALL),
    in_folder("read-only files", "a folder and a file that can't be written", _read_only, points=ALL),
    in_folder("odd timestamp", "a timestamp that is none", _odd_timestamp, points=ALL),
)

ODD_IDS = {
    "spaces": "Ada  Lovelace (1)",
    "chinese": "阿达",
    "a leading dash": "-rf",
    "quotes": 'o\'neil "ada" $HOME; `x`',
    "a plus": "a+b",
    "dots": "a.b..c",
    "brackets": "[ab]c",
    "braces": "{student_id}{0}%s",
    "a star": "a*",
    "a very long id": "x" * 200,
    "a new line": "two\nlines",
    "a combining mark": "e\u0301mile",
}


def _right(folder: Path) -> None:
    write(folder, answered())


NOT_IDS = {"quotes", "brackets", "a star", "a very long id", "a new line"}
"""Names that are patterns to nbgrader, that its pages show as markup, or that end its batch."""

IDS = tuple(
    Fault(
        f"id with {name}",
        f"a right submission of the student {id!r:.40}",
        _right,
        REFUSED if name in NOT_IDS else ALL,
        "a student's id" if name in NOT_IDS else "",
        id=id,
    )
    for name, id in ODD_IDS.items()
)

IN_FILES: tuple[Fault, ...] = (*FILES, *IDS)
