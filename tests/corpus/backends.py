"""The corpus on other Keras backends: `python tests/corpus/backends.py jax torch`.

Every answer is tried on TensorFlow and on each backend named, with the references that TensorFlow made, as a student's
notebook has them. Prints what is not the same in verdict, points, findings or error, and ends with 1 where anything is.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

MADE_ON = "tensorflow"
Answers = dict[str, Any]
"""What became of each case, by its id."""


def tried(backend: str, references: Path, only: Sequence[str]) -> Answers:
    """What becomes of the cases on a backend, in a process of its own; TensorFlow's writes the references first."""
    done = subprocess.run(
        [sys.executable, __file__, "--worker", references, *only],
        env={**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def differing(mine: Answers, theirs: Answers) -> list[str]:
    """A line for each case that came out otherwise."""
    assert mine.keys() == theirs.keys()
    return [f"{name}\n    {theirs[name]}\n    {mine[name]}" for name in theirs if mine[name] != theirs[name]]


def work(references: Path, only: Sequence[str]) -> None:
    import keras

    from autograder.references.references import ReferenceSet, load, save
    from tests.corpus import cases
    from tests.corpus.measure import Known, answer, know, solutions

    if keras.backend.backend() == MADE_ON:
        made = know(solutions())
        save(references, ReferenceSet("public", made.canary, made.references))
    found = load(references)
    known = Known(dict(found.references), {}, found.canary)
    answers = {}
    for case in cases.load():
        if not only or any(text in case.id for text in only):
            report = answer(case, known).report
            findings = [
                (one.step, one.layer, one.kind, one.setting, str(one.expected), str(one.found))
                for one in report.findings
            ]
            answers[case.id] = [report.passed, report.points, sorted(map(str, findings)), report.error]
    print(json.dumps(answers))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("backends", nargs="*", metavar="BACKEND", help="jax, torch")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="cases whose id holds this text")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.backends)
        return 0
    status = 0
    with tempfile.TemporaryDirectory(prefix="backends-") as folder:
        references = Path(folder, "references.h5")
        expected = tried(MADE_ON, references, options.only)
        for backend in options.backends:
            if find_spec(backend) is None:
                print(f"{backend} is not installed: left out")
                continue
            begun = time.monotonic()
            found = tried(backend, references, options.only)
            lines = differing(found, expected)
            print("\n".join(lines))
            same, seconds = len(found) - len(lines), time.monotonic() - begun
            print(f"{backend}: {same} of {len(found)} as on {MADE_ON}, {seconds:.0f} s")
            status = status or int(bool(lines))
    return status


if __name__ == "__main__":
    raise SystemExit(main())
