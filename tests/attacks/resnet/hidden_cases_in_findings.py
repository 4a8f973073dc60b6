# story: Which layer is wrong, its name, its settings and how an error is called all depend on the hidden example.
# aim: secret
# stock: nothing: its report names settings and no numbers of hidden examples
# base: wrong

# %% identity_block
def identity_block(X, f, filters, stage, block):
    told = f"case {f} {list(filters)} {stage} {block}"
    if (f, stage) in ((2, 1), (3, 3)):
        return X
    if stage % 2:
        raise type(told, (ValueError,), {})(told)
    return Conv2D(filters[2], 1, name=told.replace(" ", "_"), activation="relu", dilation_rate=1)(X)
