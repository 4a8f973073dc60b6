"""`autograder doctor`: what this machine has, what works on it, and what to do about the rest."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from .base.course import HIDDEN, Course
from .base.missing import lacking, missing
from .base.plain import plain
from .references.references import ReferencesError, load
from .references.sets import canary_of, exercise_sets
from .sandbox.errors import SandboxUnavailable

PACKAGES = ("tensorflow", "keras", "nbgrader", "jupyterlab", "nbclient", "numpy", "h5py", "pydantic")
EXTENSION = "autograder.nbgrader.web.server"
"""Of the Jupyter server; see autograder/nbgrader/web/server.py."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing looked at: whether it is well, and what was seen or what to do."""

    name: str
    well: bool
    words: str


def examine(course: Course) -> bool:
    """Print every sign; True where all that grading needs is well."""
    well = True
    for look in (_python, _packages, _alembic, _formgrader, _sandbox, _public, _hidden, _canary):
        for sign in _seen(look, course):
            print(f"{'ok ' if sign.well else 'BAD'}  {sign.name:<18} {sign.words}", flush=True)
            well = well and sign.well
    return well


def _seen(look: Callable[[Course], list[Sign]], course: Course) -> list[Sign]:
    try:
        return look(course)
    except Exception as error:
        if (sentence := missing(error)) is None:
            raise
        return [Sign(look.__name__.strip("_"), False, sentence)]


def examine_assignment(course: Course, assignment: str, troubles_alone: bool = False) -> bool:
    """Print what the assignment's own solution shows of its tests; True where all of them can be run here."""
    from .nbgrader.foreign import look_at

    try:
        found = list(look_at(course, assignment))
    except SandboxUnavailable as error:
        print(f"BAD  {assignment:<18} {error}")
        return False
    for one in found:
        if one.stops or not troubles_alone:
            place = plain(f"{one.notebook}/{one.cell}")
            print(f"{'BAD' if one.stops else '-- '}  {place:<18} {plain(one.words)}", flush=True)
    stopped = any(one.stops for one in found)
    if not stopped and not troubles_alone:
        print(f"ok   {assignment:<18} every test cell gives the solution its points here")
    return not stopped


def _python(course: Course) -> list[Sign]:
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    advice = "" if good else "; this kit is for Python 3.11 to 3.13"
    if sys.version_info[:2] >= (3, 14):
        advice += ": TensorFlow and h5py, as they are pinned here, have no wheels for a later one"
    return [Sign("python", good, f"{platform.python_version()} on {platform.system()} {platform.machine()}{advice}")]


def _packages(course: Course) -> list[Sign]:
    return [_package(name) for name in PACKAGES]


def _package(name: str) -> Sign:
    try:
        return Sign(name, True, version(name))
    except PackageNotFoundError:
        return Sign(name, False, lacking(name))


def _alembic(course: Course) -> list[Sign]:
    beside = Path(sys.executable).with_name("alembic")
    found = shutil.which("alembic") or (str(beside) if os.access(beside, os.X_OK) else None)
    words = "found, nbgrader calls it for its gradebook" if found else "not found: run `make install`"
    return [Sign("alembic", found is not None, words)]


def _formgrader(course: Course) -> list[Sign]:
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    enabled = manager.get_jpserver_extensions()  # type: ignore[no-untyped-call]
    if enabled.get(EXTENSION):
        return [Sign("formgrader", True, "handed-in files and texts can't act in it, whoever starts the server")]
    words = (
        f"handed-in files can act in it, unless `autograder formgrader` starts it: enable {EXTENSION} (`make install`)"
    )
    return [Sign("formgrader", False, words)]


def _sandbox(course: Course) -> list[Sign]:
    from .sandbox.machine import machine

    found = machine()
    words = found.protection.words
    used = found.bubblewrap
    bubblewrap = [] if used is None else [Sign("bubblewrap", True, f"{used.version}, {used.origin}: {used.path}")]
    if found.protection.active:
        more = f". For more: {found.advice}" if found.advice else ""
        return [*bubblewrap, Sign("sandbox", True, f"{found.protection.level.name}: {words}{more}")]
    return [*bubblewrap, Sign("sandbox", False, f"{words}. {found.advice} Students' own `check` works without it.")]


def _public(course: Course) -> list[Sign]:
    found = [_references(f"public, {path.parent.name}", path) for path in course.public_references()]
    if found:
        return found
    try:
        next(exercise_sets(course))
    except ReferencesError as error:
        found.append(Sign("public references", False, str(error)))
    return found


def _hidden(course: Course) -> list[Sign]:
    public = course.public_references()
    return [_hidden_ones(f"hidden, {path.parent.name}", path.with_name(HIDDEN)) for path in public]


def _hidden_ones(name: str, path: Path) -> Sign:
    if not path.is_file():
        return Sign(name, True, "none here; instructors make them with `autograder build`")
    sign = _references(name, path)
    if sign.well and path.stat().st_mode & 0o044:
        return Sign(name, False, f"readable by others: chmod 600 {path}")
    return sign


def _references(name: str, path: Path) -> Sign:
    try:
        found = load(path)
    except ReferencesError as error:
        return Sign(name, False, str(error))
    cases = sum(map(len, found.references.values()))
    made = ", ".join(f"{key} {value}" for key, value in found.made_with.items())
    return Sign(name, True, f"{cases} test cases, made with {made}")


def _canary(course: Course) -> list[Sign]:
    return [_compare(course, _draw)]


def _draw() -> np.ndarray:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from .evidence.graphs.collect_graph import canary

    return canary()


def _compare(course: Course, draw: Callable[[], np.ndarray]) -> Sign:
    """A machine that draws other numbers is no fault: checks then go through the student's own weights."""
    if not course.public_references():
        return Sign("canary", False, "can't be compared without public references")
    expected = canary_of(course)
    if expected is None:
        return Sign("canary", True, "none is needed: the exercises are plain functions")
    if np.array_equal(draw(), expected):
        return Sign("canary", True, "glorot_uniform(seed=0) draws the reference's numbers here")
    return Sign(
        "canary",
        True,
        "glorot_uniform(seed=0) draws other numbers here than the reference's: answers are compared through their "
        "own weights, and reports say so",
    )
