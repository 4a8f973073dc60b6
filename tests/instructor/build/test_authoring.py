"""An author's way, as docs/guides/authoring.md tells it: new, build, grade, with a course of one's own."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.base.course import Course, CourseError, find_course
from autograder.base.notebooks import grade_id
from autograder.instructor.build.authoring import read_mistakes
from autograder.instructor.build.mistakes import written
from autograder.references.references import load
from autograder.references.sets import set_with
from autograder.student.study import lay_out
from tests.shared.built import files, made_once
from tests.shared.helpers import ROOT, autograder, cell, run, write
from tests.shared.kernels import forked_kernels

NAME = "my-week"
FUNCTION = "my_week_softmax"
BEYOND = "blocks-beyond"


def begun(root: Path, *names: str) -> Path:
    """A course that holds nothing but the configuration, and what `autograder new` makes."""
    root.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for name in names:
        done = autograder("--course", root, "new", name)
        assert done.returncode == 0, done.stderr
    return root


def _build(folder: Path) -> None:
    root = begun(folder / "course", NAME)
    done = autograder("--course", root, "build", NAME, "--seed", "a secret of the tests", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "said.txt").write_text(done.stdout)


@pytest.fixture(scope="session")
def scaffold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a course with the example as `autograder new` made it, built. Not to be changed."""
    return made_once(tmp_path_factory, "authored", _build)


@pytest.fixture
def course(scaffold: Path, tmp_path: Path) -> Path:
    """The same, to work in."""
    return Path(shutil.copytree(scaffold / "course", tmp_path / "course"))


def released(root: Path, assignment: str = NAME) -> NotebookNode:
    (path,) = (root / "release" / assignment).glob("*.ipynb")
    return nbformat.read(path, as_version=4)


def solutions(root: Path, assignment: str = NAME) -> dict[str, str]:
    (path,) = (root / "source" / assignment).glob("*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    return {name: c.source for c in cells if (name := grade_id(c))}


def wrong(root: Path, mistake: str, assignment: str = NAME) -> dict[str, str]:
    """The cell of a wrong answer that the author lists, by its exercise."""
    found = next(m for m in read_mistakes(Course(root), assignment) if m.name == mistake)
    return {found.exercise: written(found, solutions(root, assignment)[found.exercise])}


def hand_in(root: Path, student: str, cells: dict[str, str], assignment: str = NAME) -> Path:
    node = released(root, assignment)
    for name, source in cells.items():
        cell(node, name).source = source
    (path,) = (root / "release" / assignment).glob("*.ipynb")
    return write(node, root / "submitted" / student / assignment / path.name)


def points(root: Path) -> dict[tuple[str, str], float]:
    """The points of each submission; who handed in nothing has none."""
    with (root / "grades.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["score"]]
    return {(row["student_id"], row["assignment"]): float(row["score"]) for row in rows}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    path.write_text(text.replace(old, new))


# --- new ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", "My-week", "my week", "my_week", "../up", "a/b", "-week", "week-", "a--b", "1st", "周", "a" * 61]
)
def test_a_name_that_cant_be_one_is_refused(name: str, tmp_path: Path) -> None:
    root = begun(tmp_path / "course")
    before = files(tmp_path)
    done = autograder("--course", root, "new", "--", name)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "can't be an assignment's name" in done.stderr
    assert files(tmp_path) == before


@pytest.mark.parametrize("folder", ["source", "release"])
def test_a_name_that_is_taken_is_refused(folder: str, tmp_path: Path) -> None:
    root = begun(tmp_path / "course")
    (root / folder / NAME).mkdir(parents=True)
    done = autograder("--course", root, "new", NAME)
    assert (done.returncode, files(root / folder)) == (2, {})
    assert "already" in done.stderr


def test_a_folder_that_is_no_course_is_refused(tmp_path: Path) -> None:
    done = autograder("--course", tmp_path, "new", NAME)
    assert done.returncode == 2
    assert "nbgrader_config.py" in done.stderr


def test_a_scaffold_passes_the_repositorys_own_checks(tmp_path: Path) -> None:
    root = begun(tmp_path / "course", NAME, "meine-woche")
    shutil.copy(ROOT / "pyproject.toml", root)
    for command in (("ruff", "check", "."), ("ruff", "format", "--check", ".")):
        done = run(*command, cwd=root)
        assert done.returncode == 0, done.stdout


# --- what is built ------------------------------------------------------------------------------------------------


def test_the_example_builds_as_it_is_and_keeps_its_secrets(scaffold: Path) -> None:
    root = scaffold / "course"
    assert "proving that 3 wrong answers are caught" in (scaffold / "said.txt").read_text()
    assert set(files(root / "release")) == {f"{NAME}/{NAME}.ipynb"}
    assert "powers" not in (root / "release" / NAME / f"{NAME}.ipynb").read_text()
    data = root / "data" / "references"
    assert set(files(data)) == {f"{NAME}/public.h5", f"{NAME}/hidden.h5", "hidden.seed"}
    assert (data / NAME / "hidden.h5").stat().st_mode & 0o077 == 0
    hidden, public = (load(data / NAME / f"{name}.h5") for name in ("hidden", "public"))
    assert all(one.case.hidden and len(one.mistakes) == 3 for one in hidden.references[FUNCTION])
    assert (bool(hidden.draw), bool(public.draw)) == (True, False)
    assert hidden.canary.size == public.canary.size == 0  # a plain function draws no weights


def test_building_again_changes_nothing_that_is_committed(scaffold: Path, course: Path) -> None:
    before = files(course / "data") | files(course / "release")
    done = autograder("--course", course, "build", cwd=course)
    assert done.returncode == 0, done.stderr
    after = files(course / "data") | files(course / "release")
    (drawn,) = (name for name in before if name.endswith("hidden.h5"))  # which is never committed, and drawn anew
    assert after.pop(drawn) != before.pop(drawn)
    assert after == before  # the secret seed, too
    first, second = (load(root / "data" / "references" / NAME / "hidden.h5") for root in (scaffold / "course", course))
    assert first.draw != second.draw
    cases = [{one.case.model_dump_json() for one in found.references[FUNCTION]} for found in (first, second)]
    assert not cases[0] & cases[1]


def test_a_translation_asks_for_the_same_exercises(course: Path) -> None:
    done = autograder("--course", course, "new", f"{NAME}-zh")
    assert done.returncode == 0, done.stderr
    assert set(files(course / "source" / f"{NAME}-zh")) == {f"{NAME}.ipynb"}
    done = autograder("--course", course, "build", f"{NAME}-zh", cwd=course)
    assert done.returncode == 0, done.stderr
    path = hand_in(course, "wei", wrong(course, "overflow"), f"{NAME}-zh")
    done = autograder("--course", course, "check", path, cwd=course)
    assert done.returncode == 1
    assert "分数很大时得到 nan" in done.stdout.replace("\n", "").replace("    ", "")


def test_a_learner_studies_it_alone(course: Path) -> None:
    desk = lay_out(Course(course), "en", NAME)
    assert desk.notebook == course / "study" / NAME / f"{NAME}.ipynb"
    assert desk.notebook.read_bytes() == (course / "release" / NAME / f"{NAME}.ipynb").read_bytes()
    assert find_course(desk.notebook.parent) == Course(course)
    with pytest.raises(CourseError, match="there is: my-week"):
        lay_out(Course(course), "en", "my-weak")


def test_release_and_public_references_are_all_that_a_student_needs(course: Path, tmp_path: Path) -> None:
    student = tmp_path / "student"
    shutil.copytree(course / "release", student / "release")
    public = Path("data", "references", NAME, "public.h5")
    (student / public).parent.mkdir(parents=True)
    shutil.copy(course / public, student / public)
    found = find_course(student / "release" / NAME)
    assert found == Course(student)
    exercises = set_with(found, [FUNCTION])
    assert exercises is not None
    assert [exercise.function for exercise in exercises.exercises] == [FUNCTION]


def test_doctor_looks_at_a_courses_own_references(course: Path) -> None:
    (course / "data" / "references" / NAME / "hidden.h5").chmod(0o644)
    done = autograder("--course", course, "doctor", cwd=course)
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert {words.split("  ")[0]: mark for mark, words in lines if NAME in words or "canary" in words} == {
        f"public, {NAME}": "ok",
        f"hidden, {NAME}": "BAD",
        "canary": "ok",
    }


# --- what is graded -----------------------------------------------------------------------------------------------


def test_a_class_is_graded_and_told_its_mistakes(course: Path) -> None:
    right = solutions(course)
    hand_in(course, "ada", right)
    hand_in(course, "bob", wrong(course, "sum over everything"))
    hand_in(course, "eve", {})
    # Somebody hands in definitions and references of their own, in which everything is right.
    easy = right[FUNCTION].replace("return powers", "return 0 * powers")
    cheat = hand_in(course, "mallory", {FUNCTION: easy}).parent
    for name in ("exercises.py", "mistakes.py"):
        shutil.copy(course / "source" / NAME / name, cheat)
    edit(cheat / "exercises.py", "10.0,", "1000.0,")
    shutil.copytree(course / "data", cheat / "data")
    done = autograder("--course", course, "grade", NAME, cwd=course)
    assert done.returncode == 0, done.stdout + done.stderr
    scores = {student: score for (student, _), score in points(course).items()}
    assert scores == {"ada": 10.0, "bob": 0.0, "eve": 0.0, "mallory": 0.0}
    page = (course / "feedback" / "bob" / NAME / f"{NAME}.html").read_text()
    assert "each row is to do so by itself" in page
    # nbgrader's own command grades alike.
    done = run("nbgrader", "autograde", NAME, "--force", "--student", "bob", cwd=course)
    assert done.returncode == 0, done.stderr


def test_check_names_the_mistake_on_hidden_cases_too(course: Path) -> None:
    path = hand_in(course, "bob", wrong(course, "temperature the wrong way round"))
    for options in ((), ("--hidden",)):
        done = autograder("--course", course, "check", path, "--json", *options, cwd=course)
        assert done.returncode == 1, done.stderr
        (exercise,) = json.loads(done.stdout)["exercises"]
        (finding,) = exercise["findings"]
        assert (exercise["points"], finding["setting"]) == (0.0, "temperature the wrong way round")
        assert "divide them by it" in finding["message"]


def test_definitions_changed_after_the_build_stop_grading(course: Path) -> None:
    hand_in(course, "ada", solutions(course))
    edit(course / "source" / NAME / "exercises.py", "10.0,", "9.0,")
    for command in (("grade", NAME), ("check", course / "release" / NAME / f"{NAME}.ipynb")):
        done = autograder("--course", course, *command)
        assert done.returncode == 2
        assert f"autograder build {NAME}" in done.stderr


# --- what a build refuses -----------------------------------------------------------------------------------------


def _empty_hint(folder: Path) -> None:
    edit(folder / "exercises.py", "What must the numbers of one row add up to, and along which axis do you add?", " ")


def _no_translation(folder: Path) -> None:
    shutil.copytree(folder, folder.with_name(f"{NAME}-zh"), ignore=shutil.ignore_patterns("*.py"))
    edit(folder / "mistakes.py", 'zh="分数乘了温度；应该除以温度。",', "")


def _no_python(folder: Path) -> None:
    (folder / "exercises.py").write_text("import autograder.exercises\nEXERCISES = (\n")


def _a_taken_name(folder: Path) -> None:
    """Another assignment of the course has an exercise of that name."""
    beyond = folder.with_name(BEYOND)
    shutil.copytree(ROOT / "source" / BEYOND, beyond)
    references = folder.parents[1] / "data" / "references" / BEYOND
    shutil.copytree(ROOT / "data" / "references" / BEYOND, references, ignore=shutil.ignore_patterns("hidden*"))
    edit(folder / "exercises.py", f'name="{FUNCTION}",', 'name="batch_norm_forward",')
    edit(folder / f"{NAME}.ipynb", f'"grade_id": "{FUNCTION}"', '"grade_id": "batch_norm_forward"')


def _no_solution_cell(folder: Path) -> None:
    edit(folder / f"{NAME}.ipynb", f'"grade_id": "{FUNCTION}"', '"grade_id": "softmax"')


def _no_such_kind(folder: Path) -> None:
    edit(folder / "exercises.py", 'kind="function"', 'kind="essay"')


def _settings(folder: Path) -> None:
    edit(folder / "exercises.py", 'kind="function",', 'kind="function", settings={"pass": 0.5},')


def _no_such_step(folder: Path) -> None:
    path = folder / "mistakes.py"
    path.write_text(path.read_text().replace('step="probabilities"', 'step="odds"', 1))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_empty_hint, ("exercises.py", FUNCTION, "3 hints")),
        (_no_translation, ("temperature the wrong way round", "'zh'")),
        (_no_python, ("exercises.py, line 2", "SyntaxError")),
        (_a_taken_name, ("batch_norm_forward", BEYOND)),
        (_no_solution_cell, (FUNCTION, "no notebook there has a solution cell")),
        (_no_such_kind, (FUNCTION, "no kind 'essay'", "block, model, function")),
        (_settings, (FUNCTION, '"function" has no `settings`')),
        (_no_such_step, ("sum over everything", "'odds'")),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(
    spoil: Callable[[Path], None], words: tuple[str, ...], tmp_path: Path
) -> None:
    root = begun(tmp_path / "course", NAME)
    spoil(root / "source" / NAME)
    done = autograder("--course", root, "build", NAME)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert all(word in done.stderr for word in words), done.stderr
    assert not list((root / "data").rglob("hidden*"))


def _not_caught(folder: Path) -> None:
    """Both public test cases and both hidden ones have scores that are small enough for it."""
    path = folder / "exercises.py"
    path.write_text(path.read_text().replace("1000.0", "1.5"))


def _another_finding(folder: Path) -> None:
    edit(
        folder / "mistakes.py", '(("/ temperature", "* temperature"),)', '(("/ temperature", "/ temperature + 0.5j"),)'
    )
    edit(folder / "mistakes.py", 'name="temperature the wrong way round",', 'name="temperature", error="ValueError",')


def _text_not_there(folder: Path) -> None:
    edit(folder / "mistakes.py", '"/ temperature"', '"/ heat"')


def _twins(folder: Path) -> None:
    path = folder / "mistakes.py"
    text = path.read_text()
    begin, end = text.index("    Mistake("), text.index("    Mistake(", text.index("    Mistake(") + 1)
    twin = text[begin:end].replace("sum over everything", "the very same")
    path.write_text(text[:begin] + twin + text[begin:])


def _failing_solution(folder: Path) -> None:
    edit(folder / f"{NAME}.ipynb", "powers / powers.sum(axis=-1, keepdims=True)", "powers / total")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_not_caught, ("mistake overflow", FUNCTION, "is not caught: it earns all 10 points")),
        (_another_finding, ("mistake temperature of", "is to raise ValueError")),
        (_text_not_there, ("temperature the wrong way round", "'/ heat' 0 times")),
        (_twins, ("the very same", "sum over everything", "the same values on all test cases")),
        (_failing_solution, (f"cell {FUNCTION}", "`total` is not defined")),
    ],
)
def test_what_is_not_proven_is_named_and_nothing_overwritten(
    spoil: Callable[[Path], None], words: tuple[str, ...], course: Path
) -> None:
    before = files(course / "data") | files(course / "release")
    spoil(course / "source" / NAME)
    done = autograder("--course", course, "build", NAME, cwd=course)
    assert done.returncode == 1, done.stdout + done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    assert files(course / "data") | files(course / "release") == before


def test_a_configuration_that_gives_the_definitions_away_is_noticed(course: Path) -> None:
    edit(course / "nbgrader_config.py", 'c.CourseDirectory.ignore.extend(["exercises.py", "mistakes.py"])', "")
    done = autograder("--course", course, "build", NAME, cwd=course)
    assert done.returncode == 1
    assert "c.CourseDirectory.ignore.extend" in done.stderr
    assert set(files(course / "release")) == {f"{NAME}/{NAME}.ipynb"}


# --- the second course --------------------------------------------------------------------------------------------


@pytest.mark.slow
@forked_kernels()
def test_the_second_course_builds_and_grades_in_both_languages(tmp_path: Path) -> None:
    root = begun(tmp_path / "course")
    for name in (BEYOND, f"{BEYOND}-zh"):
        shutil.copytree(ROOT / "source" / name, root / "source" / name)
    done = autograder("--course", root, "build", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "proving that 48 wrong answers are caught" in done.stdout
    for name in (BEYOND, f"{BEYOND}-zh"):
        assert released(root, name) == nbformat.read(ROOT / "release" / name / f"{BEYOND}.ipynb", as_version=4)
    made, committed = (load(place / "data" / "references" / BEYOND / "public.h5") for place in (root, ROOT))
    assert (made.source, made.solutions) == (committed.source, committed.solutions)

    right = solutions(root, BEYOND)
    hand_in(root, "ada", right, BEYOND)
    slips = wrong(root, "variance divided by N - 1", BEYOND)
    slips |= wrong(root, "the shortcut is taken after the first normalization", BEYOND)
    hand_in(root, "bob", slips, BEYOND)
    hand_in(root, "wei", slips, f"{BEYOND}-zh")
    done = autograder("--course", root, "grade", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {who: score for who, score in points(root).items() if score} == {
        ("ada", BEYOND): 40.0,
        ("bob", BEYOND): 13.5,
        ("wei", f"{BEYOND}-zh"): 13.5,
    }
    for student, name, words in (
        ("bob", BEYOND, ("divided by N - 1 (ddof=1)", "BatchNormalization (2a, main path)")),
        ("wei", f"{BEYOND}-zh", ("方差除以了 N - 1", "主路径 2a 步")),
    ):
        page = (root / "feedback" / student / name / f"{BEYOND}.html").read_text()
        assert all(word in page for word in words)
