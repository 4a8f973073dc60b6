"""A question that may take long is asked on a thread of its own, and never twice at a time."""

from __future__ import annotations

import threading

import pytest

from autograder.sandbox.watch.background import Background

LONG = 60.0


class Held:
    """A question that is answered when the test says so."""

    def __init__(self) -> None:
        self.asked = 0
        self.may_answer = threading.Event()

    def __call__(self) -> int:
        self.asked += 1
        assert self.may_answer.wait(LONG)
        return self.asked


def test_an_answer_that_is_there_at_once() -> None:
    question = Held()
    question.may_answer.set()
    background = Background(question)
    assert background.ask(LONG) == 1
    assert background.ask(LONG) == 2  # asked anew, since the first was answered
    assert background.seconds == 0
    assert background.took >= 0


def test_nobody_waits_for_an_answer_that_takes_long() -> None:
    question = Held()
    background = Background(question)
    assert background.ask() is None
    assert background.ask(0.01) is None
    assert background.seconds > 0
    question.may_answer.set()
    assert background.ask(LONG) == 1  # the question that was asked first
    assert background.seconds == 0
    assert background.took > 0


def test_finish_waits_for_what_is_under_way() -> None:
    question = Held()
    background = Background(question)
    background.finish()  # nothing is
    background.ask()
    done = threading.Thread(target=background.finish)
    done.start()
    done.join(0.05)
    assert done.is_alive()
    question.may_answer.set()
    done.join(LONG)
    assert not done.is_alive()


def test_what_it_raises_is_raised_to_who_asks() -> None:
    def fails() -> None:
        raise ValueError("its words")

    background = Background(fails)
    for _ in range(2):
        with pytest.raises(ValueError, match="its words"):
            background.ask(LONG)
