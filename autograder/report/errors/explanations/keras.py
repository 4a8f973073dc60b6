"""What Keras and TensorFlow say of tensors: shapes that don't fit, names that stand twice, symbolic tensors."""

from __future__ import annotations

import ast
import re

from ....base.messages import N_
from ..code import Code, bound, callee
from ..row import Occurrence, Row, Told
from ..vocabulary import LAYERS, OTHER_CALLS


def _symbolic(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """A function that needs numbers is called on a tensor that has none yet."""
    code = occurrence.code
    for call in code.calls:
        if callee(call) in LAYERS or callee(call) in OTHER_CALLS or isinstance(call.func, ast.Call):
            continue
        given = [part for value in call.args for part in (value.elts if isinstance(value, ast.List) else [value])]
        classes = _class_in_list(code) if isinstance(call.func, ast.Name) else None
        if classes is not None:
            return classes
        if any(code.sort(value) == "tensor" for value in given):
            words = {"function": code.text(call.func)}
            return Told(
                N_(
                    "`{function}` is called on a tensor that holds no numbers yet: it is symbolic. Use a Keras layer instead, such as `Activation('relu')(X)` or `Add()([X, X_shortcut])`."
                ),
                words,
            )
    return None


def _class_in_list(code: Code) -> Told | None:
    """A layer's class among the layers of a list, such as `[Conv2D(...), BatchNormalization, ReLU()]`."""
    for node in (node for statement in code.statements for node in ast.walk(statement)):
        for part in node.elts if isinstance(node, ast.List | ast.Tuple) and isinstance(node.ctx, ast.Load) else ():
            if isinstance(part, ast.Name) and part.id in LAYERS and code.sort(part) == "class":
                words = {"layer": part.id, "line": code.line_of(part)}
                return Told(
                    N_(
                        "`{layer}` in line {line} is the class and no layer: the brackets behind it are missing, which "
                        "make one, `{layer}(...)`."
                    ),
                    words,
                )
    return None


def _one_tensor(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """`a, b = layer(X)`: one tensor is to be taken apart."""
    statement, code = occurrence.code.statement, occurrence.code
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
        words = {"number": len(statement.targets[0].elts)}
        return Told(
            N_("What stands to the right of `=` is one tensor, and there are {number} names to the left of it."), words
        )
    if isinstance(statement, ast.For):
        return Told(
            N_("`for` can't go through `{what}`: it is a tensor, and holds no numbers yet."),
            {"what": code.text(statement.iter)},
        )
    return None


def _decorated(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    for decorator in occurrence.code.decorators:
        return Told(
            N_(
                "`@{name}` above the function has TensorFlow run it, which needs numbers; the function is called on a tensor "
                "that holds none yet. Delete that line."
            ),
            {"name": decorator},
        )
    return None


def _axes(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    """An Input whose shape counts the examples, too."""
    code = occurrence.code
    for call in code.all_calls if int(found["given"]) == int(found["most"]) + 1 else ():
        if callee(call) == "Input" and occurrence.exercise.kind == "model" and (call.args or call.keywords):
            words = {"line": code.line_of(call), "text": code.text(call)}
            return Told(
                N_(
                    "Input takes the shape of one picture, and the examples' axis comes by itself: `{text}` in line {line} "
                    "has one axis too many."
                ),
                words,
            )
    return None


def _by_its_place(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    for call in occurrence.code.calls:
        positions = dict(zip(LAYERS.get(callee(call), ()), call.args, strict=False))
        if found["argument"] in positions:
            words = {
                "call": callee(call),
                "text": occurrence.code.text(positions[found["argument"]]),
                "argument": found["argument"],
            }
            return Told(
                N_(
                    "{call} takes `{text}` for its `{argument}`, by its place. Does the name of another argument belong in "
                    "front of it, such as `epsilon=`?"
                ),
                words,
            )
    return None


def _no_truth(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    code = occurrence.code
    if isinstance(code.statement, ast.If | ast.While) or any(True for _ in code.nodes(ast.IfExp)):
        return Told(
            N_(
                "`if` asks whether something is true of a tensor, but the tensor holds no numbers yet: it is symbolic. Which layers are built must not depend on its values."
            )
        )
    return None


def _own_input(occurrence: Occurrence, _found: re.Match[str]) -> Told | None:
    """A block that makes an Input, though it is given a tensor."""
    code = occurrence.code
    made = [node for node in code.all_calls if callee(node) == "Input"]
    if made and occurrence.exercise.kind == "block":
        sentence = N_("Line {line} makes an `Input` of its own. The block is given X already: call the layers on that.")
        return Told(sentence, {"line": code.line_of(made[0])})
    return None


def _model_of(occurrence: Occurrence, found: re.Match[str]) -> Told | None:
    """Model(inputs=...) with a variable that holds something else, and the line that it comes from."""
    code, which = occurrence.code, found["which"]
    for call in code.calls:
        for name, value in bound(call):
            known = code.assigned(value.id) if name == which and isinstance(value, ast.Name) else None
            if known is not None:
                words = {"which": which, "name": code.text(value), "line": known.line, "text": known.text}
                return Told(
                    N_("Model({which}=...) takes a tensor; `{name}` is none since line {line}: `{text}`."), words
                )
    return None


def _beside(occurrence: Occurrence, found: re.Match[str]) -> Told:
    """Tensors that can't be laid side by side: along the wrong axis, or of other sizes."""
    code, words = occurrence.code, {"shapes": found["shapes"].replace("None", "m")}
    for call in code.calls:
        axis = next((value for name, value in bound(call) if name == "axis" and callee(call) == "Concatenate"), None)
        if axis is not None and code.text(axis) not in ("-1", str(found["shapes"].partition(")")[0].count(","))):
            return Told(
                N_(
                    "Concatenate lays the tensors side by side along axis {axis}; the channels are the last axis, which is "
                    "the one it takes where you leave `axis` out. The shapes are {shapes}."
                ),
                words | {"axis": code.text(axis)},
            )
    return Told(
        N_(
            "The tensors that Concatenate lays side by side must agree in all but the channels; their shapes are {shapes}. "
            "Compare the strides and the padding of what leads to each."
        ),
        words,
    )


SYMBOLIC = (
    r"A KerasTensor cannot be used as input to a TensorFlow function|KerasTensor is symbolic|symbolic KerasTensor"
)
FIRST_ROWS = (
    Row("beside each other", "ValueError", r"`Concatenate` layer requires inputs with matching shapes.*input_shape=\[(?P<shapes>.*)\]", tell=_beside),
    Row("different shapes", "ValueError", r"incompatible shapes\. Received shapes (?P<a>\([^)]*\)) and (?P<b>\([^)]*\))", N_("Two tensors that are to be added have different shapes, {a} and {b} (height, width, channels): compare strides, padding and the last number of filters on the two paths.")),
    Row("too small", "ValueError", r"output size would be zero or negative", N_("The image has become too small for the next layer: a stride is too large somewhere, or there is one layer too many that makes the image smaller.")),
    Row("different shapes", "ValueError", r"[Cc]annot (?:be )?broadcast|not broadcastable|[Aa]ll input arrays \(except along", N_("Two tensors that are to be added have different shapes: compare strides, padding and the last number of filters on the two paths.")),
    Row("name twice", "ValueError", r'The name "(?P<name>[^"]+)" is used (?P<times>\d+) times', N_("The name {name} is given to {times} layers; every layer needs a name of its own. Do the names contain the stage, the block and the component (2a, 2b, 2c, 1)?")),
    Row("not connected", "ValueError", r"[Oo]utputs? .*not connected to `?inputs`?|Graph disconnected|cannot be (?:computed|reached)", N_("The result does not depend on the input: is the first layer called on it, and is it the input that Model(inputs=...) names?")),
)  # fmt: skip
ROWS = (
    Row("symbolic in a condition", "TypeError", r"cannot be used as a boolean", tell=_no_truth),
    Row("one tensor", "", r"Iterating over a symbolic KerasTensor", tell=_one_tensor),
    Row("decorated", "", SYMBOLIC, tell=_decorated),
    Row("axis by its place", "TypeError ValueError", r"for the argument '(?P<argument>axis)', but received", tell=_by_its_place),
    Row("symbolic", "", SYMBOLIC, tell=_symbolic),
    Row("symbolic", "", SYMBOLIC, N_("A function of TensorFlow, NumPy or Python needs the numbers in a tensor, but the tensor holds none yet: it is symbolic. Use a Keras layer instead, such as Activation('relu')(X).")),
    Row("Sequential of others", "", r"Only instances of `keras.Layer` can be added to a Sequential", N_("A Sequential model may hold nothing but layers: something in it is not a layer.")),
    Row("filters whole", "", r"filters.*(?:list|\[\d)|(?:list|\[\d).*filters", N_("The number of filters of one convolution must be one number, not the whole list: unpack the list with F1, F2, F3 = filters.")),
    Row("filters whole", "TypeError", r"'(?:<=|<|>|>=)' not supported between instances of '(?:TrackedList|list|tuple)' and 'int'", N_("The number of filters of one convolution must be one number, not the whole list: unpack the list with F1, F2, F3 = filters.")),
    Row("compared with a number", "TypeError", r"'(?:<=|<|>|>=)' not supported between instances of '(?P<type>\w+)' and 'int'", N_("Where a number is expected stands something of the type {type}.")),
    Row("model of others", "ValueError", r"All `(?P<which>inputs|outputs)` values must be KerasTensors", tell=_model_of),
    Row("model of others", "ValueError", r"All `(?P<which>inputs|outputs)` values must be KerasTensors", N_("Model({which}=...) takes a tensor: the one that Input(...) gave as inputs, the last X as outputs. Here it gets something else.")),
    Row("tuple of tensors", "ValueError TypeError", r"Invalid dtype: (?:tuple|list)", N_("In this line, a tuple or a list of several tensors stands where one tensor belongs: take the one that is meant.")),
    Row("no shape", "", r"[Cc]annot convert .* to a shape|invalid dimension", N_("Input(...) takes the shape of one image as a tuple of three numbers: Input(input_shape).")),
    Row("no tensor", "ValueError", r"Only input tensors may be passed|Inputs to a layer should be tensors|Attempt to convert a value", N_("A layer is called on something that is not a tensor.")),
    Row("not a list of tensors", "", r"merge layer should be called on|at least \d inputs", N_("Add takes a list of two tensors: `Add()([X, X_shortcut])`.")),
    Row("several tensors", "", r"expects (?P<most>\d+) input\(s\), but it received (?P<given>\d+)", N_("A layer that takes {most} tensor is given {given}.")),
    Row("axes", "", r"incompatible with the layer: expected (?:min_)?ndim=(?P<most>\d+), found ndim=(?P<given>\d+)", tell=_axes),
    Row("axes", "", r"incompatible with the layer: expected (?:min_)?ndim=(?P<most>\d+), found ndim=(?P<given>\d+)", N_("This layer takes a tensor of {most} axes, and is given one of {given}: does it stand in its right place?")),
    Row("size of a tensor", "", r"expected axis (?P<axis>-?\d+) of input shape to have value (?P<a>\d+)", N_("This layer was made for another number of channels: the same layer can't be called on two different tensors.")),
    Row("pair of numbers", "ValueError", r"The `(?P<argument>kernel_size|strides|pool_size|dilation_rate)` argument must be a tuple of \d+ integers", N_("`{argument}` must be one whole number, or two in round brackets such as `(1, 1)`.")),
    Row("name of a layer", "ValueError", r"Argument `name` must be a string", N_("`name` of a layer must be a text without `/` in it.")),
    Row("positive", "ValueError", r"[Ii]nvalid value for [`']?(?P<name>\w+)|expected a positive|must be (?:a )?(?:strictly )?(?:positive|greater than (?:0|zero))", N_("A number is given that makes no sense here: it must be a whole number above zero.")),
)  # fmt: skip
OWN_INPUT_ROWS = (Row("own input", "ValueError", r"not connected|Graph disconnected|[Ss]hape", tell=_own_input),)
