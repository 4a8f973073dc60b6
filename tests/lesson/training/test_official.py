"""A class hands in networks, some with weights of every kind, and is graded for real: `autograder build`, `grade`."""

from __future__ import annotations

import html
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat import NotebookNode

from autograder.lesson.images.hidden import forget_solution
from autograder.lesson.training import weights
from autograder.lesson.training.demands import WEIGHTS_FILE
from autograder.references.references import load, save
from tests.lesson.training.conftest import write as write_tensors
from tests.lesson.training.notebooks import SOLUTION, signs_notebook, write
from tests.shared.helpers import ROOT, autograder, cell, notebook, run, solution
from tests.shared.kernels import forked_kernels

TRAINED = ROOT / "data" / "references" / "resnet" / "signs_solution.safetensors"
SECRET = "a secret of these tests"
KNOWN = "hidden_signs_with_solution.h5"
WITHOUT_MARKS = "\n".join(line for line in SOLUTION.splitlines() if "###" not in line)


@pytest.fixture(autouse=True, scope="module")
def kernels() -> Iterator[None]:
    with forked_kernels():
        yield


@pytest.fixture(scope="module")
def course(kernels: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with this exercise alone, built. The kit's references of the blocks are there, by which these are
    checked, as a set of another name.
    """
    root = tmp_path_factory.mktemp("class") / "course"
    source = root / "source" / "resnet"
    write(signs_notebook(), source / "signs.ipynb")
    exercises = (ROOT / "source" / "resnet" / "exercises.py").read_text()
    (source / "exercises.py").write_text(exercises + "\nEXERCISES = (TRAIN_SIGNS,)\n")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    blocks = load(ROOT / "data" / "references" / "resnet" / "public.h5")
    asked = {name: blocks.definitions[name] for name in blocks.notebooks[0]}
    save(
        root / "data" / "references" / "blocks" / "public.h5",
        replace(blocks, definitions=asked, notebooks=blocks.notebooks[:1]),
    )
    done = autograder("--course", root, "build", "resnet", "--seed", SECRET, cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    hidden = root / "data" / "references" / "resnet" / "hidden_signs.h5"
    shutil.copy2(hidden, root / KNOWN)
    forget_solution(hidden)  # ada and the others hand in that network as theirs
    return root


def hand_in(root: Path, student: str, answer: str = WITHOUT_MARKS, tagged: bool = True) -> Path:
    """A submission without weights; gives its folder."""
    folder = root / "submitted" / student / "resnet"
    node: NotebookNode = nbformat.read(root / "release" / "resnet" / "signs.ipynb", as_version=4)
    cell(node, "train_signs").source = answer
    if not tagged:
        for one in node.cells:
            one.metadata.pop("tags", None)
    write(node, folder / "signs.ipynb")
    return folder


def lines(table: str) -> dict[str, tuple[str, str]]:
    """By student the points of train_signs and the status, from the closing table."""
    names = re.findall(r"^[│|] (\w+) .*$", table, re.MULTILINE)
    rows = {name: re.findall(rf"^[│|] {name} .*$", table, re.MULTILINE)[0] for name in names}
    parts = {name: [part.strip() for part in re.split("[│|]", row)[2:-1]] for name, row in rows.items()}
    return {name: (row[0], row[-1]) for name, row in parts.items()}


def trained(folder: Path) -> None:
    shutil.copy(TRAINED, folder / WEIGHTS_FILE)


def with_nan(folder: Path) -> None:
    tensors = weights.parse(TRAINED.read_bytes())
    name = next(name for name in tensors if name.endswith("/kernel"))
    write_tensors(folder, tensors | {name: np.full_like(tensors[name], np.nan)})


def link_to_the_hidden_images(folder: Path) -> None:
    (folder / WEIGHTS_FILE).symlink_to(folder.parents[2] / "data" / "references" / "resnet" / "hidden_signs.h5")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / WEIGHTS_FILE)


def huge(folder: Path) -> None:
    with (folder / WEIGHTS_FILE).open("wb") as file:
        file.truncate(10 * 2**30)


CLASS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "ada": (trained, "10", "Everything is as asked."),
    "bob": (lambda folder: None, "3", "there is no file signs.safetensors"),
    "nan": (with_nan, "3", "holds values that are no numbers"),
    "eve": (link_to_the_hidden_images, "3", "is a link or no ordinary file"),
    "mallory": (pipe, "3", "is a link or no ordinary file"),
    "goliath": (huge, "3", "has 10240 MB"),
}


def page(root: Path, student: str) -> str:
    return html.unescape((root / "feedback" / student / "resnet" / "signs.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def graded(course: Path) -> tuple[Path, str]:
    """The course with the whole class graded, and what the command printed."""
    for student, (make, _, _) in CLASS.items():
        make(hand_in(course, student))
    trained(hand_in(course, "alone"))
    trained(hand_in(course, "untagged", tagged=False))
    shutil.copy(TRAINED, course / "data" / "references" / "resnet")
    peeks = "import os\nfor path in ('hidden_signs.h5', 'signs_solution.safetensors', 'hidden.h5', 'public.h5'):\n"
    peeks += "    print(path, os.path.exists(os.environ['AUTOGRADER_COURSE'] + '/data/references/resnet/' + path))\n"
    peeks += "os.unlink('signs.safetensors')\n"
    trained(hand_in(course, "peeks", peeks + WITHOUT_MARKS))
    done = autograder("--course", course, "grade", "resnet", cwd=course, COLUMNS="220")
    return course, done.stdout + done.stderr


@pytest.mark.parametrize("student", CLASS)
def test_each_gets_what_the_weights_are_worth(student: str, graded: tuple[Path, str]) -> None:
    root, said = graded
    _, points, words = CLASS[student]
    assert lines(said)[student] == (points, "")
    assert words in page(root, student)


def test_nobody_is_trained_again(graded: tuple[Path, str]) -> None:
    """The cell that trains is tagged; and where a student took the tag off, training says that it doesn't."""
    root, said = graded
    assert lines(said)["untagged"] == ("10", "")
    assert "Official grading does not train" in page(root, "untagged")
    assert "Official grading does not train" not in page(root, "ada")


def test_without_the_blocks_notebook_the_courses_blocks_take_the_same_weights(graded: tuple[Path, str]) -> None:
    root, said = graded
    assert lines(said)["alone"] == ("10", "")
    assert "identity_block: the course" in page(root, "alone")


def test_nothing_hidden_is_seen_and_the_file_that_counts_is_out_of_reach(graded: tuple[Path, str]) -> None:
    root, said = graded
    assert lines(said)["peeks"] == ("10", "")
    seen = page(root, "peeks")
    assert "hidden_signs.h5 False" in seen
    assert "signs_solution.safetensors False" in seen
    assert ("hidden.h5 False" in seen, "public.h5 True" in seen) == (True, True)
    assert (root / "submitted" / "peeks" / "resnet" / WEIGHTS_FILE).is_file()


def test_other_weights_are_graded_anew_and_the_same_are_not(graded: tuple[Path, str]) -> None:
    root, _ = graded
    before = sorted((root / ".autograder" / "results").iterdir())
    again = autograder("--course", root, "grade", "resnet", cwd=root, COLUMNS="220")
    assert sorted((root / ".autograder" / "results").iterdir()) == before
    assert lines(again.stdout)["bob"] == ("3", "")
    trained(root / "submitted" / "bob" / "resnet")
    with_nan(root / "submitted" / "ada" / "resnet")
    (root / "submitted" / "eve" / "resnet" / WEIGHTS_FILE).unlink()
    done = autograder("--course", root, "grade", "resnet", cwd=root, COLUMNS="220")
    found = lines(done.stdout)
    assert (found["bob"], found["ada"], found["eve"]) == (("10", ""), ("3", ""), ("3", ""))
    assert "there is no file" in page(root, "eve")


def test_the_instructors_own_network_earns_nothing(graded: tuple[Path, str]) -> None:
    root, _ = graded
    shutil.copy2(root / KNOWN, root / "data" / "references" / "resnet" / "hidden_signs.h5")
    trained(root / "submitted" / "bob" / "resnet")
    done = autograder("--course", root, "grade", "resnet", cwd=root, COLUMNS="220")
    assert lines(done.stdout)["bob"] == ("3", "")
    assert "the weights of the instructor's own network" in page(root, "bob")


def test_what_is_hidden_stays_with_the_instructor(course: Path) -> None:
    hidden = course / "data" / "references" / "resnet" / "hidden_signs.h5"
    assert hidden.stat().st_mode & 0o777 == 0o600
    assert not list((course / "release").rglob("*.safetensors"))
    ignored = ("git", "check-ignore", "-q", ROOT / "data" / "references" / "resnet" / "hidden_signs.h5")
    assert run(*ignored, cwd=ROOT).returncode == 0


def test_a_build_draws_the_same_images_from_the_same_secret_only_once(course: Path) -> None:
    hidden = course / "data" / "references" / "resnet" / "hidden_signs.h5"
    shutil.copy2(course / KNOWN, hidden)  # as the build has left it
    before = hidden.read_bytes()
    done = autograder("--course", course, "build", "resnet", cwd=course)
    assert done.returncode == 0, done.stdout + done.stderr
    assert hidden.read_bytes() == before


def test_a_network_that_was_changed_and_not_trained_again_stops_the_build(course: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns("submitted", "feedback")))
    write(
        signs_notebook(SOLUTION.replace("[64, 64, 128]", "[32, 32, 128]")), root / "source" / "resnet" / "signs.ipynb"
    )
    done = autograder("--course", root, "build", "resnet", cwd=root)
    assert done.returncode == 1
    assert "of another network" in done.stderr
    assert "benchmarks.seeds --seeds 1 --first 81549 --keep" in done.stderr


def test_official_grading_without_hidden_images_says_to_build(course: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns("submitted", "feedback")))
    (root / "data" / "references" / "resnet" / "hidden_signs.h5").unlink()
    trained(hand_in(root, "ada"))
    done = autograder("--course", root, "grade", "resnet", cwd=root)
    assert done.returncode == 2
    assert "autograder build" in done.stderr


@pytest.mark.slow
def test_two_notebooks_in_one_assignment(tmp_path: Path) -> None:
    """Built, handed in and graded together, from nothing; without the ResNet-50, which asks for the same blocks."""
    root = tmp_path / "course"
    source = Path(shutil.copytree(ROOT / "source" / "resnet", root / "source" / "resnet"))
    with (source / "exercises.py").open("a") as file:
        file.write("\nEXERCISES = (IDENTITY_BLOCK, CONVOLUTIONAL_BLOCK, TRAIN_SIGNS)\n")
    node = notebook("source")
    node.cells = [one for one in node.cells if "resnet50" not in one.metadata.get("nbgrader", {}).get("grade_id", "")]
    write(node, source / "resnet.ipynb")
    write(signs_notebook(), source / "signs.ipynb")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    done = autograder("--course", root, "build", "resnet", cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    forget_solution(root / "data" / "references" / "resnet" / "hidden_signs.h5")
    folder = hand_in(root, "ada")
    trained(folder)
    mine = nbformat.read(root / "release" / "resnet" / "resnet.ipynb", as_version=4)
    for name in ("identity_block", "convolutional_block"):
        cell(mine, name).source = solution(name)
    write(mine, folder / "resnet.ipynb")
    done = autograder("--course", root, "grade", "resnet", cwd=root, COLUMNS="220")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "identity_block: yours; convolutional_block: yours" in page(root, "ada")
    (row,) = re.findall(r"^[│|] ada .*$", done.stdout, re.MULTILINE)
    assert [part.strip() for part in re.split("[│|]", row)[2:-1]] == ["10", "10", "10", "30", ""]
