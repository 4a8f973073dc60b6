"""Python's complaints about values: signs between things that don't go together, numbers of parts, patterns of text."""

from __future__ import annotations

import ast
import re

from ....base.messages import N_
from ..code import MERGES
from ..row import Occurrence, Row, Told
from ..vocabulary import LAYERS

PYTHON_TYPES = {"str": "text", "int": "number", "float": "number", "NoneType": "none", "list": "list", "tuple": "tuple"}


def _signs(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    """`'res' + 2`, `2 + 'a'`, `'a' * 0.5`."""
    first, second = found["a"], found["b"]
    words = {"a": first, "b": second, "sign": found.groupdict().get("sign") or "+"}
    if {first, second} == {"str", "int"} and words["sign"] in ("+", "+="):
        return Told(
            N_("A text and a number can't be added with `+`: make a text of the number first, as in `str({number})`."),
            {"number": _number_added(occurrence)},
        )
    if "NoneType" in (first, second):
        return Told(N_("One side of `{sign}` is None. Has the variable been given a value?"), words)
    return Told(N_("`{sign}` can't put together {a} and {b}. Which of the two is not what you expect?"), words)


def _no_number(_occurrence: Occurrence, found: re.Match[str]) -> Told:
    return Told(
        N_("A number is to be made of the text {text}, which is none."), {"text": found["text"] or found["other"]}
    )


def _number_added(occurrence: Occurrence) -> str:
    """The variable that is added to a text and may be a number; the stage where none stands there."""
    code = occurrence.code
    sides = [side for sum_ in code.nodes(ast.BinOp) if isinstance(sum_, ast.BinOp) for side in (sum_.left, sum_.right)]
    names = (side for side in sides if isinstance(side, ast.Name))
    return next((name.id for name in names if code.may_be_number(name)), "stage")


def _unpack(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    statement = occurrence.code.statement
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Tuple):
        return None
    target, value = occurrence.code.text(statement.targets[0]), occurrence.code.text(statement.value)
    names = len(statement.targets[0].elts)
    words = {"target": target, "value": value, "names": names, "given": found.groupdict().get("given")}
    if value == "filters" and names != 3:
        return Told(
            N_("`filters` holds three numbers, and there are {names} names: unpack them with F1, F2, F3 = filters."),
            words,
        )
    if isinstance(statement.value, ast.Tuple):
        words["given"] = len(statement.value.elts)
        return Told(N_("There are {names} names to the left of `=`, and {given} values to the right of it."), words)
    return Told(N_("There are {names} names to the left of `=`, but `{value}` has not as many parts."), words)


def _unpack_single(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    statement, code = occurrence.code.statement, occurrence.code
    if isinstance(statement, ast.For):
        return Told(
            N_('`for` needs something with parts, such as "bc" or a list; `{what}` is of the type {type}.'),
            {"what": code.text(statement.iter), "type": found["type"]},
        )
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
        words = {"what": code.text(statement.value), "target": code.text(statement.targets[0]), "type": found["type"]}
        if (
            words["what"] != "filters"
            and "filters" in occurrence.exercise.signature
            and words["target"] == "F1, F2, F3"
        ):
            return Told(
                N_(
                    "`{what}` is a single value of the type {type}. The list of three numbers is `filters`: unpack it with F1, F2, F3 = filters."
                ),
                words,
            )
        return Told(
            N_("`{what}` is of the type {type} and has no parts, so it can't be unpacked into {target}."), words
        )
    return None


def _index(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    code = occurrence.code
    for node in code.nodes(ast.Subscript):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, int)
        ):
            words = {"what": code.text(node), "whole": code.text(node.value)}
            if node.slice.value >= 2:
                return Told(
                    N_(
                        "`{what}` doesn't exist: `{whole}` has not so many parts. Counting begins with 0, so that the third part is `{whole}[2]`."
                    ),
                    words,
                )
    return None


def _axis(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    for call in occurrence.code.calls:
        for keyword in call.keywords:
            if keyword.arg == "axis":
                words = {"axis": occurrence.code.text(keyword.value)}
                sizes = {len(shape) for case in occurrence.exercise.public_cases for shape in case.input_shapes}
                if sizes != {4}:
                    return Told(N_("The tensor here has no axis {axis}. Its last axis is axis -1."), words)
                if re.fullmatch(r"[0-3]|-[1-4]", words["axis"]):
                    return None
                return Told(
                    N_(
                        "There is no axis {axis}: a tensor (m, n_H, n_W, n_C) has the axes 0 to 3, and the channels are axis 3."
                    ),
                    words,
                )
    return None


def _subscript(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    kind, code = found["type"], occurrence.code
    node = next((n for n in code.nodes(ast.Subscript) if isinstance(n, ast.Subscript)), None)
    if node is None:
        return None
    words = {"what": code.text(node.value), "written": code.text(node), "type": kind}
    if kind in ("int", "float", "bool"):
        return Told(
            N_("`{what}` is a plain number and has no parts: `{written}` can't be. Write `{what}` alone."), words
        )
    if kind in LAYERS and isinstance(node.value, ast.Call):
        inside = code.text(node.slice).strip("()")
        words["call"] = f"{words['what']}([{inside}])" if kind in MERGES else f"{words['what']}({inside})"
        return Told(N_("A layer is called with round brackets, not with square ones: `{call}`."), words)
    if kind in ("function", "builtin_function_or_method", "type", "method"):
        return Told(N_("`{what}` is called with round brackets, not with square ones."), words)
    return Told(N_("`{what}` is of the type {type} and has no parts: `{written}` can't be."), words)


def _list_index(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    code = occurrence.code
    node = next((n for n in code.nodes(ast.Subscript) if isinstance(n, ast.Subscript)), None)
    if node is None:
        return None
    return Told(
        N_("The parts of `{what}` are reached by whole numbers, `{what}[0]` and so on; `{index}` is none."),
        {"what": code.text(node.value), "index": code.text(node.slice)},
    )


def _method_not_called(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    code = occurrence.code
    for node in code.nodes(ast.Name):
        if isinstance(node, ast.Name):
            known = code.assigned(node.id)
            if (
                known is not None
                and isinstance(known.value, ast.Attribute)
                and known.value.attr in ("mean", "var", "sum", "min", "max", "copy")
            ):
                words = {"name": node.id, "line": known.line, "text": known.text}
                return Told(
                    N_(
                        "`{name}` is a function, not a number: in line {line} the brackets behind `{text}` are missing."
                    ),
                    words,
                )
    return None


def _calls_itself(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    code = occurrence.code
    for call in code.all_calls:
        if isinstance(call.func, ast.Name) and call.func.id == occurrence.error.function:
            words = {"inner": call.func.id, "line": code.line_of(call)}
            return Told(N_("{inner} calls itself without end, in line {line}."), words)
    return None


def _caret(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    for node in occurrence.code.nodes(ast.BinOp):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
            return Told(N_("`^` is no power in Python. Write `**`, or np.sqrt for a square root."))
    return None


NEAR_ROWS = (
    Row("method not called", "TypeError AttributeError", r"method|function", tell=_method_not_called),
    Row("caret", "TypeError", r"bitwise_xor|for \^", tell=_caret),
)

ROWS = (
    Row("unpacked, a single value", "TypeError", r"cannot unpack non-iterable (?P<type>\w+)|'(?P<type2>\w+)' object is not iterable", tell=lambda o, f: _unpack_single(o, re.search(r"(?:non-iterable |')(?P<type>\w+)", f[0]) or f)),
    Row("unpacked into too few or many", "ValueError", r"(?:too many|not enough) values to unpack", tell=_unpack),
    Row("unpacked into too few or many", "ValueError", r"(?:too many|not enough) values to unpack", N_("A list is unpacked into another number of names than it has parts. `filters` has three.")),
    Row("unpacked, a single value", "TypeError", r"cannot unpack non-iterable|(?:int|NoneType).* is not iterable", N_("Something that is not a list is unpacked. `filters` is a list of three numbers: F1, F2, F3 = filters.")),
    Row("text that is no number", "ValueError", r"invalid literal for int\(\) with base \d+: (?P<text>.{1,40})|could not convert string to float: (?P<other>.{1,40})", tell=_no_number),
    Row("text and number", "TypeError", r"can only concatenate (?P<a>\w+) \(not \"(?P<b>\w+)\"\)", tell=_signs),
    Row("text and number", "TypeError", r"unsupported operand type\(s\) for (?P<sign>[^:]+): '(?P<a>[\w.]+)' and '(?P<b>[\w.]+)'", tell=_signs),
    Row("text times text", "TypeError", r"can't multiply sequence by non-int of type '(?P<b>\w+)'", N_("A text or a list is multiplied by something of the type {b}. Is a value in quotes that should be a number?")),
    Row("no such part", "IndexError", r"(?:list|tuple|string) index out of range|out of bounds", tell=_index),
    Row("no such axis", "IndexError TypeError ValueError", r"tuple index out of range|int\(\) argument must|out of range|[Aa]xis", tell=_axis),
    Row("part of a number", "TypeError", r"'(?P<type>[\w.]+)' object is not subscriptable", tell=_subscript),
    Row("part by a word", "TypeError IndexError", r"indices must be integers|only integers, slices", tell=_list_index),
    Row("too few for the pattern", "TypeError IndexError KeyError", r"not enough arguments for format string|Replacement index \d+ out of range", N_("The pattern of the text has more places than there are values behind it. `f\"res{{stage}}{{block}}_branch\"` is simpler.")),
    Row("too many for the pattern", "TypeError", r"not all arguments converted during string formatting", N_("There are more values behind the `%` than places in the pattern of the text.")),
    Row("word for a number in the pattern", "TypeError", r"%[a-z] format: a (?:real )?number is required, not (?P<type>\w+)", N_("`%d` in the pattern stands for a number, and is given something of the type {type}. A letter goes into `%s`.")),
    Row("no such key", "KeyError", r"(?P<key>.{1,60})", N_("There is nothing under the key `{key}`.")),
    Row("divided by zero", "ZeroDivisionError", r"", N_("Something is divided by zero in this line.")),
    Row("assertion", "AssertionError", r"", N_("An `assert` in your code says that something is not as expected.")),
    Row("no such file", "FileNotFoundError", r"", N_("A file is opened that is not there. The exercises need no file.")),
    Row("not allowed", "PermissionError OSError", r"", N_("The operating system refuses what this line asks for, such as opening a file. The exercises need no file.")),
    Row("calls itself", "RecursionError", r"", tell=_calls_itself),
    Row("calls itself", "RecursionError", r"", N_("{function} calls itself without end.")),
    Row("exit", "SystemExit", r"", N_("{function} calls exit(): nothing after it can run.")),
    Row("not hashable", "TypeError", r"unhashable type: '(?P<type>\w+)'", N_("Something of the type {type} stands where only a single fixed value may, such as between curly brackets.")),
)  # fmt: skip
