"""The lesson's own command: `autograder signs`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..base.course import Course

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Subparsers = argparse.Action


def add_commands(commands: Subparsers) -> None:
    """Add its arguments to the parser of `autograder`."""
    signs = commands.add_parser("signs", help="make the images of hands, or check your own, and say how hard they are")
    signs.add_argument(
        "folder",
        nargs="?",
        type=Path,
        help="a folder with train_signs.h5 and test_signs.h5, or with photographs in folders 0 to 5",
    )
    signs.add_argument("--sheet", type=Path, metavar="FILE", help="write a picture of some of them, such as signs.png")


def show_signs(options: argparse.Namespace, course: Course) -> None:
    """Do what was asked for."""
    from .images.show import show

    show(options.folder, course, options.sheet)
