"""What `autograder signs` prints."""

from __future__ import annotations

import time
from pathlib import Path

from rich.table import Table

from ...base.course import Course, CourseError
from ...report.console import PlainConsole
from .measure import draw_sheet, measure
from .sources import load, load_for


def show(folder: Path | None, course: Course, sheet: Path | None) -> None:
    """Load the images of `folder`, or the course's, print their figures, and write a picture of some to `sheet`.

    Raises:
        SignsError: the images can't be used.
        CourseError: the picture can't be written.
    """
    began = time.perf_counter()
    signs = load_for(course) if folder is None else load(folder)
    seconds = time.perf_counter() - began
    figures = measure(signs)
    table = Table(show_header=False, title="SIGNS")
    table.add_row("source", "made by this kit" if signs.source == "made" else signs.source)
    table.add_row("images to train on, to test on", f"{len(signs.train_set_x)}, {len(signs.test_set_x)}")
    table.add_row("seconds to make or read", f"{seconds:.1f}")
    table.add_row("test images that nearest neighbour gets right", f"{figures.nearest_neighbour:.1%}")
    table.add_row(
        "test image nearest to a training image", f"{figures.smallest:.1f} of 255 (half: {figures.median:.1f})"
    )
    table.add_row("test images that are copies of training images", str(figures.copies))
    PlainConsole().print(table)
    if sheet is not None:
        try:
            draw_sheet(signs).save(sheet)
        except (OSError, ValueError) as error:  # no such folder, or a name that is no kind of picture
            raise CourseError(f"{sheet} can't be written: {error}") from None
        print(f"Some of them: {sheet}")
