"""One submission, from its file to judged cells: read, clean, restore, run on two sides, judge.

The student's cells run in a kernel that is not trusted, and only plain data comes back from it; test cells run here.
docs/design/security.md says what that protects and what not. Nothing here knows nbgrader's gradebook or a whole class.
"""
