"""`autograder package`: a zip for each language, with everything for a student who has no copy of the course.

Nothing that students must not see gets in: files come from release/ and from a list, and each is searched for secrets.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from ...base.course import Course, CourseError, translation
from ...base.messages import LANGUAGES, translator
from ...lesson import ASSIGNMENT
from ...references.sets import ExerciseSet
from .alone import alone
from .wheel import CHECKOUT, build_wheel
from .zips import read_file, write_zip

SHOWN = frozenset((".ipynb", ".svg", ".png", ".jpg", ".jpeg", ".md", ".txt", ".csv", ".py"))
"""Kinds of files of release/ that go along; a course that needs another says so here."""
SECRETS = (b"BEGIN HIDDEN TESTS", b"BEGIN SOLUTION", b"hidden.seed")
"""What no file for students has in it."""


def package(course: Course, language: str, folder: Path, wheel: Path) -> Path:
    """Write `residual-networks-LANGUAGE.zip` with this wheel of the kit into `folder`, which is made if need be.

    Raises CourseError where something is missing, or a file is none for students.
    """
    root = f"residual-networks-{language}"
    members = {f"{root}/{name}": data for name, data in for_students(course, language, wheel).items()}
    return write_zip(folder / f"{root}.zip", members)


def for_github(course: Course, language: str, folder: Path, wheel: Path) -> Path:
    """Write `residual-networks-LANGUAGE-github.zip`: a repository in which every push is checked.

    It holds what a student's package holds, the copy that the student works in, and a workflow. Raises as `package`.
    """
    members = for_students(course, language, wheel)
    released = {name: data for name, data in members.items() if name.startswith("release/")}
    members |= {f"study/{name.removeprefix('release/')}": data for name, data in released.items()}
    template = _templates().get_template
    members[".github/workflows/check.yml"] = template("package/check.yml.j2").render(language=language).encode()
    members["README.md"] = template(f"package/github-{language}.md.j2").render().encode() + members["README.md"]
    members[".gitignore"] = b".venv/\n__pycache__/\n.ipynb_checkpoints/\ndata/signs/\n"
    return write_zip(folder / f"residual-networks-{language}-github.zip", members)


def for_students(course: Course, language: str, wheel: Path) -> dict[str, bytes]:
    """What a student's package holds, by path in the folder that it unpacks to. Raises as `package` does."""
    assignment = translation(ASSIGNMENT, language)
    released = course.release / assignment
    notebooks = [path.name for path in released.glob("*.ipynb")]
    if not notebooks:
        raise CourseError(f"There is no notebook in {released}: run `autograder build {assignment}` first.")
    found = {
        f"release/{one}/{path.relative_to(course.release / one).as_posix()}": path
        for one, _ in _assignments(course, language)
        for path in _shown(course.release / one)
    }
    for _, name in _assignments(course, language):
        public = ExerciseSet(course, name).public
        found[public.relative_to(course.root).as_posix()] = public
    members = {name: read_file(path) for name, path in found.items()}
    members |= installed_from(wheel, "[lab]")
    for name, data in members.items():
        if name != wheel.name:
            _require_harmless(found.get(name, Path(name)), data, course)
    for name, path in found.items():
        if path.suffix == ".ipynb":
            members[name] = alone(path, translator(language))
        elif path.suffix == ".png" and path.with_suffix(".svg").is_file():
            del members[name]  # it lies inside the notebook
    text = _templates().get_template(f"package/{language}.md.j2")
    members["README.md"] = text.render(
        language=language, assignment=assignment, notebook=min(notebooks), wheel=wheel.name
    ).encode()
    return members


def installed_from(wheel: Path, extra: str = "") -> dict[str, bytes]:
    """The wheel, and what `pip install -r requirements.txt` reads."""
    versions = CHECKOUT / "constraints.txt"
    members = {"constraints.txt": read_file(versions)} if versions.is_file() else {}
    requirements = f"./{wheel.name}{extra}\n".encode()
    return {**members, wheel.name: read_file(wheel), "requirements.txt": requirements}


def _assignments(course: Course, language: str) -> Iterator[tuple[str, str]]:
    """The lesson, and the course's other assignments that are released in this language, each with its set's name."""
    yield translation(ASSIGNMENT, language), ASSIGNMENT
    for public in course.public_references():
        name = public.parent.name
        one = translation(name, language)
        if name != ASSIGNMENT and any((course.release / one).glob("*.ipynb")):
            yield one, name


def _shown(released: Path) -> Iterator[Path]:
    for path in sorted(released.rglob("*")):
        if ".ipynb_checkpoints" not in path.parts and not path.name.startswith(".") and not path.is_dir():
            if path.suffix not in SHOWN:
                raise CourseError(f"{path} is no kind of file that students get: take it out of release/.")
            yield path


def _require_harmless(path: Path, data: bytes, course: Course) -> None:
    """Raise CourseError for a file that tells what is hidden, or where on this machine it comes from."""
    for secret in (*SECRETS, str(course.root).encode()):
        if secret in data:
            raise CourseError(f"{path} is not for students, it has {secret.decode()!r} in it: run `autograder build`.")


def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("autograder"), undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False
    )


@contextmanager
def the_wheel(given: Path | None) -> Iterator[Path]:
    """The kit's wheel: the one that is given, or one that is built from the checkout. Raises CourseError."""
    with tempfile.TemporaryDirectory(prefix="package-") as scratch:
        wheel = given or build_wheel(Path(scratch))
        if wheel.suffix != ".whl" or not zipfile.is_zipfile(wheel):
            raise CourseError(f"{wheel} is not a wheel: name the .whl file of this kit, or leave --wheel out.")
        yield wheel


def package_all(
    course: Course, folder: Path, language: str | None, wheel: Path | None, github: bool = False
) -> list[Path]:
    """Write the zip of one language, or of each; the wheel is built once. Raises CourseError as `package` does."""
    make = for_github if github else package
    with the_wheel(wheel) as built:
        return [make(course, one, folder, built) for one in ([language] if language else LANGUAGES)]
