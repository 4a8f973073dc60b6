# story: The environment names another course, with references of the student's own answers.
# aim: points
# stock: points
# base: other_seeds

# %% before test_identity_block

from pathlib import Path

from autograder.evidence.collect import collect
from autograder.evidence.collect_graph import canary
from autograder.base.course import Course, find_course
from autograder.exercises import EXERCISES
from autograder.references.references import Reference, ReferenceSet, load, save


def reference_set(visibility, cases):
    found = {}
    for exercise in EXERCISES[:1]:
        given = [(case, collect(identity_block, exercise, case)) for case in cases]
        found[exercise.name] = tuple(Reference(p, e.graph, e.outputs, e.weights) for p, e in given)
    return ReferenceSet(visibility, canary(), found)


def own_course(root):
    course = Course(Path(root))
    cases = EXERCISES[0].public_cases
    save(course.public_references, reference_set("public", cases))
    save(course.hidden_references, reference_set("hidden", cases))
    (course.root / "nbgrader_config.py").write_text("c = get_config()\n")


import os
import tempfile

os.environ["AUTOGRADER_COURSE"] = tempfile.mkdtemp()
own_course(os.environ["AUTOGRADER_COURSE"])
