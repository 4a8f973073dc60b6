# subject: programming
# tries: a locked dict that students fill, test definitions that student cells use, a helper that a test deletes
# %% locked
answers = {}
limits = [1, 10]
# %% solution
### BEGIN SOLUTION
answers["capital"] = "Paris"
answers["year"] = 1789
### END SOLUTION
# %% wrong
answers["capital"] = "Lyon"
# %% test 1
assert answers["capital"] == "Paris"
# %% test 1
assert len(answers) == 2 and answers["year"] > 1700
factor = 3


def scaled(x):
    return factor * x


# %% solution
def tripled(values):
    ### BEGIN SOLUTION
    return [scaled(value) for value in values]
    ### END SOLUTION


### BEGIN SOLUTION
ready = scaled(2)


### END SOLUTION
# %% wrong
def tripled(values):
    return values


ready = 5
# %% test 2
assert tripled([1, 2]) == [3, 6]
assert ready == 6


# %% solution
def square(x):
    ### BEGIN SOLUTION
    return x * x
    ### END SOLUTION


def squares(values):
    ### BEGIN SOLUTION
    return [square(value) for value in values]
    ### END SOLUTION


# %% wrong
def square(x):
    return x * x


def squares(values):
    return [value**2 for value in values]


# %% test 2
assert squares([2, 3]) == [4, 9]
kept = square
del square
try:
    squares([1])
except NameError:
    pass
else:
    raise AssertionError("squares does not use square")
finally:
    square = kept
