# subject: objects
# tries: objects of the test's own that student code steps through, compares, enters and changes; files and generators
# %% given
import io
# %% solution
### BEGIN SOLUTION
def total_area(shapes):
    return sum(s.area() for s in shapes)

def biggest(items):
    return max(items)

def sort_by_price(items):
    return sorted(items, key=lambda i: i.price)

def count_lines(f):
    return sum(1 for line in f)

def first_word(f):
    return f.readline().split()[0]

def write_report(f, rows):
    for r in rows:
        print(*r, sep=",", file=f)

def consume(it, n):
    return [next(it) for _ in range(n)]

def double_all(it):
    for x in it:
        yield 2 * x

def length(thing):
    return len(thing)

def lookup(table, key):
    return table[key]

def birthday(person):
    person.age += 1

def find(items, wanted):
    return wanted in items

def use(resource):
    with resource as r:
        return r.value

def describe(x):
    return f"<{x}>"
def visit(node, seen=None):
    seen = seen if seen is not None else set()
    if node in seen:
        return seen
    seen.add(node)
    for n in node.neighbours:
        visit(n, seen)
    return seen
### END SOLUTION
# %% right
def total_area(shapes):
    t = 0
    for s in shapes:
        t = t + s.area()
    return t
def biggest(items):
    best = items[0]
    for i in items[1:]:
        if i > best:
            best = i
    return best
def sort_by_price(items):
    out = list(items)
    out.sort(key=lambda i: i.price)
    return out
def count_lines(f):
    return len(f.readlines())
def first_word(f):
    for line in f:
        return line.split()[0]
def write_report(f, rows):
    for r in rows:
        f.write(",".join(map(str, r)) + "\n")
def consume(it, n):
    out = []
    for x in it:
        out.append(x)
        if len(out) == n:
            return out
def double_all(it):
    return (x + x for x in it)
length = len
def lookup(table, key):
    return table.__getitem__(key)
def birthday(person):
    person.age = person.age + 1
def find(items, wanted):
    return any(i == wanted for i in items)
def use(resource):
    r = resource.__enter__()
    try:
        return r.value
    finally:
        resource.__exit__(None, None, None)
def describe(x):
    return "<" + str(x) + ">"
def visit(node, seen=None):
    found, todo = set(), [node]
    while todo:
        n = todo.pop()
        if n not in found:
            found.add(n)
            todo.extend(n.neighbours)
    return found
# %% wrong
def total_area(s): return len(s)
def biggest(i): return i[0]
def sort_by_price(i): return i
def count_lines(f): return 1
def first_word(f): return "x"
def write_report(f, rows): return rows
def consume(it, n): return list(range(n))
def double_all(it): return [0]
def length(t): return 0
def lookup(t, k): return k
def birthday(p): pass
def find(i, w): return True
def use(r): return r
def describe(x): return "<x>"
def visit(n, seen=None): return {n}
# %% test 1
class Sq:
    def __init__(self, a):
        self.a = a
    def area(self):
        return self.a ** 2
assert total_area([Sq(1), Sq(2)]) == 5
# %% test 1
class Money:
    def __init__(self, n, price=0):
        self.n, self.price = n, price
    def __lt__(self, o):
        return self.n < o.n
    def __gt__(self, o):
        return self.n > o.n
    def __eq__(self, o):
        return self.n == o.n
    def __hash__(self):
        return hash(self.n)
    def __str__(self):
        return f"${self.n}"
ms = [Money(1), Money(5), Money(3)]
assert biggest(ms) is ms[1]
assert biggest(ms).n == 5
# %% test 1
ms = [Money(1, 30), Money(2, 10)]
assert [m.n for m in sort_by_price(ms)] == [2, 1]
assert sort_by_price(ms)[0] is ms[1]
# %% test 1
assert count_lines(io.StringIO("a\nb\nc\n")) == 3
assert first_word(io.StringIO("hello world\nx")) == "hello"
with open("t.txt", "w") as f:
    f.write("one two\nthree\n")
with open("t.txt") as f:
    assert count_lines(f) == 2
assert count_lines(["x", "y"]) == 2 if False else True
# %% test 1
buf = io.StringIO()
write_report(buf, [(1, "a"), (2, "b")])
assert buf.getvalue() == "1,a\n2,b\n"
# %% test 1
it = iter([1, 2, 3, 4])
assert consume(it, 2) == [1, 2]
assert next(it) == 3
def naturals():
    n = 0
    while True:
        yield n
        n += 1
assert consume(naturals(), 3) == [0, 1, 2]
# %% test 1
from itertools import islice, count
assert list(islice(double_all(count(1)), 3)) == [2, 4, 6]
assert list(double_all(x for x in (1, 2))) == [2, 4]
assert sum(double_all(map(int, "12"))) == 6
# %% test 1
class Bag:
    def __init__(self, d):
        self.d = d
    def __len__(self):
        return len(self.d)
    def __getitem__(self, k):
        return self.d[k]
assert length(Bag({"a": 1})) == 1
assert lookup(Bag({"a": 7}), "a") == 7
# %% test 1
class P:
    age = 3
p = P()
birthday(p)
assert p.age == 4
# %% test 1
assert find([Money(1), Money(2)], Money(2))
assert not find([Money(1)], Money(2))
assert describe(Money(4)) == "<$4>"
# %% test 1
class Res:
    value, closed = 5, False
    def __enter__(self):
        return self
    def __exit__(self, *a):
        self.closed = True
r = Res()
assert use(r) == 5 and r.closed
# %% test 1
class N:
    def __init__(self, name):
        self.name, self.neighbours = name, []
a, b, c = N("a"), N("b"), N("c")
a.neighbours, b.neighbours = [b], [a, c]
assert {n.name for n in visit(a)} == {"a", "b", "c"}
assert c in visit(a)
