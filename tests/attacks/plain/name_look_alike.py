# story: A student's name that looks like another's.
# aim: points
# stock: nothing: it takes the name as it is
# student: \u0430da


