"""What was handed in, made into a notebook of known shape: read, cleaned, and each cell restored to its role."""
