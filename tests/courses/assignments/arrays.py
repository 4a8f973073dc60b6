# subject: numerics
# tries: a library that the solution imports, arrays, dtypes, partial credit and a last line that is an array
# %% solution
### BEGIN SOLUTION
import numpy as np

### END SOLUTION
# %% wrong
import numpy as np


# %% solution
def normalised(x):
    ### BEGIN SOLUTION
    return (x - x.mean()) / x.std()
    ### END SOLUTION


def mask(x):
    ### BEGIN SOLUTION
    return x > 0
    ### END SOLUTION


# %% wrong
def normalised(x):
    return x - x.mean()


def mask(x):
    return x < 0


# %% test 2
x = np.arange(5.0)
np.testing.assert_allclose(normalised(x).std(), 1)
assert normalised(x).shape == x.shape
# %% test 1
assert mask(np.array([-1, 2])).dtype == bool
assert mask(np.array([-1, 2])).tolist() == [False, True]
# %% test 2
score = 0
if np.isclose(normalised(x).mean(), 0):
    score += 0.5
if np.allclose(normalised(x)[0], -(2**0.5)):
    score += 1.5
score
# %% test 1
assert mask(x).sum() == 4
x
# %% test 1
isinstance(normalised(x), np.ndarray), "both"
