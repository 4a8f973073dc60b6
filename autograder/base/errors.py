"""Errors that are told to the person who called."""

from __future__ import annotations


class UserError(Exception):
    """The person who called can put it right; the message is for them, and says what is wrong and what to do.

    The command prints it and ends with status 2. A notebook shows it alone, without a traceback through this package.
    """

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in a traceback's place."""
        return [str(self)]
