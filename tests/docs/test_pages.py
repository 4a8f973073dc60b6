"""What the documentation quotes and lists is what the code has."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tools.docs import reference_pages

ROOT = Path(__file__).resolve().parents[2]
TROUBLES = ROOT / "docs" / "guides" / "troubleshooting.md"
MESSAGES = re.findall(r"^```text\n(.*?)\n```$", TROUBLES.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", reference_pages.pages(), ids=lambda path: path.name)
def test_reference_pages_are_in_step_with_the_code(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == reference_pages.pages()[path], "run tools/docs/reference_pages.py"


@pytest.mark.parametrize("message", MESSAGES)
def test_each_message_of_troubleshooting_is_one_that_the_code_has(message: str) -> None:
    assert any(message in text for text in messages())


def test_a_message_that_was_changed_is_noticed() -> None:
    assert not any("There are no references at …: call a friend" in text for text in messages())
    assert len(MESSAGES) > 15


@cache
def messages() -> frozenset[str]:
    """Every text in the code, with … for what is filled in; of the installer, the whole of it."""
    found = {(ROOT / "tools" / "install.sh").read_text(encoding="utf-8")}
    for path in (ROOT / "autograder").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.add("".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values))
    return frozenset(found)
