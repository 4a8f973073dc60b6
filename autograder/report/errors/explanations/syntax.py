"""Code that Python cannot read at all."""

from __future__ import annotations

import re

from ....base.messages import N_
from ..row import Occurrence, Row, Told

S, I = "SyntaxError", "IndentationError TabError"  # noqa: E741


def _invalid(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """What Python calls invalid without saying why."""
    line = occurrence.error.code
    word = re.match(r"(\w+)\s+[\w\"'(\[]", line)
    if word and word[1] in ("retrun", "reutrn", "retun", "Return", "RETURN", "return_"):
        return Told(N_("`{word}` is no word of Python's. Did you mean `return`?"), {"word": word[1]})
    if re.match(r"\w+(?:, \w+)*\s+[\w\"'(\[{]", line) and not re.match(
        r"(?:if|for|return|else|elif|def|while|import|from|not|in|with|lambda)\b", line
    ):
        return Told(N_("Python can't read this line. Is the `=` missing behind the name at its beginning?"))
    return None


ROWS = (
    Row("bracket never closed", S, r"'(?P<sign>.)' was never closed", N_("The bracket `{sign}` in this line is never closed. Count the brackets: each one that opens must close.")),
    Row("bracket never opened", S, r"unmatched '(?P<sign>.)'", N_("The bracket `{sign}` in this line closes nothing: one is too many, or one that opens is missing before it.")),
    Row("brackets of two kinds", S, r"closing parenthesis '(?P<close>.)' does not match opening parenthesis '(?P<open>.)'", N_("A bracket that was opened as `{open}` is closed as `{close}`: one bracket is missing or of the wrong kind, here or in the line before.")),
    Row("argument without name behind", S, r"positional argument follows keyword argument", N_("An argument without a name stands behind one with a name. Give it its name, such as `padding=`, or move it to the front; two numbers that belong together stand in round brackets.")),
    Row("argument written twice", S, r"keyword argument repeated: (?P<name>\w+)", N_("The argument `{name}` is given twice in the same call: delete one.")),
    Row("quote missing", S, r"unterminated (?:f-string|string|triple-quoted)|EOL while scanning", N_("A text in this line has no quote at its end, or none at its beginning.")),
    Row("word that begins with a digit", S, r"invalid (?:decimal|hexadecimal|octal|binary) literal|leading zeros in decimal", N_("Here a word begins with a digit, which only a text in quotes may: is a quote missing in this line?")),
    Row("= for ==", S, r"Maybe you meant '==' or ':=' instead of '='", N_("There is one `=` where a value is expected. To compare, write `==`. If it is meant to give an argument its value, a bracket or a comma is wrong before it.")),
    Row("assigned to what has no name", S, r"cannot assign to|cannot be target|can't assign", N_("What stands to the left of `=` can't be given a value: there may only be a name. Is a comma, a bracket or a quote wrong before it, or is `==` meant?")),
    Row("colon missing", S, r"expected ':'", N_("A `:` is missing at the end of this line.")),
    Row("body missing", I, r"expected an indented block after '?(?P<what>\w+)", N_("The lines that belong to `{what}` must be indented further than it: four spaces more.")),
    Row("indented too far", I, r"unexpected indent", N_("This line is indented further than the one before, and nothing asks for it. Give both the same number of spaces at the beginning.")),
    Row("indented like nothing", I, r"unindent does not match|inconsistent use of tabs", N_("This line begins with a number of spaces that no line before it has. Give it as many as the line that it follows.")),
    Row("return outside", S, r"'(?P<word>return|yield|await|break|continue)'? (?:outside|not)", N_("`{word}` stands outside the function: is the line, or one before it, not indented far enough?")),
    Row("comma missing", S, r"Perhaps you forgot a comma", N_("Python can't read this line: something is missing between two values, as a rule a comma, a sign such as `+` or `=`, or a bracket.")),
    Row("f-string", S, r"f-string", N_("There is a mistake in the braces of a text that begins with `f`: each `{{` needs a `}}` and a name between them.")),
    Row("invalid", S, r"", tell=_invalid),
    Row("invalid", S, r"", N_("Python can't read this line: a sign is missing or too many, as a rule a comma, a bracket, a quote, `=` or `:`. If the line looks right, look at the one before it.")),
    Row("invalid", I, r"", N_("The spaces at the beginning of this line don't fit those of the lines around it.")),
)  # fmt: skip
