# subject: numerics
# tries: an object of a library that stays, exact numbers, and calls of one another
# %% solution
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.polynomial import Polynomial


def line(slope, start):
    ### BEGIN SOLUTION
    return Polynomial([start, slope])
    ### END SOLUTION


def half(n):
    ### BEGIN SOLUTION
    return Fraction(n, 2)
    ### END SOLUTION


def price(text):
    ### BEGIN SOLUTION
    return Decimal(text) * 2
    ### END SOLUTION


def bisect(f, low, high):
    ### BEGIN SOLUTION
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) * f(low) > 0 else (low, middle)
    return low
    ### END SOLUTION


def big(n):
    ### BEGIN SOLUTION
    return 2**n
    ### END SOLUTION


# %% wrong
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.polynomial import Polynomial


def line(slope, start):
    return Polynomial([slope, start])


def half(n):
    return n / 3


def price(text):
    return float(text) * 2.1


def bisect(f, low, high):
    return low


def big(n):
    return 2 * n


# %% test 2
p = line(2, 1)
assert p(3) == 7
assert p.degree() == 1 and list(p.coef) == [1, 2]
assert isinstance(p, Polynomial)
# %% test 1
assert half(3) == Fraction(3, 2) and isinstance(half(1), Fraction)
# %% test 1
assert price("1.10") == Decimal("2.20")
# %% test 1
assert np.isclose(bisect(np.cos, 0, 3), np.pi / 2)
assert abs(bisect(lambda x: x * x - 2, 0, 2) - 2**0.5) < 1e-9
# %% test 1
assert big(20000) == 1 << 20000
