"""`autograder package`: everything for a student who has no copy of the course."""
