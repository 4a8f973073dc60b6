"""The overview as one HTML page that needs nothing from outside, and runs nothing but a script of its own that sorts.

Everything from a student is escaped by Jinja, and the page's own policy forbids any other script, addresses and forms,
whatever should get past that.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import partial
from statistics import fmean

from markupsafe import Markup

from ...base.messages import translator
from ...report.html import TEMPLATES, environment
from .alike import alike, same_files
from .classroom import ClassSummary, GradingState, Slip, StudentSummary
from .items import discrimination, items
from .plots import of_exercise, of_totals
from .words import step_in_words, what_went_wrong

LETTERS = "ABCDEFGHIJ"
"""The most frequent slips get a letter each, and a table shows which of these come together."""


def render(found: ClassSummary, made: str) -> str:
    """The page; `made` is the date that it bears."""
    style, script = ((TEMPLATES / f"overview.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    without = (GradingState.NOT_GRADED, GradingState.EXCUSED)
    final = len(found.totals) == sum(one.state not in without for one in found.submissions)
    so_far = [points for points in found.so_far if points is not None]
    slips = _counted(found.submissions)
    _ = translator(found.language)
    return (
        environment()
        .get_template("overview.html.j2")
        .render(
            found=found,
            _=_,
            made=made,
            style=Markup(style),
            script=Markup(script),
            policy=_policy(style, script),
            GradingState=GradingState,
            names=any(one.name for one in found.everybody),
            mean=fmean,
            items=list(items(found)),
            apart=partial(discrimination, found=found),
            final=final,
            totals=found.totals if final else so_far,
            of=found.max_points if final else sum(cell.max_points for cell in found.scored_cells),
            waiting=[cell.title for cell in found.cells if cell not in found.scored_cells],
            of_totals=partial(of_totals, _=_),
            of_exercise=partial(of_exercise, _=_),
            slips=slips,
            letters=LETTERS,
            step=partial(step_in_words, _=_),
            what=partial(what_went_wrong, _=_),
            together=_together([slip for slip, _ in slips[: len(LETTERS)]], found.submissions),
            groups=alike(found),
            same_files=same_files(found),
            unusual=[one for one in found.submissions if one.unusual],
            number={one.student: at for at, one in enumerate(found.submissions, 1)},
        )
    )


def _policy(style: str, script: str) -> str:
    """Nothing but this very style and script, and pictures that the page itself holds."""
    styled, run = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script))
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{styled}'; script-src 'sha256-{run}'; "
        "base-uri 'none'; form-action 'none'"
    )


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
