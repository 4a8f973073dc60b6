"""Names that Python does not know: misspelt, not imported, or of an older Keras."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from ...base.messages import N_
from .row import Occurrence, Row, Told
from .vocabulary import ALL_WORDS, LAYERS, OLD_MODULES, OLD_NAMES, OLD_TENSORFLOW, SET_UP, nearest

BUILTINS = ("print", "range", "len", "str", "int", "float", "list", "tuple", "sum", "zip", "enumerate", "return")


def _undefined(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    name, code = found["name"], occurrence.code
    if isinstance(code.statement, ast.Expr) and _leftmost(code.statement.value) == name:
        return Told(N_("`{name}` has no value. Is the `=` missing behind it?"), {"name": name})
    near = nearest(name, code.names)
    if name in ALL_WORDS and not near and not any(_is_called(call, name) for call in code.calls):
        return Told(N_("`{name}` is a word here, and needs quotes: `'{name}'`."), {"name": name})
    if name in SET_UP:
        return Told(
            N_(
                "`{name}` is not imported. The set-up cell at the top of the notebook does that: run it, then this cell."
            ),
            {"name": name},
        )
    if name in OLD_NAMES:
        return _old(name, name)
    near = near or nearest(name, (*SET_UP, *BUILTINS))
    if near:
        return Told(N_("`{name}` is not defined. Did you mean `{near}`?"), {"name": name, "near": near})
    if any(isinstance(k.value, ast.Name) and k.value.id == name for call in code.calls for k in call.keywords):
        return Told(
            N_("`{name}` is not defined. If it is meant as a text, it needs quotes: `'{name}'`."), {"name": name}
        )
    return Told(
        N_("`{name}` is not defined. Is it spelt as in the set-up cell, and has that cell been run?"), {"name": name}
    )


def _leftmost(node: ast.expr) -> str:
    """The name that is called at the very beginning of a statement that only calculates: `mean (x - 1) / 2`."""
    while isinstance(node, ast.BinOp):
        node = node.left
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _is_called(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == name


def _old(name: str, written: str, known: Mapping[str, str] = OLD_NAMES) -> Told:
    now = known[name]
    if not now:
        return Told(
            N_("`{name}` belongs to an older version. Nothing like it is needed today: leave the line out."),
            {"name": written},
        )
    return Told(N_("`{name}` belongs to an older version. Today one writes `{now}`."), {"name": written, "now": now})


def _unbound(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    name = found["name"]
    line = occurrence.code.first_assigned(name)
    if line > occurrence.error.line:
        return Told(
            N_("`{name}` is used before it is given a value: it gets its first one only in line {line}."),
            {"name": name, "line": line},
        )
    return Told(N_("`{name}` is used before it is given a value."), {"name": name})


def _module_attribute(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    name, code = found["name"], occurrence.code
    written = next(
        (code.text(n) for n in code.nodes(ast.Attribute) if isinstance(n, ast.Attribute) and n.attr == name), ""
    )
    written = written or f"{found['module'].rpartition('.')[2]}.{name}"
    old = OLD_TENSORFLOW if found["module"].startswith("tensorflow") else OLD_NAMES
    if name in old and not found["module"].startswith("numpy"):
        return _old(name, written, old)
    if found["module"] == "numpy" and "root" in name:
        return Told(N_("There is no `{name}`. Did you mean `{near}`?"), {"name": written, "near": "sqrt"})
    near = nearest(name, LAYERS) if "keras" in found["module"] else ""
    near = near or nearest(name, ("layers", "models", "initializers", "backend", "utils", "ops", "activations"))
    near = near or nearest(name, ("mean", "var", "sqrt", "square", "sum", "maximum", "zeros", "ones", "reshape"))
    if near:
        return Told(N_("There is no `{name}`. Did you mean `{near}`?"), {"name": written, "near": near})
    return Told(
        N_(
            "There is no `{name}` in the versions that are installed here. Is it spelt rightly, or of an older version?"
        ),
        {"name": written},
    )


def _module(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    module = found["name"]
    known = next((old for old in OLD_MODULES if module == old or module.startswith(old + ".")), None)
    known = known or next((old for old in OLD_MODULES if old.startswith(module + ".")), None)
    if known and OLD_MODULES[known]:
        return Told(
            N_("The module `{name}` belongs to an older version: import from `{now}`."),
            {"name": module, "now": OLD_MODULES[known]},
        )
    if known:
        return Told(
            N_("There is no module `{name}` here, and the exercise needs none of it: leave the line out."),
            {"name": module},
        )
    return Told(
        N_("There is no module `{name}` here. The exercises need nothing but what the set-up cell imports."),
        {"name": module},
    )


def _from_module(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    name, module = found["name"], found["module"]
    if name in OLD_NAMES:
        return _old(name, name)
    near = nearest(name, SET_UP)
    if near:
        return Told(
            N_("`{module}` has no `{name}`. Did you mean `{near}`?"), {"module": module, "name": name, "near": near}
        )
    return Told(
        N_("`{module}` has no `{name}`. The exercises need nothing but what the set-up cell imports."),
        {"module": module, "name": name},
    )


def _tensor_attribute(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    return Told(
        N_(
            "A tensor has no `.{name}`. It holds no numbers yet; what is to be done to it is done by layers, such as "
            "`Activation('relu')(X)` or `Add()([X, X_shortcut])`."
        ),
        {"name": found["name"]},
    )


def _object_attribute(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    name, code = found["name"], occurrence.code
    attribute = next((n for n in code.nodes(ast.Attribute) if isinstance(n, ast.Attribute) and n.attr == name), None)
    if attribute is None:
        return None
    words = {"what": code.text(attribute.value), "name": name, "type": found["type"]}
    if found["type"] in ("list", "tuple"):
        return Told(
            N_(
                "`{what}` is a {type} and has no `.{name}`. Its parts are reached by numbers: `{what}[0]` is the first."
            ),
            words,
        )
    near = nearest(name, ("mean", "var", "sum", "ndim", "shape", "reshape", "format", "dtype"))
    if near:
        return Told(N_("`{what}` has no `.{name}`. Did you mean `.{near}`?"), words | {"near": near})
    return Told(N_("`{what}` is of the type {type}, which has no `.{name}`."), words)


ROWS = (
    Row("undefined", "NameError", r"name '(?P<name>[^']+)' is not defined", tell=_undefined),
    Row("before its value", "UnboundLocalError", r"variable '(?P<name>[^']+)'", tell=_unbound),
    Row("old module", "ModuleNotFoundError", r"No module named '(?P<name>[^']+)'", tell=_module),
    Row("old import", "ImportError", r"cannot import name '(?P<name>[^']+)' from '(?P<module>[^']+)'", tell=_from_module),
    Row("no such attribute of a module", "AttributeError", r"module '(?P<module>[^']+)' has no attribute '(?P<name>[^']+)'", tell=_module_attribute),
    Row("no such attribute of a tensor", "AttributeError", r"^'KerasTensor' object has no attribute '(?P<name>[^']+)'", tell=_tensor_attribute),
)  # fmt: skip

LATE_ROWS = (
    Row("no such attribute", "AttributeError", r"'(?P<type>[\w.]+)' object has no attribute '(?P<name>[^']+)'", tell=_object_attribute),
)  # fmt: skip
"""What is said where nothing nearer to the cause is known."""
