# story: Lists in lists in lists, a hundred thousand deep.
# aim: points, escape
# stock: nothing: a comparison that fails is a failed test

# %% triple
def deep():
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return nested


def triple(x):
    return deep()


# %% stats
def stats(values):
    return {"count": deep()}
