"""What a student or self-learner calls: `check` in a notebook and at the terminal, `watch`, `study`.

Official grading uses none of it.
"""
