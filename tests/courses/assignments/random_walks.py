# subject: numerics
# tries: seeds, files beside the notebook and files that a test writes
# %% locked
import random

import numpy as np


# %% solution
def walk(steps):
    ### BEGIN SOLUTION
    return [random.choice([-1, 1]) for _ in range(steps)]
    ### END SOLUTION


def noise(n):
    ### BEGIN SOLUTION
    return np.random.normal(size=n)
    ### END SOLUTION


def shout(path):
    ### BEGIN SOLUTION
    with open(path) as file:
        return file.read().upper()
    ### END SOLUTION


# %% wrong
def walk(steps):
    return [1] * steps


def noise(n):
    return np.zeros(n)


def shout(path):
    with open(path) as file:
        return file.read()


# %% test 1
random.seed(4)
expected = [random.choice([-1, 1]) for _ in range(20)]
random.seed(4)
assert walk(20) == expected
# %% test 1
np.random.seed(1)
expected = np.random.normal(size=3)
np.random.seed(1)
np.testing.assert_allclose(noise(3), expected)
# %% test 2
with open("in.txt", "w") as file:
    file.write("abc")
assert shout("in.txt") == "ABC"
