"""Findings and errors in words: every sentence that a reader gets to see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from ..base.messages import N_, Translate
from ..diagnosis import CaseVerdict, Finding
from ..diagnosis.edits import SHARED
from ..diagnosis.finding import COMPONENT
from ..exercises import Text
from ..graph import Setting
from ..graph.layers import OUTPUTS
from .causes import describe_cause
from .functions import ARRAYS, CALL, describe_array

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
    "num_heads": N_("the number of heads (num_heads)"),
    "key_dim": N_("the width of a key (key_dim)"),
    "rate": N_("the rate"),
    "target_shape": N_("the shape (target_shape)"),
    "dims": N_("the order of the axes (dims)"),
    "size": N_("the factor (size)"),
    "epsilon": N_("the small number in the denominator (epsilon)"),
    "depth_multiplier": N_("the number of filters for each channel (depth_multiplier)"),
    "use_causal_mask": N_("the causal mask (use_causal_mask)"),
    "return_sequences": N_("whether all steps are given (return_sequences)"),
    "key": N_("the index in square brackets"),
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
OFF = ("seed", "max_value")
"""Settings whose None is a value: no seed, no bound. Of the others it says that the exercise names none."""

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
    of_the_call = finding.setting in CALL
    where = _("Arguments") if of_the_call else describe_step(finding.step, _)
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
    elif finding.line is not None and (finding.cause is None or finding.cause.kind == "input returned"):
        where = _("{where} (line {line})").format(where=where, line=finding.line)
    sentence = _("{where}: {what}").format(where=where, what=text)
    more = [_("This counts like a mistake in the last step.")] if of_the_call and not finding.counted_in else []
    if finding.also:
        others = _listed((_also_there(finding, step, _) for step in finding.also[:4]), _)
        if len(finding.also) > 4:
            others = _("{others}; and {number} more").format(others=others, number=len(finding.also) - 4)
        more.append(_("Also in: {others}.").format(others=others))
    if finding.unseen:
        others = _listed((describe_step(step, _) for step in finding.unseen), _)
        more.append(_("Because of this, the result does not depend on: {others}.").format(others=others))
    if finding.counted_in:
        more.append(_("Already counted in {exercise}.").format(exercise=finding.counted_in))
    for following in more:
        sentence = _("{sentence} {following}").format(sentence=sentence, following=following)
    return sentence


def _also_there(finding: Finding, step: str, _: Translate) -> str:
    """A further place of the finding, with what it has and should have where that is not what the first one has."""
    place = describe_step(step, _)
    there = next((one for one in finding.elsewhere if one.step == step), None)
    if there is None or (there.expected, there.found) == (finding.expected, finding.found):
        return place
    sentence = N_("{place}, where it is {found} instead of {expected}")
    if finding.setting == "name" and there.found is None:
        sentence = N_("{place}, where it should be {expected}")
    elif there.expected is None and finding.setting not in OFF:
        sentence = N_("{place}, where it is {found}")
    return _(sentence).format(place=place, found=value(there.found), expected=value(there.expected))


def _listed(words: Iterable[str], _: Translate) -> str:
    places = ""
    for place in words:
        places = _("{places}; {place}").format(places=places, place=place) if places else place
    return places


def _missing(finding: Finding, _: Translate) -> str:
    if finding.block:
        letters = str(finding.expected).split(", ")
        sentence = N_("a block is missing: {block} with block={letter}.")
        if len(letters) > 1:
            sentence = N_("{number} blocks are missing: {block} with block={letter}.")
        letter = ", ".join(map(repr, letters))
        return _(sentence).format(block=finding.layer, letter=letter, number=len(letters))
    if finding.found:
        return _("{found} stands where the exercise asks for {layer}.").format(found=finding.found, layer=finding.layer)
    if finding.expected == COMPONENT:
        return _("the whole component is missing, from {layer} on.").format(layer=finding.layer)
    return _("{layer} is missing.").format(layer=finding.layer)


def _extra(finding: Finding, _: Translate) -> str:
    if finding.block:
        assert isinstance(finding.expected, int)
        assert isinstance(finding.found, int)
        many = max(finding.found - finding.expected, 1)
        sentence = N_("there is one block too many ({block}): {there}, where the exercise asks for {asked}.")
        if many > 1:
            sentence = N_("there are {number} blocks too many ({block}): {there}, where the exercise asks for {asked}.")
        return _(sentence).format(block=finding.layer, number=many, there=finding.found, asked=finding.expected)
    if finding.found == COMPONENT:
        return _("there is a component too many, beginning with {layer}.").format(layer=finding.layer)
    return _("the exercise asks for no {layer} here.").format(layer=finding.layer)


def _shared(finding: Finding, _: Translate) -> str:
    sentence = N_("{layer} has weights of its own; the exercise asks for the layer of {other} once more.")
    if finding.found:
        sentence = N_(
            "{layer} is one and the same layer as {other}, called again, so both have the same weights. Make a new layer "
            "for each place."
        )
    return _(sentence).format(layer=finding.layer, other=_sources(finding.found or finding.expected, "", _))


def _setting(finding: Finding, _: Translate) -> str:
    if finding.setting == SHARED:
        return _shared(finding, _)
    what = _setting_in_words(finding.setting, _)
    sentence = N_("{what} of {layer} is {found}; the exercise asks for {expected}.")
    if finding.setting == "training":
        sentence = N_(
            "{layer} is called with training={found}. Leave that out: the model itself knows when it is being trained."
        )
    elif finding.setting == "constant" and finding.expected is None:
        sentence = N_("the number {found} takes part in {layer}; the exercise asks for no such number.")
    elif finding.setting == "name" and finding.found is None:
        sentence = N_("{layer} has no name; the exercise asks for {expected}.")
    elif finding.expected is None and finding.setting not in OFF:
        sentence = N_("{what} of {layer} is {found}; the exercise leaves it at Keras's default.")
    return _(sentence).format(
        layer=finding.layer, what=what, found=value(finding.found), expected=value(finding.expected)
    )


def _setting_in_words(setting: str, _: Translate) -> str:
    if setting in SETTING_WORDS:
        return _(SETTING_WORDS[setting])
    array, seed = re.sub(r"_seed$", "", setting), setting.endswith("_initializer_seed")
    if array.endswith("_initializer"):
        words = N_("the seed of {setting}") if seed else N_("the initializer {setting}")
        return _(words).format(setting=array)
    return _("the setting {setting}").format(setting=setting)


def _order(finding: Finding, _: Translate) -> str:
    return _("{layer} is there, but not in the right place: check the order of the layers.").format(layer=finding.layer)


def _wiring(finding: Finding, _: Translate) -> str:
    start = _("the input of the network") if finding.step.startswith("stage") else _("the input of the block")
    sentence = N_("{layer} gets the wrong input: {found}. It should get: {expected}.")
    if finding.layer == OUTPUTS:
        sentence = N_("the function returns {found}. It should return: {expected}.")
    elif _other_order(finding):
        sentence = N_(
            "{layer} gets its inputs in another order: {found}. It should get: {expected}. Unlike in a sum, the order "
            "counts here."
        )
    elif finding.unseen:  # what should have come from there is not in the graph
        sentence = N_("{layer} gets the wrong input: {found}.")
    found, expected = _sources(finding.found, start, _), _sources(finding.expected, start, _)
    return _(sentence).format(layer=finding.layer, found=found, expected=expected)


def _other_order(finding: Finding) -> bool:
    """Whether a layer gets just what it should, in another order."""
    found, expected = (str(text).split(" + ") for text in (finding.found, finding.expected))
    return found != expected and sorted(found) == sorted(expected)


def _sources(text: Setting, start: str, _: Translate) -> str:
    """Where a layer's input comes from: `Conv2D (2c) + input` in words; `start` names the graph's own input."""
    sources = ""
    for source, times in Counter(str(text).split(" + ")).items():
        match = re.fullmatch(r"(\w+) \((.+)\)", source)
        named = re.fullmatch(r"input (\w+)", source)
        if match:
            step = describe_step(match.group(2), _)
            word = _("{layer} ({step})").format(layer=match.group(1), step=step)
        elif named:
            word = _("the input {name}").format(name=named.group(1))
        else:
            word = start if source == "input" else source
        if times == 2:
            word = _("twice {source}").format(source=word)
        sources = _("{sources} and {source}").format(sources=sources, source=word) if sources else word
    return sources or _("nothing")


def _value(finding: Finding, _: Translate) -> str:
    if finding.setting in ARRAYS:
        return describe_array(finding, _)
    sentence = N_("{layer} has the settings that are asked for, but its {array} was changed afterwards.")
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
    "setting": N_("A setting has a value that makes no sense, or one of the wrong type: {what}. Numbers of pixels and of filters are whole: to divide them, write `//`."),
    "size": N_("What your function built is too large to be looked at ({what})."),
    "form": N_("What your function built is not a plain Keras graph of tensors ({what})."),
}  # fmt: skip


def _setting_refused(what: str) -> str:
    """`Conv2D.strides.0=1.5`, as the parser has it, as a student writes it: `Conv2D(..., strides=...)`.

    The value is said where it is the whole setting's.
    """
    layer, _dot, rest = what.partition(".")
    path, _equals, value = rest.partition("=")
    setting, _dot, inner = path.partition(".")
    return f"{layer}(..., {setting}={'...' if inner or not value else value})" if setting else what


def _line_of(verdict: CaseVerdict) -> int:
    """The line that calls a layer which is refused, or has a setting that is; 0 where it isn't known."""
    calls = verdict.code.calls if verdict.code and verdict.why in ("layer", "setting") else []
    name = verdict.detail.partition(".")[0]
    lines = dict.fromkeys(call.places[0].line for call in calls if call.places and call.layer == name)
    return next(iter(lines), 0) if verdict.why == "layer" or len(lines) == 1 else 0


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
        if verdict.why == "setting":
            what = _setting_refused(what)
        refusal = _(REFUSALS[verdict.why]).format(what=what)
        line = _line_of(verdict)
        more = _("See line {line}.").format(line=line) if line else ""
        return _("{sentence} {following}").format(sentence=refusal, following=more) if more else refusal
    if verdict.trouble == "incoherent":
        return _(
            "The output does not fit the layers and weights that came with it. Restart the kernel, run the notebook from "
            "the top and try again. If that does not help, `autograder doctor` tells what is wrong on this machine."
        )
    if verdict.trouble == "values":
        return _(
            "The layers and their connections seem to be as asked, but the output is not what follows from them and their seeds. "
            "Were weights changed afterwards, or is a layer not what it says it is?"
        )
    return _(
        "Something is different, but the autograder can't say what: compare your code with the table line by line."
    )
