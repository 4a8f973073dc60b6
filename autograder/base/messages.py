"""The reader's language: one source in English, other languages through gettext catalogs.

A catalog is the .po file itself, compiled in memory by Babel: there is no second, generated copy to go stale.
"""

from __future__ import annotations

import gettext
import io
import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "zh")
LOCALE = Path(__file__).parents[1] / "locale"
MARKER = re.compile(r"^[ \t]*#[ \t]*language:[ \t]*([a-z]{2})\b", re.MULTILINE)
"""The comment in a notebook's set-up cell that says which language it is in."""

Translate = Callable[[str], str]


class Text(str):
    """A text of a course's own, which brings its translations along: `Text("the variance", zh="方差")`.

    It is English where nothing else is given. A step's name is such a text, too: `Text("training", en="the output in
    training mode", zh="训练模式的输出")` is called `training` in the records, and by its words in reports.
    """

    __slots__ = ("translations",)

    def __new__(cls, text: str, **translations: str) -> Text:
        made = super().__new__(cls, text)
        made.translations = translations
        return made

    translations: Mapping[str, str]

    def told(self, language: str) -> str:
        """The text in that language, as far as there is one."""
        return self.translations.get(language) or self.translations.get("en") or str(self)


def N_(text: str) -> str:
    """Mark a text for the catalogs where it is written; it is translated where it is shown."""
    return text


@cache
def translator(language: str) -> Translate:
    """The function that turns an English text into `language`; English for a language without a catalog."""
    path = LOCALE / language / "LC_MESSAGES" / "autograder.po"
    if not path.is_file():
        return lambda text: text.told(language) if isinstance(text, Text) else text
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as catalog:
        write_mo(compiled, read_po(catalog, locale=language))
    compiled.seek(0)
    translations = gettext.GNUTranslations(compiled)

    def translate(text: str) -> str:
        if isinstance(text, Text):
            return text.told(language)
        return translations.gettext(text) if text else text

    return translate


def language_in(source: str) -> str | None:
    """The language that a notebook cell declares by `# language: zh`, or None."""
    match = MARKER.search(source)
    return match.group(1) if match and match.group(1) in LANGUAGES else None


def language_named(locale: str) -> str | None:
    """The language of a locale's name, such as `zh_CN.UTF-8`, or None where it is none of ours."""
    name = re.split(r"[^a-z]", locale.lower(), maxsplit=1)[0]
    return name if name in LANGUAGES else None


def reader_language(environment: Mapping[str, str]) -> str:
    """The language that the reader's environment asks for, English where it asks for none of ours.

    The first of the variables that is set decides. LANGUAGE may list several, the most wanted first.
    """
    for variable in ("LC_ALL", "LC_MESSAGES", "LANGUAGE", "LANG"):
        chosen = environment.get(variable, "")
        if chosen:
            return next(filter(None, map(language_named, chosen.split(":"))), "en")
    return "en"


def notebook_language() -> str:
    """The language of the notebook that this kernel runs.

    AUTOGRADER_LANGUAGE if set, else what the latest cell with the marker said, else English.
    """
    chosen = os.environ.get("AUTOGRADER_LANGUAGE", "")
    if chosen in LANGUAGES:
        return chosen
    import sys

    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    if shell is None:
        return "en"
    for cell in reversed(shell.user_ns.get("In", [])):
        language = language_in(str(cell))
        if language:
            return language
    return "en"
