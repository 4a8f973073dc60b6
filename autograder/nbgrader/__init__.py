"""All that touches nbgrader: its steps made ours, its commands called as a library, its gradebook read and written.

No other room imports nbgrader to change what it does. Which students there are and what is graded is not decided here.
"""
