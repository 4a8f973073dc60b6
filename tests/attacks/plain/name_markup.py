# story: The student's name is markup, with a script in it.
# aim: escape
# stock: escape
# student: <img src=x onerror=MARK>


