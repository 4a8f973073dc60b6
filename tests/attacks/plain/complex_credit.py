# story: A complex number whose distance from any other is not a number.
# aim: points
# stock: points

# %% estimate
def estimate(n):
    return complex("nan")
