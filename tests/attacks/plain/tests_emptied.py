# story: The tests' source is replaced and unlocked.
# aim: points
# stock: nothing: their source is restored
# prepare: tests_emptied


