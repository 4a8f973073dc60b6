"""Why something that the code makes is not in the result, and where an error comes from, in words."""

from __future__ import annotations

from collections.abc import Iterator

from ..base.messages import N_, Translate
from ..diagnosis import CaseVerdict, Finding
from ..diagnosis.finding import COMPONENT, Cause
from ..evidence.evidence import StudentError
from ..evidence.student_code import ELSEWHERE, INPUT, StudentCode
from ..exercises import Exercise
from .first_line import describe_first_line, notes_on_first_line

_ALONE = {
    "dropped": N_(
        "line {line} makes {what}, but nothing is done with the result: assign it to a variable, and go on with it."
    ),
    "unused": N_("line {line} makes {what}, but the result is not used after that."),
}
"""Where the finding is about the last thing that is lost."""
_CHAIN = {
    "dropped": N_(
        "what is made up to line {line} leads nowhere: nothing is done with the result of that line. Assign it to a "
        "variable, and go on with it."
    ),
    "unused": N_("what is made up to line {line} is not used after that."),
    "each round": N_(
        "line {line} gives {variable} another value in each round of its loop, and only the last one is used. So this "
        "is lost: {what}. Let each round go on with what the one before it has made."
    ),
    "side by side": N_(
        "line {line} makes several of these from one and the same tensor, and only one of them is used. So this is "
        "lost: {what}. Let each go on with what the one before it has made."
    ),
    "overwritten": N_("line {by} gives {variable} another value; what was made up to line {line} is lost."),
    "not returned": N_("the result is what line {by} made; what is made up to line {line} is not used."),
}


def describe_cause(finding: Finding, cause: Cause, _: Translate) -> str:
    """Why what the finding says is missing was made all the same."""
    if cause.kind == "input returned":
        if finding.step == "head":
            return _("the output is the input: no layer lies between the two. Which variable is given as outputs?")
        return _("the output is the input: no layer lies between the two. Which variable is returned?")
    what = finding.layer
    if finding.block and finding.expected:
        letters = str(finding.expected).split(", ")
        sentence = N_("the block {letter} ({block})") if len(letters) == 1 else N_("the blocks {letter} ({block})")
        what = _(sentence).format(letter=", ".join(map(repr, letters)), block=finding.layer)
    elif finding.expected == COMPONENT:
        what = _("the component with {layer}").format(layer=finding.layer)
    sentence = _ALONE[cause.kind] if cause.alone and cause.kind in _ALONE else _CHAIN[cause.kind]
    if cause.kind == "unused" and cause.variable:
        sentence = N_("what is made up to line {line} as {variable} is not used after that.")
        if cause.alone:
            sentence = N_("line {line} makes {what} as {variable}, but {variable} is not used after that.")
    return _(sentence).format(what=what, line=cause.line, by=cause.by, variable=cause.variable)


def describe_failure(verdict: CaseVerdict, exercise: Exercise, _: Translate) -> str | None:
    """What the code tells of an error; None where the error's own words have to do."""
    error, code = verdict.error, verdict.code
    if error is None or code is None:
        return None
    if error.kind == "signature" and code.parameters is not None:
        return describe_first_line(code, exercise, verdict.graph is not None, _)
    stranger = stranger_in(verdict)
    if stranger is None:
        return None
    layer, line, own = stranger
    if own:
        return _(
            "Line {line} makes another Input, and {layer} goes on with it: the function is given its input already. "
            "Which variable belongs there?"
        ).format(line=line, layer=layer)
    return _(
        "{layer} in line {line} is not called on the function's own input, or on what was made of it, but on a tensor "
        "from elsewhere: another Input, a copy of a tensor, or a variable of another cell. Which variable stands there?"
    ).format(layer=layer, line=line)


def at_its_cause(error: StudentError, verdict: CaseVerdict, exercise: Exercise) -> StudentError:
    """The error with the line that `describe_failure` names, where the function's text holds that."""
    stranger = stranger_in(verdict)
    lines = error.source.splitlines()
    if stranger is None or not 0 <= stranger[1] - error.source_line < len(lines):
        return error
    line = stranger[1]
    code = lines[line - error.source_line].strip()[:500]
    return error.model_copy(update={"line": line, "code": code, "function": error.function or exercise.function})


def stranger_in(verdict: CaseVerdict) -> tuple[str, int, bool] | None:
    """The first layer called on a tensor that neither the function was given nor made of what it was given.

    With it the line to look at, and whether an Input of the function's own is made there.
    """
    code = verdict.code
    if code is None or verdict.error is None or verdict.error.type != "ValueError":
        return None
    own = _own_inputs(code)
    call = next((call for call in code.calls if {ELSEWHERE, *own} & set(call.inputs)), None)
    if call is None or not call.places:
        return None
    made = next((code.calls[number].places for number in call.inputs if number in own), [])
    return call.layer.partition(" ")[0], (made or call.places)[0].line, bool(made)


def _own_inputs(code: StudentCode) -> list[int]:
    """The numbers of the Inputs that a block made although it is given its tensor; those of models in it are fine."""
    given = any(INPUT in call.inputs for call in code.calls)
    models = any(call.layer in ("Sequential", "Functional", "Model") for call in code.calls)
    if models or not given:
        return []
    return [number for number, call in enumerate(code.calls) if call.layer == "InputLayer"]


def code_notes(verdict: CaseVerdict, exercise: Exercise, _: Translate) -> Iterator[str]:
    """What else the code tells: what works and is not as asked, and what a graph alone does not show."""
    code = verdict.code
    if code is None:
        return
    if code.parameters is not None and not (verdict.error and verdict.error.kind == "signature"):
        yield from notes_on_first_line(code, exercise, _)
    if code.unreached is not None and not verdict.passed:
        yield _("Line {line} stands behind a `return` and is never reached.").format(line=code.unreached)
    if code.loop_return is not None and not verdict.passed:
        yield _("The `return` in line {line} stands inside the loop, so the loop ends in its first round.").format(
            line=code.loop_return
        )
    if code.silenced is not None and not verdict.passed:
        yield _(
            "If something fails in the `try`, the `except` in line {line} goes on as if nothing had been wrong, and "
            "you don't see it. Take both away, and read what Python says."
        ).format(line=code.silenced)
