"""Which named designs, other than the one that was asked for, an answer has come out as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...exercises import Exercise, Sign
from ..finding import Finding


def variants_in(exercise: Exercise, found: Iterable[Finding]) -> Iterator[str]:
    """What the exercise's author says of each variant all of whose findings are there."""
    shown = [finding for finding in found if not finding.hidden]
    sentences = (v.sentence for v in exercise.variants if all(any(_has(f, sign) for f in shown) for sign in v.signs))
    yield from dict.fromkeys(sentences)


def _has(finding: Finding, sign: Sign) -> bool:
    if finding.kind != sign.kind or sign.layer not in ("", finding.layer) or sign.setting not in ("", finding.setting):
        return False
    places = {one.step: one.found for one in finding.elsewhere}
    return any(
        f", {step}".endswith(f", {sign.step}") and sign.found in (None, places.get(step, finding.found))
        for step in finding.steps
    )
