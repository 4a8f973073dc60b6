# subject: programming
# tries: arguments that are changed, that are left alone, and the same object handed back
# %% solution
def sort_it(values):
    ### BEGIN SOLUTION
    values.sort()
    ### END SOLUTION


def sorted_copy(values):
    ### BEGIN SOLUTION
    return sorted(values)
    ### END SOLUTION


def add_all(table, more):
    ### BEGIN SOLUTION
    table.update(more)
    return table
    ### END SOLUTION


# %% wrong
def sort_it(values):
    values = sorted(values)


def sorted_copy(values):
    values.sort()
    return values


def add_all(table, more):
    return {**table, **more}


# %% test 1
values = [3, 1, 2]
assert sort_it(values) is None
assert values == [1, 2, 3]
# %% test 2
values = [2, 1]
assert sorted_copy(values) == [1, 2] and values == [2, 1]
assert sorted_copy(values) is not values
# %% test 1
table = {"a": 1}
assert add_all(table, {"b": 2}) is table
assert table == {"a": 1, "b": 2}
