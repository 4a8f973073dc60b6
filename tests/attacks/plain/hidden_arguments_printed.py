# story: The function notes what it is called with, and a cell behind all tests prints it.
# aim: secret
# stock: secret
# base: right

# %% first
seen = []

# %% triple
def triple(x):
    seen.append(x)
    return 3 * x

# %% stats
def stats(values):
    seen.append(values)
    return {
        "count": len(values),
        "mean": sum(values) / len(values),
        "sorted": sorted(values),
        "ends": (min(values), max(values)),
    }

# %% last
print(seen)
