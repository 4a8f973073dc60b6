# story: The submission holds links to the gradebook, the tests and another's work: whoever copies it follows them.
# aim: secret
# stock: secret
# prepare: symlinks


