# story: Another student's name with a space behind it.
# aim: points
# stock: nothing: it takes the name as it is
# student: ada\x20


