# subject: objects
# tries: lists that a student's object keeps and the test changes later, rows of copies
# %% solution
### BEGIN SOLUTION
import copy

class Team:
    def __init__(self, name, members=None):
        self.name = name
        self.members = list(members) if members is not None else []
    def add(self, who):
        self.members.append(who)
        return self

class Logger:
    def __init__(self, sink):
        self.sink = sink
    def log(self, text):
        self.sink.append(text)

def remove_evens(xs):
    for x in xs[:]:
        if x % 2 == 0:
            xs.remove(x)

def without_evens(xs):
    return [x for x in xs if x % 2]

def add_one(xs, x=None):
    xs = xs + [1]
    return xs

def shallow(m):
    return m[:]

def deep(m):
    return copy.deepcopy(m)

def append_to(x, target=None):
    if target is None:
        target = []
    target.append(x)
    return target

def swap(d, a, b):
    d[a], d[b] = d[b], d[a]

def merge(a, b):
    out = dict(a)
    out.update(b)
    return out

def zero_diag(A):
    for i in range(len(A)):
        A[i][i] = 0
    return A

class Grid:
    def __init__(self, cells):
        self.cells = cells
    def row(self, i):
        return self.cells[i]

def subscribe(handlers, event, f):
    handlers.setdefault(event, []).append(f)

def fire(handlers, event, *args):
    for f in handlers.get(event, []):
        f(*args)
### END SOLUTION
# %% right
from copy import deepcopy
class Team:
    def __init__(self, name, members=()):
        self.name, self.members = name, [*members]
    def add(self, who):
        self.members = self.members + [who]
        return self
class Logger:
    def __init__(self, sink): self._sink = sink
    def log(self, text): self._sink += [text]
def remove_evens(xs):
    xs[:] = filter(lambda x: x % 2, xs)
def without_evens(xs):
    return list(filter(lambda x: x % 2 == 1, xs))
def add_one(xs, x=None):
    return [*xs, 1]
def shallow(m):
    return list(m)
def deep(m):
    return [row.copy() for row in m]
def append_to(x, target=None):
    target = [] if target is None else target
    target += [x]
    return target
def swap(d, a, b):
    tmp = d[a]
    d[a] = d[b]
    d[b] = tmp
def merge(a, b):
    return {**a, **b}
def zero_diag(A):
    for i, row in enumerate(A):
        row[i] = 0
    return A
class Grid:
    def __init__(self, cells): self.cells = cells
    def row(self, i): return self.cells[i]
def subscribe(handlers, event, f):
    if event not in handlers:
        handlers[event] = []
    handlers[event] += [f]
def fire(handlers, event, *args):
    if event in handlers:
        [f(*args) for f in handlers[event]]
# %% wrong
class Team:
    def __init__(self, name, members=[]):
        self.name, self.members = name, members
    def add(self, who):
        self.members.append(who)
        return self
class Logger:
    def __init__(self, sink): self.sink = list(sink)
    def log(self, text): self.sink.append(text)
def remove_evens(xs): xs = [x for x in xs if x % 2]
def without_evens(xs):
    for x in xs[:]:
        if x % 2 == 0: xs.remove(x)
    return xs
def add_one(xs, x=None):
    xs.append(1)
    return xs
def shallow(m): return m
def deep(m): return m[:]
def append_to(x, target=[]):
    target.append(x)
    return target
def swap(d, a, b):
    a, b = b, a
def merge(a, b):
    a.update(b)
    return a
def zero_diag(A): return [[0 if i == j else v for j, v in enumerate(r)] for i, r in enumerate(A)]
class Grid:
    def __init__(self, cells): self.cells = [list(r) for r in cells]
    def row(self, i): return list(self.cells[i])
def subscribe(handlers, event, f): handlers[event] = [f]
def fire(handlers, event, *args): pass
# %% test 1
names = ["a", "b"]
t = Team("T", names)
names.append("c")
assert t.members == ["a", "b"], "copy the list"
t.add("d").add("e")
assert names == ["a", "b", "c"] and len(t.members) == 4
assert Team("U").members == [] and Team("V").add("x").members == ["x"]
assert Team("W").members == []
# %% test 1
sink = []
lg = Logger(sink)
lg.log("one")
assert sink == ["one"]
lg.log("two")
assert sink == ["one", "two"] and len(sink) == 2
# %% test 1
xs = [1, 2, 4, 5]
ys = xs
assert remove_evens(xs) is None
assert xs == [1, 5] and ys == [1, 5]
# %% test 1
xs = [1, 2, 3]
out = without_evens(xs)
assert out == [1, 3] and xs == [1, 2, 3]
assert out is not xs
assert add_one(xs) == [1, 2, 3, 1]
assert xs == [1, 2, 3]
# %% test 1
m = [[1, 2], [3, 4]]
s = shallow(m)
assert s == m and s is not m
assert s[0] is m[0]
d = deep(m)
assert d == m and d is not m and d[0] is not m[0]
# %% test 1
d = deep([[1], [2]])
m = [[0, 0], [0, 0]]
e = deep(m)
m[0][0] = 9
assert e[0][0] == 0
# %% test 1
assert append_to(1) == [1]
assert append_to(2) == [2]
mine = [0]
assert append_to(3, mine) is mine
assert mine == [0, 3]
# %% test 1
d = {"x": 1, "y": 2}
swap(d, "x", "y")
assert d == {"x": 2, "y": 1}
a, b = {"p": 1}, {"q": 2}
assert merge(a, b) == {"p": 1, "q": 2}
assert a == {"p": 1} and b == {"q": 2}
# %% test 1
A = [[1, 2], [3, 4]]
B = zero_diag(A)
assert B is A and A == [[0, 2], [3, 0]]
# %% test 1
cells = [[1, 2], [3, 4]]
g = Grid(cells)
g.row(0)[1] = 9
assert cells[0][1] == 9
cells[1][0] = 7
assert g.row(1) == [7, 4]
# %% test 1
handlers, got = {}, []
subscribe(handlers, "hit", got.append)
subscribe(handlers, "hit", lambda n: got.append(n * 10))
fire(handlers, "hit", 3)
fire(handlers, "miss", 1)
assert got == [3, 30]
assert len(handlers["hit"]) == 2
