"""What a table of explanations is made of: an exception's type, a pattern of its message, and what to say of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ...base.messages import Translate
from ...evidence.evidence import StudentError
from ...exercises import Exercise
from .code import Code

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LONGEST = 1500
"""Characters of a message that are looked at: some patterns take time that grows with its square."""
_SYNTAX_PLACE = re.compile(r" \([^()\n]*, line \d+\)$")


@dataclass(frozen=True)
class Occurrence:
    """An exception of a student's function, with what is known of the code that it came from."""

    error: StudentError
    exercise: Exercise

    @cached_property
    def message(self) -> str:
        """What Python or Keras says, without colours and without a place in a file."""
        return _SYNTAX_PLACE.sub("", _COLOURS.sub("", self.error.message[:LONGEST])).strip()

    @cached_property
    def code(self) -> Code:
        """The function in which it came up."""
        return Code(self.error, self.exercise)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence for the catalogs, and the words that go into it, which may be sentences again.

    `of_caller`: it is about the line that calls the function in which the exception came up.
    """

    sentence: str
    words: Mapping[str, object] = field(default_factory=dict)
    of_caller: bool = False

    def in_words(self, words: Mapping[str, object], _: Translate) -> str:
        """The sentence in the reader's language; `words` are further ones that it may need."""

        def shown(word: object) -> object:
            if isinstance(word, Told):
                return word.in_words(words, _)
            return _(str(word)) if isinstance(word, Translated) else word

        return _(self.sentence).format(**{**words, **{key: shown(word) for key, word in self.words.items()}})


class Translated(str):
    """A word of a sentence that is itself to be translated."""

    __slots__ = ()


Tell = Callable[[Occurrence, re.Match[str]], Told | None]
"""Looks closer at an exception; None where the explanation does not fit after all, and the next row is to be tried."""


@dataclass(frozen=True, slots=True)
class Row:
    """One explanation.

    Attributes:
        name: what the explanation is called, in tests and in the measurement of slips.
        types: the exceptions' classes, between spaces; "" for any.
        pattern: searched for in the message; its named groups are words of the sentence.
        says: the sentence, "" where `tell` gives it.
        tell: looks closer.
    """

    name: str
    types: str
    pattern: str
    says: str = ""
    tell: Tell | None = None

    def told(self, occurrence: Occurrence) -> Told | None:
        """What this row has to say of the exception, None if it is about others."""
        if self.types and occurrence.error.type not in self.types.split():
            return None
        found = re.search(self.pattern, occurrence.message, re.DOTALL)
        if found is None:
            return None
        if self.tell is not None:
            return self.tell(occurrence, found)
        return Told(self.says, {name: word or "" for name, word in found.groupdict().items()})
