# subject: programming
# tries: a Counter, a namedtuple, a range and an iterator that come back
# %% solution
from collections import Counter, namedtuple

Word = namedtuple("Word", "text length")


def letters(text):
    ### BEGIN SOLUTION
    return Counter(text.replace(" ", ""))
    ### END SOLUTION


def words(text):
    ### BEGIN SOLUTION
    return [Word(one, len(one)) for one in text.split()]
    ### END SOLUTION


def evens(stop):
    ### BEGIN SOLUTION
    return range(0, stop, 2)
    ### END SOLUTION


def numbered(items):
    ### BEGIN SOLUTION
    for number, item in enumerate(items, 1):
        yield number, item
    ### END SOLUTION


# %% wrong
from collections import Counter, namedtuple

Word = namedtuple("Word", "text length")


def letters(text):
    return Counter(text)


def words(text):
    return [Word(one, 0) for one in text.split()]


def evens(stop):
    return range(0, stop)


def numbered(items):
    yield from enumerate(items)


# %% test 2
assert letters("to be or") == Counter("tobeor")
assert letters("aa b").most_common(1) == [("a", 2)]
assert letters("x")["y"] == 0
# %% test 2
first = words("a longer word")[1]
assert first.text == "longer" and first.length == 6
assert isinstance(first, tuple)
assert first == Word("longer", 6)
# %% test 1
assert evens(7) == range(0, 7, 2)
assert isinstance(evens(3), range)
# %% test 2
found = numbered("ab")
assert next(found) == (1, "a")
assert list(found) == [(2, "b")]
assert list(numbered([])) == []
