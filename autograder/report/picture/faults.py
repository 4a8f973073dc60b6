"""Which layers of the picture are at fault, and what is said beside them.

The aggregation knows which edits each finding sums up, so nothing is guessed: a layer is at fault where one of its
edits has a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...base.messages import N_, Translate
from ...diagnosis import CaseVerdict, Diagnosis, Finding
from ...diagnosis.edits import SHARED, Edit
from ...diagnosis.finding import COMPONENT
from ...diagnosis.graphs.lines import Calls, inner_place
from ...graph import Graph, Node, Setting
from ..functions import CALL
from ..sentences import value
from ..wrap import clip
from .parts import Box, FaultNote, Mark

FILTERS = {"2a": "F1", "2b": "F2", "2c": "F3", "shortcut": "F3"}
WORDS = {
    "missing": N_("missing"),
    "extra": N_("not asked for"),
    "wrong order": N_("not in its place"),
    "wrong wiring": N_("fed from the wrong place"),
}
MOST_NOTES = 3


@dataclass(frozen=True, slots=True)
class LayerRow:
    """A layer of the reference, the student's that stands for it, and what is wrong with it.

    `mine` or `theirs` is None where there is none. `faults` are edits, each with the finding that stands for it.
    `line` is the student's line that made it, None where that isn't known.
    """

    key: str
    mine: Node | None
    theirs: Node | None
    step: str
    faults: tuple[tuple[Edit, Finding], ...]
    line: int | None = None

    @property
    def node(self) -> Node:
        """The layer as it is, or as it was asked for where there is none."""
        node = self.theirs or self.mine
        assert node is not None
        return node

    @property
    def asked(self) -> Node:
        """The layer as it was asked for, or as it is where there should be none."""
        node = self.mine or self.theirs
        assert node is not None
        return node

    @property
    def part(self) -> str:
        """The step's name inside its block: `2b` for `stage 3, block b, 2b`."""
        return self.step.rpartition(", ")[2]

    @property
    def whole(self) -> str:
        """What the layer is a part of: `stage 3, block b` for `stage 3, block b, 2b`, `head` for `head`."""
        if self.stands_in:
            return self.step
        return self.step.rpartition(", ")[0] or self.step

    @property
    def stands_in(self) -> bool:
        """Whether this is a whole block, by a stand-in in its place."""
        return self.node.kind.endswith("()")

    @property
    def extra_block(self) -> Finding | None:
        """The finding that this layer is part of a whole residual block too many, if it is."""
        return next((f for _, f in self.faults if f.kind == "extra" and f.block), None)


@dataclass(frozen=True, slots=True)
class PicturePlan:
    """What all parts of a picture are made from: one test case's layers, all findings, and the reader's language."""

    rows: tuple[LayerRow, ...]
    graph: Graph
    findings: tuple[Finding, ...]
    translate: Translate

    def of_step(self, step: str) -> Iterator[Finding]:
        return (f for f in self.findings if step in f.steps)


def make_plan(diagnosis: Diagnosis, verdict: CaseVerdict, _: Translate) -> PicturePlan:
    """The plan of a picture of what the student built for the verdict's test case."""
    assert verdict.script is not None
    assert verdict.graph is not None
    faults: dict[int, list[tuple[Edit, Finding]]] = {}
    for number, finding in sorted(diagnosis.explained(verdict).items()):
        edit = verdict.script.edits[number]
        if edit.setting != "output":
            faults.setdefault(edit.pair, []).append((edit, finding))
    pairs = zip(verdict.script.pairs, verdict.steps, strict=True)
    calls = Calls(verdict.code) if verdict.code else None
    rows = [
        LayerRow(f"{i}", pair.mine, pair.theirs, step, tuple(faults.get(i, ())), _line(calls, pair.theirs))
        for i, (pair, step) in enumerate(pairs)
    ]
    return PicturePlan(tuple(rows), verdict.graph, diagnosis.findings, _)


def _line(calls: Calls | None, node: Node | None) -> int | None:
    call = calls.of(node) if calls and node else None
    place = inner_place(call) if call else None
    return place.line if place else None


def make_box(plan: PicturePlan, row: LayerRow) -> Box:
    """The layer's box with all that is said beside it."""
    _ = plan.translate
    notes = [note for edit, finding in row.faults if (note := _note(plan, row, edit, finding))]
    notes = list(dict.fromkeys([*notes, *_notes_of_other_cases(plan, row)]))
    if len(notes) > MOST_NOTES:
        more = _("and {number} more").format(number=len(notes) - MOST_NOTES)
        notes = [*notes[:MOST_NOTES], FaultNote(more)]
    wrong = {edit.setting for edit, _finding in row.faults}
    detail = "" if row.mine is None and row.node.kind != "Conv2D" else _detail(row, wrong, _)
    if row.line is not None and (row.faults or notes):
        line = _("line {line}").format(line=row.line)
        detail = f"{detail}, {line}" if detail else line
    return Box(row.key, clip(row.node.kind, 24), detail, clip(row.node.name, 60), _mark(row, bool(notes)), tuple(notes))


def _mark(row: LayerRow, noted: bool) -> Mark:
    if row.theirs is None:
        return "missing" if row.faults else "unseen"
    if row.mine is None and row.faults:
        return "extra"
    return "wrong" if row.faults or noted else "right"


def _note(plan: PicturePlan, row: LayerRow, edit: Edit, finding: Finding) -> FaultNote | None:
    _ = plan.translate
    if edit.operation == "setting":
        return _of_setting(row, edit.setting, edit.expected, edit.found, _)
    if edit.operation == "wiring":
        return FaultNote(_("fed from the wrong place"), _sources(plan, wanted_by(edit)), _sources(plan, edit.given))
    if edit.operation == "replaced":
        return FaultNote(_("another layer"), clip(str(edit.expected), 40), clip(str(edit.found), 40))
    if finding.kind == "wrong order":
        return FaultNote(_("belongs here") if edit.operation == "missing" else _("not in its place"))
    if COMPONENT in (finding.expected, finding.found) and row.node.kind != finding.layer:
        return None
    if edit.operation == "missing" and finding.cause is not None and finding.cause.line is not None:
        return FaultNote(_("made, up to line {line}, and not used").format(line=finding.cause.line))
    if edit.operation == "missing":
        return FaultNote(_("component missing") if finding.expected == COMPONENT else _("missing"))
    return FaultNote(_("component too many") if finding.found == COMPONENT else _("not asked for"))


def _notes_of_other_cases(plan: PicturePlan, row: LayerRow) -> Iterator[FaultNote]:
    """The notes at this layer on findings that name it and that only other test cases show."""
    rows = [other for other in plan.rows if other.step == row.step]
    shown = [finding for other in rows for _, finding in other.faults]
    for finding in plan.of_step(row.step):
        if finding not in shown:
            alike = [other for other in rows if finding.layer in (other.asked.kind, other.node.kind)] or rows
            if alike[0] is row:
                yield _told(finding, row, plan.translate)


def _told(finding: Finding, row: LayerRow, _: Translate) -> FaultNote:
    if finding.hidden:
        return FaultNote(_("wrong with other arguments"))
    about = finding.setting if finding.setting and finding.setting != SHARED else _(WORDS[finding.kind])
    if finding.kind == "wrong value" and finding.setting not in CALL:
        about = _("its numbers differ")
    if finding.kind != "wrong setting" or finding.step != row.step:
        return FaultNote(clip(about, 24))
    return _of_setting(row, about, finding.expected, finding.found, _)


def _of_setting(row: LayerRow, setting: str, expected: Setting, found: Setting, _: Translate) -> FaultNote:
    if setting == SHARED:
        return FaultNote(_("shares the weights of another") if found else _("has weights of its own"))
    if setting == "filters" and row.part in FILTERS:
        asked = f"{FILTERS[row.part]} = {expected}"
    elif expected is None and setting in ("training", "constant"):
        asked = _("nothing")
    elif expected is None and setting not in ("seed", "max_value"):
        asked = _("Keras's default")
    else:
        asked = _short(expected)
    return FaultNote(clip(setting, 24), asked, _("no name") if setting == "name" and found is None else _short(found))


def _short(setting: Setting) -> str:
    return clip(value(setting), 46)


def wanted_by(edit: Edit) -> tuple[str, ...]:
    """The reference's ids of the layers that should feed this edit's layer.

    Where a whole branch is missing, the edit's two lists of sources hold the same layers, and the reference's own
    inputs are returned.
    """
    assert edit.mine is not None
    return edit.mine.inputs if sorted(edit.wanted) == sorted(edit.given) else edit.wanted


def _sources(plan: PicturePlan, names: Sequence[str]) -> str:
    """Where tensors come from, by the reference's names; the block's own input is named last."""
    by_id = {row.mine.id: row for row in plan.rows if row.mine}
    words = [
        f"{by_id[name].asked.kind} ({by_id[name].part})" if name in by_id else plan.translate("the input")
        for name in sorted(names, key=lambda name: name not in by_id)
    ]
    return " + ".join(words) or plan.translate("nothing")


def _detail(row: LayerRow, wrong: set[str], _: Translate) -> str:
    """The settings that matter, in short: `1×1, F1=4, stride 1, valid`."""
    settings = row.node.settings
    parts = []
    window = settings.get("kernel_size", settings.get("pool_size"))
    if isinstance(window, tuple):
        parts.append("×".join(str(n) for n in window))
    if "filters" in settings:
        known = row.mine is not None and "filters" not in wrong and row.part in FILTERS
        parts.append(f"{FILTERS[row.part] if known else 'filters'}={settings['filters']}")
    strides = settings.get("strides")
    if isinstance(strides, tuple):
        stride = str(strides[0]) if len(set(strides)) == 1 else value(strides)
        parts.append(_("stride {number}").format(number=stride))
    if isinstance(settings.get("padding"), str):
        parts.append(str(settings["padding"]))
    return ", ".join(parts)
