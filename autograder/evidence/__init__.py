"""What a student's function made, as plain data, and the collectors that write it down.

The collectors run beside the student's code and decide nothing. `evidence` itself is read on the trusted side: it needs
NumPy and pydantic alone.
"""
