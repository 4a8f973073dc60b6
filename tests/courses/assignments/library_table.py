# subject: tables
# tries: a helper in a cell that is not locked, and dicts of lists, sets and tuples
# %% given
def percent(part, whole):
    return 100 * part / whole


SIZES = {"small": 1, "large": 3}


# %% solution
def shares(votes):
    ### BEGIN SOLUTION
    whole = sum(votes.values())
    return {name: percent(count, whole) for name, count in votes.items()}
    ### END SOLUTION


def inverted(table):
    ### BEGIN SOLUTION
    found = {}
    for name, values in table.items():
        for value in values:
            found.setdefault(value, set()).add(name)
    return found
    ### END SOLUTION


# %% wrong
def shares(votes):
    return dict(votes)


def inverted(table):
    return {value: name for name, values in table.items() for value in values}


# %% test 1
assert shares({"a": 1, "b": 3}) == {"a": percent(1, 4), "b": percent(3, 4)}
# %% test 1
assert inverted({"x": [1, 2], "y": (2,)}) == {1: {"x"}, 2: {"x", "y"}}
# %% test 1
assert sum(shares(SIZES).values()) == 100
assert shares(SIZES).keys() == SIZES.keys()
