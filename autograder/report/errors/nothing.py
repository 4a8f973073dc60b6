"""None where a tensor belongs, because what was called gives nothing back: a list's `append`, a helper without a return."""

from __future__ import annotations

import ast
import re

from ...base.messages import N_
from .code import Code, callee
from .row import Occurrence, Row, Told
from .vocabulary import CALLS

SILENT_METHODS = frozenset("append extend insert sort reverse remove clear".split())
"""Methods of a list that change it and give None."""


def _silent(code: Code, value: ast.expr) -> Told | None:
    """Why a call gives None, as far as the text tells."""
    if not isinstance(value, ast.Call):
        return None
    func = value.func
    if isinstance(func, ast.Attribute) and func.attr in SILENT_METHODS and code.sort(func.value) == "list":
        return Told(N_("`{text}` changes the list, and gives None back."), {"text": code.text(value)})
    if isinstance(func, ast.Attribute) and func.attr in ("compile", "build"):
        return Told(N_("`{text}` changes the model, and gives None back."), {"text": code.text(value)})
    prints = (
        func.attr == "summary" if isinstance(func, ast.Attribute) else isinstance(func, ast.Name) and func.id == "print"
    )
    if prints:
        return Told(N_("`{text}` prints something, and gives None back."), {"text": code.text(value)})
    if isinstance(func, ast.Name) and code.ends_without_return(func.id):
        return Told(N_("{function} has no `return`: let it give back its result."), {"function": func.id})
    return None


def nothing_given_back(code: Code) -> Told | None:
    """A variable of the statement, or a call in it, that is None for such a reason."""
    for node in code.nodes(ast.Name):
        known = code.assigned(node.id) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else None
        told = _silent(code, known.value) if known else None
        if known and told and isinstance(node, ast.Name):
            sentence = N_("`{name}` is None since line {line}. {why}")
            return Told(sentence, {"name": node.id, "line": known.line, "why": told})
    return next((told for call in code.calls if (told := _silent(code, call))), None)


def _nothing_given_back(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    return nothing_given_back(occurrence.code)


def _does_it_return(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """What a layer is called on comes from a function of the student's that stands elsewhere."""
    code = occurrence.code
    for call in code.calls:
        for value in call.args if isinstance(call.func, ast.Call) else ():
            known = code.assigned(value.id) if isinstance(value, ast.Name) else None
            source = known.value if known else value
            if not isinstance(source, ast.Call) or not isinstance(source.func, ast.Name) or source.func.id in CALLS:
                continue
            words = {"layer": callee(call.func) or "", "function": source.func.id}  # type: ignore[arg-type]
            if source.func.id[:1].isupper():  # a class, and so a layer
                sentence = N_(
                    "{layer} is called on the layer {function} itself: {function} is made, but not called. Call it on a "
                    "tensor: `{function}(...)(X)`."
                )
                return Told(sentence, words)
            sentence = N_(
                "{layer} is called on what {function} gives back, and that is no tensor. Does {function} end with a `return`?"
            )
            return Told(sentence, words)
    return None


ROWS = (
    Row("nothing given back", "TypeError ValueError AttributeError", r"", tell=_nothing_given_back),
    Row("nothing given back", "ValueError", r"Only input tensors may be passed|Inputs to a layer should be tensors|Attempt to convert a value", tell=_does_it_return),
)  # fmt: skip
