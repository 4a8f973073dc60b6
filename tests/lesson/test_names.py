"""What notebooks call as `lesson.NAME` is a function or a class, whatever module has been imported meanwhile."""

from __future__ import annotations

import pkgutil

from autograder import lesson
from autograder.lesson import toolbox


def test_no_module_hides_a_function_of_the_same_name() -> None:
    modules = {module.name for module in pkgutil.iter_modules(lesson.__path__)}
    assert not modules & {*toolbox.__all__, "begin"}
