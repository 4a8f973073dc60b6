# story: A graded cell of the student's own, worth a hundred points.
# aim: points
# stock: nothing: the submission fails to validate
# prepare: own_graded_cell


