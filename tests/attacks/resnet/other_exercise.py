# story: A block that was solved stands in for one that was not: identity_block is convolutional_block.
# aim: points
# stock: points
# base: alike

# %% before test_identity_block

identity_block.__name__ = "convolutional_block"  # in whose words it is written
