"""What the kit costs, each figure as a ratio of two things measured in the same run: `make bench`."""
