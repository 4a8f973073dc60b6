"""`autograder study`: the student notebooks in JupyterLab, as copies of the learner's own.

release/ is committed, and made anew by every build. So a learner works in study/, which is ignored by git and whose
files are never overwritten. Beside the lesson lie the course's other assignments in the reader's language, since its
notebooks lead on to them; and JupyterLab shows none of nbgrader's tools for teachers.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..base.course import Course, CourseError, translation
from ..base.files import replacing
from ..base.messages import LANGUAGES, translator
from ..base.missing import require
from ..lesson import ASSIGNMENT

NBGRADER = ("formgrader", "validate_assignment", "assignment_list", "course_list")
TEACHERS = ("autograder.nbgrader.web.server", *(f"nbgrader.server_extensions.{name}" for name in NBGRADER))
"""Parts of the Jupyter server that only its instructors need."""
ORIGIN = ".copied-from"
"""A file beside the copy: the fingerprint of the released notebook that it was made from."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A learner's own copy; `outdated` says that the released notebook has changed since it was made."""

    notebook: Path
    outdated: bool


def language_here(course: Course, wanted: str) -> str:
    """The language that the reader's environment asks for, unless the course was handed on in another one alone."""
    there = [one for one in LANGUAGES if _notebooks(course, translation(ASSIGNMENT, one))]
    return there[0] if len(there) == 1 else wanted


def lay_out(course: Course, language: str, assignment: str | None = None) -> Desk:
    """The learner's copy in this language, made if there is none. What is there already stays as it is.

    `assignment` names another one than the lesson. Of several notebooks the first is opened.

    Raises CourseError where there is nothing to copy, or no place for it.
    """
    if assignment is not None:
        _require_released(course, assignment)
    assignment = assignment or translation(ASSIGNMENT, language)
    released = course.release / assignment
    notebook = min(_notebooks(course, assignment), default="")
    if not notebook:
        raise CourseError(f"There is no notebook in {released}: make it with `autograder build {assignment}`.")
    desk = course.root / "study" / assignment
    try:
        for other in others(course, language):
            if other != assignment:
                _copy_what_is_missing(course.release / other, desk.with_name(other), "")
        digest = hashlib.sha256((released / notebook).read_bytes()).hexdigest()
        new = not os.path.lexists(desk / notebook)
        _copy_what_is_missing(released, desk, notebook)
        if new:
            (desk / ORIGIN).write_text(digest + "\n", encoding="utf-8")
        origin = desk / ORIGIN
        return Desk(desk / notebook, origin.is_file() and origin.read_text(encoding="utf-8").strip() != digest)
    except OSError as error:
        raise CourseError(f"{error.filename or desk} can't be used: {error.strerror}.") from None


def others(course: Course, language: str) -> list[str]:
    """The released assignments in this language, by name."""
    names = {path.parent.name for path in course.release.glob("*/*.ipynb")}
    translated = {one: {name for name in names if name.endswith(f"-{one}")} for one in LANGUAGES if one != "en"}
    english = names.difference(*translated.values())
    return sorted(translated.get(language, english))


def _notebooks(course: Course, assignment: str) -> list[str]:
    """The names of the released notebooks."""
    return [path.name for path in (course.release / assignment).glob("*.ipynb")]


def _require_released(course: Course, assignment: str) -> None:
    known = sorted({path.parent.name for path in course.release.glob("*/*.ipynb")})
    if assignment not in known:
        raise CourseError(
            f"There is no {assignment!r} in {course.release}; there is: {', '.join(known) or 'none yet'}."
        )


def _copy_what_is_missing(released: Path, desk: Path, notebook: str) -> None:
    """The notebook comes last and at once, so that a copy that was interrupted is taken up again next time."""
    found = [path for path in released.rglob("*") if path.is_file() and ".ipynb_checkpoints" not in path.parts]
    for path in sorted(found, key=lambda path: (path.name == notebook, path)):
        target = desk / path.relative_to(released)
        if os.path.lexists(target):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as draft:
            shutil.copyfile(path, draft)


def study(
    course: Course, language: str, browser: bool = True, arguments: Sequence[str] = (), assignment: str | None = None
) -> None:
    """Become JupyterLab with the learner's copy open; `arguments` are passed on to it.

    Raises as `lay_out` does, and UserError where there is no JupyterLab.
    """
    require("jupyterlab", "lab")
    desk = lay_out(course, language, assignment)
    _ = translator(language)
    here = Path.cwd()
    shown = desk.notebook.relative_to(here) if desk.notebook.is_relative_to(here) else desk.notebook
    print(_("Your own copy: {path}").format(path=shown))
    print(_("To see a check after every save, run in another terminal: {command}").format(command=_command(shown)))
    if desk.outdated:
        print(
            _(
                "The course's notebook has changed since your copy was made, and yours is kept. To get the new one, "
                "rename {folder} and run this again."
            ).format(folder=shown.parent)
        )
    sys.stdout.flush()
    folder = desk.notebook.parent
    lab = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.parent}"]
    lab.append(f"--LabApp.default_url=/lab/tree/{folder.name}/{desk.notebook.name}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # as in a container, where there is nobody else
        lab.append("--allow-root")
    # From there, so that nbgrader's parts of JupyterLab don't take the learner for the course's instructor.
    os.chdir(folder.parent)
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, [str(_settings(folder.parent)), os.environ.get("JUPYTER_CONFIG_PATH")])
    )
    lab += [*([] if browser else ["--no-browser"]), *arguments]
    if os.name == "nt":  # where the terminal would not wait for what replaces a process
        raise SystemExit(subprocess.call(lab))
    os.execv(sys.executable, lab)


def _settings(study: Path) -> Path:
    """A folder of Jupyter's settings that switches nbgrader's menus and buttons off; they are its instructors'."""
    folder = study / ".jupyter"
    pages: dict[str, object] = {"labconfig/page_config.json": {"disabledExtensions": {"@jupyter/nbgrader": True}}}
    servers = {"jpserver_extensions": dict.fromkeys(TEACHERS, False)}
    pages["jupyter_server_config.d/zz-study.json"] = {"ServerApp": servers}
    for name, settings in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(settings), encoding="utf-8")
    return folder


def _command(notebook: Path) -> str:
    """How to watch the notebook: the command of this environment, whether or not it is on PATH."""
    program = Path(sys.executable).with_name("autograder")
    here = Path.cwd()
    return f"{program.relative_to(here) if program.is_relative_to(here) else program} watch {notebook}"
