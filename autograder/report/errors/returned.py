"""What is wrong with what a function returned, where it should have returned a tensor, a model or arrays."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Sequence

from ...base.messages import N_, Translate
from ...evidence.evidence import StudentError
from ...exercises import Exercise
from .code import Code, callee
from .explanations.arguments import is_wrong, only_compared, since
from .nothing import nothing_given_back
from .row import Occurrence
from .vocabulary import LAYERS


def located(error: StudentError, exercise: Exercise) -> StudentError:
    """The error with a line of the student's, where Python names none because it came up after the function's end.

    That is the line of the last `return`, or of the function's end, where the result was wrong; the second of two
    layers of one name; or the first line with an argument that can't be right.
    """
    if (error.line and error.kind != "names") or not error.source:
        return error
    code = Code(error, exercise)
    if not code.body:
        return error
    line = 0
    if error.kind == "returned":
        line = code.line_of(code.body[-1])
    elif error.kind == "names":
        line = _second_of_one_name(code, {block.function for block in exercise.blocks})
    else:
        line = next((code.line_of(statement) for statement in code.statements[1:] if is_wrong(code.at(statement))), 0)
    lines = error.source.splitlines()
    if not 0 <= line - error.source_line < len(lines):
        return error
    return error.model_copy(update={"line": line, "code": lines[line - error.source_line].strip()[:500]})


def _second_of_one_name(code: Code, blocks: Collection[str]) -> int:
    """The line of the first layer with the very name of an earlier one, or of a block with the names of an earlier one.

    0 where the text shows none.
    """
    seen: set[str] = set()
    for call in code.all_calls:
        made = callee(call) in blocks
        given = [k for k in call.keywords if k.arg in (("stage", "block") if made else ("name",))]
        texts = [code.text(keyword.value) for keyword in given if made or not isinstance(keyword.value, ast.Name)]
        name = ", ".join([callee(call) * made, *texts])
        if len(texts) == (2 if made else 1):
            if name in seen:
                return code.line_of(call)
            seen.add(name)
    return 0


def describe_returned(error: StudentError, exercise: Exercise, _: Translate) -> str:
    """What the function returned, and what it should return."""
    wanted = _wanted(exercise, _)
    code = Code(error, exercise)
    end = code.body[-1] if code.body else None
    last = end if isinstance(end, ast.Return) else None
    value = last.value if last else None
    for part in value.elts if isinstance(value, ast.Tuple) else [value]:
        told = since(code, part.id, before=10**9) if isinstance(part, ast.Name) else None
        if told is not None:
            return told.in_words({}, _)
    other = only_compared(Occurrence(error.model_copy(update={"line": 0}), exercise))
    if other is None and last is not None and error.type == "NoneType":
        other = nothing_given_back(code.at(last))
    if other is not None:
        return other.in_words({}, _)
    words: dict[str, object] = {"function": exercise.function, "type": error.type.removeprefix("class ")}
    words["value"] = code.text(value) if value else ""
    sentence = _about_none(code, last) if error.type in ("NoneType", "nothing") else ""
    if error.type == "generator":
        sentence = N_("A `yield` makes {function} a generator. End it with `return`, followed by {wanted}.")
    if not sentence and isinstance(value, ast.Tuple) and len(value.elts) == 1:
        sentence = N_("The comma at the end of `{value}` makes a tuple of it. Delete the comma.")
    elif not sentence and error.type == "str" and isinstance(value, ast.Constant):
        sentence = N_("{function} returns the text `{value}`; it should return {wanted}, without quotes.")
    several = re.fullmatch(r"(tuple|list) of (\d+)", error.type)
    if not sentence and exercise.kind == "function" and len(exercise.outputs) > 1:
        words["type"] = several[1] if several else words["type"]
        if several and not (isinstance(value, ast.Tuple) and len(value.elts) == len(exercise.outputs)):
            words["number"] = several[2]
            sentence = N_("{function} returns {number} values; it should return {wanted}.")
        elif isinstance(value, ast.Tuple) and len(value.elts) == len(exercise.outputs):
            sentence = N_("One of the values that {function} returns is of type {type}; it should return {wanted}.")
    if not sentence and exercise.kind != "function":
        sentence = _of_layers(error.type, exercise.kind == "block")
        if several:
            words |= {"type": several[1], "number": several[2]}
            sentence = N_("{function} returns a {type} of {number}; it should return {wanted} alone.")
    sentence = sentence or N_("{function} returns something of type {type}; it should return {wanted}.")
    return _(sentence).format(wanted=wanted, **words)


def _wanted(exercise: Exercise, _: Translate) -> str:
    if exercise.kind == "block":
        return _("the output tensor")
    if exercise.kind != "function":
        return _("a Model")
    if len(exercise.outputs) == 1:
        return _("one array or number, {name}").format(name=exercise.outputs[0])
    return _("a tuple of arrays or numbers, ({names})").format(names=", ".join(exercise.outputs))


def _about_none(code: Code, last: ast.Return | None) -> str:
    if code.parameters and all(isinstance(one, ast.Pass) for one in code.body):
        return N_("{function} has no code of yours yet: write it below its first line, and end it with `return`.")
    if last is not None and last.value is None:
        return N_("Behind the `return` of {function} stands nothing: it should be followed by {wanted}.")
    if last is not None and isinstance(last.value, ast.Tuple):
        return N_("One of the values that {function} returns is None; it should return {wanted}.")
    if last is not None:
        return N_("{function} returns `{value}`, which is None; it should return {wanted}.")
    if code.body and _always_returns(code.body):
        return ""
    return N_("{function} returns nothing. End it with `return`, followed by {wanted}.")


def _always_returns(body: Sequence[ast.stmt]) -> bool:
    """Whether these statements end in a `return` whichever way an `if` at their end goes."""
    last = body[-1] if body else None
    if isinstance(last, ast.If):
        return _always_returns(last.body) and _always_returns(last.orelse)
    return isinstance(last, ast.Return)


def _of_layers(what: str, block: bool) -> str:
    if block and what in ("EagerTensor", "ndarray"):
        return N_(
            "{function} returns plain numbers, not {wanted}: call the layers on the X that the function is given."
        )
    if block and what in ("Functional", "Model", "Sequential"):
        return N_("{function} returns a Model. Return the tensor X itself; the model is made from it later.")
    if not block and what == "KerasTensor":
        return N_("{function} returns a tensor. Make a model of it: Model(inputs=X_input, outputs=X).")
    if not block and what == "class Model":
        return N_("{function} returns the class Model itself. Make a model with it: Model(inputs=X_input, outputs=X).")
    if what.startswith("class ") or what in LAYERS:
        return N_(
            "{function} returns a layer ({type}), not its output. Call the layer on a tensor: Activation('relu')(X)."
        )
    return ""
