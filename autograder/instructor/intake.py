"""What a student handed in, made digestible before nbgrader sees it.

`prepare` reads one student's folder and gives, for each notebook that the assignment wants, a clean notebook of known
size and shape, or one sentence on why there is none. `restore` gives every cell the role that the gradebook says,
whatever the submission claims. Both are pure: they change no file and no argument, and both mend what they can,
because a student whose notebook is odd still wants the points of what is right in it.
"""

from __future__ import annotations

import errno
import fnmatch
import json
import math
import os
import re
import stat
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

KERNELSPEC: Mapping[str, str] = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
LANGUAGE_INFO: Mapping[str, str] = {"name": "python"}
CELL_TYPES = ("code", "markdown", "raw")
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
ROLES = ("grade", "solution", "locked", "task")

HIDDEN = ("HIDDEN TESTS", "MARK SCHEME")
"""What stands between BEGIN and END with these words is in the gradebook and not in what students get."""

UNRUN_TAGS = ("skip-execution", "raises-exception")
"""Tags that make an executor skip a cell, or look away from its error."""

_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: JSON can name it, but it can't be written."""


class Condition(StrEnum):
    """How a wanted notebook was found; the first that holds, in this order."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too large"
    NOT_JSON = "not JSON"
    DAMAGED = "damaged"
    OLD_FORMAT = "old format"
    RENAMED = "renamed"
    WRONG_KERNEL = "wrong kernel"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is still taken. Sizes are in bytes."""

    file: int = 200 * 2**20
    """The largest file that is read at all: its outputs are dropped, and often they are all that is large."""
    notebook: int = 50 * 2**20
    """The largest notebook once its outputs are dropped."""
    code: int = 2**20
    """The longest source of a code cell that is still run."""
    cells: int = 5_000
    values: int = 10_000_000
    """How many values the JSON may hold: Python takes some 70 bytes for the smallest."""
    companions: int = 1_000
    companions_size: int = 100 * 2**20
    """How many files beside the notebooks, and how large all together."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Taken:
    """One wanted notebook: how it was found and, where it can be used, its clean cells.

    `sentences` are for the instructor; the first explains the condition.
    """

    name: str
    condition: Condition
    path: Path | None = None
    node: NotebookNode | None = None
    sentences: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        return self.node is not None


@dataclass(frozen=True, slots=True)
class Intake:
    """One student's folder: a `Taken` for each wanted notebook, in the order they were asked for."""

    folder: Path
    notebooks: tuple[Taken, ...]

    def __getitem__(self, name: str) -> Taken:
        return next(taken for taken in self.notebooks if taken.name == name)

    @property
    def usable(self) -> bool:
        """Whether every wanted notebook can be graded."""
        return all(taken.usable for taken in self.notebooks)

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(sentence for taken in self.notebooks for sentence in taken.sentences)


@dataclass(frozen=True, slots=True)
class TrustedCell:
    """A cell as the gradebook knows it, written there when the assignment was released."""

    grade_id: str
    cell_type: str
    source: str
    locked: bool
    grade: bool = False
    solution: bool = False
    task: bool = False
    points: float | None = None
    checksum: str | None = None


class _Refused(Exception):
    """The file can't be used; the condition and a sentence that follows the file's name."""

    def __init__(self, condition: Condition, why: str) -> None:
        super().__init__(why)
        self.condition = condition
        self.why = why


# --- taking in a folder ------------------------------------------------------------------------------------------


def prepare(
    submitted: Path,
    notebooks: Sequence[str],
    *,
    grade_ids: Mapping[str, Collection[str]] | None = None,
    kernelspec: Mapping[str, str] | None = None,
    limits: Limits = LIMITS,
) -> Intake:
    """Read what one student handed in for one assignment.

    `notebooks` are the names that the assignment wants, without `.ipynb`; `grade_ids` says by name which cells
    belong to each, and without it any cell with a grade_id counts. `kernelspec` is the course's own.
    """
    ids = grade_ids or {}
    spec = dict(kernelspec or KERNELSPEC)
    taken = (_take(submitted, name, notebooks, ids.get(name), spec, limits) for name in notebooks)
    return Intake(submitted, tuple(taken))


def _take(
    folder: Path,
    name: str,
    wanted: Sequence[str],
    ids: Collection[str] | None,
    kernelspec: Mapping[str, str],
    limits: Limits,
) -> Taken:
    path = folder / f"{name}.ipynb"
    if os.path.lexists(path):
        return _read(path, name, ids, kernelspec, limits)
    try:
        others = sorted(
            other
            for other in folder.iterdir()
            if other.suffix.lower() == ".ipynb" and not (other.suffix == ".ipynb" and other.stem in wanted)
        )
    except FileNotFoundError:
        return Taken(name, Condition.MISSING, sentences=(f"{path.name} is missing, and so is its folder.",))
    except OSError as error:
        return Taken(name, Condition.UNREADABLE, sentences=(f"The folder of {path.name} can't be read: {_why(error)}",))
    found = [
        read
        for other in others[:20]
        if (read := _read(other, name, ids, kernelspec, limits)).node is not None and _belongs(read.node, ids)
    ]
    if len(found) == 1:
        return _renamed(found[0], path.name)
    if found:
        names = _listed(str(read.path and read.path.name) for read in found)
        why = f"{path.name} is missing, and {names} hold its cells: it is not clear which one counts."
    elif others:
        names = _listed(other.name for other in others)
        why = f"{path.name} is missing; none of the other notebooks ({names}) holds its cells."
    else:
        why = f"{path.name} is missing: no notebook was handed in under this name."
    return Taken(name, Condition.MISSING, sentences=(why,))


def _renamed(read: Taken, wanted: str) -> Taken:
    called = read.path.name if read.path else ""
    sentence = f"{wanted} was handed in as {called}: this is the one notebook that holds its cells, and it is used."
    condition = min(read.condition, Condition.RENAMED, key=list(Condition).index)
    return replace(read, condition=condition, sentences=(sentence, *read.sentences))


def _listed(names: Iterable[str]) -> str:
    shown = [repr(name[:80]) for name in names]
    return ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")


def _belongs(node: NotebookNode, ids: Collection[str] | None) -> bool:
    found = {_grade_id(cell) for cell in node.cells} - {None}
    return bool(found if ids is None else found & set(ids))


def _read(path: Path, name: str, ids: Collection[str] | None, kernelspec: Mapping[str, str], limits: Limits) -> Taken:
    notes: list[str] = []
    try:
        node, condition = _cleaned(_load(path, limits, notes), ids, kernelspec, limits, notes)
    except _Refused as refused:
        return Taken(name, refused.condition, path, None, (f"{path.name} {refused.why}",))
    if not _belongs(node, ids):
        notes.append("holds none of the assignment's cells: is it the right notebook?")
    return Taken(name, condition, path, node, tuple(f"{path.name} {note}" for note in notes))


def _load(path: Path, limits: Limits, notes: list[str]) -> Any:
    """The file's JSON. Nothing but a regular file is opened: a pipe would never end, a link may lead anywhere."""
    raw = _bytes(path, limits)
    if not raw.strip():
        raise _Refused(Condition.NOT_JSON, "is empty.")
    if sum(map(raw.count, (b",", b"[", b"{"))) > limits.values:
        raise _Refused(Condition.TOO_LARGE, f"may hold more than {limits.values:,} values, too many to read.")
    encoding = json.detect_encoding(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = raw.decode(encoding, errors="replace")
        notes.append("holds bytes that are no text; each was replaced by a question mark.")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _Refused(
            Condition.NOT_JSON, f"is no notebook: it is not JSON ({error.msg}, line {error.lineno})."
        ) from None
    except RecursionError:
        raise _Refused(Condition.DAMAGED, "is damaged: its JSON is nested too deep.") from None
    except ValueError:
        raise _Refused(Condition.DAMAGED, "is damaged: it holds a number too long to read.") from None
    except MemoryError:
        raise _Refused(Condition.TOO_LARGE, "is too large to read here.") from None


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        # ELOOP is how O_NOFOLLOW says that the path is a link.
        why = "it is a link, and only the file itself is taken." if error.errno == errno.ELOOP else _why(error)
        raise _Refused(Condition.UNREADABLE, f"can't be read: {why}") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _Refused(Condition.UNREADABLE, "can't be read: it is not a file.")
        with open(descriptor, "rb", closefd=False) as file:
            raw = file.read(limits.file + 1)
    except OSError as error:
        raise _Refused(Condition.UNREADABLE, f"can't be read: {_why(error)}") from None
    finally:
        os.close(descriptor)
    if len(raw) > limits.file:
        raise _Refused(Condition.TOO_LARGE, f"is larger than {_size(limits.file)}, and is not read.")
    return raw


def _why(error: OSError) -> str:
    return f"{(error.strerror or type(error).__name__).lower()}."


def _size(number: int) -> str:
    return f"{number / 2**20:g} MB"


# --- from any JSON to a clean notebook ---------------------------------------------------------------------------


def _cleaned(
    data: Any, ids: Collection[str] | None, kernelspec: Mapping[str, str], limits: Limits, notes: list[str]
) -> tuple[NotebookNode, Condition]:
    if not isinstance(data, dict):
        raise _Refused(Condition.NOT_JSON, "is no notebook: it is JSON of another kind.")
    version = data.get("nbformat")
    mended = bool(notes)
    old = version in (2, 3) and isinstance(data.get("worksheets"), list)
    if old:
        data = _upgraded(data, ids)
        notes.append(f"is in notebook format {version} and was read as format 4.")
    elif not isinstance(data.get("cells"), list):
        if version in (1, 2, 3):
            raise _Refused(Condition.OLD_FORMAT, f"is in notebook format {version}, and holds no cells in it.")
        raise _Refused(Condition.DAMAGED, "is no notebook: it holds no list of cells.")
    elif version != 4 or isinstance(version, bool):
        mended = True
        notes.append("does not say that it is in notebook format 4; it was read as if it did.")
    if len(data["cells"]) > limits.cells:
        raise _Refused(Condition.TOO_LARGE, f"has more than {limits.cells:,} cells.")
    slips: list[str] = []
    cells = _clean_cells(data["cells"], limits, slips)
    size = sum(len(cell.source.encode()) for cell in cells)
    size += sum(
        len(text) for cell in cells for bundle in cell.get("attachments", {}).values() for text in bundle.values()
    )
    if size > limits.notebook:
        raise _Refused(Condition.TOO_LARGE, f"is larger than {_size(limits.notebook)} even without its outputs.")
    if slips:
        mended = True
        notes.append("is damaged and was mended: " + "; ".join(slips[:5]) + (" ..." if len(slips) > 5 else "") + ".")
    other = _other_kernel(data.get("metadata"))
    if other:
        notes.append(f"asks for the kernel {other!r}; it is run in the course's own.")
    node = _notebook(cells, data.get("metadata"), kernelspec)
    try:
        nbformat.validate(node)
    except Exception as error:
        raise _Refused(Condition.DAMAGED, f"is damaged: {(str(error).splitlines() or ['?'])[0][:200]}") from None
    flags = ((mended, Condition.DAMAGED), (old, Condition.OLD_FORMAT), (bool(other), Condition.WRONG_KERNEL))
    return node, next((condition for holds, condition in flags if holds), Condition.OK)


def _upgraded(data: Mapping[str, Any], ids: Collection[str] | None) -> dict[str, Any]:
    """A notebook of format 2 or 3 in format 4; only what is needed of it is handed to the converter."""
    kept = ("cell_type", "input", "source")
    cells = [
        {key: cell[key] for key in kept if key in cell}
        | {"metadata": {"nbgrader": _marks(_metadata(cell).get("nbgrader"))}, "outputs": [], "language": "python"}
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
            cell["level"] = 2  # whatever it was: the converter writes as many signs as it is told to
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
            new: NotebookNode = nbformat.convert(_node(old), 4)  # type: ignore[no-untyped-call]
    except Exception:
        raise _Refused(Condition.OLD_FORMAT, f"{why} and can't be read as format 4.") from None
    if not _belongs(new, ids):
        raise _Refused(Condition.OLD_FORMAT, f"{why} and holds none of the assignment's cells.")
    for cell in new.cells:
        del cell["id"]  # drawn at random
    return {"nbformat": 4, "metadata": _metadata(data), "cells": new.cells}


def _notebook(cells: list[NotebookNode], metadata: Any, kernelspec: Mapping[str, str]) -> NotebookNode:
    known: dict[str, Any] = {"kernelspec": dict(kernelspec), "language_info": dict(LANGUAGE_INFO)}
    own = metadata.get("autograder") if isinstance(metadata, dict) else None
    language = own.get("language") if isinstance(own, dict) else None
    if isinstance(language, str) and re.fullmatch(r"[A-Za-z_-]{1,20}", language):
        known["autograder"] = {"language": language}  # what the reports are written in
    node: NotebookNode = _node({"nbformat": 4, "nbformat_minor": 5, "metadata": known, "cells": []})
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


def _clean_cells(cells: Sequence[Any], limits: Limits, slips: list[str]) -> list[NotebookNode]:
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
        slips.append(f"{called} holds more than {_size(limits.code)} of code and is not run")
        source = f'raise RuntimeError("This cell held more than {_size(limits.code)} of code and was not run.")'
    given = _metadata(cell)
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
    new_id = _new_id(given_id, called.replace(" ", "-"), ids)
    if given_id not in (None, new_id):
        slips.append(f"{called} has an id that is wrong or another's")
    parts: dict[str, Any] = {
        "id": new_id,
        "cell_type": kind,
        "metadata": metadata,
        "source": source,
    }
    if kind == "code":
        parts |= {"outputs": [], "execution_count": None}
    elif attachments := _attachments(cell.get("attachments")):
        parts["attachments"] = attachments
    return _node(parts)


def _node(parts: Mapping[str, Any]) -> NotebookNode:
    node: NotebookNode = nbformat.from_dict(parts)  # type: ignore[no-untyped-call]
    return node


def _metadata(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    found = holder.get("metadata")
    return found if isinstance(found, dict) else {}


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
    """Those that say whether a cell is run. Pages make classes of all tags, by which a cell could cover another."""
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


def _new_id(given: Any, otherwise: str, ids: set[str]) -> str:
    """The given id if it can be one and is still free; else one like it that is."""
    right = isinstance(given, str) and re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", given)
    base = given if right else otherwise[:64]
    found, count = base, 1
    while found in ids:
        count += 1
        found = f"{base[:56]}-{count}"
    ids.add(found)
    return str(found)


def _grade_id(cell: Mapping[str, Any]) -> str | None:
    marks = _metadata(cell).get("nbgrader")
    return marks.get("grade_id") if isinstance(marks, dict) else None


# --- the files beside the notebooks ------------------------------------------------------------------------------


def companions(
    submitted: Path, ignore: Sequence[str] = (), limits: Limits = LIMITS
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The files handed in beside the notebooks that can safely be copied, relative to the folder, and the doubts.

    Links, pipes and devices are left out, and so is what goes past the limits. `ignore` are name patterns, as
    nbgrader's `CourseDirectory.ignore`.
    """
    files: list[Path] = []
    doubts: list[str] = []
    room = limits.companions_size
    for folder, folders, names in os.walk(submitted):
        folders[:] = sorted(name for name in folders if not _matches(name, ignore))
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in sorted((*links, *names)):
            path = Path(folder, name).relative_to(submitted)
            if _matches(name, ("*.ipynb", *ignore)):
                continue
            status = os.lstat(submitted / path)
            if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:  # a second name of a file that is not theirs
                doubts.append(f"{str(path)!r} is no plain file and was left out.")
            elif len(files) >= limits.companions or status.st_size > room:
                doubts.append("There are more files, or larger ones, than are taken; some were left out.")
                return tuple(files), tuple(doubts[-20:])
            else:
                files.append(path)
                room -= status.st_size
    return tuple(files), tuple(doubts[-20:])


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


# --- giving every cell its role ----------------------------------------------------------------------------------


def trusted_cells(gradebook: Any, assignment: str, notebook: str) -> tuple[TrustedCell, ...]:
    """The cells that the gradebook keeps of a notebook, in the order in which they were released."""
    found = gradebook.find_notebook(notebook, assignment)
    graded = {cell.name: float(cell.max_score) for cell in found.grade_cells}
    tasks = {cell.name: float(cell.max_score) for cell in found.task_cells}
    solutions = {cell.name for cell in found.solution_cells}
    return tuple(
        TrustedCell(
            grade_id=cell.name,
            cell_type=cell.cell_type,
            source=cell.source or "",
            locked=bool(cell.locked),
            grade=cell.name in graded,
            solution=cell.name in solutions,
            task=cell.name in tasks,
            points=graded.get(cell.name, tasks.get(cell.name)),
            checksum=cell.checksum,
        )
        for cell in found.source_cells
    )


@dataclass(slots=True)
class _Place:
    """A cell on its way: `trusted` where it plays one of the gradebook's parts."""

    cell: NotebookNode
    trusted: int | None = None


@dataclass(slots=True)
class _Restoring:
    trusted: Sequence[TrustedCell]
    doubts: list[str] = field(default_factory=list)

    def doubt(self, index: int, sentence: str) -> None:
        self.doubts.append(f"Cell {self.trusted[index].grade_id}: {sentence}")


def restore(node: NotebookNode, source_cells: Sequence[TrustedCell]) -> tuple[NotebookNode, tuple[str, ...]]:
    """A new notebook in which every trusted cell stands once, in order and in its role; and what had to change.

    Whatever cells come in, the result is valid. Outputs are dropped. Students' own cells stay where they are; a
    trusted cell that was moved or deleted comes after the code that follows the trusted cell before it, because a
    helper written there belongs to what is tested.
    """
    work = _Restoring(source_cells)
    given = node.get("cells")
    metadata = node.get("metadata")
    slips: list[str] = []
    cells = _clean_cells(given if isinstance(given, list) else [], LIMITS, slips)
    places = _cast(cells, work)
    _settle(places, work)
    order = _in_order(places, work)
    _fill(order, work)
    ids: set[str] = set()
    for place in order:
        place.cell.id = _new_id(place.cell.get("id"), _grade_id(place.cell) or "cell", ids)
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    known = (
        {key: spec[key] for key in KERNELSPEC if isinstance(spec.get(key), str) and spec[key].isprintable()}
        if isinstance(spec, dict)
        else {}
    )
    kernelspec = known if len(known) == len(KERNELSPEC) else KERNELSPEC
    doubts = (*(f"{slip[0].upper()}{slip[1:]}." for slip in slips), *work.doubts)
    return _notebook([place.cell for place in order], metadata, kernelspec), doubts


def _cast(cells: Iterable[NotebookNode], work: _Restoring) -> list[_Place]:
    """Which cell claims which part. A claim on a part that there is not is dropped."""
    index = {cell.grade_id: number for number, cell in enumerate(work.trusted)}
    places = []
    for cell in cells:
        grade_id = _grade_id(cell)
        if grade_id is not None and grade_id not in index:
            work.doubts.append(
                f"Cell {grade_id}: there is no such cell in this assignment; it is an ordinary cell now."
            )
            del cell.metadata["nbgrader"]
        places.append(_Place(cell, index.get(grade_id) if grade_id else None))
    return places


def _settle(places: Sequence[_Place], work: _Restoring) -> None:
    """Let one cell alone play each part: the last solution, of locked cells the one in the best place."""
    for index, trusted in enumerate(work.trusted):
        if not trusted.locked:
            copies = [place for place in places if place.trusted == index]
            _dismiss(copies[:-1], index, "the last copy counts", work)
    kept = _longest(places, work.trusted)
    for index, trusted in enumerate(work.trusted):
        copies = [place for place in places if place.trusted == index]
        if trusted.locked and len(copies) > 1:
            chosen = next((place for place in copies if any(place is one for one in kept)), copies[0])
            _dismiss([place for place in copies if place is not chosen], index, "one copy is kept", work)


def _dismiss(places: Sequence[_Place], index: int, what: str, work: _Restoring) -> None:
    if not places:
        return
    work.doubt(index, f"it is there {len(places) + 1} times; {what}, and the others are ordinary cells now.")
    for place in places:
        place.trusted = None
        del place.cell.metadata["nbgrader"]


def _longest(places: Sequence[_Place], trusted: Sequence[TrustedCell]) -> list[_Place]:
    """The weightiest row of cells that stand in the right order; what is not in it was moved.

    A solution weighs more than all else together, so that a moved test goes back to its solution, not the reverse.
    """
    best: list[tuple[int, list[_Place]] | None] = [None] * len(trusted)
    for place in places:
        if place.trusted is None:
            continue
        weight = 1 if trusted[place.trusted].locked else len(trusted) + 1
        before = max((found for found in best[: place.trusted] if found), key=lambda found: found[0], default=(0, []))
        there = best[place.trusted]
        if there is None or before[0] + weight > there[0]:
            best[place.trusted] = (before[0] + weight, [*before[1], place])
    return max((found for found in best if found), key=lambda found: found[0], default=(0, []))[1]


def _in_order(places: Sequence[_Place], work: _Restoring) -> list[_Place]:
    """All cells, the trusted ones in the gradebook's order; those that were moved or deleted put where they belong."""
    standing = {id(place) for place in _longest(places, work.trusted)}
    claimed = {place.trusted: place for place in places if place.trusted is not None}
    order = [place for place in places if place.trusted is None or id(place) in standing]
    at = 0
    for index, trusted in enumerate(work.trusted):
        place = claimed.get(index)
        if place is not None and id(place) in standing:
            at = next(number for number, one in enumerate(order) if one is place) + 1
            continue
        if place is None:
            work.doubt(index, "it is missing and was put back.")
            place = _Place(_anew(trusted), index)
        else:
            work.doubt(index, "it was moved and was put back in its place.")
        at = _after_code(order, at) if index else at
        order.insert(at, place)
        at += 1
    return order


def _after_code(order: Sequence[_Place], at: int) -> int:
    """Past the last code cell of the student's own that follows, before the next trusted cell."""
    found = at
    for number in range(at, len(order)):
        if order[number].trusted is not None:
            break
        if order[number].cell.cell_type == "code":
            found = number + 1
    return found


def _anew(trusted: TrustedCell) -> NotebookNode:
    """A cell that is missing. A solution comes back empty: the release's stub would undo one written elsewhere."""
    source = trusted.source
    if not trusted.locked:
        note = f"This cell ({trusted.grade_id}) was missing from the submission."
        source = f"# {note}" if trusted.cell_type == "code" else f"*{note}*"
    marks = {"schema_version": 3, "grade_id": trusted.grade_id} | dict.fromkeys(ROLES, False)
    cell: NotebookNode = _node(
        {"cell_type": trusted.cell_type, "metadata": {"nbgrader": marks | _roles(trusted)}, "source": source}
    )
    _retype(cell, trusted.cell_type)
    return cell


def _fill(order: Sequence[_Place], work: _Restoring) -> None:
    """Give each trusted cell its type, its role and, where it is locked, its source."""
    for place in order:
        if place.trusted is None:
            continue
        cell, trusted = place.cell, work.trusted[place.trusted]
        if cell.cell_type != trusted.cell_type:
            work.doubt(place.trusted, f"it was made a {cell.cell_type} cell and is a {trusted.cell_type} cell again.")
            _retype(cell, trusted.cell_type)
        roles = _roles(trusted)
        changed = [name for name, value in _claimed(cell.metadata.nbgrader).items() if value != _claimed(roles)[name]]
        if changed:
            work.doubt(place.trusted, f"its nbgrader settings were changed and are set back ({', '.join(changed)}).")
        cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": trusted.grade_id} | roles
        if trusted.locked:
            if cell.source.rstrip() not in (trusted.source.rstrip(), _as_released(trusted.source).rstrip()):
                work.doubt(place.trusted, "its text was changed and is set back.")
            cell.source = trusted.source
        tags = [tag for tag in cell.metadata.get("tags", []) if tag in UNRUN_TAGS]
        if tags and (trusted.locked or trusted.grade):
            work.doubt(place.trusted, f"it was tagged {', '.join(tags)}; the tag was taken off.")
            cell.metadata.pop("tags")


def _as_released(source: str) -> str:
    """A locked cell's text as students get it: without what nbgrader takes out for them."""
    kept, inside = [], False
    for line in source.split("\n"):
        inside = inside or any(f"BEGIN {what}" in line for what in HIDDEN)
        if not inside:
            kept.append(line)
        inside = inside and not any(f"END {what}" in line for what in HIDDEN)
    return "\n".join(kept)


def _retype(cell: NotebookNode, kind: str) -> None:
    cell.cell_type = kind
    if kind == "code":
        cell.pop("attachments", None)
        cell.outputs, cell.execution_count = [], None
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _roles(trusted: TrustedCell) -> dict[str, Any]:
    roles: dict[str, Any] = {role: getattr(trusted, role) for role in ROLES}
    if trusted.grade or trusted.task:
        roles["points"] = trusted.points or 0.0
    if trusted.checksum is not None:
        roles["checksum"] = trusted.checksum
    return roles | {"cell_type": trusted.cell_type}


def _claimed(marks: Mapping[str, Any]) -> dict[str, Any]:
    """What a cell's metadata says it is, read as nbgrader reads it."""
    locked = not marks["solution"] and (marks["grade"] or marks["locked"])
    points = marks.get("points") if marks["grade"] or marks["task"] else None
    return {
        "grade": marks["grade"],
        "solution": marks["solution"],
        "locked": locked,
        "task": marks["task"],
        "points": points,
    }
