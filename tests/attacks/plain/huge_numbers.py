# story: Whole numbers of a million digits, a text of many megabytes, and an array that says it is vast.
# aim: points
# stock: nothing: a comparison that fails is a failed test
# raises: MemoryError: there is no room for so vast an array

# %% triple
def triple(x):
    return 10**1_000_000


# %% label
def label(n):
    return "small" * 4_000_000


# %% relu
def relu(x):
    return np.broadcast_to(np.float64(1), (10**9,))


# %% estimate
def estimate(n):
    return float("-inf")
