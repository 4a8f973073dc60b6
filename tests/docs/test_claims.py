"""What README and docs claim is tried somewhere, and the list of it is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.docs import claims
from tools.docs.claims import Claim

README = claims.ROOT / "README.md"


@pytest.mark.parametrize("claim", claims.claims(), ids=lambda claim: claim.words[:40])
def test_a_claim_is_said_and_tried_where_the_list_says(claim: Claim) -> None:
    assert list(claim.troubles()) == []


PAGES = [page for page in claims.pages() if page.parent != claims.RESULTS]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(claims.ROOT)))
def test_no_claim_is_untried(page: Path) -> None:
    assert claims.untried(page, claims.claims()) == []


@pytest.mark.parametrize(
    ("words", "tried_by", "trouble"),
    [
        ("grades that please everybody", "`make corpus`", "does not say"),
        ("Nothing", "", "does not say"),
        ("make demo", "somebody", "nothing tries"),
        ("make demo", "`make miracle`", "there is no make miracle"),
        ("make demo", "`tests/docs/test_claims.py::test_nowhere`", "there is no tests/docs"),
        ("make demo", "`12,345 of 12,345` in [the corpus](corpus.md)", "there is no 12,345"),
    ],
)
def test_a_claim_that_does_not_hold_is_told(words: str, tried_by: str, trouble: str) -> None:
    assert trouble in " ".join(Claim(README, words, tried_by).troubles())


@pytest.mark.parametrize(
    "words",
    [
        "It never fails (attack `course_block`).",
        "It never fails (attacks `echo` and `ptrace`).",
        'It never fails. Others do (fault "two names").',
        "It never fails (fault `two names`).",
        "It never fails (`tests/docs/test_claims.py::test_a_figure_that_no_row_quotes_is_told`).",
        "| never | attack `echo` |",
    ],
)
def test_a_sentence_may_name_what_tries_it(words: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{words}\n\nNothing else does.\n")
    assert claims.missing(page) == []
    assert claims.untried(page, []) == ["Nothing else does."]


@pytest.mark.parametrize(
    ("words", "trouble"),
    [
        ("It never fails (attack `miracle`).", "attack miracle"),
        ("It never fails (attack `two names`).", "attack two names"),
        ('It never fails (fault "echo").', "fault echo"),
        ("It never fails (`tests/docs/test_claims.py::test_nowhere`).", "tests/docs/test_claims.py::test_nowhere"),
        ("It never fails (`tests/nowhere.py::test_a`).", "tests/nowhere.py::test_a"),
    ],
)
def test_what_a_sentence_names_has_to_be_there(words: str, trouble: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{words}\n")
    assert claims.missing(page) == [trouble]
    assert claims.untried(page, []) == [words]


def test_what_is_not_there_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ROOT", "DOCS"):
        monkeypatch.setattr(claims, name, tmp_path)
    monkeypatch.setattr(claims, "claims", list)
    (tmp_path / "README.md").write_text("It fails.\n")
    assert claims.main() == 0
    (tmp_path / "README.md").write_text("It fails (attack `miracle`).\n")
    assert claims.main() == 1
    assert "README.md: there is no attack miracle" in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(str(page.relative_to(claims.ROOT)) for page in claims.pages()))
def test_what_a_page_names_is_there(name: str) -> None:
    assert claims.missing(claims.ROOT / name) == []


def test_a_figure_that_no_row_quotes_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Never mind\n\nIt is good. It never fails.\n\n| a | b |\n|---|---|\n| speed | 99 |\n")
    assert claims.untried(page, [Claim(page, "It never fails", "`make corpus`")]) == ["| speed | 99 |"]
