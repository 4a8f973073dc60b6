# story: Lists in lists in lists, a hundred thousand deep.
# aim: points, escape
# stock: nothing: a comparison that fails is a failed test

# %% stats
def stats(values):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return {"count": deep}


# %% triple
def triple(x):
    return stats(x)["count"]
