"""What is drawn beside the findings: a block as boxes and arrows in two lanes, or the network as rows of blocks.

Diagnosis -> picture -> coordinates on a page (`drawing`) or lines in a terminal (`terminal`); nothing flows back. Drawn
is what the student built for a public test case; of a hidden one nothing is taken but which step it finds fault with.
"""

from __future__ import annotations

from ...base.messages import Translate
from ...diagnosis import CaseVerdict, Diagnosis
from ...graph import Graph
from ..wrap import clip
from .block import make_block
from .faults import make_plan
from .network import make_network
from .parts import INPUT, Block, Box, Network, Picture

__all__ = ["INPUT", "Block", "Box", "Network", "Picture", "drawn", "make_picture"]


def make_picture(diagnosis: Diagnosis, _: Translate) -> Picture | None:
    """The picture of what the student built, or None where there is nothing to show."""
    verdict = drawn(diagnosis)
    if verdict is None or verdict.graph is None:
        return None
    plan = make_plan(diagnosis, verdict, _)
    caption = _call(diagnosis, verdict, _)
    if diagnosis.exercise.kind == "block":
        return make_block(plan, plan.rows, caption, _entry(verdict.graph))
    return make_network(plan, caption)


def drawn(diagnosis: Diagnosis) -> CaseVerdict | None:
    """The public test case that shows the most; None where no graph can be relied on, or an error says it all."""
    if diagnosis.first_failure is not None and not diagnosis.findings:
        return None
    shown = [v for v in diagnosis.verdicts if v.script and v.steps and not v.case.hidden and not v.trouble]
    return max(shown, key=lambda verdict: len(verdict.findings), default=None)


def _call(diagnosis: Diagnosis, verdict: CaseVerdict, _: Translate) -> str:
    """What was drawn for, in the words of a student who calls the function."""
    arguments = verdict.case.model_copy(update={"training": False}).describe()
    if verdict.case.training:
        sentence = _("Your {function} for {arguments}, in training mode")
    elif not arguments:
        sentence = _("Your {function}, called without arguments")
    else:
        sentence = _("Your {function} for {arguments}")
    return sentence.format(function=diagnosis.exercise.function, arguments=arguments)


def _entry(graph: Graph) -> str:
    shape = graph.nodes[0].settings.get("batch_shape")
    sizes = "×".join(str(n) if n != -1 else "?" for n in shape[1:]) if isinstance(shape, tuple) else ""
    return clip(f"X  {sizes}", 20)
