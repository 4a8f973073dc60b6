"""What is drawn beside the findings: a block as boxes and arrows in two lanes, or the network as rows of blocks.

Diagnosis -> picture -> lines on a page (`drawing.py`) or in a terminal (`lanes.py`); nothing flows back. Drawn is what
the student built for a public test case; of a hidden test case nothing is taken but which step it finds fault with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Literal

from ..base.messages import N_, Translate
from ..diagnosis import CaseVerdict, Diagnosis, Finding
from ..diagnosis.aggregate import BLOCK_LAYERS
from ..diagnosis.align import LayerPair
from ..diagnosis.edits import Edit
from ..diagnosis.finding import COMPONENT
from ..graph import Graph, Node, Setting
from .sentences import describe_step, value
from .wrap import clip

INPUT, OUTPUT = "input", "output"
"""The ends of a block's arrows that aren't boxes."""
BLOCK_STEPS = ("2a", "2b", "2c", "shortcut", "add")
FILTERS = {"2a": "F1", "2b": "F2", "2c": "F3", "shortcut": "F3"}
WORDS = {
    "missing": N_("missing"),
    "extra": N_("not asked for"),
    "wrong order": N_("not in its place"),
    "wrong wiring": N_("fed from the wrong place"),
}
MOST_NOTES = 3
MOST_INSIDES = 2

Mark = Literal["right", "wrong", "missing", "extra", "unseen"]
Flow = Literal["right", "wrong", "wanted"]


@dataclass(frozen=True, slots=True)
class Note:
    """What is said beside a faulty layer: what it is about, what was asked for and what was found, "" for nothing."""

    about: str
    asked: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """One layer. "missing" and "unseen" ones are not there: asked for, or cut off from the result by another slip."""

    key: str
    layer: str
    detail: str
    name: str
    mark: Mark
    notes: tuple[Note, ...] = ()

    @property
    def there(self) -> bool:
        return self.mark not in ("missing", "unseen")


@dataclass(frozen=True, slots=True)
class Step:
    """The layers of one step; `right` is None where another slip hides them."""

    name: str
    right: bool | None
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A tensor's way from box to box, by their keys: as it should be, as it should not be, or asked for in vain."""

    source: str
    target: str
    flow: Flow


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow along a lane: the keys of its ends and, between them, of layers that should be there but aren't."""

    keys: tuple[str, ...]
    flow: Flow


@dataclass(frozen=True, slots=True)
class Block:
    """A residual block: the main path with the meeting at its end, and the shortcut's layers, if there are any."""

    caption: str
    entry: str
    main: tuple[Step, ...]
    shortcut: tuple[Step, ...]
    arrows: tuple[Arrow, ...]

    @property
    def meeting(self) -> str:
        """The key of the box where the lanes meet."""
        return next((step.boxes[0].key for step in self.main if step.name == "add"), OUTPUT)

    def sorted_arrows(self) -> tuple[tuple[Link, ...], tuple[Arrow, ...]]:
        """The arrows that simply follow a lane, and those that leave it or skip a layer."""
        left = list(self.arrows)
        links: list[Link] = []
        for steps, end in ((self.shortcut, self.meeting), (self.main, OUTPUT)):
            boxes = [box for step in steps for box in step.boxes]
            keys = [INPUT, *(box.key for box in boxes), end]
            there = [0, *(i + 1 for i, box in enumerate(boxes) if box.there), len(keys) - 1]
            for a, b in pairwise(there):
                ends = (keys[a], keys[b])
                arrow = next((x for x in left if (x.source, x.target) == ends and x.flow != "wrong"), None)
                if arrow is not None:
                    left.remove(arrow)
                    links.append(Link(tuple(keys[a : b + 1]), arrow.flow))
        return tuple(links), tuple(left)


@dataclass(frozen=True, slots=True)
class Chip:
    """A whole block, or one layer outside the blocks, in the picture of the network."""

    label: str
    detail: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of the network; its notes name their layer."""

    name: str
    right: bool | None
    chips: tuple[Chip, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """The stages, and the inside of a faulty block for each slip that lies inside one."""

    caption: str
    stages: tuple[Stage, ...]
    insides: tuple[Block, ...]


Picture = Block | Network


def in_one_line(note: Note, _: Translate) -> str:
    """The note as one sentence."""
    if note.asked and note.found:
        return _("✗ {what} (asked: {asked}; found: {found})").format(
            what=note.about, asked=note.asked, found=note.found
        )
    return f"✗ {note.about}"


def make_picture(diagnosis: Diagnosis, _: Translate) -> Picture | None:
    """The picture of what the student built, or None where there is nothing to show."""
    verdict = drawn(diagnosis)
    if verdict is None or verdict.graph is None:
        return None
    plan = _Plan(_rows(verdict), verdict.graph, diagnosis.findings, _)
    caption = _call(diagnosis, verdict, _)
    if diagnosis.exercise.kind == "block":
        return _block(plan, plan.rows, caption, _entry(verdict.graph))
    return _network(plan, caption)


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
    else:
        sentence = _("Your {function} for {arguments}")
    return sentence.format(function=diagnosis.exercise.function, arguments=arguments)


def _entry(graph: Graph) -> str:
    shape = graph.nodes[0].settings.get("batch_shape")
    sizes = "×".join(str(n) if n != -1 else "?" for n in shape[1:]) if isinstance(shape, tuple) else ""
    return clip(f"X  {sizes}", 20)


# --- which layer is at fault --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """One pair of the alignment with the step it belongs to and the edits that concern it."""

    key: str
    pair: LayerPair
    step: str
    edits: tuple[Edit, ...]

    @property
    def node(self) -> Node:
        node = self.pair.theirs or self.pair.mine
        assert node is not None
        return node

    @property
    def asked(self) -> Node:
        node = self.pair.mine or self.pair.theirs
        assert node is not None
        return node

    @property
    def part(self) -> str:
        """The step's name inside its block: `2b` for `stage 3, block b, 2b`."""
        return self.step.rpartition(", ")[2]

    @property
    def whole(self) -> str:
        """What the layer is a part of: `stage 3, block b` for `stage 3, block b, 2b`, `head` for `head`."""
        return self.step.rpartition(", ")[0] or self.step


@dataclass(frozen=True, slots=True)
class _Plan:
    """What all parts of a picture are made from."""

    rows: tuple[_Row, ...]
    graph: Graph
    findings: tuple[Finding, ...]
    _: Translate

    def of_step(self, step: str) -> Iterator[Finding]:
        return (f for f in self.findings if step in (f.step, *f.also))


def _rows(verdict: CaseVerdict) -> tuple[_Row, ...]:
    assert verdict.script is not None
    edits: dict[str, list[Edit]] = {}
    for edit in verdict.script.edits:
        node = edit.mine or edit.theirs
        if node is not None and edit.setting != "output":
            edits.setdefault(("mine/" if edit.mine else "theirs/") + node.id, []).append(edit)

    def of(pair: LayerPair) -> tuple[Edit, ...]:
        key = "mine/" + pair.mine.id if pair.mine else "theirs/" + pair.theirs.id if pair.theirs else ""
        return tuple(edits.get(key, ()))

    pairs = zip(verdict.script.pairs, verdict.steps, strict=True)
    return tuple(_Row(f"{i}", pair, step, of(pair)) for i, (pair, step) in enumerate(pairs))


def _is_about(finding: Finding, edit: Edit) -> bool:
    """Whether the edit is (part of) what the finding says; that their steps agree is seen to elsewhere."""
    node = edit.mine or edit.theirs
    if finding.hidden or node is None:
        return False
    if edit.operation == "setting":
        same = finding.layer == node.kind or finding.setting == "name"
        return finding.kind == "wrong setting" and finding.setting == edit.setting and same
    if edit.operation == "wiring":
        return finding.kind == "wrong wiring" and finding.layer == node.kind
    if edit.operation == "replaced":
        return finding.kind == "missing" and (finding.layer, finding.found) == (node.kind, edit.found)
    if finding.kind == "wrong order":
        return finding.layer == node.kind
    if COMPONENT in (finding.expected, finding.found):
        return finding.kind == edit.operation
    return finding.kind == edit.operation and finding.layer == node.kind and not finding.found


def _named(plan: _Plan, row: _Row, edit: Edit) -> Finding | None:
    """The finding that names the edit. What is out of order may have strayed into another step."""
    found = next((f for f in plan.of_step(row.step) if _is_about(f, edit)), None)
    if found is None and edit.operation == "extra":
        return next((f for f in plan.findings if f.kind == "wrong order" and _is_about(f, edit)), None)
    if found is None and edit.operation == "missing":
        stage, _, letter = row.whole.partition(", block ")
        return next((f for f in plan.findings if f.step == stage and f.expected == letter and letter), None)
    return found


def _box(plan: _Plan, row: _Row) -> Box:
    named = [(edit, finding) for edit in row.edits if (finding := _named(plan, row, edit))]
    notes = [note for edit, finding in named if (note := _note(plan, row, edit, finding))]
    others = list(_unplaced(plan, row))
    notes = list(dict.fromkeys([*notes, *others]))
    if len(notes) > MOST_NOTES:
        more = plan._("and {number} more").format(number=len(notes) - MOST_NOTES)
        notes = [*notes[:MOST_NOTES], Note(more)]
    wrong = {edit.setting for edit, _ in named}
    detail = "" if row.pair.mine is None and row.node.kind != "Conv2D" else _detail(row, wrong, plan._)
    mark = _mark(row, bool(named), bool(notes))
    return Box(row.key, clip(row.node.kind, 24), detail, clip(row.node.name, 60), mark, tuple(notes))


def _mark(row: _Row, named: bool, noted: bool) -> Mark:
    if row.pair.theirs is None:
        return "missing" if named else "unseen"
    if row.pair.mine is None and named:
        return "extra"
    return "wrong" if named or noted else "right"


def _note(plan: _Plan, row: _Row, edit: Edit, finding: Finding) -> Note | None:
    _ = plan._
    if edit.operation == "setting":
        asked, found = _asked(row, edit.setting, edit.expected, _), _found(edit.setting, edit.found, _)
        return Note(clip(edit.setting, 24), asked, found)
    if edit.operation == "wiring":
        return Note(_("fed from the wrong place"), _sources(plan, _wanted(edit)), _sources(plan, edit.given))
    if edit.operation == "replaced":
        return Note(_("another layer"), clip(str(edit.expected), 40), clip(str(edit.found), 40))
    if finding.kind == "wrong order":
        return Note(_("belongs here") if edit.operation == "missing" else _("not in its place"))
    if COMPONENT in (finding.expected, finding.found) and row.node.kind != finding.layer:
        return None
    if edit.operation == "missing":
        return Note(_("component missing") if finding.expected == COMPONENT else _("missing"))
    return Note(_("component too many") if finding.found == COMPONENT else _("not asked for"))


def _unplaced(plan: _Plan, row: _Row) -> Iterator[Note]:
    """What findings say that this test case does not show by itself, at the layer that they name."""
    rows = [other for other in plan.rows if other.step == row.step]
    for finding in plan.of_step(row.step):
        if any(_is_about(finding, edit) for other in rows for edit in other.edits):
            continue
        alike = [other for other in rows if finding.layer in (other.asked.kind, other.node.kind)] or rows
        if alike[0] is row:
            yield _told(finding, row, plan._)


def _told(finding: Finding, row: _Row, _: Translate) -> Note:
    about = finding.setting if finding.setting else _(WORDS[finding.kind])
    if finding.kind == "wrong value":
        about = _("its numbers differ")
    if finding.hidden:
        return Note(_("{what}: wrong with other arguments").format(what=clip(about, 24)))
    if finding.kind != "wrong setting" or finding.step != row.step:
        return Note(clip(about, 24))
    asked = _asked(row, finding.setting, finding.expected, _)
    return Note(clip(about, 24), asked, _found(finding.setting, finding.found, _))


def _asked(row: _Row, setting: str, expected: Setting, _: Translate) -> str:
    if setting == "filters" and row.part in FILTERS:
        return f"{FILTERS[row.part]} = {expected}"
    if expected is None and setting in ("training", "constant"):
        return _("nothing")
    if expected is None and setting not in ("seed", "max_value"):
        return _("Keras's default")
    return _short(expected)


def _found(setting: str, found: Setting, _: Translate) -> str:
    return _("no name") if setting == "name" and found is None else _short(found)


def _short(setting: Setting) -> str:
    return clip(value(setting), 46)


def _wanted(edit: Edit) -> tuple[str, ...]:
    """What should feed a layer, by the reference's ids; with a whole lane missing, the edit sees the same twice."""
    assert edit.mine is not None
    return edit.mine.inputs if sorted(edit.wanted) == sorted(edit.given) else edit.wanted


def _sources(plan: _Plan, names: Sequence[str]) -> str:
    """Where tensors come from, by the reference's names; the block's own input is named last."""
    by_id = {row.pair.mine.id: row for row in plan.rows if row.pair.mine}
    words = [
        f"{by_id[name].asked.kind} ({by_id[name].part})" if name in by_id else plan._("the input")
        for name in sorted(names, key=lambda name: name not in by_id)
    ]
    return " + ".join(words) or plan._("nothing")


def _detail(row: _Row, wrong: set[str], _: Translate) -> str:
    """The settings that matter, in short: `1×1, F1=4, stride 1, valid`."""
    settings = row.node.settings
    parts = []
    window = settings.get("kernel_size", settings.get("pool_size"))
    if isinstance(window, tuple):
        parts.append("×".join(str(n) for n in window))
    if "filters" in settings:
        known = row.pair.mine is not None and "filters" not in wrong and row.part in FILTERS
        parts.append(f"{FILTERS[row.part] if known else 'filters'}={settings['filters']}")
    strides = settings.get("strides")
    if isinstance(strides, tuple):
        stride = "×".join(str(n) for n in dict.fromkeys(strides)) if len(set(strides)) == 1 else value(strides)
        parts.append(_("stride {number}").format(number=stride))
    if isinstance(settings.get("padding"), str):
        parts.append(str(settings["padding"]))
    return ", ".join(parts)


# --- a block ------------------------------------------------------------------------------------------------------


def _block(plan: _Plan, rows: Sequence[_Row], caption: str, entry: str) -> Block:
    steps = [_step(plan, [row for row in rows if row.part == part]) for part in BLOCK_STEPS]
    there = [step for step in steps if step is not None]
    return Block(
        caption=caption,
        entry=entry,
        main=tuple(step for step in there if step.name != "shortcut"),
        shortcut=tuple(step for step in there if step.name == "shortcut"),
        arrows=tuple(_arrows(plan, rows)),
    )


def _step(plan: _Plan, rows: Sequence[_Row]) -> Step | None:
    if not rows:
        return None
    boxes = tuple(_box(plan, row) for row in rows)
    wrong = any(True for _ in plan.of_step(rows[0].step)) or any(box.mark not in ("right", "unseen") for box in boxes)
    unseen = any(rows[0].step in finding.unseen for finding in plan.findings)
    return Step(rows[0].part, False if wrong else None if unseen else True, boxes)


def _arrows(plan: _Plan, rows: Sequence[_Row]) -> Iterator[Arrow]:
    """The student's own arrows; where the lanes don't meet as they should also those that were asked for."""
    ours = {row.pair.theirs.id: row.key for row in rows if row.pair.theirs}
    for row in rows:
        if row.pair.theirs is None:
            if len(row.asked.inputs) > 1 and not any(r.pair.theirs for r in rows if r.part == "shortcut"):
                yield Arrow(INPUT, row.key, "wanted")
            continue
        wrong = next((e for e in row.edits if e.operation == "wiring" and _named(plan, row, e)), None)
        if wrong is None:
            yield from (Arrow(ours.get(i, INPUT), row.key, "right") for i in row.pair.theirs.inputs)
        else:
            yield from _wrong_arrows(plan, rows, row, wrong)
    outside = [node for node in plan.graph.nodes if node.id not in ours]
    leaving = dict.fromkeys(i for node in outside for i in node.inputs if i in ours)
    ends = [plan.graph.output] if plan.graph.output in ours else leaving
    yield from (Arrow(ours[i], OUTPUT, "right") for i in ends)


def _wrong_arrows(plan: _Plan, rows: Sequence[_Row], row: _Row, edit: Edit) -> Iterator[Arrow]:
    ours = {row.pair.theirs.id: row.key for row in rows if row.pair.theirs}
    by_mine = {row.pair.mine.id: row.key for row in rows if row.pair.mine}
    wanted = Counter(by_mine.get(name, INPUT) for name in _wanted(edit))
    assert row.pair.theirs is not None
    for i in row.pair.theirs.inputs:
        seen = _seen_as(plan, rows, i)
        flow: Flow = "right" if wanted[seen] > 0 else "wrong"
        wanted[seen] -= 1
        yield Arrow(ours.get(i, INPUT), row.key, flow)
    yield from (Arrow(source, row.key, "wanted") for source in wanted if wanted[source] > 0)


def _seen_as(plan: _Plan, rows: Sequence[_Row], start: str) -> str:
    """The key of the layer that the reference knows at `start`, looking through extra ones."""
    ours = {row.pair.theirs.id: row for row in rows if row.pair.theirs}
    current = start
    while current in ours and ours[current].pair.mine is None and len(plan.graph.by_id[current].inputs) == 1:
        (current,) = plan.graph.by_id[current].inputs
    return ours[current].key if current in ours else INPUT


# --- the network --------------------------------------------------------------------------------------------------


def _network(plan: _Plan, caption: str) -> Network:
    names = list(dict.fromkeys(row.step.partition(",")[0] for row in plan.rows))
    stages = [_stage(plan, name, [row for row in plan.rows if row.step.partition(",")[0] == name]) for name in names]
    return Network(caption, tuple(stages), tuple(_insides(plan)))


def _stage(plan: _Plan, name: str, rows: Sequence[_Row]) -> Stage:
    chips: list[Chip] = []
    notes: list[Note] = []
    for run in _runs(rows):
        if run[0].pair.mine is None and _is_block(run):
            chips.extend(_extra_chips(plan, run))
        elif run[0].step == name:
            boxes = [_box(plan, row) for row in run]
            chips.extend(Chip(box.layer, "", box.mark) for box in boxes)
            notes.extend(replace(note, about=f"{box.layer}: {note.about}") for box in boxes for note in box.notes)
        else:
            chips.append(_chip(plan, run))
    here = [f for f in plan.findings for step in (f.step, *f.also) if step.partition(",")[0] == name]
    wrong = bool(here) or any(chip.mark not in ("right", "unseen") for chip in chips)
    unseen = bool(chips) and all(chip.mark == "unseen" for chip in chips)
    return Stage(name, False if wrong else None if unseen else True, tuple(chips), tuple(notes))


def _runs(rows: Sequence[_Row]) -> list[list[_Row]]:
    """The rows of each block, or of the layers between blocks, with whole blocks too many apart."""
    runs: list[list[_Row]] = []
    for extra, group in groupby(rows, key=lambda row: row.pair.mine is None):
        run = list(group)
        if extra and _is_block(run):
            runs.append(run)
            continue
        for whole, part in groupby(run, key=lambda row: row.whole):
            if runs and runs[-1][0].whole == whole and not (runs[-1][0].pair.mine is None and _is_block(runs[-1])):
                runs[-1].extend(part)
            else:
                runs.append(list(part))
    return runs


def _is_block(run: Sequence[_Row]) -> bool:
    return len(run) >= BLOCK_LAYERS and any(row.node.kind == "Add" for row in run)


def _extra_chips(plan: _Plan, run: Sequence[_Row]) -> Iterator[Chip]:
    kinds = [row.node.kind for row in run]
    words = _block_words(kinds.count("Conv2D") > 3 * kinds.count("Add"), plan._)
    yield from (Chip("+", words, "extra") for _ in range(kinds.count("Add")))


def _chip(plan: _Plan, run: Sequence[_Row]) -> Chip:
    whole = run[0].whole
    marks = {_box(plan, row).mark for row in run}
    touched = any(step.startswith(whole + ",") for f in plan.findings for step in (f.step, *f.also))
    mark: Mark = "right"
    if not any(row.pair.theirs for row in run):
        mark = "missing" if "missing" in marks else "unseen"
    elif touched or marks - {"right", "unseen"}:
        mark = "wrong"
    letter = whole.rpartition("block ")[2]
    return Chip(letter, _block_words(any(row.part == "shortcut" and row.pair.mine for row in run), plan._), mark)


def _block_words(convolutional: bool, _: Translate) -> str:
    return _("convolutional") if convolutional else _("identity")


def _insides(plan: _Plan) -> Iterator[Block]:
    """The inside of the first block at fault, and of another one for slips that the first does not have."""
    shown: list[str] = []
    for finding in plan.findings:
        blocks = _blocks_of(finding)
        if not blocks or any(block in shown for block in blocks) or len(shown) == MOST_INSIDES:
            continue
        shown.append(blocks[0])
        rows = [row for row in plan.rows if row.whole == blocks[0] and not _far_off(row, plan)]
        if any(row.pair.theirs for row in rows):
            yield _block(plan, rows, _inside_caption(plan, blocks[0]), plan._("input of the block"))


def _far_off(row: _Row, plan: _Plan) -> bool:
    """Whether a row is part of a whole block too many, which is no part of the block that it follows."""
    run = [other for other in plan.rows if other.whole == row.whole and other.pair.mine is None]
    return row.pair.mine is None and _is_block(run)


def _blocks_of(finding: Finding) -> list[str]:
    steps: Iterable[str] = (finding.step, *finding.also)
    return list(dict.fromkeys(step.rpartition(", ")[0] for step in steps if ", block " in step))


def _inside_caption(plan: _Plan, block: str) -> str:
    _ = plan._
    others = {other for f in plan.findings if block in _blocks_of(f) for other in _blocks_of(f)} - {block}
    words = describe_step(block, _)
    if not others:
        return _("Inside {block}").format(block=words)
    return _("Inside {block}; the same slip in {number} more blocks").format(block=words, number=len(others))
