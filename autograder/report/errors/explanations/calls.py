"""Calls with arguments that don't fit: unknown, missing, too many; and things called that can't be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from ....base.messages import N_
from ..code import MERGES, Code, callee
from ..row import Occurrence, Row, Told
from ..vocabulary import (
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
        call = call.lstrip("_")
        near = "axis" if name in ("dim", "dims") else nearest(name, NUMPY_ARGUMENTS, CLOSE_ARGUMENT)
        if near:
            return _argument(call, name, near)
    if call == "Model" and name in ("inputs", "outputs"):
        return _half_a_model("outputs" if name == "inputs" else "inputs")
    parameters = [word.strip() for word in occurrence.error.parameters.split(",") if word.strip()]
    if not parameters:
        return _unknown_to_layer(occurrence, call, name)
    old = OLD_ARGUMENTS.get(name, "")
    near = old if old in parameters else nearest(name, parameters, CLOSE_ARGUMENT)
    if near:
        return _argument(call, name, near)
    return Told(
        N_("{call} knows no argument `{name}`. Its arguments are {known}."),
        {"call": call, "name": name, "known": ", ".join(parameters)},
    )


def _unknown_to_layer(occurrence: Occurrence, call: str, first: str) -> Told:
    """All arguments of a call that its layer does not know, those that have another name today before the others."""
    written = [keyword.arg for one in occurrence.code.calls if callee(one) == call for keyword in one.keywords]
    unknown = [name for name in written if name and name not in CALLS.get(call, (name,))]
    told = [_of_one(call, name) for name in dict.fromkeys([first, *unknown])]
    sentence = told[-1]
    for one in reversed(told[:-1]):
        sentence = Told(N_("{sentence} {following}"), {"sentence": one, "following": sentence})
    return sentence


def _of_one(call: str, name: str) -> Told:
    near = right_argument(call, name)
    if near:
        return _argument(call, name, near)
    if name in GONE_ARGUMENTS:
        return Told(N_("{call} knows no argument `{name}`: leave it out."), {"call": call, "name": name})
    return Told(
        N_("{call} knows no argument `{name}`. Is it spelt rightly, and does it belong to this layer?"),
        {"call": call, "name": name},
    )


def _argument(call: str, name: str, near: str) -> Told:
    sentence = N_("{call} knows no argument `{name}`. Did you mean `{near}`?")
    if OLD_ARGUMENTS.get(name) == near:
        sentence = N_("{call} knows no argument `{name}`. It is called `{near}`.")
    return Told(sentence, {"call": call, "name": name, "near": near})


def _half_a_model(missing: str) -> Told:
    sentence = N_("Model needs both: `inputs=` and `outputs=`. Here `{missing}=` is missing.")
    return Told(sentence, {"missing": missing})


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
    """An argument that is missing may stand there under another name."""
    layer, name = canonical(found["call"]), found["name"]
    written = [keyword.arg for call in occurrence.code.calls if callee(call) == layer for keyword in call.keywords]
    for meant in (word for word in written if word and word not in CALLS.get(layer, (word,))):
        if right_argument(layer, meant) == name:
            return _unknown_to_layer(occurrence, layer, meant)
    told = Told(N_("{call} is made without its argument `{name}`."), {"call": layer, "name": name})
    unknown = [word for word in written if word and word not in CALLS.get(layer, (word,))]
    if unknown:
        sentence = N_("{sentence} {following}")
        return Told(sentence, {"sentence": told, "following": _unknown_to_layer(occurrence, layer, unknown[0])})
    return told


def _missing_of_function(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    missing = ", ".join(f"`{name}`" for name in re.findall(r"'(\w+)'", found["names"]))
    words = {"call": found["call"], "names": missing, "known": occurrence.error.parameters}
    if occurrence.error.parameters:
        return Told(N_("{call} is called without {names}. Its arguments are {known}."), words)
    return Told(N_("{call} is called without {names}."), words)


def _called_on_nothing(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    for call in _applied(occurrence):
        layer = callee(call.func)  # type: ignore[arg-type]
        if not call.args and call.keywords and call.keywords[0].arg:
            return Told(
                N_(
                    "`{name}` stands where the tensor belongs. It goes into the brackets before: `{layer}(..., {name}=...)(X)`."
                ),
                {"name": call.keywords[0].arg, "layer": layer},
            )
        if call.args and layer in LAYERS:
            sentence = N_(
                "{layer} is called without `{name}`: it takes several tensors, each by itself, as in `{layer}(...)(X, X)`."
            )
            return Told(sentence, {"layer": layer, "name": found["name"]})
        if not call.args:
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
    if name == "Layer" and any(callee(call) == "Model" for call in occurrence.code.calls):
        return _half_a_model("outputs")  # which Keras then takes for a model of the student's own class
    for call in occurrence.code.calls:
        if callee(call) == name and name.capitalize() in MERGES:  # `add(X, X_shortcut)`
            return _in_a_list(occurrence.code, name, call.args, occurrence.code.text(call.func))
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
        layer = callee(call.func)  # type: ignore[arg-type]
        if len(call.args) > 1 and layer in (*LAYERS, *MERGES):
            return _in_a_list(occurrence.code, layer, call.args, f"{layer}()")
    return Told(N_("A layer is called with too many things at once: it takes one tensor, or one list of tensors."))


def _in_a_list(code: Code, layer: str, given: Iterable[ast.expr], called: str) -> Told:
    parts = [part for value in given for part in (value.elts if isinstance(value, ast.List) else [value])]
    listed = f"{called}([{', '.join(map(code.text, parts))}])"
    sentence = N_("The tensors that {layer} takes stand in one list, in square brackets: `{listed}`.")
    return Told(sentence, {"layer": layer, "listed": listed})


def _twice(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    for call in occurrence.code.calls:
        if callee(call) == "DepthwiseConv2D" and found["name"] == "strides" and len(call.args) > 1:
            first, second = map(occurrence.code.text, call.args[:2])
            sentence = N_(
                "DepthwiseConv2D takes no number of filters: its first argument is `kernel_size`, so `{first}` is taken "
                "for the window and `{second}` for the stride."
            )
            return Told(sentence, {"first": first, "second": second})
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
                    "`{what}` is a tensor, and a tensor can't be called. It is the layer that is called on the tensor: `{layer}({what})`."
                ),
                {"what": func.id, "layer": _layer_in(code, call) or "Activation('relu')"},
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


def _layer_in(code: Code, call: ast.Call) -> str:
    """The layer that a tensor is called on, as it is written there."""
    layers = (value for value in call.args if isinstance(value, ast.Call) and callee(value) in LAYERS)
    return next((code.text(value) for value in layers), "")


_BUILTIN_CALLS = frozenset(
    ("str", "int", "float", "range", "tuple", "list", "len", "max", "min", "sum", "print", "zip")
)


ROWS = (
    Row("unknown argument", "ValueError", r"Unrecognized keyword arguments passed to (?P<call>\w+): \{'(?P<name>\w+)'", tell=_unknown_argument),
    Row("unknown argument", "TypeError", r"(?:^|\.)(?P<call>\w+?)(?:\.__init__)?\(\) got an unexpected keyword argument '(?P<name>\w+)'", tell=_unknown_argument),
    Row("argument in the wrong brackets", "TypeError", r"^got an unexpected keyword argument '(?P<name>\w+)'", tell=_in_wrong_brackets),
    Row("called on nothing", "TypeError", r"^missing a required argument: '(?P<name>\w+)'", tell=_called_on_nothing),
    Row("too many tensors", "TypeError", r"^too many positional arguments", tell=_too_many_tensors),
    Row("class for a word", "TypeError", r"(?P<name>\w+)\.get_config\(\) missing", N_("A class stands where a word or a function is asked for: `{name}`. Write the word in quotes, as in `Activation('relu')`.")),
)  # fmt: skip

LATE_ROWS = (
    Row("argument missing of a layer", "TypeError", r"(?P<call>\w+)\.__init__\(\) missing \d+ required positional arguments?: '(?P<name>\w+)'", tell=_missing_of_layer),
    Row("argument missing", "TypeError", r"(?P<call>\w+)\(\) missing \d+ required (?:positional|keyword-only) arguments?: (?P<names>.+)", tell=_missing_of_function),
    Row("too many arguments", "TypeError", r"(?P<call>[\w.]+)\(\) takes (?:from \d+ to )?(?P<most>\d+) positional arguments? but (?P<given>\d+)", tell=_too_many),
    Row("argument twice", "TypeError", r"(?P<call>[\w.]+)\(\) got multiple values for argument '(?P<name>\w+)'", tell=_twice),
    Row("not callable", "TypeError", r"'(?P<type>[\w.]+)' object is not callable", tell=_not_callable),
)  # fmt: skip
