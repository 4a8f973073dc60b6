"""The overview as one HTML page that needs nothing from outside and runs nothing.

Everything from a student is escaped by Jinja, and the page's own policy forbids scripts, addresses and forms, whatever
should get past that.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from markupsafe import Markup

from ...report.html import TEMPLATES, environment
from .alike import alike, same_files
from .classroom import ClassSummary, GradingState, Slip, StudentSummary
from .plots import of_exercise, of_totals
from .words import step_in_words, what_went_wrong

LETTERS = "ABCDEFGHIJ"
"""The most frequent slips get a letter each, and a table shows which of these come together."""


def render(found: ClassSummary, made: str) -> str:
    """The page; `made` is the date that it bears."""
    style = (TEMPLATES / "overview.css").read_text(encoding="utf-8")
    slips = _counted(found.submissions)
    return (
        environment()
        .get_template("overview.html.j2")
        .render(
            found=found,
            made=made,
            style=Markup(style),
            policy=_policy(style),
            GradingState=GradingState,
            names=any(one.name for one in found.submissions),
            mean=fmean,
            of_totals=of_totals,
            of_exercise=of_exercise,
            slips=slips,
            letters=LETTERS,
            step=step_in_words,
            what=what_went_wrong,
            together=_together([slip for slip, _ in slips[: len(LETTERS)]], found.submissions),
            groups=alike(found),
            same_files=same_files(found),
            unusual=[one for one in found.submissions if one.unusual],
            number={one.student: at for at, one in enumerate(found.submissions, 1)},
        )
    )


def _policy(style: str) -> str:
    """Nothing but this very style, and pictures that the page itself holds."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _counted(submissions: Sequence[StudentSummary]) -> Sequence[tuple[Slip, int]]:
    """How many made each slip, the most frequent first."""
    counted = Counter(slip for one in submissions for slip in one.slips)
    return sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))


def _together(slips: Sequence[Slip], submissions: Sequence[StudentSummary]) -> list[list[int]]:
    """How many made both slips, row by row; none where no two come together."""
    both: Counter[tuple[Slip, Slip]] = Counter()
    for one in submissions:
        mine = [slip for slip in slips if slip in one.slips]
        both.update((first, second) for first in mine for second in mine)
    table = [[both[first, second] for second in slips] for first in slips]
    return table if any(table[i][j] for i in range(len(slips)) for j in range(i)) else []
