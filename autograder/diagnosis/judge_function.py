"""The verdict on a plain function: its arrays beside the reference's, and beside those of known wrong answers.

A wrong answer that the exercise's author foresaw is recognised by its values, and gets the author's own finding. For
any other it is said which output differs, and where.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..evidence.evidence import Answer, Evidence, StudentError
from ..exercises import Exercise, Mistake
from ..references.references import Reference
from .finding import Difference, Finding, of_the_call
from .hidden import as_told
from .relations import of_a_size, relation
from .verdict import CaseVerdict, Diagnosis, points_of

TOLERANCES = {"float16": 1e-2, "float32": 1e-4, "complex64": 1e-4, "float64": 1e-8, "complex128": 1e-8}
"""Largest difference, as a share of the reference's largest value; other ways to compute the same differ by less. Whole
numbers and truth values have to be the same."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """An answer on one test case, with what is wrong with each of its outputs."""

    reference: Reference
    answer: Answer
    wrong: dict[str, Finding]
    of_the_call: tuple[Finding, ...]
    """What is wrong with how the function takes its arguments."""

    @property
    def all_wrong(self) -> tuple[Finding, ...]:
        return (*dict.fromkeys(self.wrong.values()), *self.of_the_call)


def judge_function(
    exercise: Exercise, evidence: Sequence[Evidence | None], references: Sequence[Reference]
) -> Diagnosis:
    """The verdict on an exercise of the kind "function". `evidence` and `references` go together one by one."""
    verdicts: list[CaseVerdict] = []
    compared: list[Compared] = []
    for given, reference in zip(evidence, references, strict=True):
        trouble = _trouble(exercise, given, reference)
        if trouble is not None:
            verdicts.append(trouble)
            continue
        assert given is not None
        assert given.answer is not None
        one = _compare(exercise, given, given.answer, reference)
        compared.append(one)
        verdicts.append(CaseVerdict(reference.case, not one.all_wrong, findings=one.all_wrong))
    public = sum(not verdict.case.hidden for verdict in verdicts)
    seen = [one for one in compared if not one.reference.case.hidden]
    found = list(_findings(exercise, seen)) if len(seen) == public else []
    told = as_told(exercise, verdicts, found)
    if len(seen) < public:  # an error says it all
        told = tuple(replace(verdict, findings=()) for verdict in told)
    found += dict.fromkeys(finding for verdict in told if verdict.case.hidden for finding in verdict.findings)
    found.sort(key=lambda finding: _place(exercise, finding))
    return Diagnosis(exercise, told, tuple(found), points_of(exercise, told, tuple(found)))


def _place(exercise: Exercise, finding: Finding) -> int:
    return [line.step for line in exercise.rubric].index(exercise.rubric_of(finding.step).step)


def _trouble(exercise: Exercise, given: Evidence | None, reference: Reference) -> CaseVerdict | None:
    """The verdict where there is no answer to compare."""
    failed = CaseVerdict(reference.case, passed=False)
    if given is None or given.case != reference.case.name:
        return replace(failed, trouble="incoherent", detail="evidence of another test case")
    if given.error is not None or given.answer is None:
        return replace(failed, error=given.error or StudentError(kind="returned", type="nothing"))
    if set(given.answer) != set(exercise.outputs):
        return replace(failed, trouble="incoherent", detail="other outputs")
    return None


def _compare(exercise: Exercise, given: Evidence, answer: Answer, reference: Reference) -> Compared:
    assert reference.answer is not None
    wrong = {}
    for name in exercise.outputs:
        step = exercise.step_of(name, reference.case)
        finding = compare(step, name, answer[name], reference.answer[name])
        if finding is not None:
            wrong[name] = of_a_size(finding, reference.case)
    for one, other in combinations(wrong, 2):
        if same(answer[one], reference.answer[other]) and same(answer[other], reference.answer[one]):
            steps = wrong[one].step, wrong[other].step
            also = steps[1:] if steps[0] != steps[1] else ()
            wrong[one] = wrong[other] = Finding(
                steps[0], one, "wrong value", "exchanged", expected=one, found=other, also=also
            )
    return Compared(reference, answer, wrong, tuple(of_the_call(exercise, given)))


def compare(step: str, name: str, given: Array, expected: Array) -> Finding | None:
    """What is wrong with one output, or None."""
    if given.shape != expected.shape:
        return Finding(step, name, "wrong value", "shape", expected.shape, given.shape)
    if given.dtype != expected.dtype:
        return Finding(step, name, "wrong value", "dtype", expected.dtype.name, given.dtype.name)
    if same(given, expected):
        return None
    strange = ~np.isfinite(given) & np.isfinite(expected)
    if strange.any():
        index = _index(strange)
        return Finding(step, name, "wrong value", "finite", _number(expected[index]), _number(given[index]))
    difference = _difference(given, expected, _differing(given, expected))
    return Finding(step, name, "wrong value", "values", difference=difference)


def same(given: Array, expected: Array) -> bool:
    """Whether two arrays are the same up to the tolerance of their dtype; nan is like nan."""
    if given.shape != expected.shape or given.dtype != expected.dtype:
        return False
    return not _differing(given, expected).any()


def same_answer(given: Answer, expected: Answer) -> bool:
    """Whether two answers are the same in all their outputs."""
    return set(given) == set(expected) and all(same(given[name], expected[name]) for name in expected)


def _differing(given: Array, expected: Array) -> NDArray[np.bool_]:
    """Where two arrays of one shape and dtype differ."""
    tolerance = TOLERANCES.get(expected.dtype.name)
    if tolerance is None:
        return np.asarray(given != expected)
    whole = np.isfinite(expected)
    scale = float(np.max(np.abs(expected[whole]), initial=0.0)) or 1.0
    alike = (given == expected) | (np.isnan(given) & np.isnan(expected))
    with np.errstate(all="ignore"):
        near = np.abs(given.astype(np.complex128) - expected.astype(np.complex128)) <= tolerance * scale
    return np.asarray(~(alike | near))


def _difference(given: Array, expected: Array, where: NDArray[np.bool_]) -> Difference:
    index = _index(where)
    with np.errstate(all="ignore"):
        gaps = np.abs(given.astype(np.complex128) - expected.astype(np.complex128))[where]
    return Difference(
        index=index,
        expected=_number(expected[index]),
        found=_number(given[index]),
        number=int(where.sum()),
        of=where.size,
        largest=float(np.max(gaps)),
        relation=relation(given, expected, same),
    )


def _index(where: NDArray[np.bool_]) -> tuple[int, ...]:
    """The first place, counted as the array is written down."""
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(where)), where.shape))


def _number(value: Any) -> int | float | str:
    plain = np.asarray(value)
    if plain.dtype.kind in "iub":
        return int(plain)
    return str(complex(plain)) if plain.dtype.kind == "c" else float(plain)


# --- all test cases together ----------------------------------------------------------------------------------------


def _findings(exercise: Exercise, compared: Sequence[Compared]) -> Iterator[Finding]:
    """The finding of a known mistake where it gives the student's values, else what differs in each output.

    `compared` are the answers on public test cases: nothing else of hidden ones may be told than which step is wrong.
    """
    wrong = [name for name in exercise.outputs if any(name in one.wrong for one in compared)]
    whole = _only([m for m in exercise.known if _gives(m, compared, exercise.outputs)])
    told: dict[str, Mistake | None] = dict.fromkeys(wrong, whole)
    if whole is None:
        told = {name: _only([m for m in exercise.known if _gives(m, compared, (name,))]) for name in wrong}
    seen: dict[object, Finding] = {}
    for one in compared:
        for name, finding in one.wrong.items():
            mistake = told[name]
            shown = _of_mistake(exercise, mistake, name) if mistake else finding
            seen.setdefault(mistake.name if mistake else shown.key, shown)
        for finding in one.of_the_call:
            seen.setdefault(finding.key, finding)
    yield from seen.values()


def _only(fitting: Sequence[Mistake]) -> Mistake | None:
    """The one that fits; None where several do, because a guess is worse than no name."""
    return fitting[0] if len(fitting) == 1 else None


def _gives(mistake: Mistake, compared: Sequence[Compared], outputs: Iterable[str]) -> bool:
    """Whether these outputs are those of the mistake on all test cases."""
    wanted = tuple(outputs)
    for one in compared:
        known = one.reference.mistakes.get(mistake.name)
        if known is None or not all(same(one.answer[name], known[name]) for name in wanted):
            return False
    return bool(compared)


def _of_mistake(exercise: Exercise, mistake: Mistake, output: str) -> Finding:
    """The finding that the exercise's author wrote for the mistake."""
    step, setting = exercise.rubric_of(mistake.step).step, mistake.setting or mistake.name
    return Finding(step, mistake.layer or output, "wrong value", setting, sentence=mistake.sentence)
