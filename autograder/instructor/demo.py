"""`autograder demo`: a made-up class, built and graded for real, in a folder of its own."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import nbformat
from nbformat import NotebookNode

from ..base.course import Course, CourseError
from ..base.notebooks import grade_id, read_node
from ..execution.record import cell_record
from ..lesson.images.hidden import forget_solution
from ..lesson.training.building import hidden_images, solution_weights
from ..lesson.training.demands import WEIGHTS_FILE
from ..references.sets import ExerciseSet
from ..report.console import PlainConsole
from .build.build import build
from .grade.grade import grade_class

Edits = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Student:
    """A made-up student: what in the reference solution they wrote differently, by exercise.

    `untouched` leaves the cells as they were given. `weights` says whether they hand in their trained network's.
    """

    name: str
    story: str
    assignment: str = "resnet"
    edits: Mapping[str, Edits] = field(default_factory=dict)
    everywhere: Edits = ()
    untouched: tuple[str, ...] = ()
    weights: bool = True


EXERCISE_CELLS = ("identity_block", "convolutional_block", "resnet50")

CLASS = (
    Student("ada", "as in the instructor's notebook"),
    Student(
        "grace",
        "right, spelt with ReLU() and +",
        everywhere=(
            ('Activation("relu")(X)', "ReLU()(X)"),
            ("Add()([X, X_shortcut])", "X + X_shortcut"),
            ("strides=(1, 1), ", ""),
        ),
    ),
    Student(
        "katherine",
        "right, spelt with layers.add, keras.ops and bare numbers",
        everywhere=(
            ("Add()([X, X_shortcut])", "layers.add([X_shortcut, X])"),
            ('Activation("relu")(X)', "keras.ops.relu(X)"),
            ("(1, 1)", "1"),
            ("axis=3, ", ""),
        ),
    ),
    Student(
        "alan",
        "step 2b without padding",
        edits={"identity_block": (('padding="same"', 'padding="valid"'),)},
    ),
    Student(
        "edsger",
        "a ReLU after 2c, none after the addition",
        edits={
            "identity_block": (
                ('name=bn_name_base + "2c")(X)', 'name=bn_name_base + "2c")(X)\n    X = Activation("relu")(X)'),
                ('    X = Add()([X, X_shortcut])\n    X = Activation("relu")(X)', "    X = Add()([X, X_shortcut])"),
            )
        },
    ),
    Student("barbara", "adds the main path to itself", edits={"identity_block": (("[X, X_shortcut]", "[X, X]"),)}),
    Student(
        "frances",
        "no batch normalization on the shortcut, and the weights forgotten",
        weights=False,
        # A whole line of the solution stands nowhere in the package, which students install.
        edits={"convolutional_block": (("X_shortcut = BatchNormalization(", "unused = BatchNormalization("),)},
    ),
    Student("john", "stage 5 with 256 filters", edits={"resnet50": (("[512, 512, 2048]", "[256, 256, 2048]"),)}),
    Student("margaret", "one block short in stage 4", edits={"resnet50": (('"bcdef"', '"bcde"'),)}),
    Student("ken", "handed in untouched", untouched=EXERCISE_CELLS),
    Student(
        "mallory",
        "a block that adds nothing, and a cheat: grade() replaced by one that gives all points",
        edits={
            "identity_block": (
                ("Add()([X, X_shortcut])", "X"),
                ("    return X\n", "    return X\n\n\ngrade = lambda function: 10.0\n"),
            )
        },
    ),
    Student(
        "dennis",
        "a cell with a syntax error",
        edits={"convolutional_block": (("F1, F2, F3 = filters", "F1, F2, F3 = filters)"),)},
    ),
    Student("wei", "对：和教师版一样", assignment="resnet-zh"),
    Student(
        "li",
        "初始化没有种子",
        assignment="resnet-zh",
        edits={"identity_block": (("glorot_uniform(seed=0)", "glorot_uniform()"),)},
    ),
    Student(
        "chen",
        "对符号张量用了 tf.nn.relu",
        assignment="resnet-zh",
        edits={"convolutional_block": (('Activation("relu")(X)', "tf.nn.relu(X)"),)},
        untouched=("resnet50",),
    ),
    Student(
        "zhang",
        "没有 softmax",
        assignment="resnet-zh",
        edits={"resnet50": (('activation="softmax", ', ""),)},
    ),
)


SHOWN, CHEAT, TESTED = "alan", "mallory", "test_identity_block"
"""Whose report the demo shows, who tries to forge a grade, and the test cell of both."""


def demo(course: Course) -> bool:
    """Build the course in demo/, make the class, grade it, show what is special. True where all went as it should."""
    console = PlainConsole()
    begun = time.monotonic()
    there = Course(course.root / "demo")
    if not course.source.is_dir():
        raise CourseError(f"There is no source/ in {course.root}: run this in the course's folder.")
    shutil.rmtree(there.root, ignore_errors=True)
    there.root.mkdir()
    for name in sorted({student.assignment for student in CLASS}):
        leave = shutil.ignore_patterns(".ipynb_checkpoints")
        shutil.copytree(course.source / name, there.source / name, ignore=leave)
    shutil.copy(course.nbgrader_config, there.root)
    console.rule("building the course", align="left")
    build(there, there.assignments(), seed=None, progress=console.print)
    forget_solution(hidden_images(ExerciseSet(there, "resnet")))  # the made-up students hand in that very network
    console.rule(f"a class of {len(CLASS)}", align="left")
    for student in CLASS:
        hand_in(there, student)
        console.print(f"{student.name:<10} {student.assignment:<10} {student.story}")
    console.rule("grading", align="left")
    first, *translations = there.assignments()
    graded = grade_class(there, [first], console)
    _show_what_is_special(there, console)
    console.rule("grading the translation", align="left")
    graded = grade_class(there, translations, console) and graded
    console.rule("what next", align="left")
    console.print("as a student      make study")
    console.print("as an instructor  .venv/bin/autograder --course demo grade resnet --preview")
    console.print("to read           make docs")
    console.print(f"({time.monotonic() - begun:.0f} s. Pages to look at: demo/feedback/{SHOWN}/resnet/resnet.html)")
    return graded and points_of(there, CHEAT) < 10


def _show_what_is_special(course: Course, console: PlainConsole) -> None:
    """A mistake that is named, and a forged grade that is none."""
    console.rule(f"the report that {SHOWN} gets", align="left")
    console.print(report_on(course, SHOWN).partition("\n  * ")[0], markup=False, highlight=False, soft_wrap=True)
    console.rule("an attack that failed", align="left")
    said = (
        f"{CHEAT} left out the addition, and wrote `grade = lambda function: 10.0` below it. Where tests run in the",
        "notebook's own kernel, that is 10 of 10 points. Here a sandbox runs it, and the points come from outside:\n",
        report_on(course, CHEAT).partition("\n\n")[0],
    )
    console.print(*said, sep="\n", markup=False, highlight=False, soft_wrap=True)


def report_on(course: Course, student: str) -> str:
    """The report on the student's identity block as text, from the notebook as it was graded."""
    shown: str = next(one.data["text/plain"] for one in _tested(course, student).outputs if "data" in one)
    return shown


def points_of(course: Course, student: str) -> float:
    """The points of the student's identity block; 0 where there is no score."""
    record = cell_record(_tested(course, student))
    return (record.score if record else None) or 0.0


def _tested(course: Course, student: str) -> NotebookNode:
    node = read_node(course.autograded / student / "resnet" / "resnet.ipynb")
    (cell,) = (cell for cell in node.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == TESTED)
    return cast("NotebookNode", cell)


def hand_in(course: Course, student: Student) -> None:
    """Put the student's notebooks where nbgrader looks for them, and the weights of a trained network beside them."""
    folder = course.submitted / student.name / student.assignment
    folder.mkdir(parents=True)
    for path in sorted((course.source / student.assignment).glob("*.ipynb")):
        solutions = {name: cell.source for cell in read_node(path).cells if (name := grade_id(cell))}
        node = read_node(course.release / student.assignment / path.name)
        for cell in node.cells:
            name = grade_id(cell)
            if name in EXERCISE_CELLS and name not in student.untouched:
                cell.source = _written(student, name, solutions[name])
            elif name in solutions and name not in EXERCISE_CELLS and student.untouched != EXERCISE_CELLS:
                cell.source = _without_marks(solutions[name])
        _write(node, folder / path.name)
        if "train_signs" in solutions and student.weights and student.untouched != EXERCISE_CELLS:
            shutil.copyfile(solution_weights(ExerciseSet(course, "resnet")), folder / WEIGHTS_FILE)


def _without_marks(solution: str) -> str:
    return "\n".join(line for line in solution.splitlines() if "### " not in line) + "\n"


def _written(student: Student, exercise: str, solution: str) -> str:
    text = _without_marks(solution)
    for old, new in (*student.everywhere, *student.edits.get(exercise, ())):
        if old not in text and (old, new) not in student.everywhere:
            raise CourseError(f"The demo's {student.name} wants to change {old!r}, which {exercise} does not hold.")
        text = text.replace(old, new)
    return text


def _write(node: NotebookNode, path: object) -> None:
    nbformat.write(node, path)  # type: ignore[no-untyped-call]
