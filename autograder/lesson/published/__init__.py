"""Weights that others have trained and published, in the student's own ResNet-50: part 7 of `signs.ipynb`."""
