"""The instructor's side, a folder a verb: build, collect, grade, feedback, overview, export, package.

Nothing here runs in a student's kernel. What touches nbgrader's own classes and its gradebook is in nbgrader/.
"""

from ..base.lean_imports import import_jsonschema
from .moved import find_old_names

import_jsonschema()  # before anything here imports nbgrader
find_old_names()
