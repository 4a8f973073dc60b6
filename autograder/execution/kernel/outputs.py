"""What a student's cell shows, made safe to store and to look at: text and pixels, nothing that a browser runs."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import groupby
from typing import Any, Literal

from nbformat import NotebookNode
from nbformat.v4 import new_output

from ...base.pictures import MAX_PIXELS, pixels

IMAGES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""Pictures that are only pixels, with how their bytes begin. An SVG is a program, and so is HTML."""
PIXELS_A_CHARACTER = 16
"""A picture counts as so many pixels a character, where that is more than it has: a browser takes memory by pixels."""
MAX_FRAMES = 200
CUT = "\n... (the rest is left out)"


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a cell; `data` maps a MIME type to text, `size` counts its characters, or its pixels as some."""

    kind: Literal["stream", "display_data", "execute_result", "error"]
    name: str = ""
    text: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    frames: tuple[str, ...] = ()
    pictures: int = 0

    @property
    def size(self) -> int:
        texts = sum(len(text) for kind, text in self.data.items() if kind not in IMAGES)
        return len(self.name) + len(self.text) + texts + self.pictures + sum(map(len, self.frames)) + 50

    def node(self, count: int | None = None) -> NotebookNode:
        """The output as nbformat writes it."""
        if self.kind == "stream":
            return output_node("stream", name=self.name, text=self.text)
        if self.kind == "error":
            return output_node("error", ename=self.name, evalue=self.text, traceback=list(self.frames))
        counted = {"execution_count": count} if self.kind == "execute_result" else {}
        return output_node(self.kind, data=dict(self.data), **counted)


def output_node(kind: str, **fields: Any) -> NotebookNode:
    """A cell's output as nbformat writes it."""
    output: NotebookNode = new_output(kind, **fields)  # type: ignore[no-untyped-call]
    return output


def read_output(kind: str, content: Mapping[str, Any], room: int) -> Output | None:
    """An iopub message's content as an output of at most `room` characters; None for what is not shown."""
    if room <= 0:
        return None
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        return Output("stream", name, plain(content.get("text"), room))
    if kind == "error":
        frames = content.get("traceback")
        lines = frames[:MAX_FRAMES] if isinstance(frames, list) else []
        return Output(
            "error",
            plain(content.get("ename"), 200),
            plain(content.get("evalue"), min(room, 4000)),
            frames=_within(lines, room),
        )
    if kind in ("display_data", "execute_result"):
        data, pictures = _data(content.get("data"), room)
        shown: Literal["execute_result", "display_data"]
        shown = "execute_result" if kind == "execute_result" else "display_data"
        return Output(shown, data=data, pictures=pictures) if data else None
    return None


def joined(outputs: Iterable[Output]) -> tuple[Output, ...]:
    """The outputs with stream outputs of one name that follow each other made one, as Jupyter's pages show them.

    A kernel sends what is printed in pieces, cut where its clock says so: the same cell comes in one or in two.
    """
    whole: list[Output] = []
    for (kind, name), pieces in groupby(outputs, lambda output: (output.kind, output.name)):
        if kind == "stream":
            whole.append(Output(kind, name, "".join(piece.text for piece in pieces)))
        else:
            whole.extend(pieces)
    return tuple(whole)


def _within(lines: Sequence[object], room: int) -> tuple[str, ...]:
    kept: list[str] = []
    for line in lines:
        text = plain(line, room)
        room -= len(text)
        kept.append(text)
        if room <= 0:
            break
    return tuple(kept)


def _data(bundle: object, room: int) -> tuple[dict[str, str], int]:
    """What is shown of a MIME bundle, and how many characters its pictures count as."""
    if not isinstance(bundle, dict):
        return {}, 0
    data: dict[str, str] = {}
    pictures = 0
    for kind, beginning in IMAGES.items():
        value = bundle.get(kind)
        if isinstance(value, str) and len(value) <= room:
            cost = _cost(value, beginning)
            if cost is not None and cost <= room:
                data[kind] = value
                pictures += cost
                room -= cost
    text = bundle.get("text/plain")
    if isinstance(text, list):
        text = "".join(part for part in text if isinstance(part, str))
    if isinstance(text, str):
        data["text/plain"] = plain(text, max(room, 0))
    return data, pictures


def _cost(text: str, beginning: bytes) -> int | None:
    """How many characters a picture in base64 counts as; None for what is none, or has too many pixels to be shown."""
    try:
        image = base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return None
    count = pixels(BytesIO(image)) if image.startswith(beginning) else None
    return None if count is None or count > MAX_PIXELS else max(len(text), count // PIXELS_A_CHARACTER)


def plain(text: object, limit: int) -> str:
    """The beginning of a text as something that can be written down and rendered; "" for what is no text."""
    if not isinstance(text, str):
        return ""
    kept = text if len(text) <= limit else text[: max(limit - len(CUT), 0)] + CUT
    whole = kept.encode("utf-8", "replace").decode()
    return "".join(c for c in whole if c >= " " or c in "\n\t\r\x1b\b")
