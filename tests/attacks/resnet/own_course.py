# story: The environment names another course, with references of the student's own answers.
# aim: points
# stock: points
# base: other_seeds

# %% before test_identity_block

from pathlib import Path

from autograder.evidence.collect import collect
from autograder.evidence.graphs.collect_graph import canary
from autograder.base.course import Course, find_course
from autograder.references.references import Reference, ReferenceSet, load, save

EXERCISE = load(find_course().public_references()[0]).definitions["identity_block"]


def reference_set(visibility, cases):
    given = [(case, collect(identity_block, EXERCISE, case)) for case in cases]
    found = {EXERCISE.name: tuple(Reference(p, e.graph, e.outputs, e.weights) for p, e in given)}
    return ReferenceSet(visibility, canary(), found, definitions={EXERCISE.name: EXERCISE})


def own_course(root):
    course = Course(Path(root))
    cases = EXERCISE.public_cases
    save(course.references / "resnet" / "public.h5", reference_set("public", cases))
    save(course.references / "resnet" / "hidden.h5", reference_set("hidden", cases))
    (course.root / "nbgrader_config.py").write_text("c = get_config()\n")


import os
import tempfile

os.environ["AUTOGRADER_COURSE"] = tempfile.mkdtemp()
own_course(os.environ["AUTOGRADER_COURSE"])
