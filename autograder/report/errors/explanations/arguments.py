"""Values that can't be right: an argument of the wrong type, a variable that holds no tensor, a layer not called."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator, Mapping

from ....base.messages import N_
from ..code import MERGES, Assigned, Code, Sort, WrongArgument, bound, callee, wanted
from ..row import Occurrence, Row, Told, Translated
from ..vocabulary import CLOSE_ARGUMENT, LAYERS, WORDS, nearest

WHOLE_LIST = N_("The number of filters of one convolution must be one number, not the whole list: unpack the list with F1, F2, F3 = filters.")  # fmt: skip
SHORT_TEXT = 40
MADE = (ast.Call, ast.BinOp)
"""What is calculated, so that a comma behind it was not meant; in `axes = 0,` it may well be."""
INITIALIZER = re.compile(r"^(?:glorot|Glorot|he_|He[A-Z]|random_|Random|Truncated|Zeros|Ones|Constant)")

WRONG_TYPE: Mapping[str, str] = {
    "number": N_("`{argument}` of {call} should be one whole number; `{text}` is {sort}."),
    "pair": N_("`{argument}` of {call} should be one number, or two in round brackets such as `(1, 1)`; `{text}` is {sort}."),
    "axis": N_("`{argument}` of {call} should be the number of an axis; `{text}` is {sort}."),
    "word": N_("`{argument}` of {call} should be a word in quotes, such as `'{example}'`; `{text}` is {sort}."),
    "name": N_("`{argument}` of {call} should be a text; `{text}` is {sort}."),
    "initializer": N_("`{argument}` of {call} should be an initializer, such as `glorot_uniform(seed=0)`; `{text}` is {sort}."),
    "seed": N_("`{argument}` of {call} should be a whole number without quotes; `{text}` is {sort}."),
}  # fmt: skip
SORTS: Mapping[Sort, str] = {
    "tensor": N_("a tensor"),
    "layer": N_("a layer"),
    "class": N_("a class"),
    "list": N_("a list"),
    "tuple": N_("a tuple"),
    "text": N_("a text"),
    "number": N_("a number"),
    "none": N_("the value None"),
    "function": N_("a function"),
}


def _wrong_argument(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    wrong = occurrence.code.wrong_argument()
    if wrong is None:
        return None
    what = wanted(wrong.call, wrong.argument)
    if what == "number" and wrong.sort == "list" and "filters" in occurrence.exercise.signature:
        known = occurrence.code.assigned(wrong.text)
        if known is not None and known.text == "filters":
            words = {"name": wrong.text, "line": known.line}
            return Told(
                N_("`{name}` is the whole list since line {line}: unpack the list there with F1, F2, F3 = filters."),
                words,
            )
        return Told(WHOLE_LIST)
    return _told_of(wrong, what)


def _told_of(wrong: WrongArgument, what: str) -> Told:
    example = WORDS[wrong.argument][0] if what == "word" else ""
    words = {"argument": wrong.argument, "call": wrong.call, "text": wrong.text, "example": example}
    if wrong.sort in ("unknown", "tuple") and what == "pair":
        return Told(
            N_(
                "`{argument}` of {call} should be one number, or two numbers in round brackets such as `(1, 1)`, not `{text}`."
            ),
            words,
        )
    return Told(WRONG_TYPE[what], words | {"sort": Translated(SORTS[wrong.sort])})


def _initializer_called(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """`Conv2D(..., kernel_initializer=glorot_uniform(seed=0)(X))`: the layer's bracket closes too late."""
    code = occurrence.code
    for call in code.calls:
        inner = call.func
        if isinstance(inner, ast.Call) and call.args and INITIALIZER.search(callee(inner)):
            words = {"what": code.text(inner), "given": code.text(call.args[0])}
            return Told(
                N_(
                    "`{what}` is called on `{given}`: the bracket that closes the layer stands too late. It belongs "
                    "before the tensor: `{what})({given})`."
                ),
                words,
            )
    return None


def _not_whole(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    """`Conv2D(F2 / 2, ...)`: a size with a decimal point."""
    code = occurrence.code
    if not re.search(r"\d\.\d|float", found[0]):
        return None
    for call in code.calls:
        for argument, value in bound(call):
            parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
            if wanted(callee(call), argument) in ("number", "pair") and any(map(_has_point, parts)):
                words = {"argument": argument, "call": callee(call), "text": code.text(value)}
                return Told(
                    N_(
                        "`{argument}` of {call} must be whole, and `{text}` gives a number with a decimal point. To divide "
                        "whole numbers, write `//`."
                    ),
                    words,
                )
    return Told(N_("A size in this line is a number with a decimal point; it must be whole. Is `//` meant for `/`?"))


def _has_point(value: ast.expr) -> bool:
    parts = list(ast.walk(value))
    floats = (part for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, float))
    return any(floats) or any(isinstance(part, ast.Div) for part in parts)


# --- what a layer is called on ----------------------------------------------------------------------------------------


def _made_of_tensor(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """`Flatten(X)`: a layer gets as a setting what it should be called on."""
    code = occurrence.code
    applied = {id(call.func) for call in code.calls if call.args}
    for call in code.calls:
        if id(call) not in applied and made_of_tensor(code, call):
            return _make_first(code, call)
    return None


def made_of_tensor(code: Code, call: ast.expr, before: int | None = None) -> bool:
    """Whether a layer is made of a tensor, or of a list of tensors, instead of being called on it."""
    if not isinstance(call, ast.Call) or callee(call) not in LAYERS:
        return False
    given = [part for value in call.args for part in (value.elts if isinstance(value, ast.List) else [value])]
    return any(code.sort(value, before) == "tensor" for value in given)


def _make_first(code: Code, call: ast.Call) -> Told:
    layer, given = callee(call), ", ".join(code.text(value) for value in call.args)
    if layer in MERGES:
        given = f"[{given.strip('[]')}]"
        sentence = N_("{layer} is a layer: make it first, then call it on the list of tensors: `{layer}()({given})`.")
        return Told(sentence, {"layer": layer, "given": given})
    plain = layer in ("Flatten", "BatchNormalization", "ReLU", "MaxPooling2D", "AveragePooling2D")
    inside = "" if plain else "'relu'" if layer == "Activation" else "..."
    sentence = N_(
        "{layer} is a layer: make it first, with its settings, then call it on the tensor. Call the layer on a tensor: `{layer}({inside})({given})`."
    )
    return Told(sentence, {"layer": layer, "inside": inside, "given": code.text(call.args[0])})


def _inputs(occurrence: Occurrence) -> Iterator[tuple[str, ast.expr]]:
    """What layers and models in the statement are called on: (the layer, or Model, and the expression)."""
    code = occurrence.code
    for call in code.calls:
        if isinstance(call.func, ast.Call) and callee(call.func):
            yield from ((callee(call.func), value) for value in call.args)
        elif callee(call) == "Model":
            named = [keyword.value for keyword in call.keywords if keyword.arg in ("inputs", "outputs")]
            yield from (("Model", value) for value in [*call.args[:2], *named])


def _spoilt_variable(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """A variable that does not hold a tensor because of what an earlier line did."""
    code = occurrence.code
    for _layer, value in _inputs(occurrence):
        for part in value.elts if isinstance(value, ast.List | ast.Tuple) else [value]:
            if isinstance(part, ast.Name):
                told = since(code, part.id)
                if told is not None:
                    return told
    for node in code.nodes(ast.Name):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            known = code.assigned(node.id)
            if known is not None and (known.sort == "none" or _comma_behind(known)):
                return since(code, node.id)
    return None


def since(code: Code, name: str, before: int | None = None) -> Told | None:
    """What a variable holds instead of a tensor, and since which line; None where it may well be a tensor.

    Some layers hand on what is no tensor, so a layer called on such a variable gives another one.
    """
    known = code.assigned(name, before)
    if known is None:
        return None
    value = known.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Call) and value.args:
        given = value.args[0]
        return (
            since(code, given.id, known.line)
            if isinstance(given, ast.Name) and known.line > 1
            else _list_of(known, name)
        )
    words = {"name": name, "line": known.line, "text": known.text}
    if known.sort == "none":
        return Told(N_("`{name}` is None since line {line}: give it its value there."), words)
    if _comma_behind(known):
        return Told(
            N_(
                "`{name}` is a tuple since line {line}: the comma at the end of that line makes it one. Delete the comma."
            ),
            words,
        )
    if known.sort == "layer" and made_of_tensor(code, known.value, known.line):
        return Told(
            N_(
                "`{name}` is a layer, not a tensor: `{text}` in line {line} only makes it. Make the layer first, then call the layer on a tensor: `Activation('relu')(X)`."
            ),
            words,
        )
    if known.sort == "layer":
        return Told(
            N_(
                "`{name}` is a layer, not a tensor: line {line} makes it, but does not call it. Call the layer on a tensor: `{made}(X)`."
            ),
            words | {"made": _short(known)},
        )
    if known.sort == "class":
        return Told(
            N_(
                "`{name}` is a class, not a tensor: in line {line} brackets are missing. Make the layer, then call the layer on a tensor: `{text}(...)(X)`."
            ),
            words,
        )
    if known.sort == "text":
        return Told(N_("`{name}` is a text since line {line}, not a tensor."), words)
    return None


def _list_of(known: Assigned, name: str) -> Told | None:
    if known.sort != "list":
        return None
    sentence = N_(
        "`{name}` is a list since line {line}: the layer there was called on a list, and gave one. Only Add takes a list."
    )
    return Told(sentence, {"name": name, "line": known.line})


def _short(known: Assigned) -> str:
    """The call that makes a layer, its arguments left out where they are long."""
    if not isinstance(known.value, ast.Call) or len(known.text) <= SHORT_TEXT:
        return known.text
    return f"{callee(known.value)}(...)"


def _added(code: Code) -> Told | None:
    """`X + [X_shortcut]`: a tensor and something else are added."""
    for node in code.nodes(ast.BinOp):
        if not isinstance(node, ast.BinOp):
            continue
        for one, other in ((node.left, node.right), (node.right, node.left)):
            sort = code.sort(other)
            if code.sort(one) == "tensor" and sort in ("list", "text", "tuple", "class", "layer", "none"):
                words = {"one": code.text(one), "other": code.text(other), "sort": Translated(SORTS[sort])}
                return Told(
                    N_(
                        "`{one}` is a tensor and `{other}` is {sort}: only two tensors can be added, as in `Add()([X, X_shortcut])`."
                    ),
                    words,
                )
        if not isinstance(node.op, ast.Add) and code.sort(node.left) == code.sort(node.right) == "tensor":
            return Told(
                N_("The paths are added by `Add()([X, X_shortcut])`; here stands another sign between them: `{text}`."),
                {"text": code.text(node)},
            )
    return None


def is_wrong(code: Code) -> bool:
    """Whether the statement itself shows a mistake, whatever Python says."""
    return code.wrong_argument() is not None or _added(code) is not None


def only_compared(occurrence: Occurrence, _found: re.Match[str] | None = None) -> Told | None:
    """A line that is a comparison and nothing else: meant to give a variable its value."""
    code = occurrence.code
    for statement in code.statements:
        value = statement.value if isinstance(statement, ast.Expr) else None
        parts = value.elts if isinstance(value, ast.Tuple) else [value]  # `a, b == c, d` compares b and c
        value = next((part for part in parts if isinstance(part, ast.Compare)), None)
        equal = value is not None and isinstance(value.ops[0], ast.Eq) and isinstance(value.left, ast.Name)
        if equal and code.line_of(statement) <= (occurrence.error.line or 10**9):
            words = {"line": code.line_of(statement), "name": code.text(value.left)}  # type: ignore[union-attr]
            return Told(
                N_(
                    "Line {line} only compares, and keeps nothing: to give `{name}` its value, write one `=` in place of `==`."
                ),
                words,
            )
    return None


OF_TYPE: Mapping[str, tuple[type[ast.AST], ...]] = {
    "str": (ast.Constant, ast.JoinedStr), "list": (ast.List, ast.ListComp), "set": (ast.Set,), "dict": (ast.Dict,), "tuple": (ast.Tuple,),
    "int": (ast.Constant,), "float": (ast.Constant,),
}  # fmt: skip


def _of_wrong_type(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    """A variable of the very type that Python complains of, and the line that it comes from."""
    code = occurrence.code
    for node in code.nodes(ast.Name):
        known = code.assigned(node.id) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else None
        if known is None or not isinstance(node, ast.Name):
            continue
        kind = type(known.value.value).__name__ if isinstance(known.value, ast.Constant) else found["type"]
        made = isinstance(known.value, ast.Call) and callee(known.value) == found["type"]
        if made or (isinstance(known.value, OF_TYPE[found["type"]]) and kind == found["type"]):
            words = {"name": node.id, "type": found["type"], "line": known.line}
            return Told(N_("`{name}` is of the type {type} since line {line}, and that does not fit here."), words)
    return None


def _comma_above(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """A comma at the end of a line above: nobody makes a tuple of a tensor so, and errors of all kinds follow."""
    for name, known in occurrence.code.above():
        if _comma_behind(known) and isinstance(known.value, ast.Tuple) and isinstance(known.value.elts[0], MADE):
            return since(occurrence.code, name, known.line + 1)
    return None


def _none_given(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """`Conv2D(..., kernel_initializer=None)` or `np.arange(None)`, where nothing can be made of it."""
    for call in occurrence.code.calls:
        for keyword in call.keywords:
            if keyword.arg and isinstance(keyword.value, ast.Constant) and keyword.value.value is None:
                words = {"argument": keyword.arg, "call": occurrence.code.text(call.func)}
                return Told(N_("`{argument}` of {call} can't be None here: give it a value, or leave it out."), words)
        if any(isinstance(one, ast.Constant) and one.value is None for one in call.args):
            words = {"call": occurrence.code.text(call.func)}
            return Told(N_("{call} is given None, where a value belongs."), words)
    return None


def _number_in_quotes(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """`LayerNormalization(epsilon="1e-6")`: Keras keeps the text, and stumbles over it when it calculates."""
    code = occurrence.code
    for call in code.all_calls:
        for keyword in call.keywords:
            value = keyword.value
            if keyword.arg and isinstance(value, ast.Constant) and isinstance(value.value, str):
                with contextlib.suppress(ValueError):
                    float(value.value)
                    words = {"argument": keyword.arg, "text": value.value, "line": code.line_of(call)}
                    words |= {"call": callee(call)}
                    return Told(
                        N_(
                            "Line {line} gives `{argument}` of {call} a text, '{text}': write the number without quotes."
                        ),
                        words,
                    )
    return None


def _comma_behind(known: Assigned) -> bool:
    return isinstance(known.value, ast.Tuple) and len(known.value.elts) == 1 and known.text.endswith((",", "…"))


def _wrong_input(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """What stands in a layer's brackets is no tensor, as the line itself shows."""
    code = occurrence.code
    for layer, value in _inputs(occurrence):
        words = {"layer": layer, "what": code.text(value)}
        if isinstance(value, ast.Attribute) and value.attr == "shape":
            return Told(
                N_("{layer} is called on `{what}`, which is a shape and no tensor. Call it on the tensor itself."),
                words,
            )
        if isinstance(value, ast.List) and layer in LAYERS and layer not in MERGES:
            return Told(N_("{layer} takes one tensor, and is given a list: `{what}`. Only Add takes a list."), words)
        if isinstance(value, ast.Name) and layer in MERGES and code.sort(value) == "tensor":
            return Told(
                N_(
                    "{layer} adds up a list of tensors: `{layer}()([X, X_shortcut])`. Here it gets one alone, `{what}`."
                ),
                words,
            )
        parts = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
        for part in parts:
            sort = code.sort(part)
            if sort in ("none", "text", "layer", "class", "number"):
                sentence = N_("{layer} is called on `{what}`, which is {sort} and no tensor.")
                return Told(sentence, {"layer": layer, "what": code.text(part), "sort": Translated(SORTS[sort])})
        if isinstance(value, ast.List) and layer in MERGES and len(value.elts) < 2:
            return Told(N_("{layer} is given one tensor: `{what}`. It needs two, X and the shortcut."), words)
    return None


def _no_such_word(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    argument, word = found.groupdict().get("argument") or "activation", found["word"].strip("'\"")
    for call in occurrence.code.calls:
        positions = dict(zip(LAYERS.get(callee(call), ()), call.args, strict=False))
        if argument == "data_format" and argument in positions:
            text = occurrence.code.text(positions[argument])
            return Told(
                N_("{call} takes `{text}` for its `{argument}`, by its place. Is `name=` missing in front of it?"),
                {"call": callee(call), "text": text, "argument": argument},
            )
    near = nearest(word, WORDS.get(argument, ()), CLOSE_ARGUMENT)
    words = {
        "argument": argument,
        "word": word,
        "near": near,
        "known": ", ".join(f"'{w}'" for w in WORDS.get(argument, ())[:4]),
    }
    if near:
        return Told(N_("`{argument}` can't be `'{word}'`. Did you mean `'{near}'`?"), words)
    return Told(N_("`{argument}` can't be `'{word}'`. It may be {known}."), words)


ANY = "TypeError ValueError AttributeError IndexError NotImplementedError InvalidArgumentError"
FIRST_ROWS = (
    Row("compared, not assigned", f"{ANY} NameError UnboundLocalError", r"", tell=only_compared),
    Row("comma above", ANY, r"", tell=_comma_above),
    Row("None given", "AttributeError TypeError", r"'NoneType' has no attribute 'from_config'|for .*'NoneType'", tell=_none_given),
    Row("number in quotes", "InvalidArgumentError", r"string tensor", tell=_number_in_quotes),
)  # fmt: skip
TYPE_ROWS = (
    Row(
        "variable of another type",
        "TypeError",
        r"^(?!.*not supported between).*'(?P<type>set|dict|list|str)' (?:and|object cannot)",
        tell=_of_wrong_type,
    ),
)
ROWS = (
    Row("bracket closed too late", ANY, r"", tell=_initializer_called),
    Row("not whole", "ValueError TypeError", r"Cannot convert .* to a shape.*|'float' object cannot be interpreted as an integer", tell=_not_whole),
    Row("layer not made", ANY, r"", tell=_made_of_tensor),
    Row("wrong argument", ANY, r"", tell=_wrong_argument),
    Row("added to a tensor", ANY, r"", tell=lambda occurrence, _found: _added(occurrence.code)),
    Row("no such word", "ValueError", r"activation function identifier: (?P<word>[\w.]+)", tell=_no_such_word),
    Row("no such word", "ValueError", r"`(?P<argument>padding|data_format)` .*Received: (?:\w+=)?(?P<word>[\w']+)", tell=_no_such_word),
    Row("no such initializer", "ValueError", r"interpret initializer identifier: (?P<word>\S+)", N_("Keras knows no initializer `{word}`. The exercise asks for `glorot_uniform(seed=0)`.")),
    Row("variable spoilt", ANY, r"", tell=_spoilt_variable),
    Row("wrong input", ANY, r"", tell=_wrong_input),
)  # fmt: skip
