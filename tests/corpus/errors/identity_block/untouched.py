# exercise: identity_block
# title: the cell was left as it came
# error: untouched

def identity_block(X, f, filters, stage, block):
    # YOUR CODE HERE
    raise NotImplementedError()
