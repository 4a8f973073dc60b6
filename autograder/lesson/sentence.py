"""How the lesson says that something can't be done: in one sentence, in the reader's language."""

from __future__ import annotations

from ..base.errors import UserError
from ..base.messages import Translate, notebook_language, translator


class LessonError(UserError):
    """What a notebook of the lesson asked for can't be done; the message is in the reader's language."""


def reader() -> Translate:
    """The translator into the language of the notebook that is running."""
    return translator(notebook_language())
