"""The arguments of the `autograder` command. What each subcommand does with them is in `cli`."""

from __future__ import annotations

import argparse
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .base.messages import LANGUAGES, language_named
from .lesson.commands import Subparsers
from .lesson.commands import add_commands as add_lesson_commands

STATUS = (
    "Exit status: 0 done; 1 a check failed; 2 the call or its input was wrong, or a process at work was killed, and "
    "one sentence then says what to do; 130 after Ctrl-C."
)


def parser() -> argparse.ArgumentParser:
    """The whole command; docs/reference/cli.md is made from it."""
    parser = argparse.ArgumentParser(prog="autograder", description=__import__("autograder").__doc__, epilog=STATUS)
    parser.add_argument("--course", type=Path, help="the course's folder (default: the one you are in)")
    commands = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)

    _add_course_commands(commands)
    _add_class_commands(commands)
    _add_notebook_commands(commands)
    _add_further_commands(commands)
    return parser


def _add_course_commands(commands: Subparsers) -> None:
    """What an instructor does before a class is graded."""
    new = commands.add_parser("new", help="begin an assignment of your own, with an example exercise")
    new.add_argument("assignment", help="its name, such as my-week-1; my-week-1-zh is a translation of it")
    new.add_argument("--language", type=_language, metavar="{en,zh}", help="default: what the name ends in, else en")
    new.add_argument("--from", dest="solved", type=Path, metavar="NOTEBOOK", help="a solved notebook to begin from")

    build = commands.add_parser("build", help="make references and student versions from source/")
    build.add_argument("assignment", nargs="?", help="default: all of source/")
    build.add_argument("--seed", help="use this secret seed for the hidden test cases from now on")
    build.epilog = (
        "Exit status 1: a solution earns less than all its points or disagrees with the oracle, an untouched notebook "
        "earns any, a listed wrong answer is not caught, or official grading finds otherwise."
    )

    collect = commands.add_parser("collect", help="sort a learning platform's downloads into submitted/")
    collect.add_argument("downloads", type=Path, help="a folder or a zip: from Moodle, Canvas, Blackboard, or by hand")
    collect.add_argument("assignment", nargs="?", help="needed where the course has more than one")
    collect.add_argument("--new-students", action="store_true", help="take those, too, that the gradebook doesn't know")
    collect.add_argument("--roster", type=Path, metavar="FILE", help="Moodle's grading worksheet or Canvas's gradebook")
    collect.add_argument(
        "--timezone", type=_zone, metavar="ZONE", help="of the worksheet's times, as Europe/Berlin (default: yours)"
    )
    collect.epilog = "Exit status 1: something had to be left out."


def _add_class_commands(commands: Subparsers) -> None:
    """What an instructor does with a class."""
    grade = commands.add_parser("grade", help="autograde, feedback and grades.csv for a whole class")
    grade.add_argument("assignment", nargs="?", help="default: all that have submissions")
    where = grade.add_mutually_exclusive_group()
    where.add_argument(
        "-j", "--jobs", type=_number, metavar="N", help="work on N submissions at a time (default: the cores)"
    )
    where.add_argument(
        "--scheduler", metavar="ADDRESS", help="let this Dask scheduler's workers do it (see docs/guides/scaling.md)"
    )
    grade.add_argument("--preview", action="store_true", help="list the points that would change, and write none")
    grade.add_argument("--no-feedback", action="store_true", help="leave the feedback pages for another time")
    _add_unprotected(grade)
    grade.epilog = "Exit status 1: a submission could not be graded, or not in full, or a feedback page not be written."

    undo = commands.add_parser("undo", help="take back what the last `autograder grade` wrote")
    undo.add_argument("assignment", nargs="?", help="default: all of the last run")
    undo.epilog = "Exit status 2: there is no run to take back."

    _add_export(commands.add_parser("export", help="scores in a file that Canvas, Moodle or Gradescope reads"))

    back = commands.add_parser("return", help="feedback pages in a zip that Moodle or Canvas takes, or one a student")
    back.add_argument("assignment")
    back.add_argument("--for", dest="target", required=True, choices=("moodle", "canvas", "folder"))
    back.add_argument("--to", type=Path, metavar="PLACE", help="default: returned/ in the course's folder")
    back.add_argument("--preview", action="store_true", help="say who would get what, and write nothing")
    back.epilog = "Exit status 1: somebody gets no feedback, or an old one."

    why = commands.add_parser("explain", help="everything behind one score: test cases, findings, points, times")
    why.add_argument("student", help="the student's id")
    why.add_argument("exercise", help="the exercise, such as identity_block")
    why.add_argument("assignment", nargs="?", help="needed where several have an exercise of that name")
    _add_unprotected(why)
    why.epilog = "Exit status 1: judged anew, the exercise has other points than the gradebook."

    report = commands.add_parser("report", help="one page on the class: points, mistakes, what looks alike, odd runs")
    report.add_argument("assignment", nargs="?", help="default: all that have been graded, a page each")
    report.add_argument(
        "--to", type=Path, metavar="FILE", help="default: report-ASSIGNMENT.html in the course's folder"
    )


def _add_notebook_commands(commands: Subparsers) -> None:
    """What one does with a notebook of one's own."""
    check = commands.add_parser("check", help="try one notebook and say what is right and wrong")
    check.add_argument("notebook", type=Path)
    check.add_argument("--hidden", action="store_true", help="try the hidden test cases, too (instructors)")
    check.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    _add_unprotected(check)
    check.epilog = "Exit status 1: an exercise is not right."

    watch = commands.add_parser("watch", help="check a notebook of your own after every save, until Ctrl-C")
    watch.add_argument("notebook", type=Path)

    study = commands.add_parser("study", help="open your own copy of the student notebook in JupyterLab")
    study.add_argument("--language", type=_language, metavar="{en,zh}", help="default: that of your environment (LANG)")
    study.add_argument("--assignment", metavar="NAME", help="another one than the lesson, such as blocks-beyond")
    study.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    study.add_argument("arguments", nargs="*", metavar="-- ARGUMENT", help="passed on to JupyterLab")


def _add_further_commands(commands: Subparsers) -> None:
    """What helps around it."""
    package = commands.add_parser("package", help="zips to hand on: for students, for Gradescope, for GitHub")
    package.add_argument("assignment", nargs="?", help="whose autograder it is, for Gradescope")
    package.add_argument("--for", dest="target", choices=("students", "gradescope", "github"), default="students")
    package.add_argument("--language", type=_language, metavar="{en,zh}", help="default: one zip for each")
    package.add_argument("--to", type=Path, metavar="FOLDER", help="default: dist/ in the course's folder")
    package.add_argument(
        "--wheel", type=Path, metavar="FILE", help="the kit's wheel (default: built from the checkout)"
    )
    package.add_argument(
        "--visibility",
        choices=("after_due_date", "visible", "after_published", "hidden"),
        help="gradescope: when students see points and reports (default: after_due_date)",
    )

    formgrader = commands.add_parser("formgrader", help="open the course in JupyterLab with nbgrader's Formgrader")
    formgrader.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    formgrader.add_argument("arguments", nargs="*", metavar="-- ARGUMENT", help="passed on to JupyterLab")

    doctor = commands.add_parser("doctor", help="versions, what works on this machine, and what to do about the rest")
    doctor.add_argument("assignment", nargs="?", help="also: which of its test cells this kit can't run outside")
    doctor.epilog = (
        "Exit status 1: something that grading needs is missing, or a test cell can't be run outside the student's "
        "kernel."
    )

    add_lesson_commands(commands)

    commands.add_parser("demo", help="build the course, make a class of submissions and grade it, in demo/")


def _add_export(export: argparse.ArgumentParser) -> None:
    export.add_argument("assignment", nargs="?", help="default: all that have been graded")
    export.add_argument("--format", required=True, type=_format, metavar="{canvas,csv,gradescope,moodle}")
    export.add_argument("--to", type=Path, metavar="FILE", help="default: grades-FORMAT.csv in the course's folder")
    export.add_argument("--roster", type=Path, metavar="FILE", help="a class list from that system, to be filled in")
    export.add_argument("--incomplete", action="store_true", help="pass over students whom only one side knows")
    export.add_argument("--column", metavar="HEADING", help="canvas: the assignment's column, as 'Homework 3 (12345)'")
    export.add_argument("--identify", type=_identity, metavar="{email,idnumber,username}", help="moodle: default email")
    export.epilog = "Who has no score is named."


def _format(text: str) -> str:
    from .instructor.export.formats import FORMATS

    if text not in FORMATS:
        raise argparse.ArgumentTypeError(f"there is no format {text!r}; there is: {', '.join(sorted(FORMATS))}")
    return text


def _identity(text: str) -> str:
    from .instructor.export.moodle import IDENTITIES

    if text not in IDENTITIES:
        raise argparse.ArgumentTypeError(f"Moodle knows nobody by {text!r}, but by: {', '.join(sorted(IDENTITIES))}")
    return text


def _zone(text: str) -> tzinfo:
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise argparse.ArgumentTypeError(f"there is no time zone {text!r}; name one such as Europe/Berlin") from None


def _number(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 256")
    return int(text)


def _language(text: str) -> str:
    found = language_named(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"there is no notebook in {text!r}; there is: {', '.join(LANGUAGES)}")
    return found


def _add_unprotected(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--unprotected",
        action="store_true",
        help="go on where this machine can't give the sandbox, with what protection there is",
    )
