# story: A test cell is there twice, the second one already solved.
# aim: points, escape
# stock: escape
# prepare: test_cell_twice
# alone: a duplicated test cell ends the whole class's grading


