"""How the lesson says that something can't be done: in one sentence, in the reader's language."""

from __future__ import annotations

from ..base.messages import Translate, notebook_language, translator


class LessonError(Exception):
    """Shown in a notebook as its message alone, without a traceback through this package."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def reader() -> Translate:
    """The translator into the language of the notebook that is running."""
    return translator(notebook_language())
