"""What the lesson's cells show when they are run, kept for the documentation: docs/lesson/outputs.

python tools/docs/lesson_outputs.py [--beside FOLDER] [NOTEBOOK...]

runs instructor notebooks (all where none is named; `signs` trains networks, which takes minutes) and keeps texts and
pictures of cells that students get as they are. Nothing of a solution, of a test, or of a cell that differs
from the student's is kept, nor what `progress()` says of a course that nobody has begun. An output belongs to its
cell's text: where a cell has changed, the page shows none. A folder lies beside each notebook with --beside: `hands`,
with photographs that the kit doesn't ship (docs/reference/signs.md).
"""

from __future__ import annotations

import argparse
import hashlib
import html
import io
import json
import re
import shutil
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image
from pydantic import BaseModel, ConfigDict, TypeAdapter

from autograder.base.notebooks import grade_id, is_test, read_node

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "lesson" / "outputs"
MAX_LINES = 30
PICTURE_WIDTH = 1200
MAX_DRAWING = 400_000
"""Characters of a drawing that is kept; where it has more, its words stand for it."""
_DRAWN = re.compile(r"<svg\b")
_PICTURED = re.compile(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]*)"')


class Output(BaseModel):
    """A text, or a picture or a drawing (a file of the folder) with the words for who can't see it.

    A drawing is a piece of HTML: its lines and letters take the colour of the page that it stands in.
    """

    model_config = ConfigDict(frozen=True)
    text: str
    picture: str = ""
    drawing: str = ""


_Outputs = TypeAdapter(dict[str, list[Output]])


def key(source: str) -> str:
    """What a cell's outputs are found by."""
    return hashlib.sha256(source.strip().encode()).hexdigest()[:12]


def kept_in(notebook: Path) -> Path:
    """The file that holds the outputs of a notebook of release/ or of source/."""
    return FOLDER / f"{notebook.parent.name}-{notebook.stem}.json"


def read(notebook: Path) -> dict[str, list[Output]]:
    """The outputs of a student's notebook by the keys of its cells; none where it has not been run."""
    path = kept_in(notebook)
    return _Outputs.validate_json(path.read_bytes()) if path.is_file() else {}


def run(notebook: Path, beside: Path | None) -> None:
    """Run an instructor notebook in a copy of source/, whose blocks it may use, and keep what students' cells show.

    Where it fails or is interrupted, what it has shown by then is kept.
    """
    given = {cell.source.strip() for cell in read_node(ROOT / "release" / notebook.parent.name / notebook.name).cells}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(notebook.parents[1], Path(scratch) / "source")) / notebook.parent.name
        if beside is not None:
            (folder / beside.name).symlink_to(beside.absolute())
        node = read_node(folder / notebook.name)
        for cell in node.cells:
            cell.metadata.pop("tags", None)  # here a person is there, for whom cells are that grading leaves out
        try:
            NotebookClient(node, timeout=1800, kernel_name="python3").execute(cwd=str(folder))
        finally:
            _keep(notebook, [cell for cell in node.cells if cell.source.strip() in given])


def _keep(notebook: Path, given: list[NotebookNode]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob(f"{kept_in(notebook).stem}-*"):
        old.unlink()
    outputs = {
        key(cell.source): shown
        for cell in given
        if cell.cell_type == "code" and not (is_test(cell) or grade_id(cell) or cell.id == "progress")
        if (shown := list(_shown(cell, kept_in(notebook).stem)))
    }
    kept_in(notebook).write_bytes(_Outputs.dump_json(outputs, indent=1) + b"\n")


def _shown(cell: NotebookNode, name: str) -> Iterator[Output]:
    for number, output in enumerate(cell.outputs):
        data, file = output.get("data", {}), f"{name}-{key(cell.source)}-{number}"
        page = "".join(data.get("text/html", ""))
        words = "".join(data.get("text/plain", "")).replace("\n", " ")
        if pictured := _PICTURED.search(page):
            yield _picture(file, pictured[1], html.unescape(pictured[2]))
        elif "image/png" in data:
            yield _picture(file, data["image/png"], words if "<" not in words else "Picture")
        elif _DRAWN.search(page) and len(page) <= MAX_DRAWING:
            (FOLDER / f"{file}.html").write_text(page, encoding="utf-8")
            yield Output(text=words, drawing=f"{file}.html")
        elif output.output_type == "stream" and output.name == "stdout":
            yield Output(text=_shortened(output.text))
        elif _DRAWN.search(page) or (output.output_type == "execute_result" and {*data} == {"text/plain"}):
            yield Output(text=_shortened("".join(data.get("text/plain", ""))))


def _picture(file: str, png: str, words: str) -> Output:
    image = Image.open(io.BytesIO(b64decode(png))).convert("RGB")
    image.thumbnail((PICTURE_WIDTH, 4 * PICTURE_WIDTH))
    image.save(FOLDER / f"{file}.webp", quality=82)
    return Output(text=words, picture=f"{file}.webp")


def _shortened(text: str) -> str:
    lines = [line.rpartition("\r")[2] for line in text.rstrip().split("\n")]
    return "\n".join(lines if len(lines) <= MAX_LINES else [*lines[:MAX_LINES], "..."])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--beside", type=Path)
    parser.add_argument("notebooks", nargs="*", type=Path)
    asked = parser.parse_args()
    for path in [name.resolve() for name in asked.notebooks] or sorted((ROOT / "source").glob("*/*.ipynb")):
        print(json.dumps(str(path.relative_to(ROOT))), flush=True)
        run(path, asked.beside)
