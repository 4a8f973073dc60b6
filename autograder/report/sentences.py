"""Findings and errors in words: every sentence that a reader gets to see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ..base.messages import N_, Translate
from ..diagnosis import CaseVerdict, Finding
from ..diagnosis.finding import COMPONENT
from ..evidence.evidence import StudentError
from ..exercises import Exercise, Text
from ..graph import Setting
from .functions import ARRAYS, NOT_KERAS, NUMPY_ERRORS, describe_array, describe_returned

MAIN_STEPS = {
    "2a": N_("main path, first component"),
    "2b": N_("main path, second component"),
    "2c": N_("main path, third component"),
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


def describe_step(step: str, _: Translate) -> str:
    """`2b` -> "main path, second component"; the place of a layer in a large model keeps its numbers."""
    if isinstance(step, Text):
        return _(step)
    place = ""
    for part in step.split(", "):
        stage = re.fullmatch(r"stage (\d)", part)
        block = re.fullmatch(r"block (\w+)", part)
        if stage:
            word = _("stage {number}").format(number=stage.group(1))
        elif block:
            word = _("block {letter}").format(letter=block.group(1))
        else:
            word = _(MAIN_STEPS[part]) if part in MAIN_STEPS else part
        place = _("{place}, {part}").format(place=place, part=word) if place else word
    return place


def value(setting: Setting) -> str:
    """A setting as a student would type it."""
    if isinstance(setting, tuple) and setting and isinstance(setting[0], tuple):
        return "(" + ", ".join(value(part) for part in setting) + ")"
    return repr(setting)


def describe(finding: Finding, _: Translate) -> str:
    """The finding as one or two sentences that say what to do about it."""
    where = describe_step(finding.step, _)
    text = _(finding.sentence) if finding.sentence else _SENTENCES[finding.kind](finding, _)
    sentence = _("{where}: {what}").format(where=where[:1].upper() + where[1:], what=text)
    more = []
    if finding.also:
        others = _places(finding.also[:4], _)
        if len(finding.also) > 4:
            others = _("{others}; and {number} more").format(others=others, number=len(finding.also) - 4)
        more.append(_("Also in: {others}.").format(others=others))
    if finding.unseen:
        others = _places(finding.unseen, _)
        more.append(_("Because of this, the result does not depend on: {others}.").format(others=others))
    if finding.counted_in:
        more.append(_("Already counted in {exercise}.").format(exercise=finding.counted_in))
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
    if finding.hidden:
        sentence = N_(
            "{what} of {layer} is right in the public examples but not for other arguments. Is it a fixed value in your code instead of following from the function's arguments?"
        )
    elif finding.setting == "training":
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
    if finding.hidden or finding.found is None:
        sentence = N_("{layer} gets the wrong input for some arguments.")
    elif finding.unseen:  # what should have come from there is not in the graph
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
    "setting": N_("A setting has a value that makes no sense, or one of the wrong type ({what})."),
    "size": N_("What your function built is too large to be looked at ({what})."),
    "form": N_("What your function built is not a plain Keras graph with one input and one output ({what})."),
}  # fmt: skip


def describe_trouble(verdict: CaseVerdict, _: Translate) -> str:
    """Why evidence without an exception earns nothing."""
    if verdict.trouble == "refused" and verdict.case.hidden:
        # What it is has a name that the student's code chose, knowing the hidden arguments.
        return _("With other arguments, the result holds something that the exercise does not ask for.")
    if verdict.trouble == "refused":
        outputs = re.fullmatch(r"(\d+) outputs", verdict.detail)
        what = _("{number} outputs").format(number=outputs.group(1)) if outputs else verdict.detail
        return _(REFUSALS[verdict.why]).format(what=what)
    if verdict.trouble == "incoherent":
        return _(
            "The output does not fit the layers and weights that came with it. Restart the kernel, run the notebook from "
            "the top and try again. If that does not help, `autograder doctor` tells what is wrong on this machine."
        )
    return _(
        "Something is different, but the autograder can't say what: compare your code with the table line by line."
    )


def describe_error(error: StudentError, exercise: Exercise, _: Translate) -> str:
    """An exception, or an unusable result, in the reader's language."""
    words = {"function": exercise.function, "type": error.type}
    sentence = N_("{type}: {message}")
    if error.kind == "signature":
        sentence = N_(
            "The function can't be called as {call} (Python says: {message}). Keep its first line as it was given."
        )
        words |= {"call": f"{exercise.function}({', '.join(exercise.signature)})", "message": error.message}
    elif error.kind == "returned":
        return _returned(error, exercise, _)
    elif error.kind == "undefined":
        sentence = N_("There is no function {function} in this notebook. Keep the name that was given.")
    elif error.kind == "graph":
        sentence = N_(
            "{function} must return a model made with Model(inputs=..., outputs=...), not of the class {type}."
        )
    else:
        words["message"] = _first_lines(error.message)
        if not error.message:
            sentence = N_("{function} raises {type}.")
        for kind, pattern, known in FUNCTION_ERRORS if exercise.kind == "function" else ERRORS:
            found = re.search(pattern, error.message)
            if kind in (error.type, "") and found:
                sentence, words = known, {key: word or "" for key, word in found.groupdict().items()}
                words["function"] = exercise.function
                break
    return _(sentence).format(**words)


def _first_lines(message: str) -> str:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", message)
    return " ".join(line.strip() for line in plain.strip().splitlines()[:3])[:400]


def _returned(error: StudentError, exercise: Exercise, _: Translate) -> str:
    """What is wrong with the type of what a function returned."""
    if exercise.kind == "function":
        return describe_returned(error, exercise, _)
    what, block = error.type, exercise.kind == "block"
    several = re.fullmatch(r"(tuple|list) of (\d+)", what)
    words = {"function": exercise.function, "type": what.removeprefix("class ")}
    sentence = N_("{function} returns something of type {type}; it should return {wanted}.")
    if what in ("NoneType", "nothing"):
        sentence = N_("{function} returns nothing. End it with `return`, followed by {wanted}.")
    elif block and what in ("EagerTensor", "ndarray"):
        sentence = N_(
            "{function} returns plain numbers, not {wanted}: call the layers on the X that the function is given."
        )
    elif block and what in ("Functional", "Model", "Sequential"):
        sentence = N_("{function} returns a Model. Return the tensor X itself; the model is made from it later.")
    elif not block and what == "KerasTensor":
        sentence = N_("{function} returns a tensor. Make a model of it: Model(inputs=X_input, outputs=X).")
    elif what.startswith("class ") or what in LAYER_NAMES:
        sentence = N_(
            "{function} returns a layer ({type}), not its output. Call the layer on a tensor: Activation('relu')(X)."
        )
    elif several:
        sentence = N_("{function} returns a {type} of {number}; it should return {wanted} alone.")
        words |= {"type": several.group(1), "number": several.group(2)}
    return _(sentence).format(wanted=_("the output tensor") if block else _("a Model"), **words)


LAYER_NAMES = frozenset(
    "Conv2D BatchNormalization ReLU Activation Add Dense Flatten MaxPooling2D AveragePooling2D".split()
)

ERRORS: tuple[tuple[str, str, str], ...] = (
    ("NotImplementedError", r"", N_("The cell of {function} is still as it was given: write your code in place of `raise NotImplementedError()`.")),
    ("ValueError", r"incompatible shapes\. Received shapes (?P<a>\([^)]*\)) and (?P<b>\([^)]*\))", N_("Two tensors that are to be added have different shapes, {a} and {b} (height, width, channels): compare strides, padding and the last number of filters on the two paths.")),
    ("ValueError", r"output size would be zero or negative", N_("The image has become too small for the next layer: a stride is too large somewhere, or there is one layer too many that makes the image smaller.")),
    ("ValueError", r"[Cc]annot (?:be )?broadcast|not broadcastable", N_("Two tensors that are to be added have different shapes: compare strides, padding and the last number of filters on the two paths.")),
    ("ValueError", r'The name "(?P<name>[^"]+)" is used (?P<times>\d+) times', N_("The name {name} is given to {times} layers; every layer needs a name of its own. Do the names contain the stage, the block and the component (2a, 2b, 2c, 1)?")),
    ("ValueError", r"A KerasTensor cannot be used as input to a TensorFlow function|KerasTensor is symbolic", N_("A function of TensorFlow or NumPy is called on X, but X holds no numbers yet: it is symbolic. Use a Keras layer instead, such as Activation('relu')(X).")),
    ("", r"Only instances of `keras.Layer` can be added to a Sequential", N_("A Sequential model may hold nothing but layers: something in it is not a layer.")),
    ("ValueError", r"[Oo]utputs? .*not connected to `?inputs`?|Graph disconnected|cannot be (?:computed|reached)", N_("The result does not depend on the input: is the first layer called on it, and is it the input that Model(inputs=...) names?")),
    ("NameError", r"name '(?P<name>[^']+)' is not defined", N_("{name} is not defined. Is it spelt as in the set-up cell, and has that cell been run?")),
    ("UnboundLocalError", r"variable '(?P<name>[^']+)'", N_("{name} is used before it is given a value.")),
    ("TypeError", r"cannot unpack non-iterable|(?:int|NoneType).* is not iterable", N_("Something that is not a list is unpacked. `filters` is a list of three numbers: F1, F2, F3 = filters.")),
    ("ValueError", r"(?:too many|not enough) values to unpack", N_("`filters` holds three numbers: unpack them with F1, F2, F3 = filters.")),
    ("", r"filters.*(?:list|\[\d)|(?:list|\[\d).*filters", N_("The number of filters of one convolution must be one number, not the whole list: unpack the list with F1, F2, F3 = filters.")),
    ("", r"(?:layer|argument).*(?:<class 'keras|<Conv2D|<BatchNormalization|<Activation|<ReLU|<Add)", N_("A layer is used where its output is needed. Call the layer on a tensor: Conv2D(...)(X).")),
    ("TypeError", r"(?P<call>\w+)\(\) missing (?P<count>\d+) required positional argument", N_("{call}() is called without an argument that it needs.")),
    ("TypeError", r"(?P<call>[\w.]+)\(\) got an unexpected keyword argument '(?P<name>\w+)'", N_("{call}() knows no argument called {name}.")),
    ("TypeError", r"Merge\.__init__\(\) takes 1 positional argument|Add.__init__\(\) takes", N_("Add is a layer: make it first, then call it on the list of tensors: Add()([X, X_shortcut]).")),
    ("TypeError", r"'(?:<=|<|>|>=)' not supported between instances of '(?:TrackedList|list|tuple)' and 'int'", N_("The number of filters of one convolution must be one number, not the whole list: unpack the list with F1, F2, F3 = filters.")),
    ("TypeError", r"'int' object is not subscriptable", N_("A plain number is used as if it were a list: f, stage and s are single numbers, only filters is a list.")),
    ("ValueError", r"All `inputs` values must be KerasTensors", N_("Model(inputs=...) takes the tensor that Input(...) gave, not its shape.")),
    ("RecursionError", r"", N_("{function} calls itself without end.")),
    ("CellTimeoutError", r"^(?P<seconds>\d+)", N_("The code ran for more than {seconds} seconds and was stopped. Is there a loop that never ends?")),
    ("DeadKernelError", r"", N_("The kernel died while running this code. Does it need too much memory, or does it end Python itself?")),
    ("SubmissionTimeoutError", r"^(?P<seconds>\d+)", N_("The whole notebook ran for more than {seconds} seconds and was stopped.")),
    ("LimitError", r"^memory$", N_("The code needed more memory than there is for it, and was stopped.")),
    ("LimitError", r"^processes$", N_("The code started more processes than it may, and was stopped.")),
    ("LimitError", r"^(?:disk|files)$", N_("The code wrote more to the disk than it may, and was stopped.")),
    ("LimitError", r"^flood$", N_("The code printed more than it may, and was stopped.")),
    ("LimitError", r"", N_("The code ran for longer than it may, and was stopped.")),
    ("SystemExit", r"", N_("{function} calls exit(): nothing after it can run.")),
)  # fmt: skip

FUNCTION_ERRORS = (*NUMPY_ERRORS, *(row for row in ERRORS if row[0] in NOT_KERAS and "filters" not in row[2]))
"""What is said of errors where Keras has no part."""
