"""For a GitHub workflow: what `autograder check --json` has printed, as annotations and as the run's summary.

The forms are documented: https://docs.github.com/actions/reference/workflow-commands-for-github-actions (`::error`, and
GITHUB_STEP_SUMMARY). Of a step GitHub shows ten annotations; the summary has all.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from ..base.messages import translator
from ..base.plain import plain
from .check import ExerciseEntry, NotebookEntry


def main(paths: Sequence[str]) -> int:
    """Tell of these files. Returns 0 where every notebook is right, 1 where one is not, or could not be checked."""
    right = True
    summary = []
    for path in map(Path, paths):
        try:
            found = NotebookEntry.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            print(
                command(
                    "error", path.stem, "autograder check", f"{path.stem} could not be checked: see the step before."
                )
            )
            summary.append(f"## {_literal(path.stem)}\n\ncould not be checked.\n")
            right = False
            continue
        for one in found.exercises:
            for words in _wrong(one):
                print(command("error", found.notebook, one.name, words))
            right = right and not any(_wrong(one))
        summary.append(_summary(found))
    if place := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(place, "a", encoding="utf-8") as file:
            file.write("\n".join(summary))
    return 0 if right else 1


def command(kind: str, file: str, title: str, words: str) -> str:
    """A workflow command on one line, whatever the texts hold."""
    told = f"{kind} file={_escaped(file, ':,')},title={_escaped(title, ':,')}"
    return f"::{told}::{_escaped(words)}"


def _escaped(text: str, more: str = "") -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    for one in more:
        text = text.replace(one, f"%{ord(one):02X}")
    return text


def _wrong(one: ExerciseEntry) -> Iterator[str]:
    """What there is to say against an exercise."""
    if one.error:
        yield plain(one.error)
    yield from (plain(finding.message) for finding in one.findings)
    if not one.error and not one.findings and one.points < one.max_points:
        yield f"{one.points:g}/{one.max_points:g}"


def _summary(found: NotebookEntry) -> str:
    _ = translator(found.language)
    whole = _("{points} of {max_points} points").format(points=f"{found.points:g}", max_points=f"{found.max_points:g}")
    lines = [f"## {_literal(Path(found.notebook).name)}: {whole}", ""]
    for one in found.exercises:
        sign = "❌" if any(_wrong(one)) else "✅"
        lines.append(f"- {sign} {_literal(one.name)}: {one.points:g}/{one.max_points:g}")
        lines += [f"  - {_literal(words)}" for words in _wrong(one)]
    return "\n".join([*lines, ""])


def _literal(text: str) -> str:
    """As text in Markdown, which a student's words may stand in."""
    flat = " ".join(text.split()).replace("`", "'")
    return f"`` {flat} ``" if flat else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
