# story: What the function saw in one exercise stands in the error that another one ends in, on its visible test.
# aim: secret
# stock: nothing: its feedback shows the hidden tests to everybody
# base: right
# raises: ValueError: its message is what tells

# %% first
seen = []

# %% triple
def triple(x):
    seen.append(x)
    return 3 * x

# %% relu
def relu(x):
    raise ValueError(f"relu does not know {seen}")

# %% stats
def stats(values):
    stats.__doc__ = f"seen {seen}"
    raise ValueError(stats.__doc__)
