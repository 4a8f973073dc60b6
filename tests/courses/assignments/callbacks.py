# subject: programming
# tries: functions as arguments, counted, raising, and handed back
# %% solution
def apply_twice(function, value):
    ### BEGIN SOLUTION
    return function(function(value))
    ### END SOLUTION


def keep(test, items):
    ### BEGIN SOLUTION
    return [item for item in items if test(item)]
    ### END SOLUTION


def compose(outer, inner):
    ### BEGIN SOLUTION
    return lambda x: outer(inner(x))
    ### END SOLUTION


def safely(function, otherwise):
    ### BEGIN SOLUTION
    try:
        return function()
    except ZeroDivisionError:
        return otherwise
    ### END SOLUTION


# %% wrong
def apply_twice(function, value):
    return function(value)


def keep(test, items):
    return [item for item in items if not test(item)]


def compose(outer, inner):
    return lambda x: inner(outer(x))


def safely(function, otherwise):
    return function()


# %% test 1
assert apply_twice(lambda x: x * 3, 2) == 18
assert apply_twice(str.upper, "a") == "A"
# %% test 2
calls = []


def small(x):
    calls.append(x)
    return x < 3


assert keep(small, [1, 5, 2]) == [1, 2]
assert calls == [1, 5, 2]
# %% test 1
assert compose(lambda x: x + 1, lambda x: x * 10)(2) == 21
# %% test 2
assert safely(lambda: 1 / 0, "nothing") == "nothing"
try:
    safely(lambda: [][1], 0)
except IndexError:
    pass
else:
    raise AssertionError("the IndexError is not the function's to catch")
