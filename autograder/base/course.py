"""Where a course keeps its things."""

from __future__ import annotations

import ast
import contextlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .errors import UserError
from .messages import LANGUAGES

REFERENCES = Path("data") / "references"
PUBLIC, HIDDEN = "public.h5", "hidden.h5"
"""The two reference files of an exercise set; they lie in the folder in REFERENCES that bears the set's name."""


def translation(assignment: str, language: str) -> str:
    """What an assignment that is written in English is called in that language."""
    return assignment if language == "en" else f"{assignment}-{language}"


def in_other_languages(assignment: str) -> tuple[str, ...]:
    """What the same assignment is called in the other languages: `resnet-zh` of `resnet`, and the other way round."""
    base, _, language = assignment.rpartition("-")
    base = base if base and language in LANGUAGES else assignment
    return tuple(name for one in LANGUAGES if (name := translation(base, one)) != assignment)


class CourseError(UserError):
    """The course's folder is not as it should be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Course:
    """A course's root folder; see "Layout" in docs/design/architecture.md for what lies where.

    nbgrader's own five folders are called as `c.CourseDirectory` in the course's nbgrader_config.py says, such as
    `submitted` by its `submitted_directory`.
    """

    root: Path

    @property
    def source(self) -> Path:
        """The instructor's notebooks, in a folder for each assignment."""
        return self._nbgraders("source")

    @property
    def release(self) -> Path:
        """The student versions, in a folder for each assignment."""
        return self._nbgraders("release")

    @property
    def submitted(self) -> Path:
        """What students have handed in, as STUDENT/ASSIGNMENT/."""
        return self._nbgraders("submitted")

    @property
    def autograded(self) -> Path:
        """Submissions as they were graded, as STUDENT/ASSIGNMENT/."""
        return self._nbgraders("autograded")

    @property
    def feedback(self) -> Path:
        """The pages for students, as STUDENT/ASSIGNMENT/."""
        return self._nbgraders("feedback")

    @property
    def nbgrader_config(self) -> Path:
        return self.root / "nbgrader_config.py"

    def _nbgraders(self, step: str) -> Path:
        try:
            found = self.nbgrader_config.stat()
        except OSError:
            return self.root / step
        names = _folders_named(self.nbgrader_config, (found.st_mtime_ns, found.st_size))
        return self.root / names.get(step, step)

    @property
    def shows_solutions(self) -> bool:
        """Whether `solution()` may show a learner one of the solutions in `source`.

        An instructor says no by `c.CourseKit.solutions = False` in nbgrader_config.py.
        """
        try:
            tree = ast.parse(self.nbgrader_config.read_bytes())
        except FileNotFoundError:
            return True
        except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
            return False  # what can't be read may say no
        says = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and _is_about_solutions(node)]
        return all(isinstance(value, ast.Constant) and value.value is True for value in says)

    def handed_in(self, assignment: str) -> tuple[str, ...]:
        """The students who have a folder for the assignment in `submitted`, in alphabetical order."""
        found = self.submitted.glob(f"*/{assignment}")
        return tuple(sorted(path.parent.name for path in found if path.is_dir()))

    @property
    def references(self) -> Path:
        """The folder of all that answers are compared with, and a folder in it for each exercise set."""
        return self.root / REFERENCES

    @property
    def lone_references(self) -> Path | None:
        """The public references that lie beside a notebook away from its course, as where it was uploaded to Colab."""
        path = self.root / PUBLIC
        there = path.is_file() and not path.match(str(REFERENCES / "*" / PUBLIC))
        return path if there and not self.references.is_dir() else None

    @property
    def secret_seed(self) -> Path:
        return self.references / "hidden.seed"

    def public_references(self) -> tuple[Path, ...]:
        """The public references of every exercise set that has been built.

        In a sandbox, where folders can't be listed, AUTOGRADER_SETS names the sets.
        """
        told = os.environ.get("AUTOGRADER_SETS")
        if told is None:
            lone = self.lone_references
            return (lone,) if lone else tuple(sorted(self.references.glob(f"*/{PUBLIC}")))
        found = (self.references / name / PUBLIC for name in told.split("/") if name)
        return tuple(path for path in found if path.is_file())

    def judged_by(self) -> tuple[Path, ...]:
        """The files that decide what an answer is worth: references, and what else is kept beside them."""
        return tuple(sorted(self.references.glob("*/*.h5")))

    def hidden_data(self) -> tuple[Path, ...]:
        """All that lies with the references and isn't public: students and their code never get it."""
        return tuple(path for path in sorted(self.references.rglob("*")) if path.is_file() and path.name != PUBLIC)

    @property
    def results(self) -> Path:
        """Where results of grading are kept, to be found again when nothing has changed."""
        return self.root / ".autograder" / "results"

    def notes(self, assignment: str) -> Path:
        """Where it is noted which submissions of an assignment have been graded, and from what."""
        return self.root / ".autograder" / "graded" / assignment

    @property
    def undo(self) -> Path:
        """What the last grading runs replaced, by assignment and run."""
        return self.root / ".autograder" / "undo"

    @property
    def log(self) -> Path:
        """A line for each submission graded."""
        return self.root / ".autograder" / "grading.log"

    @property
    def errors(self) -> Path:
        """The tracebacks of errors in the kit's own code, which kept something from being graded or drawn."""
        return self.root / ".autograder" / "errors.log"

    def assignments(self) -> tuple[str, ...]:
        """The names of the assignments, in alphabetical order. Raises CourseError where there is no source/."""
        if not self.source.is_dir():
            raise CourseError(
                f"There is no source/ in {self.root}: run this in the course's folder, or name it with --course."
            )
        found = sorted(path.parent.name for path in self.source.glob("*/*.ipynb"))
        return tuple(dict.fromkeys(found))

    def require(self, assignment: str) -> str:
        """The assignment's name if there is such a one; raises CourseError with the names there are."""
        known = self.assignments()
        if assignment not in known:
            names = ", ".join(known) or "none yet"
            raise CourseError(f"There is no assignment {assignment!r} in {self.source}; there is: {names}.")
        return assignment


_FOLDER_SETTING = re.compile(r"\w+\.CourseDirectory\.(?P<step>\w+)_directory")


def _is_about_solutions(node: ast.Assign) -> bool:
    return re.fullmatch(r"\w+\.CourseKit\.solutions", ast.unparse(node.targets[0])) is not None


@lru_cache
def _folders_named(config: Path, _state: tuple[int, int]) -> Mapping[str, str]:
    """The folders that an nbgrader_config.py names, by nbgrader's step; a file in another state is read again.

    The file is read and not run: commands for students, too, ask for folders, and may be called where a stranger's
    file lies. So names must be plain strings; raises CourseError for one that is computed.
    """
    try:
        tree = ast.parse(config.read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return {}  # nbgrader finds words for it
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and (setting := _FOLDER_SETTING.fullmatch(ast.unparse(node.targets[0]))):
            if not isinstance(node.value, ast.Constant) or not isinstance(node.value.value, str):
                raise CourseError(f"{config} computes {setting.group()}: write the folder's name there as it is.")
            found[setting["step"]] = node.value.value
    return found


STUDENTS_FOLDERS = ("submitted", "downloaded", "autograded", "feedback")
"""What lies below folders of these names is what students wrote, or was made from it."""


def find_course(start: Path | None = None) -> Course:
    """The course that `start` (by default the current folder) lies in.

    That is the nearest folder upwards with an nbgrader_config.py or with public references, so that a student's
    unpacked copy counts too, and a notebook with `public.h5` beside it; AUTOGRADER_COURSE names one outright, and a
    checkout of this kit is the last resort.
    Nothing that was handed in is a course: whoever is in a student's folder is in the course that the folder lies in.

    Raises CourseError where there is nothing but what was handed in.
    """
    chosen = os.environ.get("AUTOGRADER_COURSE")
    if chosen:
        return Course(Path(chosen).resolve())
    here = (start or Path.cwd()).resolve()
    for path in (here, _as_called(start)):
        # A link may lead into a student's folder, or out of the course to where the students' folders lie.
        above = [Course(folder) for folder in path.parents if _looks_like_a_course(folder)]
        for course in reversed(above):
            if any(path.is_relative_to(folder) for folder in _students_folders(course)):
                return course
    found = [Course(folder) for folder in (here, *here.parents) if _looks_like_a_course(folder)]
    own = [course for course in found if not _is_students(course.root)]
    kit = Path(__file__).resolve().parents[2]
    if not own and found and not _looks_like_a_course(kit):
        raise CourseError(
            f"{found[0].root} lies below a folder called {', '.join(STUDENTS_FOLDERS[:-1])} or {STUDENTS_FOLDERS[-1]}: "
            "what students hand in is not taken for a course. Move it elsewhere, or name the course with --course."
        )
    return own[0] if own else Course(kit)


def _as_called(start: Path | None) -> Path:
    """The folder by the name that the person used, links and all."""
    if start is not None:
        return start.absolute()
    called = Path(os.environ.get("PWD", ""))
    try:
        return called if called.is_absolute() and called.samefile(Path.cwd()) else Path.cwd()
    except OSError:
        return Path.cwd()


def _looks_like_a_course(folder: Path) -> bool:
    course = Course(folder)
    built = any(course.references.glob(f"**/{PUBLIC}"))
    return course.nbgrader_config.is_file() or built or course.lone_references is not None


def _is_students(folder: Path) -> bool:
    return any(part.casefold() in STUDENTS_FOLDERS for part in folder.parts)


def _students_folders(course: Course) -> tuple[Path, ...]:
    """Where a course keeps what students wrote, also under names of its own, and where links from there lead."""
    found = [course.root / name for name in STUDENTS_FOLDERS]
    with contextlib.suppress(CourseError):  # whoever asks for the folder is told
        found += [course.submitted, course.autograded, course.feedback]
    return (*found, *(folder.resolve() for folder in found))
