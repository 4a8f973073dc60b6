"""The catalogs against the source: every message is translated, and nothing else is in them."""

from __future__ import annotations

import ast
import copy
import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter

import pytest
from babel.messages.catalog import Catalog

from autograder.base.messages import LANGUAGES, translator
from autograder.report.errors.explanations.arguments import SORTS, WRONG_TYPE
from autograder.report.errors.table import ROWS
from autograder.report.sentences import LABELS, MAIN_STEPS, REFUSALS, SETTING_WORDS
from tests.shared.exercises import RESNET
from tools import catalogs

TRANSLATED = tuple(language for language in LANGUAGES if language != "en")
CHINESE = r"[\u4e00-\u9fff]"
CODE = re.compile(r"`[^`]*`")


@pytest.fixture(scope="module")
def source() -> Catalog:
    """What the code and the templates hold at this moment."""
    return catalogs.extract()


def faults(source: Catalog, catalog: Catalog, language: str) -> Iterator[str]:
    """All that is wrong with a catalog, a line each."""
    wanted = {message.id for message in source if message.id}
    known = {message.id for message in catalog if message.id}
    yield from (f"missing: {text}" for text in wanted - known)
    yield from (f"stale: {text}" for text in known - wanted)
    yield from (f"stale: {text}" for text in catalog.obsolete)
    for message in catalog:
        if not message.id:
            continue
        if not message.string:
            yield f"untranslated: {message.id}"
            continue
        yield from (f"{fault}: {message.id}" for fault in _faults(message.id, message.string, message.fuzzy, language))


def _faults(text: str, translation: str, fuzzy: bool, language: str) -> Iterator[str]:
    if fuzzy:
        yield "fuzzy"
    if placeholders(text) != placeholders(translation):
        yield "placeholders"
    if Counter(CODE.findall(text)) != Counter(CODE.findall(translation)):
        yield "code"
    if text != text.strip() or translation != translation.strip():
        yield "space at an end"
    if language == "zh":
        has_words = re.search("[A-Za-z]", re.sub(r"\{\w+\}", "", text))
        if has_words and not re.search(rf"{CHINESE}|[，。、；：×]", translation):
            yield "not Chinese"
        if re.search(rf"{CHINESE}[,.;:?!]|[,.;:?!] ?{CHINESE}", translation):
            yield "Latin punctuation beside Chinese"
        if re.search(r"[，。；：？！（） ] | [，。；：？！（）]", translation):
            yield "space beside Chinese punctuation"


def placeholders(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


# --- the catalogs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_and_nothing_else_is_there(language: str, source: Catalog) -> None:
    assert catalogs.catalog_path(language).is_file()
    assert list(faults(source, catalogs.read(language), language)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_make_messages_has_nothing_to_do(language: str, source: Catalog) -> None:
    assert catalogs.render(language, source) == catalogs.catalog_path(language).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalog_tells_no_dates_addresses_or_line_numbers(language: str) -> None:
    text = catalogs.catalog_path(language).read_text(encoding="utf-8")
    assert not re.search(r"-Date:|Translator|Language-Team|\w@\w|^#: \S+:\d", text, re.MULTILINE)


def test_what_is_marked_in_tables_is_found_in_the_source(source: Catalog) -> None:
    """A text that lost its N_ would be looked up at run time but never reach a translator."""
    texts = [row.says for row in ROWS if row.says]
    texts += [*SORTS.values(), *WRONG_TYPE.values(), *LABELS.values()]
    texts += [*REFUSALS.values(), *MAIN_STEPS.values(), *SETTING_WORDS.values()]
    assert [text for text in texts if source.get(text) is None] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_the_exercises_say_is_translated_as_well(language: str) -> None:
    """It stands with its translations in source/resnet/exercises.py."""
    texts = [hint for exercise in RESNET.exercises for line in exercise.rubric for hint in line.hints]
    texts += [exercise.closing for exercise in RESNET.exercises if exercise.closing]
    told = {text: text.told(language) for text in texts}
    assert [fault for text, other in told.items() for fault in _faults(text, other, False, language)] == []


def test_the_extraction_sees_every_message_in_the_code(source: Catalog) -> None:
    """Babel does not look into f-strings on every Python; a text put together at run time is in no catalog."""
    hidden = []
    for path in sorted(catalogs.PACKAGE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or _called(call.func) not in catalogs.KEYWORDS:
                continue
            text = call.args[0]
            literal = isinstance(text, ast.Constant)
            if isinstance(text, ast.JoinedStr | ast.BinOp) or (literal and source.get(text.value) is None):
                hidden.append(f"{path.name}:{call.lineno}: {ast.unparse(call)}")
    assert hidden == []


def _called(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


def test_templates_are_searched_too(source: Catalog) -> None:
    places = {place for message in source for place, _ in message.locations}
    assert any(place.endswith(".j2") for place in places)
    assert "autograder/student/notebook_api.py" in places


# --- the checks above can fail ----------------------------------------------------------------------------------


def _break(catalog: Catalog, text: str, **change: str) -> Catalog:
    broken = copy.deepcopy(catalog)
    message = broken.get(text)
    assert message is not None
    message.string = change.get("string", message.string)
    if "flag" in change:
        message.flags.add(change["flag"])
    return broken


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("untranslated", {"string": ""}),
        ("fuzzy", {"flag": "fuzzy"}),
        ("placeholders", {"string": "缺少这一层。"}),
        ("placeholders", {"string": "缺少 {Layer}。"}),
        ("code", {"string": "缺少 `{layer}`。"}),
        ("space at an end", {"string": "缺少 {layer}。 "}),
        ("not Chinese", {"string": "{layer} is missing."}),
        ("Latin punctuation beside Chinese", {"string": "缺少, {layer}。"}),
        ("space beside Chinese punctuation", {"string": "缺少： {layer}。"}),
    ],
)
def test_a_faulty_translation_is_noticed(fault: str, change: dict[str, str], source: Catalog) -> None:
    text = "{layer} is missing."
    broken = _break(catalogs.read("zh"), text, **change)
    assert f"{fault}: {text}" in list(faults(source, broken, "zh"))


def test_a_new_and_a_stale_message_are_noticed(source: Catalog) -> None:
    catalog = catalogs.read("zh")
    catalog.delete("{layer} is missing.")
    catalog.add("{layer} has gone.", "{layer} 不见了。")
    assert list(faults(source, catalog, "zh")) == ["missing: {layer} is missing.", "stale: {layer} has gone."]


# --- what a reader gets -----------------------------------------------------------------------------------------


def test_the_translator_reads_the_catalog() -> None:
    assert translator("zh")("{layer} is missing.") == "缺少 {layer}。"
    assert translator("en")("{layer} is missing.") == "{layer} is missing."
    assert translator("zh")("") == ""
    assert translator("zh")("no such message") == "no such message"


@pytest.mark.parametrize("exercise", RESNET.exercises, ids=lambda exercise: exercise.name)
def test_hints_keep_their_code(exercise: object) -> None:
    """The third hint is nearly the answer: the code in it is the same in every language."""
    _ = translator("zh")
    for line in exercise.rubric:  # type: ignore[attr-defined]
        for hint in line.hints:
            assert sorted(_calls(hint)) == sorted(_calls(_(hint)))


def _calls(text: str) -> list[str]:
    return re.findall(r"\w+=(?:'\w*'|\(\w+, \w+\)|\[[\d, ]+\]|\w+)|\w+\((?=[\w'(])", text)
