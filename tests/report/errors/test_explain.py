"""Exceptions as sentences: the cause, the line it is in and the nearest right spelling, in both languages."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from autograder.base.messages import translator
from autograder.evidence.evidence import SourceLine, StudentError
from autograder.report.errors import describe_error, explain, located
from autograder.report.errors.table import ROWS
from tests.shared.exercises import IDENTITY_BLOCK, RESNET50

HEAD = "def identity_block(X, f, filters, stage, block):\n    F1, F2, F3 = filters\n    X_shortcut = X\n"
HERE = "#HERE"


def raised(body: str, type: str, message: str = "", kind: str = "raised") -> StudentError:
    """The error as a collector gives it; `#HERE` ends the line that raises, the first line of the body is 4."""
    source = HEAD + "".join(f"    {line}\n" for line in body.splitlines())
    lines = source.splitlines()
    line = next((n for n, text in enumerate(lines, 1) if text.endswith(HERE)), 0)
    source = source.replace(HERE, "")
    code = source.splitlines()[line - 1].strip() if line else ""
    return StudentError(kind=kind, type=type, message=message, line=line, code=code, source=source)  # type: ignore[arg-type]


def told(error: StudentError, language: str = "en") -> str:
    return describe_error(located(error, IDENTITY_BLOCK), IDENTITY_BLOCK, translator(language))


CASES = {
    "misspelt keyword": (
        "X = Conv2D(F1, (1, 1), kernal_initializer=glorot_uniform(seed=0))(X)#HERE",
        "ValueError",
        "Unrecognized keyword arguments passed to Conv2D: {'kernal_initializer': <GlorotUniform>}",
        "Conv2D knows no argument `kernal_initializer`. Did you mean `kernel_initializer`?",
    ),
    "keyword of an older Keras": (
        "X = Conv2D(F1, (1, 1), subsample=(1, 1))(X)#HERE",
        "ValueError",
        "Unrecognized keyword arguments passed to Conv2D: {'subsample': (1, 1)}",
        "Conv2D knows no argument `subsample`. It is called `strides`.",
    ),
    "pooling without its window": (
        "X = AveragePooling2D()(X)#HERE",
        "TypeError",
        "AveragePooling2D.__init__() missing 1 required positional argument: 'pool_size'",
        "AveragePooling2D is made without its argument `pool_size`.",
    ),
    "layer made of the tensor": (
        "X = Flatten(X)\nX = Dense(3)(X)#HERE",
        "ValueError",
        "Only input tensors may be passed as positional arguments. The following argument value should be passed as a "
        "keyword argument: <Flatten name=flatten, built=False> (of type <class 'Flatten'>)",
        "`X` is a layer, not a tensor: `Flatten(X)` in line 4 only makes it.",
    ),
    "layer not called": (
        'X = Activation("relu")\nX = Conv2D(F2, 1)(X)#HERE',
        "ValueError",
        "Only input tensors may be passed as positional arguments.",
        '`X` is a layer, not a tensor: line 4 makes it, but does not call it. Call the layer on a tensor: `Activation("relu")(X)`.',
    ),
    "comma behind": (
        "X = BatchNormalization(axis=3)(X),\nX = Activation('relu')(X)\nX = Conv2D(F2, 1)(X)#HERE",
        "ValueError",
        "Only input tensors may be passed as positional arguments.",
        "`X` is a tuple since line 4",
    ),
    "None": ("X = None\nX = Conv2D(F2, 1)(X)#HERE", "ValueError", "Inputs to a layer should be tensors. Got 'None'", "`X` is None since line 4"),
    "Add on two arguments": (
        "X = Add()(X, X_shortcut)#HERE", "TypeError", "too many positional arguments", "stand in one list, in square brackets: `Add()([X, X_shortcut])`",
    ),
    "Add made of the list": ("X = Add([X, X_shortcut])#HERE", "TypeError", "Merge.__init__() takes 1 positional argument but 2 were given", "Add is a layer: make it first"),
    "tensor called": ("X = X(Activation('relu'))#HERE", "TypeError", "'KerasTensor' object is not callable", "`X` is a tensor, and a tensor can't be called"),
    "called twice": ("X = Activation('relu')(X)(X)#HERE", "TypeError", "'KerasTensor' object is not callable", "One pair of brackets is too many"),
    "argument in the wrong brackets": (
        'X = BatchNormalization(axis=3)(X, name="bn")#HERE', "TypeError", "got an unexpected keyword argument 'name'", "`BatchNormalization(..., name=...)(X)`",
    ),
    "filters as a list": (
        "X = Conv2D(filters, (1, 1))(X)#HERE", "TypeError", "'<=' not supported between instances of 'TrackedList' and 'int'", "F1, F2, F3 = filters",
    ),
    "filters[3]": ("F3 = filters[3]#HERE", "IndexError", "list index out of range", "`filters[3]` doesn't exist"),
    "unknown activation": ('X = Activation("rel")(X)#HERE', "ValueError", "Could not interpret activation function identifier: rel", "Did you mean `'relu'`?"),
    "unknown padding": (
        'X = Conv2D(F1, 1, padding="sam")(X)#HERE', "ValueError",
        "The `padding` argument must be a list/tuple or one of {'valid', 'same', 'causal'}. Received: sam", "Did you mean `'same'`?",
    ),
    "word without quotes": ("X = Conv2D(F1, 1, padding=same)(X)#HERE", "NameError", "name 'same' is not defined", "needs quotes: `'same'`"),
    "wrong case": ("x_shortcut = 1\nX = Add()([X, X_shorcut])#HERE", "NameError", "name 'X_shorcut' is not defined", "Did you mean `X_shortcut`?"),
    "not imported": ("X = Conv2D(F1, 1)(X)#HERE", "NameError", "name 'Conv2D' is not defined", "`Conv2D` is not imported."),
    "merge": ("X = merge([X, X_shortcut], mode='sum')#HERE", "NameError", "name 'merge' is not defined", "Today one writes `Add()([X, X_shortcut])`"),
    "K.relu": ("X = K.relu(X)#HERE", "AttributeError", "module 'keras.backend' has no attribute 'relu'", "`K.relu` belongs to an older version"),
    "relu of nowhere": ("X = relu(X)#HERE", "NameError", "name 'relu' is not defined", "`relu` is not defined. As a layer it is `Activation('relu')(X)`"),
    "PyTorch": ("X = F.relu(X)#HERE", "NameError", "name 'F' is not defined", "`F` is a part of PyTorch"),
    "two letters exchanged": ("X = Activation('rule')(X)#HERE", "ValueError", "Could not interpret activation function identifier: rule", "Did you mean `'relu'`?"),
    "several old keywords": (
        "X = Conv2D(F1, 1, border_mode='same', init='zero')(X)#HERE", "ValueError",
        "Unrecognized keyword arguments passed to Conv2D: {'border_mode': 'same', 'init': 'zero'}",
        "It is called `padding`. Conv2D knows no argument `init`. It is called `kernel_initializer`.",
    ),
    "add of two": ("X = layers.add(X, X_shortcut)#HERE", "TypeError", "add() takes 1 positional argument but 2 were given", "`layers.add([X, X_shortcut])`"),
    "a list of axes": (
        "X = BatchNormalization(axis=[3])(X)#HERE", "TypeError",
        "int() argument must be a string, a bytes-like object or a real number, not 'list'", "should be the number of an axis; `[3]`",
    ),
    "half a model": ("m = Model(X, name='m')#HERE", "TypeError", "Layer.__init__() takes 1 positional argument but 2 positional arguments (and 1 keyword-only argument) were given", "Here `outputs=` is missing"),
    "learning phase": ("K.set_learning_phase(1)#HERE", "AttributeError", "module 'keras.backend' has no attribute 'set_learning_phase'", "leave the line out"),
    "number and text": ("name = 'res' + 2#HERE", "TypeError", 'can only concatenate str (not "int") to str', "`str(stage)`"),
    "TensorFlow on a tensor": ("X = tf.nn.relu(X)#HERE", "ValueError", "A KerasTensor cannot be used as input to a TensorFlow function.", "`tf.nn.relu` is called on a tensor that holds no numbers yet"),
    "Input in a block": ("X = Input((64, 64, 3))\nX = Add()([X, X_shortcut])#HERE", "ValueError", "Inputs have incompatible shapes. Received shapes (64, 64, 3) and (4, 4, 6)", "Line 4 makes an `Input` of its own"),
    "== for =": ("X == Conv2D(F1, 1)(X)\nX = Add()([X, Y])#HERE", "NameError", "name 'Y' is not defined", "Line 4 only compares"),
    "raise left in": ("X = Conv2D(F1, 1)(X)\nraise NotImplementedError()#HERE", "NotImplementedError", "", "Your code ends in line 5"),
    "bracket": ("X = Conv2D(F1, (1, 1)(X)#HERE", "SyntaxError", "'(' was never closed (<cell>, line 4)", "The bracket `(` in this line is never closed"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_cause_is_named_in_both_languages(case: str) -> None:
    body, type, message, sentence = CASES[case]
    error = raised(body, type, message)
    assert sentence in told(error)
    chinese = told(error, "zh")
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert set(re.findall(r"`[^`]+`", chinese)) <= set(re.findall(r"`[^`]+`", told(error)))


def test_the_untouched_cell_is_still_called_that() -> None:
    source = 'def identity_block(X, f, filters, stage, block):\n    """Words."""\n    raise NotImplementedError()\n'
    error = StudentError(
        kind="raised", type="NotImplementedError", line=3, code="raise NotImplementedError()", source=source
    )
    assert "still as it was given" in told(error)


@pytest.mark.parametrize(
    ("body", "line", "sentence"),
    [
        (
            "    raise NotImplementedError\n    return X\n",
            2,
            "`raise NotImplementedError` still stands in line 2, before it",
        ),
        (
            "    X = X\n    raise NotImplementedError()\n",
            3,
            "Your code ends in line 3, where `raise NotImplementedError()`",
        ),
    ],
)
def test_a_raise_that_was_left_in_is_told_from_an_untouched_cell(body: str, line: int, sentence: str) -> None:
    source = f"def identity_block(X, f, filters, stage, block):\n{body}"
    assert sentence in told(StudentError(kind="raised", type="NotImplementedError", line=line, source=source))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("    return print(X)\n", "`print(X)` prints something, and gives None back."),
        ("    X = X.compile()\n    return X\n", "`X` is None since line 2. `X.compile()` changes the model"),
        ("    pass\n", "has no code of yours yet"),
    ],
)
def test_why_nothing_is_returned(body: str, sentence: str) -> None:
    source = f"def identity_block(X, f, filters, stage, block):\n{body}"
    assert sentence in told(StudentError(kind="returned", type="NoneType", source=source))


def test_without_the_message_the_type_alone_decides() -> None:
    """As on hidden test cases, whose errors come without the student's own words."""
    error = StudentError(kind="raised", type="TypeError", line=4, code="X = Conv2D(filters, (1, 1))(X)")
    assert explain(error, IDENTITY_BLOCK)[0] == "some value"


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5000,
        "-" * 15000 + "1",
        "def f(:\n",
        "\x00",
        "x" * 19000,
        "if 1:\n  1\n 2",
        "[" * 90 + "]" * 90,
        "lambda: " * 2000 + "1",
        "X = X\n" * 3000,
        "X = X\n" * 280 + "Conv2D(X)(X)",
        "X = " + "-" * 900 + "1\n",
    ],
    ids=range(11),
)
def test_a_text_that_cannot_be_read_is_no_trouble(source: str) -> None:
    error = StudentError(kind="raised", type="ValueError", message="no", line=1, code=source[:500], source=source)
    assert told(error)


def test_an_error_inside_a_block_is_told_at_the_call() -> None:
    outer = "def ResNet50(input_shape, classes):\n    X = Input(input_shape)\n    X = Flatten()(X),\n    X = identity_block(X, 3, [1, 2, 3], 2, 'b')\n"
    called = SourceLine(function="ResNet50", line=4, code="X = identity_block(...)", source=outer)
    inside = raised("name = 'a' % X#HERE", "TypeError", "not all arguments converted").model_copy(
        update={"called_from": called, "function": "identity_block"}
    )
    assert "`X` is a tuple since line 3" in describe_error(inside, RESNET50, str)


def test_a_helper_s_parameters_are_its_own() -> None:
    """`filters` is a list in the exercise, and may be a number in a helper of the student's."""
    source = "def component(X, filters, size):\n    return Conv2D(filters, size)(X)\n"
    error = StudentError(kind="raised", type="ValueError", message="odd", line=2, code=source, source=source)
    assert explain(error, IDENTITY_BLOCK)[0] == "some value"


def test_what_a_block_was_given_is_shown() -> None:
    outer = "def ResNet50(input_shape, classes):\n    return identity_block(X, 3, '64, 64', 2, 'b')\n"
    called = SourceLine(function="ResNet50", line=2, code="return identity_block(...)", source=outer)
    inside = raised("F1, F2, F3 = filters#HERE", "ValueError", "too many values to unpack (expected 3)").model_copy(
        update={"called_from": called, "function": "identity_block"}
    )
    sentence = describe_error(inside, RESNET50, str)
    assert "line 4 of identity_block, which is called here with `filters` as `'64, 64'`" in sentence


SEEN_LATE = {
    "a comma above": (
        "X = Conv2D(F1, 1)(X),\nX = Concatenate()([X, X_shortcut])#HERE",
        "ValueError",
        "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. "
        "Received: input_shape=[((None, 6, 8, 4),), (None, 6, 8, 3)]",
        "`X` is a tuple since line 4: the comma at the end of that line makes it one.",
    ),
    "a comma that may be meant": (
        "size = 3,\nX = X[7]#HERE",
        "IndexError",
        "index 7 is out of bounds for axis 0 with size 1",
        "There is no part 7",
    ),
    "None where Keras makes nothing of it": (
        "X = MultiHeadAttention(2, 3, kernel_initializer=None)(X, X)#HERE",
        "AttributeError",
        "type object 'NoneType' has no attribute 'from_config'",
        "`kernel_initializer` of MultiHeadAttention can't be None here",
    ),
    "None for a number": (
        "X = X[np.arange(None)]#HERE",
        "TypeError",
        "unsupported operand type(s) for -: 'NoneType' and 'int'",
        "np.arange is given None",
    ),
    "a number in quotes": (
        "X = LayerNormalization(epsilon='1e-6')(X)\nreturn X",
        "InvalidArgumentError",
        "cannot compute AddV2 as input #1(zero-based) was expected to be a float tensor but is a string tensor",
        "Line 4 gives `epsilon` of LayerNormalization a text, '1e-6'",
    ),
    "parts of two lengths": (
        "X[np.arange(3), np.arange(4)] -= 1#HERE",
        "IndexError",
        "shape mismatch: indexing arrays could not be broadcast together with shapes (3,) (4,)",
        "other lengths, (3,) and (4,)",
    ),
    "nothing for arange": (
        "X[np.arange()] -= 1#HERE",
        "TypeError",
        "arange() requires stop to be specified.",
        "without `stop`",
    ),
}


@pytest.mark.parametrize("case", SEEN_LATE)
def test_what_went_wrong_earlier_is_told(case: str) -> None:
    body, type, message, sentence = SEEN_LATE[case]
    error = raised(body, type, message)
    assert sentence in told(error)
    assert told(error, "zh") != told(error)


RETURNED = {
    "X is None": ("X = None\nreturn X", "NoneType", "`X` is None since line 4", 5),
    "return alone": ("return", "NoneType", "Behind the `return` of identity_block stands nothing", 4),
    "no return": ("X = Add()([X, X])", "NoneType", "identity_block returns nothing. End it with `return`", 4),
    "text": ("return 'X'", "str", "returns the text `'X'`", 4),
    "comma": ("return X,", "tuple of 1", "The comma at the end of `X,`", 4),
    "layer": ("X = Activation('relu')\nreturn X", "Activation", "line 4 makes it, but does not call it", 5),
}


@pytest.mark.parametrize("case", RETURNED)
def test_a_wrong_result_has_its_cause_and_its_line(case: str) -> None:
    body, type, sentence, line = RETURNED[case]
    error = located(raised(body, type, kind="returned"), IDENTITY_BLOCK)
    assert error.line == line
    assert sentence in told(error)


def test_two_layers_of_one_name_have_a_line() -> None:
    body = 'X = Conv2D(F1, 1, name=base + "2a")(X)\nX = Conv2D(F2, 1, name=base + "2a")(X)\nreturn X'
    error = raised(
        body,
        "ValueError",
        'The name "res2a_branch2a" is used 2 times in the model. All operation names should be unique.',
        "names",
    )
    assert located(error, IDENTITY_BLOCK).line == 5


def test_every_placeholder_of_a_plain_row_is_a_group_of_its_pattern() -> None:
    for row in ROWS:
        assert row.says or row.tell, row.name
        wanted = {name for _, name, _, _ in Formatter().parse(row.says) if name}
        assert wanted <= set(re.compile(row.pattern).groupindex) | {"function", "type"}, row.name


def test_every_exception_has_a_sentence() -> None:
    error = StudentError(kind="raised", type="SomethingOdd", message="odd", line=4)
    assert explain(error, IDENTITY_BLOCK)[0] == "another"
    assert told(error) == "identity_block stops with an error, SomethingOdd."


def test_a_block_that_is_built_twice_has_its_line() -> None:
    again = "    X = identity_block(X, 3, [1, 1, 1], stage=2, block='b')\n"
    source = f"def ResNet50(input_shape, classes):\n    X = Input(input_shape)\n{again * 2}    return Model(X, X)\n"
    message = 'The name "res2b_branch2a" is used 2 times in the model. All operation names should be unique.'
    error = StudentError(kind="names", type="ValueError", message=message, line=5, source=source)
    assert located(error, RESNET50).line == 4
