"""Names that Python does not know: misspelt, not imported, or of an older Keras."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping

from ....base.messages import N_
from ..row import Occurrence, Row, Told
from ..vocabulary import (
    ALL_WORDS,
    FOREIGN,
    FUNCTIONS,
    KERAS_LAYERS,
    LAYERS,
    MODULES,
    OF_KERAS,
    OLD_MODULES,
    OLD_NAMES,
    OLD_TENSORFLOW,
    PYTORCH_LAYERS,
    PYTORCH_METHODS,
    SET_UP,
    nearest,
)

BUILTINS = ("print", "range", "len", "str", "int", "float", "list", "tuple", "sum", "zip", "enumerate", "return")


def _undefined(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    name, code = found["name"], occurrence.code
    if name in OLD_NAMES:
        return _old(name, name)
    starts = isinstance(code.statement, ast.Expr) and _leftmost(code.statement.value) == name
    called = any(_is_name(call.func, name) for call in code.calls)
    of_module = any(isinstance(n, ast.Attribute) and _is_name(n.value, name) for n in code.nodes(ast.Attribute))
    one_letter = called and len(name) == 1  # the F of a formula is not the parameter f
    mine = "" if one_letter else nearest(name, () if of_module else code.names) or _begins(name, code.parameters)
    near = mine or nearest(name, MODULES if of_module else (*SET_UP, *BUILTINS))
    argument = any(_is_name(keyword.value, name) for call in code.calls for keyword in call.keywords)
    reasons: tuple[tuple[bool, str], ...] = (
        (starts, N_("`{name}` has no value. Is the `=` missing behind it?")),
        (of_module and name in KERAS_LAYERS, N_("`{name}` is how other notebooks call `keras.layers`. Here the layers go by their own names: `{attribute}`.")),
        (of_module and name in FOREIGN and occurrence.exercise.kind == "function", N_("`{name}` is a part of {library}. This exercise is written with NumPy alone.")),
        (of_module and name in FOREIGN, N_("`{name}` is a part of {library}. These exercises are written with the layers of Keras, such as `{layer}`.")),
        (_is_block(name, occurrence), N_("`{name}` is not defined: run the cell in which you write that function, then this one.")),
        (name in ALL_WORDS and not mine and not called, N_("`{name}` is a word here, and needs quotes: `'{name}'`.")),
        (name in SET_UP | OF_KERAS, N_("`{name}` is not imported. If the set-up cell at the top of the notebook imports it, run that cell, then this one; if not, the exercise does without it.")),
        (name in FUNCTIONS, N_("`{name}` is not defined. As a layer it is `{layer}`.")),
        (bool(near), N_("`{name}` is not defined. Did you mean `{near}`?")),
        (argument, N_("`{name}` is not defined. If it is meant as a text, it needs quotes: `'{name}'`.")),
        (bool(code.parameters) and not called, N_("`{name}` is not defined: it is no parameter of this function, and is given no value above this line.")),
        (True, N_("`{name}` is not defined. Is it spelt as in the set-up cell, and has that cell been run?")),
    )  # fmt: skip
    sentence = next(sentence for fits, sentence in reasons if fits)
    used = [n.attr for n in code.nodes(ast.Attribute) if isinstance(n, ast.Attribute) and _is_name(n.value, name)]
    own = next((PYTORCH_LAYERS[attribute] for attribute in used if attribute in PYTORCH_LAYERS), "")
    attribute = used[0] if used else ""
    layer = own or FUNCTIONS.get(name, "Activation('relu')(X)")
    return Told(
        sentence, {"name": name, "near": near, "library": FOREIGN.get(name, ""), "layer": layer, "attribute": attribute}
    )


def _begins(name: str, parameters: Iterable[str]) -> str:
    """The one parameter that a short name is the beginning of: `eps` for `epsilon`."""
    longer = [one for one in parameters if len(name) > 2 and one.startswith(name)]
    return longer[0] if len(longer) == 1 else ""


def _is_block(name: str, occurrence: Occurrence) -> bool:
    return any(name == block.function for block in occurrence.exercise.blocks)


def _leftmost(node: ast.expr) -> str:
    """The name that is called at the very beginning of a statement that only calculates: `mean (x - 1) / 2`."""
    while isinstance(node, ast.BinOp):
        node = node.left
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


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
    code, here = occurrence.code, occurrence.error.line
    own = range(code.line_of(code.statement), here + 1) if code.statement else range(0)
    lines = [line for line in code.lines_assigning(name) if line not in own]
    if lines and lines[0] > here:
        return Told(
            N_("`{name}` is used before it is given a value: it gets its first one only in line {line}."),
            {"name": name, "line": lines[0]},
        )
    branches = [node for node in code.statements if isinstance(node, ast.If | ast.For | ast.While | ast.Try)]
    inside = [
        range(code.line_of(node), code.line_of(node) + (node.end_lineno or 0) - node.lineno + 1) for node in branches
    ]
    above = [line for line in lines if line < here and any(line in lines_of for lines_of in inside)]
    if above:
        return Told(
            N_(
                "`{name}` has no value here. It gets one in line {lines}, inside an `if`, a `try` or a loop that was passed "
                "over: is the condition right, and does the other case give it a value, too?"
            ),
            {"name": name, "lines": ", ".join(map(str, above))},
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
    if name in FUNCTIONS and found["module"].endswith("backend"):
        return _old(name, written, FUNCTIONS)
    if name in FUNCTIONS and not found["module"].startswith("numpy"):
        return Told(
            N_("There is no `{name}`. As a layer it is `{layer}`."), {"name": written, "layer": FUNCTIONS[name]}
        )
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


def _of_tensor(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    """What other libraries, or an older Keras, ask of a tensor itself."""
    name, code = found["name"], occurrence.code
    attribute = next((n for n in code.nodes(ast.Attribute) if isinstance(n, ast.Attribute) and n.attr == name), None)
    words = {"what": code.text(attribute.value) if attribute else "X", "name": name}
    if name in ("size", "get_shape", "dim", "as_list", "_keras_shape"):
        return Told(
            N_(
                "A tensor has no `.{name}`. Its shape is `{what}.shape`, and its number of channels `{what}.shape[-1]`."
            ),
            words,
        )
    if name in ("copy", "clone", "detach"):
        return Told(
            N_("A tensor has no `.{name}`, and needs no copy: no layer changes it. `X_shortcut = {what}` keeps it."),
            words,
        )
    return None


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
    if found["type"] == "numpy.ndarray" and name in PYTORCH_METHODS:
        near = PYTORCH_METHODS[name]
        if near:
            return Told(
                N_(
                    "`{what}` is an array of NumPy. It has no `.{name}`, as in PyTorch; here one writes `{what}.{near}`."
                ),
                words | {"near": near},
            )
        return Told(
            N_("`{what}` is an array of NumPy. It has no `.{name}`, as in PyTorch, and needs none: leave it out."),
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
    Row("no such attribute of a tensor", "AttributeError", r"^'KerasTensor' object has no attribute '(?P<name>[^']+)'", tell=_of_tensor),
    Row("no such attribute of a tensor", "AttributeError", r"^'KerasTensor' object has no attribute '(?P<name>[^']+)'", N_("A tensor has no `.{name}`. It holds no numbers yet; what is to be done to it is done by layers, such as `Activation('relu')(X)` or `Add()([X, X_shortcut])`.")),
)  # fmt: skip

LATE_ROWS = (
    Row("no such attribute", "AttributeError", r"'(?P<type>[\w.]+)' object has no attribute '(?P<name>[^']+)'", tell=_object_attribute),
)  # fmt: skip
"""What is said where nothing nearer to the cause is known."""
