"""`autograder grade` and `autograder undo`: a whole class, side by side, with one writer of the gradebook."""
