"""`autograder package`: all that a student needs who has no copy of the course."""
