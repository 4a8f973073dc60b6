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

from .arguments import parser
from .base.course import STUDENTS_FOLDERS, Course, CourseError, find_course
from .base.errors import UserError
from .base.garbage import without_collector
from .base.messages import LANGUAGES, reader_language
from .base.missing import missing, refuse_another_copy
from .base.plain import plain_output
from .lesson.commands import show_signs

DONE, FAILED, WRONG = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0: done, 1: a check failed, 2: the call or its input was wrong."""
    atexit.register(gc.freeze)  # else the interpreter's end looks through all that was imported, a third of a second
    with plain_output():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    extra = "instructor"
    try:
        options = parser().parse_args(arguments)
        refuse_another_copy()
        if options.command in ("watch", "study") or (options.command == "check" and not options.hidden):
            extra = "lab"
        return COMMANDS[options.command](options)
    except KeyboardInterrupt:
        print("autograder: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return DONE
    except UserError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return WRONG
    except Exception as error:
        if sentence := missing(error, extra):
            print(f"autograder: {sentence}", file=sys.stderr)
            return WRONG
        traceback.print_exc()  # an error of the kit's own, told in full; but a student's words may stand in it
        return FAILED


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
    for path in new_assignment(_course(options), options.assignment, language, options.solved):
        print(f"made {path}")
    print(f"It builds as it is: `autograder build {options.assignment}`. What to change: docs/guides/authoring.md.")
    return DONE


def _build(options: argparse.Namespace) -> int:
    from .doctor import examine_assignment
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
    for name in built.assignments:
        examine_assignment(course, name, troubles_alone=True)
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
    done = collect(
        course, options.downloads, assignment, options.new_students, roster=options.roster, zone=options.timezone
    )
    return DONE if done else FAILED


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


def _explain(options: argparse.Namespace) -> int:
    from .instructor.explain.explain import explain

    course = _course(options)
    wanted = course.require(options.assignment) if options.assignment else None
    same = explain(course, options.student, options.exercise, wanted, options.unprotected)
    return DONE if same else FAILED


def _return(options: argparse.Namespace) -> int:
    from .instructor.hand_back.hand_back import hand_back

    course = _course(options)
    assignment = course.require(options.assignment)
    return DONE if hand_back(course, assignment, options.target, options.to, options.preview) else FAILED


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
    folder = options.to or course.root / "dist"
    if options.target != "gradescope" and (options.assignment or options.visibility):
        raise CourseError(
            "An assignment and --visibility go with --for gradescope; the other zips hold all that is released."
        )
    if options.target == "gradescope":
        from .instructor.package.gradescope import gradescope

        if not options.assignment:
            raise CourseError(f"Say which assignment it is: {' or '.join(course.assignments())}.")
        assignment = course.require(options.assignment)
        made = [gradescope(course, assignment, folder, options.wheel, options.visibility or "after_due_date")]
    else:
        made = package_all(course, folder, options.language, options.wheel, github=options.target == "github")
    for path in made:
        print(f"{path} ({path.stat().st_size / 2**20:.1f} MB)")
    return DONE


def _formgrader(options: argparse.Namespace) -> int:
    from .instructor.formgrader import formgrader

    formgrader(_course(options), browser=not options.no_browser, arguments=options.arguments)
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    from .doctor import examine, examine_assignment

    well = examine(_course(options))
    if options.assignment:
        well = examine_assignment(_course(options), options.assignment) and well
    return DONE if well else FAILED


def _demo(options: argparse.Namespace) -> int:
    from .instructor.demo import demo

    return DONE if demo(_course(options)) else FAILED


def _signs(options: argparse.Namespace) -> int:
    show_signs(options, _course(options))
    return DONE


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "build": _build,
    "check": _check,
    "collect": _collect,
    "demo": _demo,
    "doctor": _doctor,
    "explain": _explain,
    "export": _export,
    "formgrader": _formgrader,
    "grade": _grade,
    "new": _new,
    "package": _package,
    "report": _report,
    "return": _return,
    "signs": _signs,
    "study": _study,
    "undo": _undo,
    "watch": _watch,
}

if __name__ == "__main__":
    raise SystemExit(main())
