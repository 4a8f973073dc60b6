"""Calls with arguments that don't fit: unknown, missing, too many; and things called that can't be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...base.messages import N_
from .code import callee
from .row import Occurrence, Row, Told
from .vocabulary import (
    CALLS,
    CLOSE_ARGUMENT,
    GONE_ARGUMENTS,
    LAYERS,
    NUMPY,
    NUMPY_ARGUMENTS,
    OLD_ARGUMENTS,
    canonical,
    nearest,
    right_argument,
)


def _unknown_argument(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    call, name = canonical(found["call"]), found["name"]
    if call.lstrip("_") in NUMPY:
        call, near = (
            call.lstrip("_"),
            "axis" if name in ("dim", "dims") else nearest(name, NUMPY_ARGUMENTS, CLOSE_ARGUMENT),
        )
        if near:
            return Told(
                N_("{call} knows no argument `{name}`. Did you mean `{near}`?"),
                {"call": call, "name": name, "near": near},
            )
    words = {"call": call, "name": name}
    if call == "Model" and name in ("inputs", "outputs"):
        missing = "outputs" if name == "inputs" else "inputs"
        return Told(
            N_("Model needs both: `inputs=` and `outputs=`. Here `{missing}=` is missing."), {"missing": missing}
        )
    parameters = [word.strip() for word in occurrence.error.parameters.split(",") if word.strip()]
    near = nearest(name, parameters, CLOSE_ARGUMENT) if parameters else right_argument(call, name)
    if near and OLD_ARGUMENTS.get(name) == near and not parameters:
        return Told(N_("{call} knows no argument `{name}`. It is called `{near}`."), words | {"near": near})
    if near:
        return Told(N_("{call} knows no argument `{name}`. Did you mean `{near}`?"), words | {"near": near})
    if parameters:
        return Told(
            N_("{call} knows no argument `{name}`. Its arguments are {known}."),
            words | {"known": ", ".join(parameters)},
        )
    if name in GONE_ARGUMENTS:
        return Told(N_("{call} knows no argument `{name}` in this version: leave it out."), words)
    return Told(N_("{call} knows no argument `{name}`. Is it spelt rightly, and does it belong to this layer?"), words)


def _in_wrong_brackets(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    """Keras binds the arguments of a layer's call by itself, and names no layer."""
    name = found["name"]
    for call in _applied(occurrence):
        layer = callee(call.func)  # type: ignore[arg-type]
        if any(keyword.arg == name for keyword in call.keywords):
            sentence = N_(
                "`{name}` stands in the brackets with the tensor. It belongs in the brackets before them: `{layer}(..., {name}=...)(X)`."
            )
            return Told(sentence, {"name": name, "layer": layer or "Conv2D"})
    return None


def _applied(occurrence: Occurrence) -> Iterator[ast.Call]:
    """The calls of layers that are made on the spot."""
    return (call for call in occurrence.code.calls if isinstance(call.func, ast.Call))


def _missing_of_layer(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    layer, name = canonical(found["call"]), found["name"]
    for call in occurrence.code.calls:
        if callee(call) != layer:
            continue
        for keyword in call.keywords:
            if keyword.arg and OLD_ARGUMENTS.get(keyword.arg) == name:
                words = {"call": layer, "name": keyword.arg, "near": name}
                return Told(N_("{call} knows no argument `{name}`. It is called `{near}`."), words)
    return Told(N_("{call} is made without its argument `{name}`."), {"call": layer, "name": name})


def _missing_of_function(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    missing = ", ".join(f"`{name}`" for name in re.findall(r"'(\w+)'", found["names"]))
    words = {"call": found["call"], "names": missing, "known": occurrence.error.parameters}
    if occurrence.error.parameters:
        return Told(N_("{call} is called without {names}. Its arguments are {known}."), words)
    return Told(N_("{call} is called without {names}."), words)


def _called_on_nothing(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    for call in _applied(occurrence):
        if not call.args:
            layer = callee(call.func)  # type: ignore[arg-type]
            return Told(
                N_("{layer} is called on nothing: the last brackets are empty. Which tensor goes into it?"),
                {"layer": layer},
            )
    return Told(N_("A layer is called on nothing: which tensor goes into it?"))


def _too_many(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    name, most, given = found["call"], int(found["most"]), int(found["given"])
    layer, _, method = name.rpartition(".")
    if method == "__init__":  # Python counts the object itself
        name, most, given = canonical(layer), most - 1, given - 1
        name = "Add" if name == "Merge" else name
    words = {"call": name, "most": most, "given": given}
    if name == "Add":
        return Told(N_("Add is a layer: make it first, then call it on the list of tensors: `Add()([X, X_shortcut])`."))
    if method != "__init__" and occurrence.error.parameters:
        words["known"] = occurrence.error.parameters
        return Told(N_("{call} is called with {given} arguments, and takes {most} at most: {known}."), words)
    return Told(
        N_(
            "{call} is given {given} arguments without a name and takes {most} at most. Is a name missing, such as `name=`?"
        ),
        words,
    )


def _too_many_tensors(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    for call in _applied(occurrence):
        layer, given = callee(call.func), [occurrence.code.text(value) for value in call.args]  # type: ignore[arg-type]
        if len(given) > 1 and layer in LAYERS:
            listed = f"{layer}()([{', '.join(given)}])"
            return Told(
                N_("The tensors that {layer} takes stand in one list, in square brackets: `{listed}`."),
                {"layer": layer, "listed": listed},
            )
    return Told(N_("A layer is called with too many things at once: it takes one tensor, or one list of tensors."))


def _twice(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    for call in occurrence.code.calls:
        if any(keyword.arg == found["name"] for keyword in call.keywords):
            words = {"call": callee(call) or found["call"], "name": found["name"]}
            return Told(
                N_(
                    "{call} is given `{name}` twice, once by its place and once by its name. Are round brackets missing "
                    "where two numbers belong together, as in `(1, 1)`?"
                ),
                words,
            )
    return None


def _not_callable(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    code, kind = occurrence.code, found["type"].rpartition(".")[2]
    for call in code.calls:
        func = call.func
        if kind == "KerasTensor" and isinstance(func, ast.Call) and code.sort(func) == "tensor":
            return Told(
                N_(
                    "What `{what}` gives is a tensor already, and is called once more. One pair of brackets is too many."
                ),
                {"what": code.text(func)},
            )
        if kind == "KerasTensor" and isinstance(func, ast.Name) and code.sort(func) == "tensor":
            return Told(
                N_(
                    "`{what}` is a tensor, and a tensor can't be called. It is the layer that is called on the tensor: `Activation('relu')({what})`."
                ),
                {"what": func.id},
            )
    builtin = {"str": ast.Constant, "tuple": ast.Tuple, "list": ast.List}.get(kind)
    for call in code.calls:
        func = call.func
        if isinstance(func, ast.Call):
            continue
        if (
            isinstance(func, ast.Name | ast.Subscript)
            or (builtin and isinstance(func, builtin))
            or isinstance(func, ast.BinOp)
        ):
            if isinstance(func, ast.Name) and (func.id in CALLS or func.id in _BUILTIN_CALLS):
                continue
            what = code.text(func)
            if kind == "list":
                return Told(
                    N_("`{what}` is a list: its parts are reached with square brackets, `{what}[0]`."), {"what": what}
                )
            return Told(
                N_(
                    "`{what}` can't be called: it is of the type {type}. Is a sign missing before the bracket: a comma, `*` or `+`?"
                ),
                {"what": what, "type": kind},
            )
    for call in code.calls:
        if isinstance(call.func, ast.Attribute):
            what = code.text(call.func)
            return Told(N_("`{what}` is no function: write it without brackets behind it."), {"what": what})
    return Told(
        N_("Something of the type {type} is called as if it were a function. Is a sign missing before a bracket?"),
        {"type": kind},
    )


_BUILTIN_CALLS = frozenset(
    ("str", "int", "float", "range", "tuple", "list", "len", "max", "min", "sum", "print", "zip")
)


def _class_for_function(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    return Told(
        N_(
            "A class stands where a word or a function is asked for: `{name}`. Write the word in quotes, as in `Activation('relu')`."
        ),
        {"name": found["call"]},
    )


ROWS = (
    Row("unknown argument", "ValueError", r"Unrecognized keyword arguments passed to (?P<call>\w+): \{'(?P<name>\w+)'", tell=_unknown_argument),
    Row("unknown argument", "TypeError", r"(?:^|\.)(?P<call>\w+?)(?:\.__init__)?\(\) got an unexpected keyword argument '(?P<name>\w+)'", tell=_unknown_argument),
    Row("argument in the wrong brackets", "TypeError", r"^got an unexpected keyword argument '(?P<name>\w+)'", tell=_in_wrong_brackets),
    Row("called on nothing", "TypeError", r"^missing a required argument: '(?P<name>\w+)'", tell=_called_on_nothing),
    Row("too many tensors", "TypeError", r"^too many positional arguments", tell=_too_many_tensors),
    Row("class for a word", "TypeError", r"(?P<call>\w+)\.get_config\(\) missing", tell=_class_for_function),
)  # fmt: skip

LATE_ROWS = (
    Row("argument missing of a layer", "TypeError", r"(?P<call>\w+)\.__init__\(\) missing \d+ required positional arguments?: '(?P<name>\w+)'", tell=_missing_of_layer),
    Row("argument missing", "TypeError", r"(?P<call>\w+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (?P<names>.+)", tell=_missing_of_function),
    Row("too many arguments", "TypeError", r"(?P<call>[\w.]+)\(\) takes (?:from \d+ to )?(?P<most>\d+) positional arguments? but (?P<given>\d+)", tell=_too_many),
    Row("argument twice", "TypeError", r"(?P<call>[\w.]+)\(\) got multiple values for argument '(?P<name>\w+)'", tell=_twice),
    Row("not callable", "TypeError", r"'(?P<type>[\w.]+)' object is not callable", tell=_not_callable),
)  # fmt: skip
