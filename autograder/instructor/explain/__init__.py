"""`autograder explain`: everything behind one score, for the instructor who has to answer for it."""
