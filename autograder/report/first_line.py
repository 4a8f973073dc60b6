"""What to change in the first line of a student's function, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..base.messages import Translate
from ..evidence.first_line import FirstLine, compare_first_line
from ..evidence.student_code import Parameter, StudentCode
from ..exercises import Exercise
from ..exercises.exercise import as_written


def first_line_of(code: StudentCode, exercise: Exercise) -> FirstLine:
    """How the student's first line differs from the asked one."""
    return compare_first_line(code.parameters or [], exercise.signature, as_written(exercise.defaults), exercise.free)


def describe_first_line(code: StudentCode, exercise: Exercise, judged: bool, _: Translate) -> str:
    """What is wrong with it. `judged` says that the rest of the function was looked at all the same."""
    sentences = [*notes_on_first_line(code, exercise, _)]
    sentences = sentences or [_("This first line can't be called as {call}.").format(call=exercise.first_line)]
    sentences.append(
        _("Your first line: `def {given}:`. Keep its first line as it was given: `def {asked}:`.").format(
            given=_written(exercise.function, code.parameters or []), asked=exercise.first_line
        )
    )
    if judged:
        sentences.append(
            _(
                "As it stands, calls fail, so there are no points yet; the rest was looked at all the same, with the "
                "arguments passed by name."
            )
        )
    return _joined(sentences, _)


def notes_on_first_line(code: StudentCode, exercise: Exercise, _: Translate) -> Iterator[str]:
    """A sentence for each thing that is not as the exercise asks, what keeps the function from being called first."""
    found = first_line_of(code, exercise)
    spare = [name for name in found.extra if name not in found.needed]
    if found.missing and found.extra:
        spare = []
        yield _(
            "This is not the first line of this exercise, but perhaps that of another version of the course: it lacks "
            "{missing} and has {extra} instead. Leave out {extra}, also where the body uses it, and use {missing}."
        ).format(missing=_listed(found.missing, _), extra=_listed(found.extra, _))
    elif found.missing:
        yield _("The first line lacks {names}.").format(names=_listed(found.missing, _))
    elif found.needed:
        yield _("The first line asks for {names}, which nobody passes.").format(names=_listed(found.needed, _))
    if found.reordered:
        yield _("The first line has its parameters in another order, so that arguments reach the wrong ones.")
    if found.by_name_only:
        yield _("Behind the `*` of the first line, {names} can be passed by name alone.").format(
            names=_listed(found.by_name_only, _)
        )
    if found.swallowed:
        yield _("The first line has no place for {names}: what `**` takes can be passed by name alone.").format(
            names=_listed(found.swallowed, _)
        )
    for asked, given in found.renamed:
        if asked not in exercise.free:
            yield _(
                "In the first line, {asked} is called {given}: a call with {asked}=... fails. Keep the name that was "
                "given."
            ).format(asked=asked, given=given)
    if found.no_default:
        yield _("In the first line, a default value is missing: {names} may be left out in a call.").format(
            names=_listed(found.no_default, _)
        )
    for name, given, asked in found.other_default:
        yield _("In the first line, {name} has the default {given}; the exercise gives it {asked}.").format(
            name=name, given=given, asked=asked
        )
    if spare:
        yield _("The first line has {names}, which the exercise does not ask for and nobody passes.").format(
            names=_listed(spare, _)
        )


def _listed(names: Iterable[str], _: Translate) -> str:
    text = ""
    for name in names:
        text = _("{names}, {name}").format(names=text, name=name) if text else name
    return text


def _joined(sentences: Iterable[str], _: Translate) -> str:
    text = ""
    for sentence in sentences:
        text = _("{sentence} {following}").format(sentence=text, following=sentence) if text else sentence
    return text


def _written(function: str, parameters: Iterable[Parameter]) -> str:
    words = []
    starred = False
    for one in parameters:
        if one.kind == "keyword only" and not starred:
            words.append("*")
            starred = True
        word = one.kind + one.name if one.kind in ("*", "**") else one.name
        words.append(word if one.default is None else f"{word}={one.default}")
        starred = starred or one.kind == "*"
    return f"{function}({', '.join(words)})"
