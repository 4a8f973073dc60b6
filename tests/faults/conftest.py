"""The real course, built once a test run, is shared with the course's own tests."""

from tests.course.conftest import course

__all__ = ["course"]
