"""`autograder package`: a zip for each language, with everything for a student who has no copy of the course.

Nothing that students must not see gets in: files come from release/ and from a list, and each is searched for secrets.
"""

from __future__ import annotations

import re
import stat
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from jinja2 import Environment, PackageLoader, StrictUndefined

from ...base.course import Course, CourseError, translation
from ...base.files import Why, read_plain, replacing
from ...base.messages import LANGUAGES
from ...lesson import ASSIGNMENT
from ...references.sets import ExerciseSet
from .wheel import CHECKOUT, build_wheel

TIME = (1980, 1, 1, 0, 0, 0)
"""When all files of a zip were made: the same course gives the same bytes."""
SHOWN = frozenset((".ipynb", ".svg", ".png", ".jpg", ".jpeg", ".md", ".txt", ".csv", ".py"))
"""Kinds of files of release/ that go along; a course that needs another says so here."""
SECRETS = (b"BEGIN HIDDEN TESTS", b"BEGIN SOLUTION", b"hidden.seed")
"""What no file for students has in it."""
LARGEST = 2**30
"""Bytes of a file."""
LONGEST = 120
"""Characters of a path in the zip: Windows takes 260 in all, and some are for where it is unpacked."""
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*(?<!\.)")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def package(course: Course, language: str, folder: Path, wheel: Path) -> Path:
    """Write `residual-networks-LANGUAGE.zip` with this wheel of the kit into `folder`, which is made if need be.

    Raises CourseError where something is missing, or a file is none for students.
    """
    root = f"residual-networks-{language}"
    members = {f"{root}/{name}": data for name, data in _members(course, language, wheel).items()}
    for name in members:
        _require_fitting(name)
    lowered = [name.lower() for name in members]
    if len(set(lowered)) < len(lowered):
        raise CourseError(
            f"Two files of {course.release / translation(ASSIGNMENT, language)} differ in capitals alone: rename one."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = folder / f"{root}.zip"
        with replacing(made) as draft:
            _write(draft, members)
    except OSError as error:
        raise CourseError(f"{error.filename or folder} can't be written: {error.strerror}.") from None
    return made


def _members(course: Course, language: str, wheel: Path) -> dict[str, bytes]:
    """The files by path in the folder that the zip unpacks to."""
    assignment = translation(ASSIGNMENT, language)
    released = course.release / assignment
    notebooks = [path.name for path in released.glob("*.ipynb")]
    if not notebooks:
        raise CourseError(f"There is no notebook in {released}: run `autograder build {assignment}` first.")
    found = {f"release/{assignment}/{path.relative_to(released).as_posix()}": path for path in _shown(released)}
    public = ExerciseSet(course, ASSIGNMENT).public
    found[public.relative_to(course.root).as_posix()] = public
    found["constraints.txt"] = CHECKOUT / "constraints.txt"
    members = {name: _read(path) for name, path in found.items() if name != "constraints.txt" or path.is_file()}
    for name, data in members.items():
        _require_harmless(found[name], data, course)
    members[wheel.name] = _read(wheel)
    members["requirements.txt"] = f"./{wheel.name}\n".encode()
    members["README.md"] = _readme(language, assignment, min(notebooks), wheel.name).encode()
    return members


def _shown(released: Path) -> Iterator[Path]:
    for path in sorted(released.rglob("*")):
        if ".ipynb_checkpoints" not in path.parts and not path.name.startswith(".") and not path.is_dir():
            if path.suffix not in SHOWN:
                raise CourseError(f"{path} is no kind of file that students get: take it out of release/.")
            yield path


def _read(path: Path) -> bytes:
    found = read_plain(path, LARGEST)
    if isinstance(found, bytes):
        return found
    if found.why in (Why.LINK, Why.NO_FILE):
        raise CourseError(f"{path} is a link or no file: put a plain file there.")
    raise CourseError(f"{path} can't be read: {found.words or found.why}. Run `autograder build` first.")


def _require_harmless(path: Path, data: bytes, course: Course) -> None:
    """Raise CourseError for a file that tells what is hidden, or where on this machine it comes from."""
    for secret in (*SECRETS, str(course.root).encode()):
        if secret in data:
            raise CourseError(f"{path} is not for students, it has {secret.decode()!r} in it: run `autograder build`.")


def _require_fitting(name: str) -> None:
    """Raise CourseError for a path that Windows or an old unpacker would not take."""
    parts = PurePosixPath(name).parts
    if len(name) > LONGEST or not all(_PLAIN.fullmatch(part) and not _DEVICES.fullmatch(part) for part in parts):
        raise CourseError(
            f"{name} can't be unpacked everywhere: use letters, digits, '_', '-' and '.' alone, no name of a Windows "
            f"device, and at most {LONGEST} characters."
        )


def _readme(language: str, assignment: str, notebook: str, wheel: str) -> str:
    templates = Environment(
        loader=PackageLoader("autograder"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return templates.get_template(f"package/{language}.md.j2").render(
        language=language, assignment=assignment, notebook=notebook, wheel=wheel
    )


def _write(path: Path, members: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, TIME)
            entry.create_system = 3  # or the bytes would depend on the system that writes them
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, members[name])


def package_all(course: Course, folder: Path, language: str | None, wheel: Path | None) -> tuple[Path, ...]:
    """Write the zip of one language, or of each; the wheel is built once. Raises CourseError as `package` does."""
    with tempfile.TemporaryDirectory(prefix="package-") as scratch:
        wheel = wheel or build_wheel(Path(scratch))
        if wheel.suffix != ".whl" or not zipfile.is_zipfile(wheel):
            raise CourseError(f"{wheel} is not a wheel: name the .whl file of this kit, or leave --wheel out.")
        return tuple(package(course, one, folder, wheel) for one in ([language] if language else LANGUAGES))
