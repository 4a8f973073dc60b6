"""The pictures of hands that the lesson trains on: drawn from a seed, read from HDF5, shown and measured.

Nothing here trains or knows a network. Notebooks use `autograder.lesson.signs`, which hands on what they need.
"""
