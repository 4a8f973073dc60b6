# subject: objects
# tries: closures, generators, decorators, async functions and a dataclass
# %% solution
import asyncio
from dataclasses import dataclass


@dataclass
class Point:
    ### BEGIN SOLUTION
    x: int
    y: int = 0
    ### END SOLUTION


def counter():
    ### BEGIN SOLUTION
    count = 0

    def step():
        nonlocal count
        count += 1
        return count

    return step
    ### END SOLUTION


def doubled(function):
    ### BEGIN SOLUTION
    return lambda *given: 2 * function(*given)
    ### END SOLUTION


def fibonacci():
    ### BEGIN SOLUTION
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
    ### END SOLUTION


async def later(value):
    ### BEGIN SOLUTION
    await asyncio.sleep(0)
    return value + 1
    ### END SOLUTION


# %% wrong
import asyncio
from dataclasses import dataclass


@dataclass
class Point:
    y: int
    x: int


def counter():
    return lambda: 1


def doubled(function):
    return function


def fibonacci():
    yield from [1, 1, 2]


async def later(value):
    return value


# %% test 1
step = counter()
assert [step(), step(), counter()(), step()] == [1, 2, 1, 3]


# %% test 1
@doubled
def plus(a, b):
    return a + b


assert plus(1, 2) == 6
# %% test 1
from itertools import islice

assert list(islice(fibonacci(), 8)) == [0, 1, 1, 2, 3, 5, 8, 13]
# %% test 1
assert await later(3) == 4
# %% test 2
assert Point(1) == Point(1, 0)
assert Point(1, 2).y == 2 and repr(Point(3)) == "Point(x=3, y=0)"
