"""`autograder build` and `autograder new`: from an instructor's notebooks to references and student versions."""
