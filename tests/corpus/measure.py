"""`make corpus`: how often the diagnosis is right, on every case, beside the course's old ways of checking.

Prints the table and exits with 1 if a bar of README.md is missed. `--only TEXT` looks at the cases whose id holds
TEXT and says what was found in each.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import keras
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from autograder.base.notebooks import grade_id, read_node
from autograder.diagnosis import Finding, judge, judge_case
from autograder.evidence.collect import collect
from autograder.evidence.evidence import Evidence
from autograder.evidence.graphs.keras_internals import without_weights
from autograder.execution.selection import decisive
from autograder.exercises import Exercise, TestCase
from autograder.references.references import Reference
from autograder.report import Report, make_report
from tests.corpus import cases
from tests.corpus.beyond import RIGHT, SLIPS, is_named, is_right
from tests.shared.exercises import EXERCISES, by_name

ROOT = Path(__file__).resolve().parents[2]
HIDDEN_SEED = "the corpus's own hidden test cases"
BARS = {"mistakes": 0.98, "several": 0.90}


@dataclass(frozen=True)
class Answer:
    """A case and what was made of it. `old_output` and `old_summary`: whether the old ways, tried, accept it."""

    case: cases.Case
    report: Report
    missed: tuple[cases.Expected, ...]
    surplus: tuple[Finding, ...]
    old_output: bool
    old_summary: bool

    @property
    def accepted(self) -> bool:
        return self.report.passed and self.report.points == self.report.max_points


def cases_of(exercise: Exercise) -> tuple[TestCase, ...]:
    """The public test cases and the corpus's own hidden ones; of a model, which is dear, one hidden one."""
    hidden = exercise.draw_hidden_cases(Random(f"{HIDDEN_SEED}/{exercise.name}"))
    return exercise.public_cases + (hidden[:1] if exercise.kind == "model" else hidden)


def solutions() -> dict[str, Any]:
    """The instructor notebook's functions."""
    namespace: dict[str, Any] = {}
    exec(cases.SETUP, namespace)
    for cell in read_node(ROOT / "source" / "resnet" / "resnet.ipynb").cells:
        if grade_id(cell):
            exec(cell.source, namespace)
    return namespace


@dataclass(frozen=True)
class Known:
    """What right answers give, made here and now from the instructor's solution."""

    references: dict[str, tuple[Reference, ...]]
    summaries: dict[str, list[tuple[Any, ...]] | None]
    canary: np.ndarray


def know(namespace: dict[str, Any], old_ways: bool = False) -> Known:
    """References of every exercise, and layer summaries where the old ways are tried."""
    found: dict[str, tuple[Reference, ...]] = {}
    summaries: dict[str, list[tuple[Any, ...]] | None] = {}
    canary = None
    for exercise in EXERCISES:
        function = namespace[exercise.function]
        made = []
        for test_case in cases_of(exercise):
            evidence = collect(function, exercise, test_case)
            assert evidence.graph is not None, evidence.error
            assert evidence.outputs is not None
            canary = evidence.canary
            made.append(Reference(test_case, evidence.graph, evidence.outputs, evidence.weights))
        found[exercise.name] = tuple(made)
        summaries[exercise.name] = summary(function, exercise, made[0].case) if old_ways else None
    assert canary is not None
    gc.freeze()  # TensorFlow's million objects are no garbage, and each `clear_session` would look through them
    return Known(found, summaries, canary)


@cache
def known_now() -> Known:
    """For tests: all files that one process runs share it."""
    return know(solutions())


def names(finding: Finding, expected: cases.Expected) -> bool:
    """Whether the finding is the expected one: step and setting, with the layer and the kind."""
    return any(
        reading.step in (finding.step, *finding.also)
        and (finding.layer, finding.kind, finding.setting or "-") == (reading.layer, reading.kind, reading.setting)
        for reading in expected.readings
    )


def answer(case: cases.Case, known: Known, old_ways: bool = False, as_graded: bool = False) -> Answer:
    """Try one case on all its test cases, as `check` does; in the old ways, too, where that is asked for.

    With `as_graded` as official grading does: graphs first, and values only where they decide.
    """
    keras.utils.clear_session()
    exercise = by_name(case.exercise)
    assert exercise is not None
    with redirect_stdout(io.StringIO()):
        namespace = cases.run(case)
        function = namespace[case.function]
        references = known.references[case.exercise]
        ask = official_evidence if as_graded else evidence_of
        evidence = list(ask(function, exercise, references, known.canary))
        old_summary = old_ways and summary(function, exercise, references[0].case) == known.summaries[case.exercise]
    report = make_report(judge(exercise, evidence, references, known.canary))
    missed = [e for e in case.expected if not any(names(finding, e) for finding in report.findings)]
    left = [finding for finding in report.findings if not any(names(finding, e) for e in case.expected)]
    return Answer(
        case,
        report,
        tuple(missed),
        tuple(left),
        old_output=old_ways and evidence[0] is not None and _same_output(evidence[0], references[0]),
        old_summary=old_summary,
    )


def evidence_of(
    function: Callable[..., Any], exercise: Exercise, references: Sequence[Reference], _canary: np.ndarray
) -> Iterator[Evidence]:
    """All that `check` asks for, but of a model the values once: drawing its weights is what takes the time."""
    for number, reference in enumerate(references):
        alone = exercise.kind == "model" and number > 0
        given = collect(function, exercise, reference.case, graph_alone=alone)
        yield replace(given, graph_alone=alone and given.error is None)


def official_evidence(
    function: Callable[..., Any], exercise: Exercise, references: Sequence[Reference], canary: np.ndarray
) -> Sequence[Evidence | None]:
    asked = {reference.case.name: reference for reference in references}

    def ask(wanted: Sequence[TestCase], graph_alone: bool) -> list[Evidence]:
        found = (collect(function, exercise, test_case, graph_alone=graph_alone) for test_case in wanted)
        return [replace(given, graph_alone=graph_alone) for given in found]

    def passes(given: Evidence, test_case: TestCase) -> bool:
        return judge_case(exercise, given, asked[test_case.name], canary).passed

    tried = [reference.case for reference in references]
    public, hidden = ([case for case in tried if case.hidden == secret] for secret in (False, True))
    shown = decisive(exercise, public, ask, passes)
    verdicts = (judge_case(exercise, given, asked[given.case], canary) for given in shown if given)
    wrong = not all(verdict.may_have_the_values for verdict in verdicts)
    found = dict(zip((case.name for case in public), shown, strict=True))
    hidden_too = decisive(exercise, hidden, ask, passes, wrong)
    found |= dict(zip((case.name for case in hidden), hidden_too, strict=True))
    return [found[case.name] for case in tried]


def _same_output(evidence: Evidence, reference: Reference) -> bool:
    """The course's first check: run the function on one input and compare the output tensor."""
    return evidence.outputs is not None and (
        evidence.outputs.shape == reference.outputs.shape
        and np.allclose(evidence.outputs, reference.outputs, atol=1e-5, rtol=1e-4)
    )


def summary(function: Callable[..., Any], exercise: Exercise, test_case: TestCase) -> list[tuple[Any, ...]] | None:
    """The course's later check: each layer's class, output shape and number of parameters, in order.

    For some classes a few settings more: padding, activation and initializer of a Conv2D, window, stride and padding
    of pooling, padding of ZeroPadding2D, activation of a Dense; names, seeds and wiring never.
    """
    arguments = [list(v) if isinstance(v, tuple) else v for v in test_case.arguments.values()]
    try:
        with without_weights():
            if exercise.kind == "block":
                tensor = keras.Input(test_case.input_shape[1:])
                model = keras.Model(tensor, function(tensor, *arguments))
            else:
                model = function(*arguments)
            return [_row(layer) for layer in model.layers]
    except Exception:
        return None


def _row(layer: Any) -> tuple[Any, ...]:
    kept = {
        "Conv2D": ("padding",),
        "MaxPooling2D": ("pool_size", "strides", "padding"),
        "AveragePooling2D": ("pool_size", "strides", "padding"),
        "ZeroPadding2D": ("padding",),
    }
    name = type(layer).__name__
    extra = [getattr(layer, key) for key in kept.get(name, ())]
    if name in ("Conv2D", "Dense"):
        extra += [layer.activation.__name__, type(layer.kernel_initializer).__name__]
    return (name, layer.output.shape, layer.count_params(), *extra)


def share(part: int, whole: int) -> str:
    """`12 of 13 (92.3%)`."""
    return f"{part} of {whole} ({part / whole:.1%})" if whole else "-"


def table(answers: Sequence[Answer]) -> tuple[Table, bool]:
    """The table, and whether every bar is met."""
    by = {group: [a for a in answers if a.case.group == group] for group in ("mistakes", "several", "right")}
    wrong = by["mistakes"] + by["several"]
    rows: list[tuple[str, list[Answer], Callable[[Answer], bool], Callable[[Answer], bool] | None, Any, float]] = [
        ("mistakes detected", wrong, lambda a: not a.accepted, lambda a: not a.old_output, "summary", 1.0),
        ("one mistake, named: step and setting", by["mistakes"], lambda a: not a.missed, None, None, 0.98),
        ("... and nothing else named", by["mistakes"], lambda a: not a.missed and not a.surplus, None, None, 0.98),
        ("two or three mistakes, all named", by["several"], lambda a: not a.missed, None, None, 0.90),
        ("... and nothing else named", by["several"], lambda a: not a.missed and not a.surplus, None, None, 0.90),
        (
            "right answers accepted, no finding",
            by["right"],
            lambda a: a.accepted and not a.report.findings,
            lambda a: a.old_output,
            "summary",
            1.0,
        ),
    ]
    slips = [a for a in answers if a.case.group == "errors"]
    rows.append(("exceptions and unusable results, in words", slips, in_words, None, None, 1.0))
    shown = Table(title="tests/corpus", title_justify="left")
    for column in ("", "this kit", "output compared", "summary compared", "bar"):
        shown.add_column(column)
    met = True
    for title, group, good, old, summary, bar in rows:
        count = sum(map(good, group))
        met = met and (not group or count / len(group) >= bar)
        output = share(sum(map(old, group)), len(group)) if old else "names none"
        third = "names none"
        if summary:
            accepts = title.startswith("right")
            third = share(sum(a.old_summary == accepts for a in group), len(group))
        shown.add_row(title, share(count, len(group)), output, third, f"{bar:.0%}" if bar else "")
    return shown, met


def in_words(found: Answer) -> bool:
    """Whether the report has the sentence for what went wrong, and not merely Python's name for the error."""
    error = found.report.error or ""
    told = bool(re.search(found.case.says, error)) and not re.match(r"\w+(Error|Exit): ", error)
    return told and found.report.points < found.report.max_points and not found.missed


def complain(answers: Iterable[Answer], console: Console) -> None:
    """A line for each case that is not as expected."""
    for found in answers:
        case = found.case
        fine = not found.missed and not found.surplus
        if case.group == "right":
            fine = found.accepted and not found.report.findings
        elif case.group != "errors":
            fine = fine and not found.accepted
        else:
            fine = in_words(found)
        if fine:
            continue
        console.print(f"[bold]{case.id}[/]  {case.title}", highlight=False)
        for expected in found.missed:
            console.print(f"   missed  {expected.readings}", highlight=False)
        for finding in found.surplus:
            console.print(
                f"   found   {finding.step} | {finding.layer} | {finding.kind} | {finding.setting or '-'} "
                f"({finding.expected} / {finding.found}) also {finding.also}",
                highlight=False,
            )
        if found.report.error:
            console.print(f"   error   {found.report.error}", highlight=False)


@cache
def _known() -> Known:
    return know(solutions(), old_ways=True)


def _tried(case: cases.Case) -> Answer:
    """One case in a process of the pool, which makes what right answers give once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return answer(case, _known(), old_ways=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="cases whose id holds this text")
    parser.add_argument("--verbose", action="store_true", help="print each report")
    parser.add_argument("--jobs", type=int, default=2, help="so many processes side by side")
    options = parser.parse_args()
    console = Console(width=140)
    begun = time.monotonic()
    chosen = [case for case in cases.load() if options.only in case.id]
    answers = []
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        results = pool.map(_tried, chosen) if options.jobs > 1 else map(_tried, chosen)
        for found in track(results, "cases", len(chosen), console=console, disable=not console.is_terminal):
            answers.append(found)
            if options.verbose:
                console.print(found.case.id, found.case.title, highlight=False, markup=False)
                console.print(str(found.report), highlight=False, markup=False)
        beyond: list[tuple[str, list[bool], float]] = []
        if not options.only:
            named, right = pool.map(is_named, SLIPS), pool.map(is_right, RIGHT)
            beyond = [("one slip, named and nothing else", list(named), 0.98), ("right answers", list(right), 1.0)]
    complain(answers, console)
    shown, met = table(answers)
    for title, good, bar in beyond:
        shown.add_row(f"beyond-convolutions: {title}", share(sum(good), len(good)), "", "", f"{bar:.0%}")
        met = met and sum(good) >= bar * len(good)
    console.print(shown)
    console.print(f"{len(answers)} cases in {time.monotonic() - begun:.0f} s")
    if not met:
        console.print("a bar is missed")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
