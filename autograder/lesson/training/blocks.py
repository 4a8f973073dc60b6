"""The blocks that a small residual net is stacked from: the student's own, from the notebook in which they wrote them,
and the course's where theirs are not right yet. What `signs.own_blocks` does.
"""

from __future__ import annotations

import ast
import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any
from zlib import crc32

from nbformat import NotebookNode

from ...base.course import find_course
from ...base.messages import notebook_language, translator
from ...base.notebooks import NotebookError, grade_id, read_node
from ...diagnosis import judge
from ...evidence.collect import collect
from ...evidence.evidence import Array
from ...exercises import Exercise
from ...graph import Node
from ...references.references import Reference, ReferencesError, load_again
from ...references.sets import set_with
from ..images.data import SignsError
from .weights import COURSE_LAYERS, COURSE_PREFIX

BLOCKS = ("identity_block", "convolutional_block")
SETUP = "setup"
LIMIT = 1e6
Block = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class _Found:
    """A block and why it isn't the student's own; "" where it is."""

    block: Block
    why: str


def own_blocks(notebook: str | PathLike[str] = "resnet.ipynb") -> tuple[Block, Block]:
    """See `autograder.lesson.signs.own_blocks`."""
    _ = translator(notebook_language())
    path = Path(notebook)
    names, trouble = defined(path)
    try:
        asked = _asked()
    except ReferencesError as error:
        if not all(callable(names.get(name)) for name in BLOCKS):
            raise SignsError(str(error)) from None
        print(_("Both blocks are yours; they could not be checked: {reason}").format(reason=error))
        return names[BLOCKS[0]], names[BLOCKS[1]]
    found = {name: _chosen(asked[name], names.get(name), trouble.get(name, "")) for name in BLOCKS}
    words = []
    for name, one in found.items():
        whose = _("{name}: yours").format(name=name)
        if one.why:
            whose = _("{name}: the course's ({why})").format(name=name, why=one.why)
        words.append(whose)
    print(_("{first}; {second}").format(first=words[0], second=words[1]))
    return found[BLOCKS[0]].block, found[BLOCKS[1]].block


@dataclass(frozen=True, slots=True)
class _Asked:
    """The exercise that asks for a block, and what a right one gives."""

    exercise: Exercise
    references: tuple[Reference, ...]
    canary: Array


def _asked() -> dict[str, _Asked]:
    """The blocks' exercises by name. Raises ReferencesError."""
    found = set_with(find_course(), BLOCKS)
    exercises = {exercise.name: exercise for exercise in found.exercises} if found else {}
    if found is None or not exercises.keys() >= set(BLOCKS):
        raise ReferencesError(f"There are no references for {' and '.join(BLOCKS)}: run `autograder build`.")
    public = load_again(found.public)
    return {name: _Asked(exercises[name], public.of(exercises[name]), public.canary) for name in BLOCKS}


def _chosen(asked: _Asked, function: object, trouble: str) -> _Found:
    """The student's block if it is right on the public examples, else the course's."""
    _ = translator(notebook_language())
    exercise, references = asked.exercise, asked.references
    if not callable(function):
        return _Found(course_block(exercise, references[0]), trouble or _("there is none in the notebook"))
    evidence = [collect(function, exercise, reference.case) for reference in references]
    verdict = judge(exercise, evidence, references, asked.canary)
    if verdict.passed:
        return _Found(function, "")
    if any(given.error is not None and given.error.type == "NotImplementedError" for given in evidence):
        return _Found(course_block(exercise, references[0]), _("yours is not written yet"))
    why = _("yours does not pass check({name}) yet").format(name=exercise.name)
    return _Found(course_block(exercise, references[0]), why)


# --- the student's ---------------------------------------------------------------------------------------------


def defined(path: Path, cells_too: tuple[str, ...] = ()) -> tuple[dict[str, Any], dict[str, str]]:
    """What the set-up cell and the two blocks' cells of the notebook define, and what kept a cell from running.

    `cells_too` names further solution cells.

    Nothing else of the notebook runs, and nothing of it in the notebook that asks.
    """
    _ = translator(notebook_language())
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        cells = [cell for cell in read_node(path).cells if cell.cell_type == "code"]
    except NotebookError:
        return names, dict.fromkeys(BLOCKS, _("there is no {name} to be read here").format(name=path.name))
    trouble: dict[str, str] = {}
    for cell in cells:
        name = grade_id(cell)
        if name not in (*BLOCKS, *cells_too) and not _is_setup(cell):
            continue
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(_plain(cell.source), f"{path.name}: {name or SETUP}", "exec"), names)
        except (Exception, SystemExit) as raised:
            for block in (name,) if name in (*BLOCKS, *cells_too) else BLOCKS:
                trouble[str(block)] = _("its cell fails: {error}").format(error=type(raised).__name__)
    return names, trouble


def _is_setup(cell: NotebookNode) -> bool:
    """The course's set-up cell, or one of the student's with imports and nothing else."""
    marks = cell.metadata.get("nbgrader")
    if isinstance(marks, dict) and marks.get("grade_id") == SETUP:
        return True
    try:
        body = ast.parse(_plain(cell.source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(body) and all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in body)


def _plain(source: str) -> str:
    """The cell without IPython's own commands."""
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())


# --- the course's ----------------------------------------------------------------------------------------------


def course_block(exercise: Exercise, reference: Reference) -> Block:
    """The block that the public reference shows, with other arguments in the places of the reference's own.

    It computes what a right block with the same weights does, and is no answer to any step of the exercise, whatever
    names and seeds somebody gives it: each step has a setting or a layer that is not asked for and changes no value. No
    two of these are one slip, which would cost once, and none is a layer of its own that could be taken out.
    """

    def block(X: Any, f: int, filters: Any, stage: int, block: str, s: int = 2) -> Any:
        values = {reference.graph.nodes[0].id: X}
        swap = _Swap(reference, f, tuple(filters), f"{stage}{block}", s)
        for node in reference.graph.nodes[1:]:
            values[node.id] = swap.call(node, [values[i] for i in node.inputs])
        return values[reference.graph.output]

    block.__name__ = block.__qualname__ = COURSE_PREFIX + exercise.name
    return block


@dataclass(frozen=True, slots=True)
class _Swap:
    """The arguments of a call in place of those that the reference was made with."""

    reference: Reference
    f: int
    filters: tuple[int, ...]
    place: str
    s: int

    def call(self, node: Node, given: list[Any]) -> Any:
        """What the layer that this node stands for makes of the tensors."""
        from keras import layers

        first, *others = given
        if node.kind == "Conv2D":
            return self._convolution(node, first)
        if node.kind == "BatchNormalization":
            normalized = layers.BatchNormalization(axis=node.settings["axis"], name=self._name(node))(first)
            if self._shortcut and _step(node) == "2c":
                # Named after its step: what makes a plain net of a residual one looks for the end of the main path.
                return layers.ReLU(negative_slope=1.0, name=f"{COURSE_PREFIX}then_{self.place}_branch2c")(normalized)
            return normalized
        if node.kind == "ReLU":  # another limit in each place, which nothing comes near
            nodes = self.reference.graph.nodes
            name = f"{COURSE_PREFIX}{self.place}" if node.id == self.reference.graph.output else None
            return layers.ReLU(max_value=LIMIT - 100.0 * len(nodes) - nodes.index(node), name=name)(first)
        return getattr(layers, node.kind)()(given if others else first)

    def _convolution(self, node: Node, x: Any) -> Any:
        """Padding and a shortcut's strides are a layer of their own, and what was doubled is thinned out again."""
        from keras import initializers, layers

        settings, asked, name = node.settings, self.reference.case.arguments, self._name(node)
        window = self.f if settings["kernel_size"] == (asked["f"], asked["f"]) else settings["kernel_size"]
        strides = 1 if settings["strides"] == (1, 1) else self.s
        if settings["padding"] == "same":
            before, after = (self.f - 1) // 2, self.f // 2
            x = layers.ZeroPadding2D(((before, after), (before, after)))(x)
        elif _step(node) == "2c" and not self._shortcut:
            x, strides = layers.UpSampling2D(2)(x), 2
        elif _step(node) == "1":
            x, strides = layers.AveragePooling2D(1, strides=strides)(x), 1
        return layers.Conv2D(
            self.filters[_place(asked["filters"], settings["filters"])],
            window,
            strides=strides,
            name=name,
            kernel_initializer=initializers.HeNormal(seed=crc32(name.encode())),
        )(x)

    @property
    def _shortcut(self) -> bool:
        """Whether the block has layers on its shortcut."""
        return any(node.name and _step(node) == "1" for node in self.reference.graph.nodes)

    def _name(self, node: Node) -> str:
        """`course_in_3a_branch2b` for the convolution of a step, `course_out_3a_branch2b` for its normalization."""
        return f"{COURSE_PREFIX}{COURSE_LAYERS[node.kind]}_{self.place}_branch{_step(node)}"


def _step(node: Node) -> str:
    """The step that a layer with weights belongs to, as its name says: "2a", "2b", "2c", or "1" for the shortcut."""
    return node.name.rpartition("branch")[2]


def _place(filters: Any, number: Any) -> int:
    return tuple(filters).index(number)
