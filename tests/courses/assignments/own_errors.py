# subject: programming
# tries: exceptions of a student's own class, pytest.raises, and one that is not raised
# %% locked
import pytest


# %% solution
class EmptyError(ValueError):
    pass


def middle(values):
    ### BEGIN SOLUTION
    if not values:
        raise EmptyError("no values", 0)
    return sorted(values)[len(values) // 2]
    ### END SOLUTION


# %% wrong
class EmptyError(ValueError):
    pass


def middle(values):
    return sorted(values)[len(values) // 2] if values else None


# %% test 2
with pytest.raises(EmptyError):
    middle([])
# %% test 1
with pytest.raises(ValueError, match="no values") as caught:
    middle([])
assert caught.value.args == ("no values", 0)
# %% test 1
assert middle([3, 1, 2]) == 2
# %% test 1
import unittest

case = unittest.TestCase()
case.assertRaises(TypeError, middle, 3)
