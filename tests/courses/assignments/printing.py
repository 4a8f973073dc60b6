# subject: programming
# tries: what a function prints and reads, warnings, and IPython's additions
# %% solution
import warnings


def greet(name):
    ### BEGIN SOLUTION
    print(f"Hello, {name}!")
    ### END SOLUTION


def ask_age():
    ### BEGIN SOLUTION
    return int(input("How old? ")) + 1
    ### END SOLUTION


def divide(a, b):
    ### BEGIN SOLUTION
    if b == 0:
        warnings.warn("division by zero")
        return None
    return a / b
    ### END SOLUTION
# %% wrong
import warnings


def greet(name):
    return f"Hello, {name}!"


def ask_age():
    return 10


def divide(a, b):
    return None if b == 0 else a / b
# %% test 1
import io
from contextlib import redirect_stdout

heard = io.StringIO()
with redirect_stdout(heard):
    greet("Ada")
assert heard.getvalue() == "Hello, Ada!\n"
# %% test 1
%%capture said
greet("Bob")
# %% test 1
assert "Bob" in said.stdout
# %% test 2
from unittest import mock

with mock.patch("builtins.input", return_value="41") as asked:
    assert ask_age() == 42
asked.assert_called_once_with("How old? ")
# %% test 1
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    assert divide(1, 0) is None
assert len(caught) == 1 and "zero" in str(caught[0].message)
# %% test 1
%matplotlib inline
assert divide(6, 3) == 2
