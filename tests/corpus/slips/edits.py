"""The slips of one line: each function makes one sort of slip wherever a statement has room for it."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator

from .slip import Slip, Solution

Maker = Callable[[Solution, ast.stmt], Iterator[Slip]]

KEYWORDS = {
    "kernel_initializer": ("kernal_initializer", "initializer", "kernel_initialiser", "init"),
    "strides": ("stride", "strids", "subsample"),
    "padding": ("pading", "border_mode", "pad"),
    "axis": ("axes", "axsi"),
    "name": ("nam", "Name", "layer_name"),
    "activation": ("activations", "activaton"),
    "seed": ("sed",),
    "inputs": ("input", "inpts"),
    "outputs": ("output", "outptus"),
    "filters": ("filter",),
    "stage": ("stages",),
    "block": ("blok", "letter"),
    "s": ("stride",),
    "f": ("kernel_size",),
}
NAMES = {
    "Conv2D": ("Conv2d", "conv2D", "Conv2", "Convolution2D"),
    "BatchNormalization": ("Batchnormalization", "BatchNormalisation", "BatchNorm"),
    "Activation": ("activation", "Activaton"),
    "Add": ("add", "ADD"),
    "glorot_uniform": ("glorot_unifrom", "Glorot_uniform"),
    "Dense": ("dense",),
    "Flatten": ("flatten", "Flaten"),
    "MaxPooling2D": ("MaxPool", "Maxpooling2D"),
    "AveragePooling2D": ("AvgPooling2D", "AveragePooling2d"),
    "ZeroPadding2D": ("ZeroPading2D",),
    "Input": ("input_layer", "InputLayr"),
    "Model": ("model",),
    "convolutional_block": ("conv_block",),
    "identity_block": ("identityblock", "indentity_block"),
    "X": ("x",),
    "X_shortcut": ("x_shortcut", "X_shorcut"),
    "X_input": ("X_inputs", "inputs"),
    "F1": ("f1",),
    "F2": ("f2", "F_2"),
    "F3": ("f3",),
    "conv_name_base": ("conv_base_name", "conv_name"),
    "bn_name_base": ("bn_base_name",),
    "filters": ("filter_sizes",),
    "np": ("numpy",),
    "x": ("X",),
    "moving_mean": ("moving_avg",),
    "moving_variance": ("moving_var",),
    "variance": ("var", "varience"),
    "mean": ("means",),
    "axes": ("axis",),
    "normalized": ("normalised",),
    "momentum": ("Momentum",),
    "epsilon": ("eps",),
    "range": ("rang",),
    "classes": ("class_count",),
    "letter": ("leter",),
}
METHODS = {"mean": "means", "var": "variance", "sqrt": "squareroot", "ndim": "dim"}
WORDS = {"same": ("sam", "smae"), "valid": ("vaild",), "relu": ("rel", "ReLu6x"), "softmax": ("sofmax",)}


def calls_of(stmt: ast.stmt) -> list[ast.Call]:
    """The calls in a statement, without those in a loop's or a condition's body."""
    return [node for node in _own(stmt) if isinstance(node, ast.Call)]


def _own(stmt: ast.stmt) -> Iterator[ast.AST]:
    heads = {ast.For: ("target", "iter"), ast.If: ("test",)}
    fields = heads.get(type(stmt))  # type: ignore[call-overload]
    parts = [getattr(stmt, name) for name in fields] if fields else [stmt]
    return itertools.chain.from_iterable(map(ast.walk, parts))


def is_applied(call: ast.Call) -> bool:
    """Whether this calls a layer that was made on the spot: `Conv2D(...)(X)`."""
    return isinstance(call.func, ast.Call)


def keywords(sol: Solution, stmt: ast.stmt) -> Iterator[Slip]:
    for call in calls_of(stmt):
        for keyword in call.keywords:
            assert keyword.arg is not None
            start, end = sol.span(keyword)
            value = sol.text(keyword.value)
            for wrong in KEYWORDS.get(keyword.arg, ()):
                code = sol.changed(start, start + len(keyword.arg), wrong)
                yield sol.slip("keyword misspelt", stmt, code, wrong, keyword.arg)
            comma = sol.code.rindex(",", 0, start) if len(call.args) + len(call.keywords) > 1 else start
            if "(" not in sol.code[comma:start]:
                yield sol.slip("keyword left out", stmt, sol.changed(comma, end, ""), "", keyword.arg)
            for sign in ("==", ":", " "):
                code = sol.changed(start + len(keyword.arg), start + len(keyword.arg) + 1, sign)
                yield sol.slip("sign for =", stmt, code, f"{keyword.arg}{sign}{value}", f"{keyword.arg}={value}")
            yield sol.slip("keyword without name", stmt, sol.changed(start, end, value), value, keyword.arg)
            twice = sol.changed(start, end, f"{sol.text(keyword)}, {sol.text(keyword)}")
            yield sol.slip("keyword twice", stmt, twice, keyword.arg)


def values(sol: Solution, stmt: ast.stmt) -> Iterator[Slip]:
    """Arguments of another type, and words that are none."""
    for call in calls_of(stmt):
        for value in [*call.args, *(keyword.value for keyword in call.keywords)]:
            start, end = sol.span(value)
            text = sol.text(value)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                for wrong in WORDS.get(value.value, ()):
                    yield sol.slip("no such word", stmt, sol.changed(start, end, f'"{wrong}"'), wrong, value.value)
                yield sol.slip("word without quotes", stmt, sol.changed(start, end, value.value), value.value, text)
                yield sol.slip("number for word", stmt, sol.changed(start, end, "3"), "3", text)
                yield sol.slip("quote lost", stmt, sol.changed(end - 1, end, ""), text[:-1], text)
            elif isinstance(value, ast.Constant | ast.Tuple):
                yield sol.slip("word for number", stmt, sol.changed(start, end, f'"{text}"'), f'"{text}"', text)
            if isinstance(value, ast.Tuple):
                flat = text.strip("()")
                yield sol.slip("brackets lost", stmt, sol.changed(start, end, flat), flat, text)
                three = f"({flat}, 1)"
                yield sol.slip("one number too many", stmt, sol.changed(start, end, three), three, text)
            if not isinstance(value, ast.GeneratorExp) and not is_applied(call):
                yield sol.slip("None for a value", stmt, sol.changed(start, end, "None"), "None", text)


def arguments(sol: Solution, stmt: ast.stmt) -> Iterator[Slip]:
    for call in calls_of(stmt):
        name = sol.text(call.func)
        if is_applied(call):
            continue
        for number, value in enumerate(call.args):
            start, end = sol.span(value)
            after = re.match(r",\s*", sol.code[end:])
            gone = sol.changed(start, end + (after.end() if after else 0), "")
            yield sol.slip("argument left out", stmt, gone, name, sol.text(value))
            if number + 1 < len(call.args):
                following = call.args[number + 1]
                both = f"{sol.text(following)}, {sol.text(value)}"
                swapped = sol.changed(start, sol.span(following)[1], both)
                yield sol.slip("arguments exchanged", stmt, swapped, both, f"{sol.text(value)}, {sol.text(following)}")
        close = sol.span(call)[1] - 1
        if call.keywords or call.args:
            yield sol.slip("argument too many", stmt, sol.changed(close, close, ", 7"), "7", name)


def names(sol: Solution, stmt: ast.stmt) -> Iterator[Slip]:
    for node in _own(stmt):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            start, end = sol.span(node)
            for wrong in NAMES.get(node.id, ()):
                yield sol.slip("name misspelt", stmt, sol.changed(start, end, wrong), wrong, node.id)
            if node.id in ("F1", "F2", "F3"):
                yield sol.slip("list for number", stmt, sol.changed(start, end, "filters"), "filters", node.id)
                yield sol.slip("tensor for number", stmt, sol.changed(start, end, "X"), "X", node.id)
                yield sol.slip("word for number", stmt, sol.changed(start, end, f'"{node.id}"'), node.id, node.id)
        if isinstance(node, ast.Attribute):
            _, end = sol.span(node)
            wrong = METHODS.get(node.attr, "")
            if wrong:
                code = sol.changed(end - len(node.attr), end, wrong)
                yield sol.slip("attribute misspelt", stmt, code, wrong, node.attr)


def layer_calls(sol: Solution, stmt: ast.stmt) -> Iterator[Slip]:
    """`Layer(...)(X)` in the ways in which it is got wrong."""
    for call in calls_of(stmt):
        if not is_applied(call):
            continue
        inner = call.func
        assert isinstance(inner, ast.Call)
        layer, made, given = sol.text(inner.func), sol.text(inner), sol.text(call.args[0])
        start, end = sol.span(call)

        def put(kind: str, text: str, start: int = start, end: int = end, layer: str = layer) -> Slip:
            return sol.slip(kind, stmt, sol.changed(start, end, text), text.splitlines()[0], layer)

        yield put("layer not called", made)
        yield put("layer called on nothing", f"{made}()")
        yield put("layer not made", f"{layer}({given})")
        yield put("class for layer", layer)
        yield put("called twice", f"{made}({given})({given})")
        yield put("layer and tensor exchanged", f"{given}({made})")
        if isinstance(call.args[0], ast.List):
            yield put("list without brackets", f"{made}({given.strip('[]')})")
            yield put("list of one", f"{made}([X])")
            yield put("not a list", f"{made}(X)")
        else:
            yield put("tensor in a list", f"{made}([{given}, X])")
            yield put("shape for tensor", f"{made}({given}.shape)")
            if inner.keywords:
                keyword = sol.text(inner.keywords[-1])
                outside = made.replace(keyword, "").rstrip(" ,)") + f")({given}, {keyword})"
                yield put("argument in the wrong brackets", outside)


def statements(sol: Solution, stmt: ast.stmt) -> Iterator[Slip]:
    start, end = sol.span(stmt)
    text = sol.text(stmt)
    line_start = sol.code.rindex("\n", 0, start) + 1
    indent = sol.code[line_start:start]
    simple = not isinstance(stmt, ast.For | ast.If)
    if simple:
        yield sol.slip("statement left out", stmt, sol.changed(start, end, "pass"), "", text)
        yield sol.slip("statement twice", stmt, sol.changed(start, end, f"{text}\n{indent}{text}"), text)
        yield sol.slip("comma behind", stmt, sol.changed(end, end, ","), ",")
        yield sol.slip("raise left in", stmt, sol.changed(start, start, f"raise NotImplementedError()\n{indent}"))
    yield sol.slip("indented", stmt, sol.changed(line_start, line_start, "  "), "  ")
    yield sol.slip("not indented", stmt, sol.changed(line_start, start, indent[:-2]), indent[:-2])
    if isinstance(stmt, ast.Assign):
        (target,) = stmt.targets
        t_start, t_end = sol.span(target)
        value_start = sol.span(stmt.value)[0]
        name = sol.text(target)
        yield sol.slip("None assigned", stmt, sol.changed(value_start, end, "None"), "None", name)
        yield sol.slip("== for =", stmt, sol.changed(t_end, value_start, " == "), "==", "=")
        yield sol.slip("= left out", stmt, sol.changed(t_end, value_start, " "), "", "=")
        if isinstance(target, ast.Name) and name.lower() != name:
            code = sol.changed(t_start, t_end, name.lower())
            yield sol.slip("target misspelt", stmt, code, name.lower(), name)
    if isinstance(stmt, ast.Return):
        yield sol.slip("return left out", stmt, sol.changed(start, start + len("return "), ""), "", "return")
        yield sol.slip("return alone", stmt, sol.changed(start + len("return"), end, ""), "return", text)
        shown = text.replace("return ", "print(") + ")"
        yield sol.slip("print for return", stmt, sol.changed(start, end, shown), shown, text)
        if isinstance(stmt.value, ast.Name):
            word = f'return "{stmt.value.id}"'
            yield sol.slip("word returned", stmt, sol.changed(start, end, word), word, text)
        yield sol.slip("retrun", stmt, sol.changed(start, start + len("return"), "retrun"), "retrun", "return")
    if not simple:
        colon = sol.code.index(":", start)
        yield sol.slip("colon left out", stmt, sol.changed(colon, colon + 1, ""), "", ":")
        inside = stmt.body[0]  # type: ignore[attr-defined]
        begin = sol.span(inside)[0]
        margin = sol.code.rindex("\n", 0, begin) + 1
        yield sol.slip("body not indented", inside, sol.changed(margin, begin, indent))


def brackets(sol: Solution, stmt: ast.stmt) -> Iterator[Slip]:
    if isinstance(stmt, ast.For | ast.If):
        return
    start, end = sol.span(stmt)
    for place in range(start, end):
        sign = sol.code[place]
        if sign in ")]":
            yield sol.slip("bracket left open", stmt, sol.changed(place, place + 1, ""), sign, sign)
        elif sign in "([":
            yield sol.slip("bracket not opened", stmt, sol.changed(place, place + 1, ""), sign, sign)
        elif sign == ",":
            yield sol.slip("comma lost", stmt, sol.changed(place, place + 1, ""), "", ",")
        elif sign in "+*/":
            yield sol.slip("sign lost", stmt, sol.changed(place, place + 1, ""), "", sign)
    yield sol.slip("bracket too many", stmt, sol.changed(end, end, ")"), ")")


MAKERS: tuple[Maker, ...] = (keywords, values, arguments, names, layer_calls, statements, brackets)
