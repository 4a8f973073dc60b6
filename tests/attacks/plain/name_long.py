# story: A student's name of two hundred letters and a line break.
# aim: points, escape
# stock: escape
# alone: a name with a line break ends the whole class's grading
# student: llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll\nada


