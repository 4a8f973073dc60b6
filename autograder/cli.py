"""The `autograder` command. Each subcommand is a call of one function elsewhere."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from .base.course import STUDENTS_FOLDERS, Course, CourseError, find_course
from .base.errors import UserError
from .base.garbage import without_collector
from .base.messages import LANGUAGES, language_named, reader_language
from .base.plain import plain_output
from .lesson.commands import Subparsers
from .lesson.commands import add_commands as add_lesson_commands

DONE, FAILED, WRONG = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0: done, 1: a check failed, 2: the call or its input was wrong."""
    atexit.register(gc.freeze)  # else the interpreter's end looks through all that was imported, a third of a second
    with plain_output():
        return _run(_parser().parse_args(arguments))


def _run(options: argparse.Namespace) -> int:
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except KeyboardInterrupt:
        print("autograder: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return DONE
    except UserError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return WRONG
    except Exception:  # an error of the kit's own, told in full; but a student's words may stand in it
        traceback.print_exc()
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autograder", description=__import__("autograder").__doc__)
    parser.add_argument("--course", type=Path, help="the course's folder (default: the one you are in)")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

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
    new.set_defaults(command=_new)

    build = commands.add_parser("build", help="make references and student versions from source/")
    build.add_argument("assignment", nargs="?", help="default: all of source/")
    build.add_argument("--seed", help="use this secret seed for the hidden test cases from now on")
    build.set_defaults(command=_build)

    collect = commands.add_parser("collect", help="sort a learning platform's downloads into submitted/")
    collect.add_argument("downloads", type=Path, help="a folder or a zip: from Moodle, Canvas, Blackboard, or by hand")
    collect.add_argument("assignment", nargs="?", help="needed where the course has more than one")
    collect.add_argument("--new-students", action="store_true", help="take those, too, that the gradebook doesn't know")
    collect.set_defaults(command=_collect)


def _add_class_commands(commands: Subparsers) -> None:
    """What an instructor does with a class."""
    grade = commands.add_parser("grade", help="autograde, feedback and grades.csv for a whole class")
    grade.add_argument("assignment", nargs="?", help="default: all that have submissions")
    where = grade.add_mutually_exclusive_group()
    where.add_argument(
        "-j", "--jobs", type=_number, metavar="N", help="work on N submissions at a time (default: the cores)"
    )
    where.add_argument(
        "--scheduler", metavar="ADDRESS", help="let the workers of this Dask scheduler do it (see docs/scaling.md)"
    )
    grade.add_argument("--preview", action="store_true", help="list the points that would change, and write none")
    grade.add_argument("--no-feedback", action="store_true", help="leave the feedback pages for another time")
    _add_unprotected(grade)
    grade.set_defaults(command=_grade)

    undo = commands.add_parser("undo", help="take back what the last `autograder grade` wrote")
    undo.add_argument("assignment", nargs="?", help="default: all of the last run")
    undo.set_defaults(command=_undo)

    _add_export(commands.add_parser("export", help="scores in a file that Canvas, Moodle or Gradescope reads"))

    report = commands.add_parser("report", help="one page on the class: points, mistakes, what looks alike, odd runs")
    report.add_argument("assignment", nargs="?", help="default: all that have been graded, a page each")
    report.add_argument(
        "--to", type=Path, metavar="FILE", help="default: report-ASSIGNMENT.html in the course's folder"
    )
    report.set_defaults(command=_report)


def _add_notebook_commands(commands: Subparsers) -> None:
    """What one does with a notebook of one's own."""
    check = commands.add_parser("check", help="try one notebook and say what is right and wrong")
    check.add_argument("notebook", type=Path)
    check.add_argument("--hidden", action="store_true", help="try the hidden test cases, too (instructors)")
    check.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    _add_unprotected(check)
    check.set_defaults(command=_check)

    watch = commands.add_parser("watch", help="check a notebook of your own after every save, until Ctrl-C")
    watch.add_argument("notebook", type=Path)
    watch.set_defaults(command=_watch)

    study = commands.add_parser("study", help="open your own copy of the student notebook in JupyterLab")
    study.add_argument("--language", type=_language, metavar="{en,zh}", help="default: that of your environment (LANG)")
    study.add_argument("--assignment", metavar="NAME", help="another one than the lesson, such as blocks-beyond")
    study.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    study.add_argument("arguments", nargs="*", metavar="-- ARGUMENT", help="passed on to JupyterLab")
    study.set_defaults(command=_study)


def _add_further_commands(commands: Subparsers) -> None:
    """What helps around it."""
    package = commands.add_parser("package", help="a zip for each language, with all that a student needs")
    package.add_argument("--language", type=_language, metavar="{en,zh}", help="default: one zip for each")
    package.add_argument("--to", type=Path, metavar="FOLDER", help="default: dist/ in the course's folder")
    package.add_argument(
        "--wheel", type=Path, metavar="FILE", help="the kit's wheel (default: built from the checkout)"
    )
    package.set_defaults(command=_package)

    formgrader = commands.add_parser("formgrader", help="open the course in JupyterLab with nbgrader's Formgrader")
    formgrader.add_argument("--no-browser", action="store_true", help="print the address instead of opening it")
    formgrader.add_argument("arguments", nargs="*", metavar="-- ARGUMENT", help="passed on to JupyterLab")
    formgrader.set_defaults(command=_formgrader)

    doctor = commands.add_parser("doctor", help="versions, what works on this machine, and what to do about the rest")
    doctor.set_defaults(command=_doctor)

    add_lesson_commands(commands, _course)

    demo = commands.add_parser("demo", help="build the course, make a class of submissions and grade it, in demo/")
    demo.set_defaults(command=_demo)


def _add_export(export: argparse.ArgumentParser) -> None:
    export.add_argument("assignment", nargs="?", help="default: all that have been graded")
    export.add_argument("--format", required=True, type=_format, metavar="{canvas,csv,gradescope,moodle}")
    export.add_argument("--to", type=Path, metavar="FILE", help="default: grades-FORMAT.csv in the course's folder")
    export.add_argument("--roster", type=Path, metavar="FILE", help="a class list from that system, to be filled in")
    export.add_argument("--incomplete", action="store_true", help="pass over students whom only one side knows")
    export.add_argument("--column", metavar="HEADING", help="canvas: the assignment's column, as 'Homework 3 (12345)'")
    export.add_argument("--identify", type=_identity, metavar="{email,idnumber,username}", help="moodle: default email")
    export.set_defaults(command=_export)


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


def _course(options: argparse.Namespace) -> Course:
    if options.course is not None:
        if not options.course.is_dir():
            raise CourseError(f"There is no folder {options.course}.")
        return Course(options.course.resolve())
    course, here = find_course(), Path.cwd().resolve()
    if any(part in STUDENTS_FOLDERS for part in here.parts):
        print(f"The course is {course.root}: nothing that was handed in is taken for one.", file=sys.stderr)
    return course


def _new(options: argparse.Namespace) -> int:
    from .instructor.build.new import new_assignment

    ending = options.assignment.rpartition("-")[2]
    language = options.language or (ending if ending in LANGUAGES else "en")
    for path in new_assignment(_course(options), options.assignment, language):
        print(f"made {path}")
    print(f"It builds as it is: `autograder build {options.assignment}`. What to change: docs/authoring.md.")
    return DONE


def _build(options: argparse.Namespace) -> int:
    from .instructor.build.build import build
    from .instructor.build.solutions import BuildError
    from .nbgrader.calls import NbgraderError

    course = _course(options)
    wanted = (course.require(options.assignment),) if options.assignment else course.assignments()
    if not wanted:
        raise CourseError(f"There is no notebook in {course.source}.")
    try:
        built = build(course, wanted, options.seed, progress=lambda line: print(line, flush=True))
    except (BuildError, NbgraderError) as error:
        print(f"autograder: {error}", file=sys.stderr)
        return FAILED
    gap = built.furthest_from_oracle
    print(
        f"Built {', '.join(built.assignments)}: {built.cases} test cases, solutions earn all, "
        "untouched notebooks earn 0" + (f", TensorFlow and the oracle within {gap:.1e}." if gap else ".")
    )
    return DONE


def _check(options: argparse.Namespace) -> int:
    from .report import render_text
    from .student.check import check_notebook, to_record

    course = _course(options)
    result = check_notebook(options.notebook, course, hidden=options.hidden, unprotected=options.unprotected)
    if options.json:
        print(to_record(result).model_dump_json(indent=2))
        return DONE if result.passed else FAILED
    for doubt in result.notebook.doubts:
        print(doubt)
    for report in result.reports:
        print(render_text(report), end="\n\n")
    if options.hidden:
        print(f"Protection: {result.protection}")
        print(f"Judged by the course in {course.root}.")
    return DONE if result.passed else FAILED


def _watch(options: argparse.Namespace) -> int:
    from .student.watch import watch

    watch(options.notebook, _course(options))
    return DONE


def _study(options: argparse.Namespace) -> int:
    from .student.study import language_here, study

    course = _course(options)
    language = options.language or language_here(course, reader_language(os.environ))
    study(course, language, not options.no_browser, options.arguments, options.assignment)
    return DONE


def _collect(options: argparse.Namespace) -> int:
    from .instructor.collect.collect import collect

    course = _course(options)
    known = course.assignments()
    if options.assignment is None and len(known) != 1:
        raise CourseError(f"Say which assignment this is, after the folder: {' or '.join(known) or 'none yet'}.")
    assignment = course.require(options.assignment or known[0])
    return DONE if collect(course, options.downloads, assignment, options.new_students) else FAILED


def _grade(options: argparse.Namespace) -> int:
    with without_collector():
        from .instructor.grade.warm_start import early_fork_server

    course = _course(options)
    wanted = (course.require(options.assignment),) if options.assignment else course.assignments()
    with early_fork_server(course, () if options.scheduler else wanted, options.unprotected):
        # These imports take seconds, in which the fork server imports TensorFlow.
        with without_collector():
            from .instructor.grade.grade import grade_class
            from .instructor.grade.preview import preview_class

        if options.preview:
            tried = preview_class(
                course, wanted, unprotected=options.unprotected, workers=options.jobs, scheduler=options.scheduler
            )
            return DONE if tried else FAILED
        graded = grade_class(
            course,
            wanted,
            unprotected=options.unprotected,
            workers=options.jobs,
            scheduler=options.scheduler,
            feedback=not options.no_feedback,
        )
    return DONE if graded else FAILED


def _undo(options: argparse.Namespace) -> int:
    from .instructor.grade.undo import undo

    undo(_course(options), options.assignment)
    return DONE


def _report(options: argparse.Namespace) -> int:
    from .instructor.overview import overviews

    course = _course(options)
    wanted = course.require(options.assignment) if options.assignment else None
    for path in overviews(course, wanted, options.to):
        print(path)
    return DONE


def _export(options: argparse.Namespace) -> int:
    from .instructor.export.formats import export

    written, notes = export(
        _course(options),
        options.format,
        options.assignment,
        to=options.to,
        roster=options.roster,
        incomplete=options.incomplete,
        column=options.column,
        identify=options.identify,
    )
    print("\n".join((*notes, f"Wrote {written}.")))
    return DONE


def _package(options: argparse.Namespace) -> int:
    from .instructor.package.package import package_all

    course = _course(options)
    for path in package_all(course, options.to or course.root / "dist", options.language, options.wheel):
        print(f"{path} ({path.stat().st_size / 2**20:.1f} MB)")
    return DONE


def _formgrader(options: argparse.Namespace) -> int:
    from .instructor.formgrader import formgrader

    formgrader(_course(options), browser=not options.no_browser, arguments=options.arguments)
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    from .doctor import examine

    return DONE if examine(_course(options)) else FAILED


def _demo(options: argparse.Namespace) -> int:
    from .instructor.demo import demo

    return DONE if demo(_course(options)) else FAILED


if __name__ == "__main__":
    raise SystemExit(main())
