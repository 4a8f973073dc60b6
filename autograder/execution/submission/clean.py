"""From any JSON to a clean notebook: every cell checked, mended where it can be, bounded in size."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import nbformat
from nbformat import NotebookNode

from .model import (
    CELL_TYPES,
    LANGUAGE_INFO,
    PICTURES,
    ROLES,
    UNRUN_TAGS,
    Condition,
    Limits,
    Refused,
    belongs,
    megabytes,
    metadata_of,
)

_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: JSON can name it, but it can't be written."""


def cleaned(
    data: Any, ids: Collection[str] | None, kernelspec: Mapping[str, str], limits: Limits, notes: list[str]
) -> tuple[NotebookNode, Condition]:
    """The notebook that some JSON is, and how it was found; `notes` gets a sentence on each thing that was mended.

    Raises Refused where it can't be used.
    """
    if not isinstance(data, dict):
        raise Refused(Condition.NOT_JSON, "is no notebook: it is JSON of another kind.")
    version = data.get("nbformat")
    mended = bool(notes)
    old = version in (2, 3) and isinstance(data.get("worksheets"), list)
    if old:
        data = _upgraded(data, ids)
        notes.append(f"is in notebook format {version} and was read as format 4.")
    elif not isinstance(data.get("cells"), list):
        if version in (1, 2, 3):
            raise Refused(Condition.OLD_FORMAT, f"is in notebook format {version}, and holds no cells in it.")
        raise Refused(Condition.DAMAGED, "is no notebook: it holds no list of cells.")
    elif version != 4 or isinstance(version, bool):
        mended = True
        notes.append("does not say that it is in notebook format 4; it was read as if it did.")
    if len(data["cells"]) > limits.cells:
        raise Refused(Condition.TOO_LARGE, f"has more than {limits.cells:,} cells.")
    slips: list[str] = []
    cells = clean_cells(data["cells"], limits, slips)
    size = sum(len(cell.source.encode()) for cell in cells)
    size += sum(
        len(text) for cell in cells for bundle in cell.get("attachments", {}).values() for text in bundle.values()
    )
    if size > limits.notebook:
        raise Refused(Condition.TOO_LARGE, f"is larger than {megabytes(limits.notebook)} even without its outputs.")
    if slips:
        mended = True
        notes.append("is damaged and was mended: " + "; ".join(slips[:5]) + (" ..." if len(slips) > 5 else "") + ".")
    other = _other_kernel(data.get("metadata"))
    if other:
        notes.append(f"asks for the kernel {other!r}; it is run in the course's own.")
    node = new_notebook(cells, data.get("metadata"), kernelspec)
    try:
        nbformat.validate(node)
    except Exception as error:
        raise Refused(Condition.DAMAGED, f"is damaged: {(str(error).splitlines() or ['?'])[0][:200]}") from None
    flags = ((mended, Condition.DAMAGED), (old, Condition.OLD_FORMAT), (bool(other), Condition.WRONG_KERNEL))
    return node, next((condition for holds, condition in flags if holds), Condition.OK)


def _upgraded(data: Mapping[str, Any], ids: Collection[str] | None) -> dict[str, Any]:
    """A notebook of format 2 or 3 in format 4; only what is needed of it is handed to the converter."""
    kept = ("cell_type", "input", "source")
    cells = [
        {key: cell[key] for key in kept if key in cell}
        | {"metadata": {"nbgrader": _marks(metadata_of(cell).get("nbgrader"))}, "outputs": [], "language": "python"}
        for sheet in data["worksheets"]
        if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
        for cell in sheet["cells"]
        if isinstance(cell, dict) and isinstance(cell.get("cell_type"), str)
    ]
    for cell in cells:
        cell.update(
            {key: _SURROGATE.sub("\ufffd", _text(cell[key]) or "") for key in ("input", "source") if key in cell}
        )
        if cell["cell_type"] != "code":
            del cell["outputs"], cell["language"]
        if cell["cell_type"] == "heading":
            cell["level"] = 2  # whatever it was: the converter writes as many # as it is told to
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }
    why = f"is in notebook format {data['nbformat']}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            new: NotebookNode = nbformat.convert(as_node(old), 4)  # type: ignore[no-untyped-call]
    except Exception:
        raise Refused(Condition.OLD_FORMAT, f"{why} and can't be read as format 4.") from None
    if not belongs(new, ids):
        raise Refused(Condition.OLD_FORMAT, f"{why} and holds none of the assignment's cells.")
    for cell in new.cells:
        del cell["id"]  # drawn at random
    return {"nbformat": 4, "metadata": metadata_of(data), "cells": new.cells}


def new_notebook(cells: list[NotebookNode], metadata: Any, kernelspec: Mapping[str, str]) -> NotebookNode:
    """A notebook of format 4 with these cells; of the given metadata what is known to be harmless."""
    known: dict[str, Any] = {"kernelspec": dict(kernelspec), "language_info": dict(LANGUAGE_INFO)}
    own = metadata.get("autograder") if isinstance(metadata, dict) else None
    language = own.get("language") if isinstance(own, dict) else None
    if isinstance(language, str) and re.fullmatch(r"[A-Za-z_-]{1,20}", language):
        known["autograder"] = {"language": language}  # what the reports are written in
    node: NotebookNode = as_node({"nbformat": 4, "nbformat_minor": 5, "metadata": known, "cells": []})
    node.cells = cells
    return node


def _other_kernel(metadata: Any) -> str | None:
    """What a notebook's metadata asks for, if that is not Python."""
    asked = metadata if isinstance(metadata, dict) else {}
    for key, names in (("kernelspec", ("language", "name", "display_name")), ("language_info", ("name",))):
        part = asked.get(key)
        values = [value for name in names if isinstance(part, dict) and isinstance(value := part.get(name), str)]
        if values and not any("python" in value.lower() for value in values):
            return str(values[-1])[:40]
    return None


def clean_cells(cells: Sequence[Any], limits: Limits, slips: list[str]) -> list[NotebookNode]:
    """The cells with nothing in them but what is needed, in the form that the schema asks for."""
    clean: list[NotebookNode] = []
    ids: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict):
            slips.append(f"cell {number} is no cell")
            continue
        clean.append(_clean_cell(cell, f"cell {number}", ids, limits, slips))
    return clean


def _clean_cell(cell: Mapping[str, Any], called: str, ids: set[str], limits: Limits, slips: list[str]) -> NotebookNode:
    kind = cell.get("cell_type")
    if kind not in CELL_TYPES:
        slips.append(f"{called} is of no known type")
        kind = "raw"
    written = _text(cell.get("source"))
    source = _SURROGATE.sub("\ufffd", written or "")
    if written is None:
        slips.append(f"{called} has no source")
    elif source != written:
        slips.append(f"{called} holds characters that are none")
    if kind == "code" and len(source.encode()) > limits.code:
        slips.append(f"{called} holds more than {megabytes(limits.code)} of code and is not run")
        source = f'raise RuntimeError("This cell held more than {megabytes(limits.code)} of code and was not run.")'
    given = metadata_of(cell)
    if "metadata" in cell and not isinstance(cell["metadata"], dict):
        slips.append(f"{called} has metadata of a wrong type")
    metadata: dict[str, Any] = {}
    marks = _marks(given.get("nbgrader"))
    if marks:
        metadata["nbgrader"] = marks
    elif given.get("nbgrader"):
        slips.append(f"{called} has nbgrader metadata of a wrong form")
    tags = _tags(given.get("tags"))
    if tags:
        metadata["tags"] = tags
    given_id = cell.get("id")
    own_id = new_id(given_id, called.replace(" ", "-"), ids)
    if given_id not in (None, own_id):
        slips.append(f"{called} has an id that is wrong or another's")
    parts: dict[str, Any] = {
        "id": own_id,
        "cell_type": kind,
        "metadata": metadata,
        "source": source,
    }
    if kind == "code":
        parts |= {"outputs": [], "execution_count": None}
    elif attachments := _attachments(cell.get("attachments")):
        parts["attachments"] = attachments
    return as_node(parts)


def as_node(parts: Mapping[str, Any]) -> NotebookNode:
    """Plain data as nbformat's own type."""
    node: NotebookNode = nbformat.from_dict(parts)  # type: ignore[no-untyped-call]
    return node


def _text(value: Any) -> str | None:
    """Text, given whole or as a list of lines; None where it is neither."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        value = "".join(value)
    return value if isinstance(value, str) else None


def _marks(value: Any) -> dict[str, Any] | None:
    """What nbgrader keeps in a cell's metadata, if it has the right form."""
    grade_id = value.get("grade_id") if isinstance(value, dict) else None
    if not isinstance(grade_id, str) or not re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", grade_id):
        return None
    marks: dict[str, Any] = {"schema_version": 3, "grade_id": grade_id}
    marks |= {role: value.get(role) is True for role in ROLES}
    points = value.get("points")
    if isinstance(points, int | float) and not isinstance(points, bool) and _is_score(points):
        marks["points"] = points
    checksum = value.get("checksum")
    if isinstance(checksum, str) and re.fullmatch(r"[0-9a-f]{32}", checksum):
        marks["checksum"] = checksum
    if value.get("cell_type") in CELL_TYPES:
        marks["cell_type"] = value["cell_type"]
    return marks


def _is_score(points: int | float) -> bool:
    try:
        return math.isfinite(points) and points >= 0
    except OverflowError:
        return False


def _tags(value: Any) -> list[str]:
    """The tags that say whether a cell is run. Others go: pages make CSS classes of them, which could hide cells."""
    return [tag for tag in UNRUN_TAGS if isinstance(value, list) and tag in value]


def _attachments(value: Any) -> dict[str, dict[str, str]]:
    """The pictures of a text cell: names that are plain, data that is base64 and nothing else."""
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in list(value.items())[:50] if isinstance(value, dict) else ():
        if not isinstance(bundle, dict) or not re.fullmatch(r"[\w. ()-]{1,200}", name):
            continue
        pictures = {kind: _text(bundle.get(kind)) or "" for kind in PICTURES}
        right = {kind: text for kind, text in pictures.items() if re.fullmatch(r"[A-Za-z0-9+/=\s]+", text)}
        if right:
            kept[name] = right
    return kept


def new_id(given: Any, otherwise: str, ids: set[str]) -> str:
    """The given id if it can be one and is still free; else one like it that is."""
    right = isinstance(given, str) and re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", given)
    base = given if right else otherwise[:64]
    found, count = base, 1
    while found in ids:
        count += 1
        found = f"{base[:56]}-{count}"
    ids.add(found)
    return str(found)
