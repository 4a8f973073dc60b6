# story: A student's name of percent signs and dots.
# aim: points
# stock: nothing: it takes the name as it is
# student: %2e%2e%2fada


