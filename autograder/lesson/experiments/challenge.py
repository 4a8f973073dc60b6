"""An open challenge: as many unseen images right as can be, within a minute of training and a bound on parameters."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from ...base.files import Unread, Why, read_plain, write_whole
from ...base.messages import Translate
from ...base.plain import plain
from ...report.wrap import columns
from ..images.data import SIZE, Signs
from ..images.make import draw_set
from ..sentence import LessonError, reader
from ..waiting import waiting
from .variants import tells_signs

MOST_SECONDS, MOST_PARAMETERS = 60.0, 150_000
IMAGES = 240
BOARD = "leaderboard.json"
MOST_BYTES, MOST_ENTRIES, NAME = 1_000_000, 1000, 40
"""The largest leaderboard that is read, in bytes and in entries, and the longest name that is kept."""


class Entry(BaseModel):
    """One network of the leaderboard: the share of images right, its parameters, and the seconds that training took."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)

    name: Annotated[str, Field(max_length=NAME)]
    right: Annotated[float, Field(ge=0, le=1)]
    parameters: Annotated[int, Field(ge=0, le=MOST_PARAMETERS)]
    seconds: Annotated[float, Field(ge=0, le=MOST_SECONDS)]


_Entries = TypeAdapter(Annotated[list[Entry], Field(max_length=MOST_ENTRIES)])


def challenge(contender: Callable[[Signs], Any], data: Signs, name: str = "", board: str | Path = BOARD) -> Entry:
    """Let `contender(data)` build and train a network, and enter it in the leaderboard beside the notebook.

    It gives a Keras model for images of 64 x 64 x 3 pixels, from 0 to 255, with a softmax over six classes. Timed is
    the whole call, by the clock. What counts is the share right of 240 drawn images that are in neither of the
    sets of `signs.load()`; they are the same each time. The leaderboard is printed, the best first.

    Raises:
        LessonError: it gave something else, took over 60 seconds or has over 150,000 parameters. Nothing is entered.
    """
    _ = reader()
    began = time.perf_counter()
    net = contender(data)
    seconds = time.perf_counter() - began
    parameters = _fits(net, seconds, _)
    with waiting(_("drawing the images that count"), 6.0) as shown:
        count = iter(range(1, IMAGES + 1))
        x, y = draw_set("challenge", "hidden", IMAGES, lambda: shown(next(count) / IMAGES, ""))
    said = np.asarray(net.predict(x, verbose=0))
    entry = Entry(
        name=plain(name or contender.__name__, keep="")[:NAME],
        right=float(np.mean(said.argmax(axis=1) == y)),
        parameters=parameters,
        seconds=round(seconds, 1),
    )
    entries = sorted([*_read(Path(board), _), entry], key=lambda one: (-one.right, one.parameters))[:MOST_ENTRIES]
    try:
        write_whole(Path(board), _Entries.dump_json(entries, indent=1))
    except OSError as error:
        sentence = _("{name} can't be written: {reason}.")
        raise LessonError(sentence.format(name=Path(board).name, reason=error.strerror)) from None
    print(_table(entries, entry, _))
    return entry


def _fits(net: Any, seconds: float, _: Translate) -> int:
    """The network's number of parameters. Raises LessonError where it is none for these images, or over a bound."""
    if not tells_signs(net, SIZE):
        raise LessonError(_("The function has to return a Keras model for 64 x 64 x 3 pixels and 6 classes."))
    parameters = int(net.count_params())
    if parameters > MOST_PARAMETERS:
        sentence = _("Not entered: the network has {found} parameters, and {most} are allowed.")
        raise LessonError(sentence.format(found=f"{parameters:,}", most=f"{MOST_PARAMETERS:,}"))
    if seconds > MOST_SECONDS:
        sentence = _("Not entered: building and training took {found} s, and {most} are allowed.")
        raise LessonError(sentence.format(found=math.ceil(seconds), most=round(MOST_SECONDS)))
    return parameters


def _read(board: Path, _: Translate) -> list[Entry]:
    """The entries so far. A file that holds something else is kept under another name, and said so."""
    found = read_plain(board, MOST_BYTES)
    if isinstance(found, Unread) and found.why is Why.MISSING:
        return []
    try:
        return _Entries.validate_json(b"" if isinstance(found, Unread) else found)
    except ValidationError:
        number = next(n for n in range(1, 1000) if not board.with_name(f"{board.name}.{n}").exists())
        kept = board.rename(board.with_name(f"{board.name}.{number}"))
        print(
            _("{name} is no leaderboard; it is kept as {kept}, and a new one begun.").format(
                name=board.name, kept=kept.name
            )
        )
        return []


def _table(entries: list[Entry], new: Entry, _: Translate) -> str:
    rows = [(_("right"), _("parameters"), _("seconds"), _("network"))]
    rows += [
        (f"{one.right:.1%}", f"{one.parameters:,}", f"{one.seconds:.1f}", one.name + "  <--" * (one is new))
        for one in entries
    ]
    widths = [max(columns(row[place]) for row in rows) for place in range(3)]
    return "\n".join("  ".join([*map(_padded, row, widths), row[-1]]) for row in rows)


def _padded(text: str, width: int) -> str:
    return " " * (width - columns(text)) + text
