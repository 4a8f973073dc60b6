"""What a student's function made, as plain data, and the collectors that write it down.

The collectors run beside the student's code and decide nothing: `collect` picks the one for the exercise's kind.
`evidence` is read on the trusted side, too, and needs NumPy and pydantic alone.
"""
