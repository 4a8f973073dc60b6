# story: A test cell says that it is a solution, so nobody should restore it.
# aim: points
# stock: nothing: its checksum is wrong, and nothing is graded
# prepare: tests_are_solutions


