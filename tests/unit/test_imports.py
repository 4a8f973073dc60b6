"""The trusted side starts without TensorFlow, and imports run one way."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import autograder

PACKAGE = Path(autograder.__file__).parent
TRUSTED = (
    "autograder",
    "autograder.course",
    "autograder.diagnosis",
    "autograder.evidence",
    "autograder.exercises",
    "autograder.graph",
    "autograder.messages",
    "autograder.notebook",
    "autograder.oracle",
    "autograder.references",
    "autograder.report",
    "autograder.signs",
    "autograder.training.judge",
    "autograder.training.report",
)
HEAVY = ("tensorflow", "keras", "torch", "jax")

RANKS = {
    "messages": 0,
    "exercises": 1,
    "evidence": 1,
    "graph": 1,
    "oracle": 2,
    "references": 3,
    "diagnosis": 4,
    "report": 5,
    "instructor": 7,
    "sandbox": 0,
    "demo": 7,
    "study": 7,
    "watch": 7,
    "cli": 8,
    "__init__": 9,
}
"""DESIGN.md's order, but for the sandbox, which knows nothing of the rest. What is not named ranks below the outer
parts."""
UNNAMED = 6


@pytest.mark.parametrize("module", TRUSTED)
def test_a_trusted_module_starts_without_tensorflow(module: str) -> None:
    code = f"import sys, {module}; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=PACKAGE.parent, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_nothing_on_the_trusted_side_names_tensorflow() -> None:
    """Also not inside a function, where a fresh interpreter would not meet it."""
    named = [
        f"{path.relative_to(PACKAGE)}: {target}"
        for path in _sources()
        if RANKS.get(_part(path), UNNAMED) < UNNAMED or _part(path) in ("course", "notebook", "signs")
        for target in _imported(path)
        if target.partition(".")[0] in HEAVY
    ]
    assert named == []


def test_imports_run_one_way() -> None:
    backward = []
    for path in _sources():
        part = _part(path)
        for target in _imported(path):
            if not target.startswith("autograder."):
                continue
            other = target.split(".")[1]
            uphill = RANKS.get(other, UNNAMED) >= RANKS.get(part, UNNAMED)
            both_unnamed = part not in RANKS and other not in RANKS
            if other != part and uphill and not both_unnamed:
                backward.append(f"{path.relative_to(PACKAGE)} imports {target}")
    assert backward == []


def _sources() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "templates" not in path.parts)


def _part(path: Path) -> str:
    """The top-level module or package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imported(path: Path) -> Iterator[str]:
    """Absolute names of all that a file imports, anywhere in it."""
    package = ("autograder", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names) if origin == "autograder" else (origin,)
