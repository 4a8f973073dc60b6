# subject: statistics
# tries: hidden tests, helpers of earlier tests, numbers of libraries and a magic that times
# %% locked
import math
import statistics


def close(a, b):
    return math.isclose(a, b, rel_tol=1e-9)
# %% solution
def mean(values):
    ### BEGIN SOLUTION
    return statistics.fmean(values)
    ### END SOLUTION


def quartiles(values):
    ### BEGIN SOLUTION
    return tuple(statistics.quantiles(values, n=4))
    ### END SOLUTION
# %% wrong
def mean(values):
    return sum(values)


def quartiles(values):
    return tuple(values)
# %% test 2
def check(function, given, expected):
    assert close(function(given), expected), f"{function.__name__}({given})"


check(mean, [1, 2, 3], 2)
### BEGIN HIDDEN TESTS
check(mean, [2.5, 3.5], 3)
check(mean, (7,), 7)
### END HIDDEN TESTS
# %% test 1
%time found = quartiles([1, 2, 3, 4, 5])
assert found == (1.5, 3.0, 4.5)
# %% test 1
check(mean, range(11), 5)
### BEGIN HIDDEN TESTS
points = 0.5 * close(mean([1]), 1) + 0.5 * close(mean([0, 1]), 0.5)
points
### END HIDDEN TESTS
