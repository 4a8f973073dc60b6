"""A time limit for a block of code, in which waiting for the processor does not count."""

from __future__ import annotations

import time

import pytest

from autograder.base.timelimit import CEILING, at_most


class TooLongError(Exception):
    """What the limit raises here."""


def test_a_block_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TooLongError), at_most(0.05, TooLongError):
        time.sleep(60)


def test_what_was_waited_does_not_count() -> None:
    begin = time.monotonic()

    def waited() -> float:
        return (time.monotonic() - begin) * 0.8

    with at_most(0.2, TooLongError, waited):
        time.sleep(0.5)
    with pytest.raises(TooLongError), at_most(0.2, TooLongError, waited):
        time.sleep(60)


def test_it_is_ended_all_the_same() -> None:
    begin = time.monotonic()
    with pytest.raises(TooLongError), at_most(0.1, TooLongError, lambda: time.monotonic() - begin):
        time.sleep(60)
    assert time.monotonic() - begin >= 0.1 * CEILING * 0.9
