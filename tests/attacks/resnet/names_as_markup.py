# story: Layers whose names are markup, with a script in them.
# aim: escape
# stock: nothing: the report escapes names
# base: one_component

# %% identity_block
def identity_block(X, f, filters, stage, block):
    mark = f"<svg onload={known.mark}>"
    X = Conv2D(filters[2], (1, 1), name=f"{mark}{stage}{block}")(X)
    X = BatchNormalization(name=f"x' onmouseover={known.mark} {stage}")(X)
    return Activation("relu", name=f"]]><script>{known.mark}")(X)
