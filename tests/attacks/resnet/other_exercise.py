# story: A block that was solved stands in for one that was not: identity_block is convolutional_block.
# aim: points
# stock: points
# base: alike
# prepare: convolutional_first

# %% before test_identity_block

identity_block = convolutional_block
