"""The instructor's side: building the course, nbgrader's parts made ours, grading a class."""
