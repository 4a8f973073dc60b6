"""Which places a test's text may patch, and what stands there when."""

from __future__ import annotations

import ast
import random
import time

import pytest

from autograder.execution.testcell.patches import Patches

PLACES = {
    'with patch("time.sleep"): f()': ("time", "sleep"),
    'with mock.patch("os.path.exists", lambda p: True): f()': ("posixpath", "exists"),
    'patch.object(random, "randint")': ("random", "randint"),
    'monkeypatch.setattr(t, "sleep", print)': ("time", "sleep"),
    "random.random = lambda: 4": ("random", "random"),
    "import urllib.request as web\nweb.urlopen = None": ("urllib.request", "urlopen"),
}


def patches(text: str) -> Patches:
    return Patches(ast.parse(text).body, {"random": random, "t": time, "own": object()})


@pytest.mark.parametrize("text", PLACES)
def test_what_a_text_may_patch(text: str) -> None:
    assert list(patches(text)._before) == [PLACES[text]]


@pytest.mark.parametrize(
    "text", ["sys.stdout = 1", "own.x = 1", 'patch("none.such.thing")', "builtins.input = f", "x = 1"]
)
def test_what_is_no_modules_or_gets_there_in_another_way_is_left(text: str) -> None:
    assert not patches(text)._before


def test_the_kits_own_code_has_what_was_there_and_the_tests_functions_what_they_put_there() -> None:
    before, found = random.random, patches("random.random = None")
    random.random = put = lambda: 4.0
    assert list(found.changed()) == [("random", "random", (put,))]
    assert not list(found.changed())
    with found.put(back=True):
        assert random.random is before
        with found.put(back=False):
            assert random.random is put
    found.undo()
    assert random.random is before
    assert list(found.changed()) == [("random", "random", ())]
