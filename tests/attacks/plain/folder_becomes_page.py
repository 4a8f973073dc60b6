# story: Folders that are called like the files that grading writes or reads.
# aim: escape
# stock: nothing: it grades no submission with such a folder
# prepare: folders_in_the_way
# alone: nbgrader stops there, and grades nobody after it
