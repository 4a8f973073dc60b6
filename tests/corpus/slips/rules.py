"""What may be said of each kind of slip: the rows of the table that are true of it, and words that must be right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .judged import Tried

GENERIC = frozenset({"another", "some value", "some attribute", "some part", "some import", "some name", "calculation"})
"""Rows that say no more than what an exception's type means."""

SYNTAX = {
    "bracket never closed", "bracket never opened", "brackets of two kinds", "= for ==", "comma missing", "invalid",
    "quote missing", "assigned to what has no name", "argument without name behind",
}  # fmt: skip
LATER = {"variable spoilt", "returned", "different shapes", "wrong input", "added to a tensor"}
TRUE_OF: dict[str, set[str]] = {
    "= in a condition": {"= for ==", "invalid", "colon missing"},
    "= left out": {"undefined", "invalid", "colon missing"},
    "== for =": {"compared, not assigned", "before its value", "returned", "different shapes", "undefined", "argument missing of a layer"},
    "None assigned": LATER | {"unpacked, a single value", "wrong argument", "text and number", "name twice"},
    "None for a value": {"refused", "not a whole number", "not numbers", "pair of numbers", "no tensor", "wrong argument", "wrong input", "different shapes", "name twice", "unpacked, a single value", "variable spoilt", "None given"},
    "None in the list": {"wrong input", "returned"},
    "argument in the wrong brackets": {"argument in the wrong brackets", "bracket never closed", "called on nothing"},
    "argument left out": {"number of arrays", "argument missing of a layer", "argument missing", "unknown argument", "wrong argument", "model of others", "not connected", "no such word", "unpacked, a single value", "argument without name behind", "Model needs both", "argument missing of a function"},
    "argument of another library": {"unknown argument", "argument missing of a layer"},
    "argument too many": {"too many arguments", "argument without name behind", "wrong argument", "argument missing", "argument twice", "number of arrays", "no such axis of an array", "not numbers", "parts of two lengths"},
    "arguments exchanged": {"wrong argument", "not connected", "model of others", "unpacked, a single value", "own input", "too small"},
    "array as condition": {"truth of an array"},
    "assertion": {"assertion"},
    "attribute misspelt": {"no such attribute", "no such attribute of a module", "undefined"},
    "attribute of a list": {"no such attribute"},
    "attribute of a word": {"no such attribute"},
    "block called as a layer": {"argument missing"},
    "body not indented": {"body missing"},
    "bracket left open": SYNTAX | {"quote missing"},
    "bracket not opened": SYNTAX,
    "bracket too many": {"bracket never opened", "brackets of two kinds"},
    "brackets lost": {"different shapes", "argument without name behind", "argument twice", "wrong argument", "too many arguments", "invalid", "comma missing"},
    "called twice": {"not callable", "called on nothing"},
    "calls itself": {"calls itself"},
    "caret": {"caret"},
    "class for layer": {"variable spoilt", "returned", "model of others", "wrong input"},
    "class for word": {"class for a word", "wrong argument"},
    "class returned": {"returned"},
    "colon left out": {"colon missing", "invalid"},
    "comma behind": {"variable spoilt", "returned", "comma above"},
    "comma lost": SYNTAX | {"not callable", "text and number", "unpacked, a single value", "undefined", "too many tensors", "part of a number", "part by a word"},
    "divided by zero": {"divided by zero"},
    "exit": {"exit"},
    "function for word": {"undefined", "no such attribute of a module"},
    "indented": {"indented too far", "indented like nothing", "invalid"},
    "index out of range": {"no such part", "no such part of an array"},
    "Input inside a block": {"own input", "different shapes", "no shape", "not connected"},
    "keyword left out": {"argument missing of a layer", "argument missing", "different shapes", "unknown argument", "not connected", "no such axis of an array", "shapes of arrays"},
    "keyword misspelt": {"unknown argument", "argument missing of a layer", "too many arguments", "argument missing"},
    "keyword twice": {"argument written twice"},
    "keyword unknown": {"unknown argument"},
    "keyword without name": {"argument without name behind", "wrong argument", "argument twice", "too many arguments", "truth of an array", "axis by its place"},
    "layer and tensor exchanged": {"not callable", "variable spoilt"},
    "layer called on nothing": {"called on nothing"},
    "layer not called": {"variable spoilt", "returned", "model of others", "wrong input"},
    "layer not made": {"layer not made", "variable spoilt", "returned"},
    "list added": {"added to a tensor"},
    "list as index": {"variable of another type", "part by a word", "not a whole number"},
    "list called": {"not callable"},
    "list for number": {"filters whole", "wrong argument"},
    "list of one": {"wrong input", "not a list of tensors"},
    "list without brackets": {"too many tensors"},
    "method not called": {"method not called"},
    "method of no tensor": {"no such attribute of a tensor"},
    "name misspelt": {"undefined", "before its value"},
    "no such axis": {"no such axis", "no such axis of an array", "wrong argument"},
    "no such file": {"no such file"},
    "no such key": {"no such key"},
    "no such module": {"no such attribute of a module", "undefined", "old module"},
    "no such word": {"no such word"},
    "not a list": {"wrong input", "not a list of tensors"},
    "not imported": {"undefined"},
    "not indented": {"indented like nothing", "indented too far", "body missing", "return outside", "invalid"},
    "nothing given": {"argument missing of a layer"},
    "number added to word": {"text and number"},
    "number as list": {"part of a number"},
    "number called": {"not callable", "no such attribute"},
    "number for word": {"wrong argument"},
    "number in a loop": {"unpacked, a single value", "undefined"},
    "number unpacked": {"unpacked, a single value"},
    "numpy for tensor": {"model of others", "wrong input"},
    "numpy on a tensor": {"symbolic"},
    "old argument": {"unknown argument", "argument missing of a layer"},
    "old function": {"undefined", "no such attribute of a module"},
    "old module": {"old module", "old import"},
    "one number too many": {"wrong argument", "unpacked into too few or many", "no such axis of an array"},
    "print for return": {"returned", "variable spoilt"},
    "python on a tensor": {"refused", "symbolic", "symbolic in a condition", "added to a tensor"},
    "quote lost": SYNTAX | {"word that begins with a digit"},
    "raise left in": {"raise left in", "untouched"},
    "result not tensor": {"wrong argument", "no such word"},
    "retrun": {"invalid"},
    "return alone": {"returned"},
    "return left out": {"returned"},
    "Sequential": {"Sequential of others"},
    "set for list": {"variable of another type", "text and number", "not hashable"},
    "shape for tensor": {"wrong input", "model of others"},
    "shape unpacked": {"no shape"},
    "shapes that don't fit": {"shapes of arrays"},
    "sign for =": SYNTAX | {"wrong argument", "undefined", "argument missing", "colon missing"},
    "sign lost": SYNTAX | {"not callable", "number of arrays"},
    "statement left out": {"undefined", "before its value", "returned", "different shapes", "too small", "not connected", "beside each other"},
    "statement twice": {"name twice", "too small", "beside each other"},
    "target misspelt": {"undefined", "before its value", "different shapes", "too small", "beside each other"},
    "tensor called": {"not callable"},
    "tensor for number": {"wrong argument", "symbolic"},
    "tensor in a list": {"variable spoilt", "wrong input", "returned", "several tensors"},
    "tensor left out": {"argument missing"},
    "tensorflow on a tensor": {"symbolic"},
    "too few for the pattern": {"too few for the pattern"},
    "too few returned": {"returned"},
    "tuple in range": {"not a whole number"},
    "tuple returned": {"returned"},
    "window missing": {"unknown argument", "argument missing of a layer"},
    "window too large": {"too small"},
    "word added": {"added to a tensor"},
    "word as function": {"not callable"},
    "word as index": {"part by a word"},
    "word called": {"not callable"},
    "word for a number in the pattern": {"word for a number in the pattern"},
    "word for list": {"unpacked into too few or many"},
    "word for number": {"compared with a number", "variable of another type", "wrong argument", "no shape", "no such word", "not numbers", "text times text", "not a whole number", "unpacked, a single value", "refused", "number in quotes"},
    "word for tensor": {"model of others", "wrong input"},
    "word in the list": {"wrong input"},
    "word returned": {"returned"},
    "word without quotes": {"undefined", "wrong argument"},
    "wrong number of names": {"unpacked into too few or many"},
}  # fmt: skip
"""Of each kind of slip, the explanations that are true of it. Written side by side with the explanations themselves."""


def untrue(tried: Tried) -> Iterator[str]:
    """What the report says that is not so, a sentence each."""
    slip, error, report = tried.slip, tried.report.error, tried.report
    if error is None:
        return
    if tried.row not in TRUE_OF.get(slip.kind, set()) | GENERIC:
        yield f"explained as {tried.row!r}"
    for number in map(
        int, re.findall(r"(?<!gets one in )(?<!gets its first one only in )\b[Ll]ine (\d+)\b(?! of)", error)
    ):
        if not _near(slip.line, number, slip.last):
            yield f"it says line {number}, the slip is in {slip.line}"
    meant = re.search(r"(?:Did you mean|It is called) `[.']?([\w.]+)", error)
    spelt = slip.kind in ("keyword misspelt", "name misspelt", "attribute misspelt")
    if meant and spelt and slip.wrong.isidentifier() and meant[1] != slip.right:
        yield f"it proposes {meant[1]}, right is {slip.right}"
    if (
        slip.kind.endswith("misspelt")
        and slip.kind != "target misspelt"
        and slip.wrong.isidentifier()
        and slip.wrong not in error
    ):
        yield f"it does not name {slip.wrong}"
    own = _step(tried)
    for finding in report.findings if own else ():
        if not any(step.partition(",")[0] == own for step in finding.steps):
            yield f"beside the error it finds fault with {finding.step}: {finding.message}"


def _near(first: int, number: int, last: int) -> bool:
    return first <= number <= last + 1


def _step(tried: Tried) -> str:
    """The step of the slip's own statement: as its layer is called, or else as the nearest comment above says.

    "" where the solution has neither.
    """
    lines = tried.slip.code.splitlines()[: tried.slip.last]
    own = re.search(r'(2[abc])"', "".join(lines[tried.slip.line - 1 :]))
    if own:
        return own[1]
    for line in reversed(lines):
        word = re.search(r"# (?:step )?(2a|2b|2c|shortcut|stage \d|head|add)|branch(2[abc])|[\"'](2[abc])[\"']", line)
        if word:
            return next(filter(None, word.groups()))
    return ""


def named(tried: Tried) -> bool:
    """Whether the report names the cause, and of an error the line: the slip's own, in the code shown or in words."""
    report = tried.report
    if report.error is None:
        return bool(report.findings)
    lines = {tried.line, *map(int, re.findall(r"\b[Ll]ine (\d+)", report.error))}
    lines |= set(map(int, re.findall(r"` \((\d+)\)", report.error)))
    here = any(tried.slip.line <= line <= tried.slip.last + 1 for line in lines)
    here = here or (tried.slip.kind == "statement left out" and tried.row in ("undefined", "before its value"))
    return tried.row not in GENERIC and (here or bool(report.findings))
