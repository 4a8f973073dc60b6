"""Findings and errors in words: every sentence that a reader gets to see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ..base.messages import N_, Translate
from ..diagnosis import CaseVerdict, Finding
from ..diagnosis.finding import COMPONENT
from ..exercises import Text
from ..graph import Setting
from .causes import describe_cause
from .functions import ARRAYS, describe_array

MAIN_STEPS = {
    "2a": N_("2a, main path"),
    "2b": N_("2b, main path"),
    "2c": N_("2c, main path"),
    "shortcut": N_("shortcut"),
    "add": N_("where the paths meet"),
    "head": N_("head"),
    "graph": N_("the network"),
    "weights": N_("the weights handed in"),
    "accuracy": N_("images recognised"),
}

SETTING_WORDS = {
    "seed": N_("the initializer seed"),
    "kernel_initializer": N_("the initializer"),
    "name": N_("the name"),
    "use_bias": N_("the bias (use_bias)"),
    "filters": N_("the number of filters"),
    "kernel_size": N_("the window (kernel_size)"),
    "strides": N_("the stride (strides)"),
    "padding": N_("the padding"),
    "axis": N_("the axis"),
    "units": N_("the number of units"),
    "pool_size": N_("the window (pool_size)"),
    "training": N_("a training= baked into the call"),
    "constant": N_("the plain number in the calculation"),
}


LABELS = {
    "shortcut": N_("shortcut"),
    "add": N_("add"),
    "head": N_("head"),
    "graph": N_("graph"),
    "weights": N_("weights"),
    "accuracy": N_("accuracy"),
}
"""The short names of steps, where a translation has a word of its own."""


def label_step(step: str, _: Translate) -> str:
    """A step's short name, for where there is little room: `2b`, `stage 1`, `add`, in the reader's language."""
    if isinstance(step, Text):
        told = _(step)
        return str(step) if told == step.told("en") else told
    parts = [_part_in_words(part, LABELS, _) for part in step.split(", ")]
    label = parts[0]
    for part in parts[1:]:
        label = _("{place}, {part}").format(place=label, part=part)
    return label


def step_in_full(step: str, title: str) -> str:
    """The step's name and its title, the name once where the title begins with it."""
    return title if step in title else f"{step:<9} {title}"


def describe_step(step: str, _: Translate) -> str:
    """`2b` -> "2b, main path", as the lesson calls it; the place of a layer in a large model keeps its numbers."""
    if isinstance(step, Text):
        return _(step)
    place = ""
    for part in step.split(", "):
        word = _part_in_words(part, MAIN_STEPS, _)
        place = _("{place}, {part}").format(place=place, part=word) if place else word
    return place


def _part_in_words(part: str, known: Mapping[str, str], _: Translate) -> str:
    stage = re.fullmatch(r"stage (\d)", part)
    block = re.fullmatch(r"block (\w+)", part)
    if stage:
        return _("stage {number}").format(number=stage.group(1))
    if block:
        return _("block {letter}").format(letter=block.group(1))
    return _(known[part]) if part in known else part


def value(setting: Setting) -> str:
    """A setting as a student would type it."""
    if isinstance(setting, tuple) and setting and isinstance(setting[0], tuple):
        return "(" + ", ".join(value(part) for part in setting) + ")"
    return repr(setting)


def describe(finding: Finding, _: Translate) -> str:
    """The finding as one or two sentences that say what to do about it."""
    where = describe_step(finding.step, _)
    if finding.hidden:
        text = _(
            "this step is right in the public examples but not for other arguments. Is there a fixed value in your code "
            "instead of one of the function's arguments?"
        )
    elif finding.cause is not None:
        text = describe_cause(finding, finding.cause, _)
    else:
        text = _(finding.sentence) if finding.sentence else _SENTENCES[finding.kind](finding, _)
    where = where[:1].upper() + where[1:]
    if finding.line is not None and finding.function:
        where = _("{where} (line {line} of {function})").format(
            where=where, line=finding.line, function=finding.function
        )
    elif finding.line is not None and finding.cause is None:
        where = _("{where} (line {line})").format(where=where, line=finding.line)
    sentence = _("{where}: {what}").format(where=where, what=text)
    more = []
    if finding.also:
        others = _places(finding.also[:4], _)
        if len(finding.also) > 4:
            others = _("{others}; and {number} more").format(others=others, number=len(finding.also) - 4)
        more.append(_("Also in: {others}.").format(others=others))
    if finding.unseen:
        others = _places(finding.unseen, _)
        more.append(_("Because of this, the result does not depend on: {others}.").format(others=others))
    for following in more:
        sentence = _("{sentence} {following}").format(sentence=sentence, following=following)
    return sentence


def _places(steps: Sequence[str], _: Translate) -> str:
    places = ""
    for step in steps:
        place = describe_step(step, _)
        places = _("{places}; {place}").format(places=places, place=place) if places else place
    return places


def _missing(finding: Finding, _: Translate) -> str:
    if finding.block:
        letter = value(finding.expected) if finding.expected else "?"
        return _("a block is missing: {block} with block={letter}.").format(block=finding.layer, letter=letter)
    if finding.found:
        return _("{found} stands where the exercise asks for {layer}.").format(found=finding.found, layer=finding.layer)
    if finding.expected == COMPONENT:
        return _("the whole component is missing, from {layer} on.").format(layer=finding.layer)
    return _("{layer} is missing.").format(layer=finding.layer)


def _extra(finding: Finding, _: Translate) -> str:
    if finding.block:
        return _("there is one block too many ({block}).").format(block=finding.layer)
    if finding.found == COMPONENT:
        return _("there is a component too many, beginning with {layer}.").format(layer=finding.layer)
    return _("there is a {layer} that the exercise does not ask for.").format(layer=finding.layer)


def _setting(finding: Finding, _: Translate) -> str:
    what = _("the setting {setting}").format(setting=finding.setting)
    if finding.setting in SETTING_WORDS:
        what = _(SETTING_WORDS[finding.setting])
    sentence = N_("{what} of {layer} is {found}; the exercise asks for {expected}.")
    if finding.setting == "training":
        sentence = N_(
            "{layer} is called with training={found}. Leave that out: the model itself knows when it is being trained."
        )
    elif finding.setting == "constant" and finding.expected is None:
        sentence = N_("the number {found} takes part in {layer}; the exercise asks for no such number.")
    elif finding.setting == "name" and finding.found is None:
        sentence = N_("{layer} has no name; the exercise asks for {expected}.")
    elif finding.expected is None and finding.setting not in ("seed", "max_value"):
        sentence = N_("{what} of {layer} is {found}; the exercise leaves it at Keras's default.")
    return _(sentence).format(
        layer=finding.layer, what=what, found=value(finding.found), expected=value(finding.expected)
    )


def _order(finding: Finding, _: Translate) -> str:
    return _("{layer} is there, but not in the right place: check the order of the layers.").format(layer=finding.layer)


def _wiring(finding: Finding, _: Translate) -> str:
    start = _("the input of the network") if finding.step.startswith("stage") else _("the input of the block")
    sentence = N_("{layer} gets the wrong input: {found}. It should get: {expected}.")
    if finding.unseen:  # what should have come from there is not in the graph
        sentence = N_("{layer} gets the wrong input: {found}.")
    found, expected = _sources(finding.found, start, _), _sources(finding.expected, start, _)
    return _(sentence).format(layer=finding.layer, found=found, expected=expected)


def _sources(text: Setting, start: str, _: Translate) -> str:
    """Where a layer's input comes from: `Conv2D (2c) + input` in words; `start` names the graph's own input."""
    sources = ""
    for source, times in Counter(str(text).split(" + ")).items():
        match = re.fullmatch(r"(\w+) \((.+)\)", source)
        if match:
            step = describe_step(match.group(2), _)
            word = _("{layer} ({step})").format(layer=match.group(1), step=step)
        else:
            word = start if source == "input" else source
        if times == 2:
            word = _("twice {source}").format(source=word)
        sources = _("{sources} and {source}").format(sources=sources, source=word) if sources else word
    return sources or _("nothing")


def _value(finding: Finding, _: Translate) -> str:
    if finding.setting in ARRAYS:
        return describe_array(finding, _)
    sentence = N_("{layer} is built as asked, but its {array} was changed afterwards.")
    if finding.setting == "outputs":
        sentence = N_(
            "everything is built as asked, but the output is not as it should be: were weights changed afterwards?"
        )
    return _(sentence).format(layer=finding.layer, array=finding.setting)


_SENTENCES = {
    "missing": _missing,
    "extra": _extra,
    "wrong setting": _setting,
    "wrong order": _order,
    "wrong wiring": _wiring,
    "wrong value": _value,
}

REFUSALS: Mapping[str, str] = {
    "layer": N_("Your function uses the layer {what}, and the autograder cannot look inside it. Build the step from the layers that the exercise names."),
    "operation": N_("Your function uses the operation {what}, which the exercise does not need. Build the step from the layers that the exercise names."),
    "activation": N_("Your function uses an activation that is not one of Keras's own ({what}). Use the one that the exercise names."),
    "initializer": N_("Your function uses an initializer that is not one of Keras's own ({what}). The exercise asks for glorot_uniform(seed=0)."),
    "policy": N_("Your function computes in a dtype that is not one of Keras's own, or turns its input into another one ({what}). Leave dtype at Keras's default."),
    "input": N_("The network takes pictures of the shape {what}. It should take those of the input_shape that the function is given; where it is called without one, of the shape in its first line as it was given."),
    "setting": N_("A setting has a value that makes no sense, or one of the wrong type ({what})."),
    "size": N_("What your function built is too large to be looked at ({what})."),
    "form": N_("What your function built is not a plain Keras graph with one input and one output ({what})."),
}  # fmt: skip


def describe_trouble(verdict: CaseVerdict, _: Translate) -> str:
    """Why evidence without an exception earns nothing."""
    if verdict.trouble == "hidden":
        return _(
            "With other arguments than those of the public examples the function fails, or its result can't be used. "
            "Is there something in your code that holds for the examples alone?"
        )
    if verdict.trouble == "refused":
        outputs = re.fullmatch(r"(\d+) outputs", verdict.detail)
        what = _("{number} outputs").format(number=outputs.group(1)) if outputs else verdict.detail
        return _(REFUSALS[verdict.why]).format(what=what)
    if verdict.trouble == "incoherent":
        return _(
            "The output does not fit the layers and weights that came with it. Restart the kernel, run the notebook from "
            "the top and try again. If that does not help, `autograder doctor` tells what is wrong on this machine."
        )
    if verdict.trouble == "values":
        return _(
            "Everything seems to be built as asked, but the output is not what follows from these layers and their seeds. "
            "Were weights changed afterwards, or is a layer not what it says it is?"
        )
    return _(
        "Something is different, but the autograder can't say what: compare your code with the table line by line."
    )
