# story: Evidence under the name of another test case, and of another exercise.
# aim: points
# stock: nothing: a test case's name and graph have to be its own
# base: alike

# %% before test_identity_block

import sys


def everywhere(name, value):
    """Under that name in all of the package's modules, in this kernel."""
    import autograder.evidence.collect
    import autograder.student.notebook_api
    import autograder.execution.kernel.answers

    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("autograder.") and hasattr(module, name):
            setattr(module, name, value)


from dataclasses import replace

from autograder.evidence.collect import collect
from autograder.base.course import find_course
from autograder.references.references import load

definitions = load(find_course().public_references()[0]).definitions
IDENTITY, OTHER = definitions["identity_block"], definitions["convolutional_block"]


def mixed(function, exercise, case, *how, collect=collect, **else_how):
    easy = IDENTITY.public_cases[0]
    other = OTHER.public_cases[0]
    return replace(collect(identity_block, OTHER, other, *how, **else_how), case=easy.name, function="identity_block")


everywhere("collect", mixed)
