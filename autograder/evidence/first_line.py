"""The first line of a student's function beside the one that the exercise gave.

Compared before the function is called: arguments that are bound by their order alone would reach parameters that
were meant for others. Beside the student's code this decides how the function is called; on the trusted side it says
what is wrong.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .student_code import MAX_PARAMETERS, Parameter

NEVER_RENAMED = frozenset(
    {
        *("training", "trainable", "initializer", "kernel_initializer", "weights", "include_top", "input_tensor"),
        *("pooling", "regularizer", "kernel_regularizer", "data_format", "momentum", "activation", "name"),
    }
)
"""Parameters of other versions of such exercises, and of Keras: none of them is another name for an asked one."""

KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "plain",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "plain",
    inspect.Parameter.KEYWORD_ONLY: "keyword only",
    inspect.Parameter.VAR_POSITIONAL: "*",
    inspect.Parameter.VAR_KEYWORD: "**",
}


def parameters_of(function: Callable[..., Any]) -> list[Parameter] | None:
    """The function's parameters as plain data; None where Python can't tell them."""
    try:
        found = list(inspect.signature(function).parameters.values())[:MAX_PARAMETERS]
        return [Parameter(name=one.name[:100], kind=KINDS[one.kind], default=_default(one)) for one in found]  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _default(parameter: inspect.Parameter) -> str | None:
    value = parameter.default
    if value is inspect.Parameter.empty:
        return None
    if type(value) in (bool, int, float, str, type(None)):
        return repr(value)[:100]
    if type(value) in (tuple, list) and all(type(one) is int for one in value):
        return repr(tuple(value))[:100]
    return str(getattr(value, "__name__", "..."))[:100].encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class FirstLine:
    """How a student's first line differs from the asked one.

    Attributes:
        missing: asked parameters that it does not have.
        extra: parameters that nobody asked for; `needed` are those of them that have no default.
        renamed: pairs of an asked name and the student's; a block's tensor may be among them, which is all right.
        no_default: parameters that need a default and have none.
        other_default: a parameter, the student's default, and the asked one.
        reordered: the asked parameters that are there stand in another order, or behind others.
        by_name_only: asked parameters that can't be given by their place, because they stand behind a `*`.
        swallowed: asked parameters that have no place of their own, because a `**` takes them.
    """

    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    no_default: tuple[str, ...] = ()
    other_default: tuple[tuple[str, str, str], ...] = ()
    reordered: bool = False
    by_name_only: tuple[str, ...] = ()
    swallowed: tuple[str, ...] = ()

    @property
    def wrong(self) -> bool:
        """Whether a call as the exercise makes it fails, or gives parameters what was meant for others."""
        return bool(self.missing or self.needed or self.reordered or self.by_name_only or self.swallowed)


def compare_first_line(
    parameters: Sequence[Parameter], asked: Sequence[str], defaults: Mapping[str, str], free: Sequence[str] = ()
) -> FirstLine:
    """Compare a student's parameters with the asked ones.

    `defaults` are the asked defaults as Python writes them. `free` are parameters that may have any name: a block's
    tensors, which everybody passes first.
    """
    if any(one.kind == "*" for one in parameters):
        return FirstLine()  # it takes whatever comes, and sorts it out itself
    own = {one.name: one for one in parameters if one.kind != "**"}
    names = list(own)
    renamed = dict(_renamed(list(own.values()), asked, defaults, free))
    known = {renamed.get(name, name): name for name in asked}
    there = [name for name in names if name in known]
    missing = () if len(parameters) > len(own) else tuple(name for name in asked if renamed.get(name, name) not in own)
    extra = tuple(name for name in names if name not in known)
    order = [known[name] for name in there]
    needed = tuple(name for name in extra if own[name].default is None)
    first = [name for name in names if name not in needed][: len(there)]
    swallowed = [name for name in asked if renamed.get(name, name) not in own] if len(parameters) > len(own) else []
    return FirstLine(
        missing=missing,
        extra=extra,
        needed=needed,
        renamed=tuple(renamed.items()),
        no_default=tuple(known[name] for name in there if known[name] in defaults and own[name].default is None),
        other_default=tuple(
            (known[name], own[name].default or "", defaults[known[name]])
            for name in there
            if known[name] in defaults and own[name].default not in (None, defaults[known[name]])
        ),
        reordered=order != [name for name in asked if name in order] or (not missing and first != there),
        by_name_only=tuple(known[name] for name in there if own[name].kind == "keyword only"),
        swallowed=tuple(swallowed),
    )


def _renamed(
    own: Sequence[Parameter], asked: Sequence[str], defaults: Mapping[str, str], free: Sequence[str]
) -> list[tuple[str, str]]:
    """Pairs of an asked parameter and what stands in its place under another name."""
    pairs = []
    for wanted, given in zip(asked, own, strict=False):
        if given.name == wanted or given.name in asked or any(wanted == one.name for one in own):
            continue
        like = given.default is None or wanted in defaults
        if wanted in free or (like and given.name not in NEVER_RENAMED):
            pairs.append((wanted, given.name))
    return pairs


def named_arguments(
    parameters: Sequence[Parameter], found: FirstLine, values: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The arguments by the student's own names, as far as there are such; None where something needed is left out."""
    asked = {given: wanted for wanted, given in found.renamed}
    own = [one for one in parameters if one.kind in ("plain", "keyword only")]
    chosen = {one.name: asked.get(one.name, one.name) for one in own if asked.get(one.name, one.name) in values}
    if any(one.default is None and one.name not in chosen for one in own):
        return None
    named = {name: values[wanted] for name, wanted in chosen.items()}
    return named | {name: values[name] for name in found.swallowed if name in values}
