# story: Exceptions that others take for a good end: SystemExit, SkipTest, KeyboardInterrupt, GeneratorExit.
# aim: points
# stock: nothing: it counts each of them as an error
# raises: SystemExit, SkipTest, Passed, GeneratorExit, KeyboardInterrupt: they are what it attacks with

# %% triple
import unittest


def triple(x):
    raise SystemExit(0)


# %% relu
def relu(x):
    raise unittest.SkipTest("not today")


# %% stats
class Passed(AssertionError):
    def _render_traceback_(self):
        return []


def stats(values):
    raise Passed


# %% median
def median(values):
    raise GeneratorExit


# %% estimate
def estimate(n):
    raise KeyboardInterrupt
