# story: A student's name that looks like an option.
# aim: points
# stock: nothing: it takes the name as it is
# student: --force


