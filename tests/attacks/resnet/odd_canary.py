# story: A canary of another shape, and one that is not a number.
# aim: points
# stock: points
# base: other_weights

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


values = iter([np.zeros((0,), dtype=np.float32), np.full((2, 2, 3, 4), np.nan, dtype=np.float32)] * 100)
everywhere("canary", lambda: next(values))
