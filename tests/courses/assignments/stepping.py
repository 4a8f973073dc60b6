# subject: programming
# tries: iterators that begin anew, generators that are sent values, context managers
# %% solution
### BEGIN SOLUTION
import itertools
from contextlib import contextmanager

def countdown(n):
    while n > 0:
        yield n
        n -= 1

def primes():
    found = []
    for n in itertools.count(2):
        if all(n % p for p in found):
            found.append(n)
            yield n

def averager():
    total, count, avg = 0, 0, None
    while True:
        value = yield avg
        total += value
        count += 1
        avg = total / count

def chunks(items, size):
    for i in range(0, len(items), size):
        yield items[i:i + size]

def flatten(nested):
    for item in nested:
        if isinstance(item, list):
            yield from flatten(item)
        else:
            yield item

class Fib:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        self.a, self.b, self.i = 0, 1, 0
        return self
    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        self.a, self.b = self.b, self.a + self.b
        return self.a

def take(n, it):
    return list(itertools.islice(it, n))

def running(it):
    return itertools.accumulate(it)

@contextmanager
def logged(log):
    log.append("in")
    try:
        yield log
    finally:
        log.append("out")
### END SOLUTION
# %% right
from itertools import accumulate, count
import contextlib
def countdown(n):
    return (k for k in range(n, 0, -1))
def primes():
    for n in count(2):
        for d in range(2, int(n ** 0.5) + 1):
            if n % d == 0:
                break
        else:
            yield n
def averager():
    values = []
    got = yield
    while True:
        values.append(got)
        got = yield sum(values) / len(values)
def chunks(items, size):
    items = list(items)
    while items:
        head, items = items[:size], items[size:]
        yield head
def flatten(nested):
    stack = [iter(nested)]
    while stack:
        for x in stack[-1]:
            if type(x) == list:
                stack.append(iter(x))
                break
            yield x
        else:
            stack.pop()
class Fib:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        a, b = 1, 1
        for _ in range(self.n):
            yield a
            a, b = b, a + b
    def __next__(self):
        raise StopIteration
def take(n, it):
    return [x for x, _ in zip(it, range(n))]
def running(it):
    total = 0
    for x in it:
        total += x
        yield total
class logged:
    def __init__(self, log):
        self.log = log
    def __enter__(self):
        self.log.append("in")
        return self.log
    def __exit__(self, *args):
        self.log.append("out")
# %% wrong
def countdown(n):
    return list(range(n, 0, -1))
def primes():
    yield from [2, 3, 5, 7]
def averager():
    while True:
        yield 0
def chunks(items, size):
    return [items]
def flatten(nested):
    for x in nested:
        yield x
class Fib:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return iter(range(self.n))
def take(n, it):
    return it[:n]
def running(it):
    return sum(it)
class logged:
    def __init__(self, log): pass
    def __enter__(self): return []
    def __exit__(self, *a): return True
# %% test 1
import types
g = countdown(3)
assert isinstance(g, types.GeneratorType)
assert next(g) == 3
assert list(g) == [2, 1]
assert next(g, "done") == "done"
# %% test 1
import inspect
assert inspect.isgeneratorfunction(primes)
from itertools import islice, takewhile
assert list(islice(primes(), 10)) == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
assert list(takewhile(lambda p: p < 12, primes())) == [2, 3, 5, 7, 11]
# %% test 1
avg = averager()
next(avg)
assert avg.send(10) == 10
assert avg.send(20) == 15
avg.close()
# %% test 1
assert list(chunks([1, 2, 3, 4, 5], 2)) == [[1, 2], [3, 4], [5]]
for chunk in chunks("abcd", 3):
    assert len(chunk) <= 3
# %% test 1
assert list(flatten([1, [2, [3, [4]], 5]])) == [1, 2, 3, 4, 5]
assert sum(flatten([[1], [2, [3]]])) == 6
# %% test 1
f = Fib(6)
assert list(f) == [1, 1, 2, 3, 5, 8]
assert list(f) == [1, 1, 2, 3, 5, 8]
assert 5 in Fib(6)
assert max(Fib(10)) == 55
assert [a + b for a, b in zip(Fib(3), Fib(4))] == [2, 2, 4]
# %% test 1
assert take(3, iter([1, 2, 3, 4])) == [1, 2, 3]
assert take(4, (x * x for x in range(100))) == [0, 1, 4, 9]
def gen():
    yield 1
    yield 2
assert take(5, gen()) == [1, 2]
# %% test 1
assert list(running([1, 2, 3])) == [1, 3, 6]
r = running(range(1, 4))
assert iter(r) is r
assert not isinstance(r, list)
# %% test 1
log = []
with logged(log) as l:
    l.append("body")
assert log == ["in", "body", "out"]
try:
    with logged(log):
        raise KeyError("x")
except KeyError:
    log.append("caught")
assert log[-2:] == ["out", "caught"]
