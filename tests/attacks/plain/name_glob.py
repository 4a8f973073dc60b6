# story: A student's name that is a pattern for another's.
# aim: points, escape
# stock: escape
# alone: nbgrader takes the other's notebook for this one's, and then does not grade the other
# student: [a]da


