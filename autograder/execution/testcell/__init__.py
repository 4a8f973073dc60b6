"""One test cell on the trusted side: what its names stand for, how it runs, and what it is worth."""
