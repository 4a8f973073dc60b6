# story: The test cells and the set-up cell are left out.
# aim: points
# stock: nothing: what is missing earns nothing
# prepare: without_tests


