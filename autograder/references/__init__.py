"""What a right answer gives: seeded tensors and graphs in HDF5, and which exercises they belong to.

References are made by `autograder build` from an instructor's solution. Nothing here runs student code or Keras.
"""
