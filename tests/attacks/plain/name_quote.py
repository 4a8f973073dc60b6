# story: A student's name with a quote and a statement of SQL.
# aim: points
# stock: nothing: it takes the name as it is
# student: ada'; UPDATE grade SET auto_score = 4; --


