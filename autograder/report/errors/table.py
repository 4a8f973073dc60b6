"""All explanations, those that look closest first; to explain one more error, add a row to the list where it belongs."""

from __future__ import annotations

from ...base.messages import N_
from . import nothing
from .explanations import arguments, calls, keras, machine, names, numpy, syntax, values
from .row import Row

FALLBACK_ROWS = (
    Row("some value", "TypeError", r"", N_("In this line, something has a type that does not fit: a tensor, a layer, a number, a list and a text can't stand for one another.")),
    Row("some value", "ValueError", r"", N_("In this line, a value of the right type is not one that can be used here.")),
    Row("some attribute", "AttributeError", r"", N_("In this line, something is asked for a part or a function that it does not have. Is a name misspelt behind a dot?")),
    Row("some part", "IndexError KeyError", r"", N_("In this line, a part is asked for that is not there. Counting begins with 0.")),
    Row("some import", "ImportError ModuleNotFoundError", r"", N_("Something is imported that is not there. The exercises need nothing but what the set-up cell imports.")),
    Row("some name", "NameError UnboundLocalError", r"", N_("A name is used that has no value yet. Is it spelt as in the set-up cell, and has that cell been run?")),
    Row("memory of the machine", "MemoryError ResourceExhaustedError", r"", N_("The machine's memory is not enough for what this code asks for.")),
    Row("arithmetic", "OverflowError FloatingPointError ArithmeticError", r"", N_("A calculation in this line gives a number that can't be.")),
    Row("interrupted", "KeyboardInterrupt", r"", N_("The code was interrupted before it came to its end.")),
    Row("not made for this", "NotImplementedError", r"", N_("What this line asks for is not provided by Keras or TensorFlow.")),
    Row("calculation", "InvalidArgumentError UnimplementedError OperatorNotAllowedInGraphError", r"", N_("TensorFlow can't calculate this with the values that it is given. Use a Keras layer instead, such as Activation('relu')(X).")),
)  # fmt: skip
LAST = Row("another", "", r"", N_("{function} stops with an error, {type}."))

ROWS: tuple[Row, ...] = (
    *machine.ROWS,
    *syntax.ROWS,
    *arguments.FIRST_ROWS,
    *names.ROWS,
    *calls.ROWS,
    *keras.OWN_INPUT_ROWS,
    *keras.FIRST_ROWS,
    *values.NEAR_ROWS,
    *nothing.ROWS,
    *arguments.ROWS,
    *arguments.TYPE_ROWS,
    *numpy.ROWS,
    *calls.LATE_ROWS,
    *keras.ROWS,
    *values.ROWS,
    *names.LATE_ROWS,
    *FALLBACK_ROWS,
    LAST,
)
