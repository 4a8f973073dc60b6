# story: Cells of the student's own bear the cell ids of tests.
# aim: points
# stock: nothing: cell ids mean nothing to it
# prepare: ids_of_tests


