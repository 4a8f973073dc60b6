"""`autograder formgrader`: JupyterLab in the course's folder, where nbgrader's Formgrader finds the course."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..base.course import Course, CourseError
from ..base.missing import require


def formgrader(course: Course, browser: bool = True, arguments: Sequence[str] = ()) -> None:
    """Become JupyterLab with the course's Formgrader open; `arguments` are passed on to it.

    Raises CourseError where the folder is no course that nbgrader knows.
    """
    require("nbgrader", "instructor")
    if not course.nbgrader_config.is_file():
        raise CourseError(f"There is no nbgrader_config.py in {course.root}: run this in the course's folder.")
    course.assignments()
    lab = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={course.root}"]
    lab.append("--ServerApp.jpserver_extensions={'autograder.nbgrader.web.server': True}")  # whatever is enabled here
    lab.append("--LabApp.default_url=/formgrader-in-lab")  # IN_LAB of that extension
    # nbgrader reads its configuration from the current folder, and calls alembic by its name.
    os.chdir(course.root)
    environment = {**os.environ, "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))}
    os.execve(sys.executable, [*lab, *([] if browser else ["--no-browser"]), *arguments], environment)
