"""The tables of explanations, one module for each family of errors; each row is one error."""
