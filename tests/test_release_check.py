"""`make release-check` has to find what would spoil a release: each check is given something that is wrong."""

from __future__ import annotations

import subprocess
import sys
from email.message import Message
from pathlib import Path

import pytest

from tools import release_check
from tools.release_check import (
    Release,
    changelog_problems,
    check_build,
    check_tree,
    check_version,
    licence_problems,
    needed,
    problems,
)

GOOD = "# Changelog\n\n## [Unreleased]\n\n## [0.3.0] - 2026-12-01\n\n- A line.\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD, ""),
        (GOOD.replace("## [0.3.0]", "- Waits.\n\n## [0.3.0]"), "has lines under [Unreleased]"),
        (GOOD.replace("0.3.0", "0.2.0"), "has no section [0.3.0]"),
        (GOOD.replace(" - 2026-12-01", ""), "no date"),
        ("# Changelog\n", "does not begin with a section [Unreleased]"),
    ],
)
def test_changelog(text: str, words: str) -> None:
    found = list(changelog_problems(text, "0.3.0"))
    assert len(found) == bool(words)
    assert words in "".join(found)


def release(tmp_path: Path, version: str = "0.3.0") -> Release:
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "x"\nversion = "{version}"\n')
    return Release(tmp_path, tmp_path)


def test_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_check, "run", lambda *_: "v0.2.0\nv0.3.0\n")
    assert ["was released before" in one for one in check_version(release(tmp_path))] == [True]
    assert list(check_version(release(tmp_path, "0.4.0"))) == []
    assert ["no semantic version" in one for one in check_version(release(tmp_path, "0.4"))] == [True]


def test_a_tree_with_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    git = release_check.run
    monkeypatch.setattr(release_check, "run", lambda command: git(command, tmp_path))
    assert list(check_tree(release(tmp_path / ".git"))) == []
    (tmp_path / "new.txt").touch()
    assert list(check_tree(release(tmp_path / ".git"))) == ["1 files are not committed, such as new.txt"]


def package(**fields: str) -> Message:
    made = Message()
    for name, value in {"Name": "one", **fields}.items():
        made[name.replace("_", "-")] = value
    return made


def test_licences() -> None:
    right = [
        package(License_Expression="BSD-3-Clause"),
        package(Classifier="License :: OSI Approved :: MIT License"),
        package(License="LGPL-2.0-or-later"),
        package(License_Expression="GPL-2.0-only OR MIT"),
    ]
    assert list(licence_problems(right)) == []
    assert list(licence_problems([package()])) == ["one does not say what its licence is"]
    assert list(licence_problems([package(License="GPL-3.0-only")])) == ["one is under GPL-3.0-only"]
    assert list(licence_problems([package(License_Expression="AGPL-3.0-only")])) == ["one is under AGPL-3.0-only"]


def test_what_is_needed_is_all_that_is_installed_with_it() -> None:
    names = {str(one["Name"]).lower() for one in needed("residual-networks-course-kit")}
    assert {"numpy", "tensorflow", "markdown-it-py"} <= names  # the last one by rich
    assert "mypy" not in names


def test_a_build_that_gives_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "data" / "references" / "a" / "public.h5"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"committed")
    monkeypatch.setattr(release_check, "run", lambda *_: path.write_bytes(b"committed"))
    assert list(check_build(release(tmp_path))) == []
    monkeypatch.setattr(release_check, "run", lambda *_: path.write_bytes(b"other"))
    assert list(check_build(release(tmp_path))) == ["`autograder build` makes another data/references/a/public.h5"]


def test_a_command_that_fails_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_release: Release) -> list[str]:
        return [release_check.run([sys.executable, "-c", "raise SystemExit('no such thing')"])]

    monkeypatch.setitem(release_check.CHECKS, "version", fails)  # type: ignore[arg-type]
    (told,) = problems(release(tmp_path), ["version"])
    assert told.startswith("version: python")
    assert "no such thing" in told
