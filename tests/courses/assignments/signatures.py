# subject: programming
# tries: signatures of classes, members, sources and code objects
# %% solution
import math

def mean(values):
    """Arithmetic mean.

    >>> mean([1, 2, 3])
    2.0
    """
    ### BEGIN SOLUTION
    total = 0
    for v in values:
        total += v
    return total / len(values)
    ### END SOLUTION

def fast_sum(n: int = 10, *, start: int = 0) -> int:
    ### BEGIN SOLUTION
    return n * (n + 1) // 2 + start
    ### END SOLUTION

### BEGIN SOLUTION
square = lambda x: x ** 2
evens = [x for x in range(20) if x % 2 == 0]

def apply_all(fs, x):
    return [f(x) for f in fs]

class Dog:
    """A dog."""
    kind = "canine"
    def __init__(self, name, age=1):
        self.name = name
        self.age = age
    def bark(self, times=1):
        """Say woof."""
        return "woof" * times
    def __private(self):
        return 1
### END SOLUTION
# %% right
import math as m

def mean(values):
    """The mean.

    >>> mean([2, 4])
    3.0
    """
    n = total = 0
    for v in values:
        n, total = n + 1, total + v
    return total / n
def fast_sum(n: int = 10, *, start: int = 0) -> int:
    """Gauss."""
    both = n * (n + 1)
    return start + both // 2
square = lambda number: number * number
evens = [2 * k for k in range(10)]
def apply_all(fs, x):
    return [g(x) for g in fs]
class Dog(object):
    """The dog."""
    kind = "canine"
    def __init__(self, name, age=1):
        self.name, self.age = name, age
    def bark(self, times=1):
        """Bark."""
        return "".join("woof" for _ in range(times))
# %% wrong
import statistics
def mean(values):
    return statistics.mean(values)
def fast_sum(n):
    return sum(range(min(n, 10) + 1))
def square(x): return x * 2
evens = [x for x in range(20)]
def apply_all(fs, x): return map(lambda f: f(x), fs)
class Dog:
    def __init__(self, name): self.n = name
# %% test 1
import inspect
src = inspect.getsource(mean)
assert "sum(" not in src and "statistics" not in src
assert "for" in src
assert mean([1, 2, 3]) == 2.0
# %% test 1
import doctest
finder = doctest.DocTestFinder()
assert ">>>" in mean.__doc__
tests = doctest.DocTestParser().get_examples(mean.__doc__)
assert len(tests) >= 1
# %% test 1
sig = inspect.signature(fast_sum)
assert sig.parameters["n"].default == 10
assert sig.parameters["start"].kind == inspect.Parameter.KEYWORD_ONLY
assert sig.return_annotation is int
assert fast_sum.__defaults__ == (10,) and fast_sum.__kwdefaults__ == {"start": 0}
assert fast_sum(100, start=5) == 5055
# %% test 1
import ast, textwrap
tree = ast.parse(textwrap.dedent(inspect.getsource(fast_sum)))
assert not any(isinstance(n, (ast.For, ast.While)) for n in ast.walk(tree)), "no loops"
names = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
assert "sum" not in names
# %% test 1
assert square.__name__ == "<lambda>"
assert square(7) == 49
import types
assert isinstance(square, types.LambdaType) and callable(square)
# %% test 1
assert fast_sum.__code__.co_argcount == 1
assert fast_sum.__code__.co_varnames[:2] == ("n", "start")
assert len(inspect.getfullargspec(mean).args) == 1
# %% test 1
import time
t = time.perf_counter()
fast_sum(10 ** 12)
assert time.perf_counter() - t < 0.5
assert fast_sum(10 ** 12) == 10 ** 12 * (10 ** 12 + 1) // 2
# %% test 1
assert isinstance(evens, list) and evens == list(range(0, 20, 2))
assert apply_all([square, abs, lambda v: -v], 3) == [9, 3, -3]
# %% test 1
assert inspect.isclass(Dog)
assert Dog.__doc__ and Dog.bark.__doc__
methods = [n for n, f in inspect.getmembers(Dog, predicate=inspect.isfunction) if not n.startswith("_")]
assert methods == ["bark"]
assert Dog.kind == "canine" and "kind" not in Dog("x").__dict__
rex = Dog("Rex", age=5)
assert rex.__dict__ == {"name": "Rex", "age": 5}
assert rex.bark(2) == "woofwoof"
assert set(inspect.signature(Dog).parameters) == {"name", "age"}
assert list(inspect.signature(Dog.__init__).parameters) == ["self", "name", "age"]
assert callable(getattr(rex, "bark", None))
