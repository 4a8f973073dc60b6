# story: A student's name in the braces of a format.
# aim: points
# stock: nothing: it takes the name as it is
# student: {student_id}


