"""What `check`, `grade`, `hint` and `solution` do in a notebook, in the kernel that also holds the student's code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..base.course import find_course
from ..base.messages import Translate, notebook_language, translator
from ..evidence.collect import collect
from ..evidence.evidence import Evidence
from ..exercises import Exercise, TestCase
from ..kinds import Attempt, kind_of
from ..kinds.called import NOT_SHOWN, CheckError, exercise_called, hints_are_used_up, next_hint
from ..references.references import ReferencesError
from ..references.sets import ExerciseSet
from ..report import Report
from .progress import EMPTY, lines, notebooks
from .runs import doubts_about
from .solution import solution_of, written_answer


def check(function: Callable[..., Any]) -> Report:
    """See `autograder.check`."""
    _, report = _reported(function, "check")
    if not _official():  # the report of grade() follows and says it all
        _show(report)
    return report


def grade(function: Callable[..., Any]) -> float:
    """See `autograder.grade`."""
    _, report = _reported(function, "grade")
    _show(report)
    return report.points


def hint(function: Callable[..., Any]) -> None:
    """See `autograder.hint`."""
    exercise, report = _reported(function, "hint")
    language = notebook_language()
    print(next_hint(exercise, report, language))
    if hints_are_used_up(exercise) and not report.passed and _solution_here(exercise, language):
        _ = translator(language)
        print(
            _(
                "Learning on your own? `from autograder import solution`, then `solution({function})` shows the answer."
            ).format(function=exercise.function)
        )


def _solution_here(exercise: Exercise, language: str) -> str | None:
    graded = _official() or "AUTOGRADER_SANDBOX" in os.environ
    return None if graded else solution_of(find_course(), exercise, language)


def solution(function: Callable[..., Any] | str) -> None:
    """See `autograder.solution`. The cell's output bears a mark, for the instructor, that a solution was shown."""
    language = notebook_language()
    _ = translator(language)
    if _official() or "AUTOGRADER_SANDBOX" in os.environ:
        print(_(NOT_SHOWN))
        return
    course = find_course()
    if isinstance(function, str):
        _show_written(function, written_answer(course, function, language), language)
        return
    try:
        exercise, _exercises = exercise_called(function, "solution", course, language)
    except ReferencesError as error:
        raise _unusable(error) from None
    text = solution_of(course, exercise, language)
    if text is None:
        raise CheckError(
            _("The solution of {function} is not here: your course keeps it. hint({function}) helps on.").format(
                function=exercise.function
            )
        )
    if not hints_are_used_up(exercise):
        raise CheckError(
            _(
                "First ask for hints: hint({function}) gives three for each step, and the third is nearly the answer."
            ).format(function=exercise.function)
        )
    _show_solution(
        exercise,
        text,
        _("The course's own solution of {function}, shown because you asked for it:").format(
            function=exercise.function
        ),
    )


def _show_written(name: str, text: str | None, language: str) -> None:
    """The model answer to a question that is answered in words; raises CheckError where there is none to show."""
    _ = translator(language)
    if text is None:
        raise CheckError(_("There is no model answer to {name} here: your course keeps it.").format(name=name))
    if not _written(name):
        raise CheckError(_("First write an answer of your own to {name}, and save the notebook.").format(name=name))
    _show_marked(name, _("The course's own answer, shown because you asked for it:") + f"\n\n{text}")


def _written(name: str) -> bool:
    """Whether one of the notebooks in this folder holds an answer to the question."""
    nodes = [node for _path, node in notebooks(sorted(Path.cwd().glob("*.ipynb")))]
    cells = [cell for node in nodes for cell in node.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name]
    return any(EMPTY not in cell.source for cell in cells)


def progress() -> None:
    """See `autograder.progress`."""
    print("\n".join(lines(Path.cwd())))


def _reported(function: Callable[..., Any], caller: str) -> tuple[Exercise, Report]:
    language = notebook_language()
    try:
        exercise, exercises = exercise_called(function, caller, find_course(), language)
        attempt = _attempt(function, exercise, exercises, caller == "grade", language)
        report = kind_of(exercise).report(attempt)
        return exercise, replace(report, notes=(*_doubts(function, exercise, exercises, language), *report.notes))
    except ReferencesError as error:
        raise _unusable(error) from None


def _doubts(function: Callable[..., Any], exercise: Exercise, exercises: ExerciseSet, language: str) -> tuple[str, ...]:
    """Why the function, or a block that it calls, may not be what its cell says now."""
    shell = _shell()
    if shell is None or _official():
        return ()
    here, called = vars(sys.modules["__main__"]), {block.function for block in exercise.blocks}
    blocks = {one.name: here.get(one.function) for one in exercises.exercises if one.function in called}
    judged, _ = {exercise.name: function, **blocks}.items(), translator(language)
    doubts = (doubt for name, one in judged for doubt in doubts_about(one, name, shell, _))
    return (*doubts, *_policy(_))


def _policy(_: Translate) -> Iterator[str]:
    """What the notebook has set for speed, which changes no verdict."""
    keras = sys.modules.get("keras")
    policy = str(keras.config.dtype_policy().name) if keras else "float32"
    if policy != "float32":
        yield _(
            "This notebook computes by the policy {policy}. That is fine: for the check your function was run in "
            "float32."
        ).format(policy=policy)


def _attempt(
    function: Callable[..., Any], exercise: Exercise, exercises: ExerciseSet, graded: bool, language: str
) -> Attempt:
    def collected(exercise: Exercise, cases: Sequence[TestCase], of_blocks: bool = False) -> list[Evidence]:
        alone = kind_of(exercise).graph_alone
        return [collect(function, exercise, case, graph_alone=alone, of_blocks=of_blocks) for case in cases]

    def earlier() -> Iterator[Attempt]:
        here = vars(sys.modules["__main__"])
        for one in exercises.before(exercise):
            if callable(here.get(one.function)):
                yield _attempt(here[one.function], one, exercises, graded, language)

    return Attempt(
        exercise,
        exercises,
        collected,
        graded,
        _official(),
        Path.cwd(),
        language,
        earlier=lambda: tuple(earlier()),
    )


def _official() -> bool:
    """Whether this kernel runs a notebook for nbgrader's own executor."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde" and "AUTOGRADER_SANDBOX" not in os.environ


def _show(report: Report) -> None:
    if _shell() is None:
        print(report)
        return
    _display(report)


def _unusable(error: Exception) -> CheckError:
    """What a student reads where the references can't be used; the reason is meant for the instructor, in English."""
    _ = translator(notebook_language())
    return CheckError(
        _(
            "The values that your answer is compared with can't be used. This is not your mistake; if you are taking "
            "a course, please tell your instructor: {reason}"
        ).format(reason=error)
    )


def _show_solution(exercise: Exercise, text: str, heading: str) -> None:
    _show_marked(exercise.name, f"{heading}\n\n```python\n{text}\n```")


def _show_marked(name: str, text: str) -> None:
    if _shell() is None:
        print(text)
        return
    from IPython.display import display

    display(  # type: ignore[no-untyped-call]
        {"text/markdown": text, "text/plain": text}, raw=True, metadata={"autograder": {"solution_shown": name}}
    )


_shown: tuple[Report, int] | None = None
"""The report shown last, and the number of the cell that did it."""


def _display(report: Report) -> None:
    from IPython.display import display

    shell = _shell()
    shell.display_formatter.ipython_display_formatter.for_type(Report, _show_once)
    display(report)  # type: ignore[no-untyped-call]


def _show_once(report: Report) -> None:
    """Show a report, unless the same cell has shown it: `check(...)` as a cell's last line is echoed by IPython."""
    global _shown
    from IPython.display import display

    cell = int(_shell().execution_count)
    if _shown is not None and _shown[0] is report and _shown[1] == cell:
        return
    _shown = (report, cell)
    display(  # type: ignore[no-untyped-call]
        {"text/html": report._repr_html_(), "text/plain": str(report)},
        raw=True,
        metadata={"autograder": {"points": float(report.points), "max_points": float(report.max_points)}},
    )


def _shell() -> Any:
    interactive = sys.modules.get("IPython")
    return interactive.get_ipython() if interactive else None
