"""Bring the message catalogs up to date: `make messages`.

Collects every message of the package (`_("...")`, `N_("...")`, `self.translate("...")`, also in the templates) and
writes it into each language's autograder.po: new messages with an empty translation, which tests/base asks for;
messages that are no longer used are dropped. A catalog holds no dates, names, addresses or line numbers, so it changes
only when a message does.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1] / "autograder"
sys.path.insert(0, str(PACKAGE.parent))

from autograder.base.messages import LANGUAGES, LOCALE  # noqa: E402

METHODS = [("**.py", "python"), ("templates/**.j2", "jinja2")]
KEYWORDS: dict[str, None] = {"_": None, "N_": None, "translate": None}
SOURCE_LANGUAGE = "en"
HEADER = """\
# Messages of the autograder. The English text is the source; `make messages` brings this file up to date.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def catalog_path(language: str) -> Path:
    """Where a language's catalog lies."""
    return LOCALE / language / "LC_MESSAGES" / "autograder.po"


def translated_languages() -> tuple[str, ...]:
    """Every language but the source."""
    return tuple(language for language in LANGUAGES if language != SOURCE_LANGUAGE)


def extract(package: Path = PACKAGE) -> Catalog:
    """The messages that the package's code and templates hold today."""
    found = Catalog()
    for filename, _line, message, comments, context in extract_from_dir(package, METHODS, keywords=KEYWORDS):
        found.add(message, locations=[(f"autograder/{filename}", 0)], auto_comments=comments, context=context)
    return found


def read(language: str) -> Catalog:
    """A language's catalog; an empty one where there is none yet."""
    path = catalog_path(language)
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def render(language: str, messages: Catalog) -> str:
    """The text of a language's catalog with exactly these messages, and the translations that are known."""
    catalog = read(language)
    catalog.update(messages)
    text = io.BytesIO()
    write_po(text, catalog, width=0, sort_by_file=True, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return HEADER.format(language=language) + text.getvalue().decode()


def main() -> int:
    """Update every catalog, and say what is left to translate."""
    messages = extract()
    for language in translated_languages():
        path = catalog_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(language, messages), encoding="utf-8")
        catalog = read(language)
        todo = [message.id for message in catalog if message.id and (message.fuzzy or not message.string)]
        print(
            f"{path.relative_to(PACKAGE.parent)}: {len(catalog)} messages, {len(todo)} to translate", *todo, sep="\n  "
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
