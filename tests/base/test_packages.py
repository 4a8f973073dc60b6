"""What is installed: nothing that nobody needs, and what grading trusts by its hash."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
GRADING = ("cluster", "postgresql")
"""The extras that official grading may use."""


def test_all_that_grading_trusts_has_hashes_and_the_pinned_version() -> None:
    text = (ROOT / "requirements-grading.txt").read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    hashed = {}
    for entry in entries:
        requirement = Requirement(re.split(r" *\\?\n|$", entry)[0].rstrip(" \\"))
        assert entry.count("--hash=sha256:") >= 1, entry
        hashed[canonicalize_name(requirement.name)] = str(requirement.specifier)
    pinned = constraints()
    both = hashed.keys() & pinned.keys()
    assert {name: hashed[name] for name in both} == {name: pinned[name] for name in both}
    wanted = [*PROJECT["dependencies"], *(one for extra in GRADING for one in PROJECT["optional-dependencies"][extra])]
    assert needed(wanted) - hashed.keys() == set()


def test_it_names_no_address() -> None:
    for name in ("requirements-grading.txt", "constraints.txt"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="all that the oldest Python needs is installed there alone")
def test_nothing_is_pinned_that_nobody_needs() -> None:
    extras = PROJECT["optional-dependencies"]
    wanted = needed([*PROJECT["dependencies"], *(one for extra in extras.values() for one in extra)])
    assert constraints().keys() - wanted == set()


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(one.name): str(one.specifier) for one in pinned}


def needed(wanted: list[str]) -> set[str]:
    """The names of these packages and of all that they need here."""
    found: set[str] = set()
    looked_at: set[tuple[str, frozenset[str]]] = set()
    left = [Requirement(one) for one in wanted]
    while left:
        one = left.pop()
        key = canonicalize_name(one.name), frozenset(one.extras)
        if key in looked_at or (one.marker and not applies(one, frozenset())):
            continue
        looked_at.add(key)
        found.add(key[0])
        try:
            more = [Requirement(line) for line in requires(one.name) or []]
        except PackageNotFoundError:
            continue
        left += [Requirement(str(two).partition(";")[0]) for two in more if applies(two, key[1])]
    return found - {canonicalize_name(PROJECT["name"])}


def applies(one: Requirement, extras: frozenset[str]) -> bool:
    """Whether it is needed under the oldest Python, which needs most."""
    oldest = {"python_version": "3.11", "python_full_version": "3.11.0"}
    return one.marker is None or any(one.marker.evaluate({**oldest, "extra": extra}) for extra in {"", *extras})
