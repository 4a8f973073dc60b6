"""`autograder new ASSIGNMENT --from NOTEBOOK`: the exercises.py of a notebook that is solved already.

The notebook is run as it stands, its own calls of the functions are noted, and from these come the test cases; the
steps of a block or a model are read off the graph that the solution builds. What only an author knows is left as TODO.
"""

from __future__ import annotations

import ast
import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import nbformat
from jinja2 import Environment
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from ...base.course import CourseError
from ...base.messages import translator
from ...base.notebooks import grade_id, read_node
from ...evidence import recorded
from ...execution.kernel.local import LocalKernel
from ...execution.kernel.session import Cell, Session, Times
from ...exercises import CalledBlock, Exercise, Part, Rubric, TestCase
from ...exercises.exercise import Argument, as_written
from ...graph import Graph, GraphRefused, Node, parse_graph
from ...graph.layers import OUTPUTS
from ...report.errors import describe_error
from .advice import TO_DO
from .called import BlockOfModel, Shape, blocks_of, plain_value

MARK = "### BEGIN SOLUTION"
POINTS = 10
MAIN = ("Conv", "Dense", "Embedding", "Attention", "LSTM", "GRU", "RNN", "Bidirectional", "Depthwise", "Separable")
"""How the kinds of layers begin, or end, that a step begins with."""
INNER_CAP = 3.0
"""Of POINTS: what slips inside a model's blocks cost together at most, as in ResNet-50's rubric."""


@dataclass(frozen=True)
class Sketch:
    """An exercise as far as a notebook shows it, for the template."""

    name: str
    function: str
    kind: str
    signature: tuple[str, ...]
    tensors: int
    outputs: tuple[str, ...]
    outline: tuple[Part, ...]
    points: Mapping[str, float]
    """Of each line of the rubric, by its step."""
    blocks: tuple[CalledBlock, ...]
    inner_cap: float
    shapes: tuple[tuple[int, ...], ...]
    below: int
    arguments: Mapping[str, str]
    """In the order of the signature; SEED stands where each test case has a seed of its own."""
    defaults: Mapping[str, str]


def begin_from(path: Path, folder: Path, words: Mapping[str, str], environment: Environment) -> tuple[Path, ...]:
    """Make the notebook, with nbgrader's marks, and its exercises.py in `folder`. Raises CourseError."""
    written = read_node(path)
    # Cells of a notebook of before 4.5 have no ids.
    whole = nbformat.v4.upgrade(written, from_minor=written.nbformat_minor)  # type: ignore[no-untyped-call]
    node = _marked(path, whole)
    sketches = tuple(_sketches(path, node))
    folder.mkdir(parents=True)
    notebook = folder / f"{words['assignment']}.ipynb"
    nbformat.write(node, notebook)  # type: ignore[no-untyped-call]
    made = [notebook]
    for name in ("exercises.py", "mistakes.py"):
        text = environment.get_template(f"from-{name}.j2").render({**words, "exercises": sketches, "todo": TO_DO})
        (folder / name).write_text(text, encoding="utf-8")
        made.append(folder / name)
    return tuple(made)


def _marked(path: Path, node: NotebookNode) -> NotebookNode:
    """The notebook with a marked solution cell and a test cell for each function whose solution is marked."""
    cells: list[NotebookNode] = []
    for cell in node.cells:
        cells.append(cell)
        function = _function(cell) if cell.cell_type == "code" and MARK in cell.source else None
        if function is None:
            continue
        marks = dict(cell.metadata.get("nbgrader") or {})
        name = str(marks.get("grade_id") or function.name)
        cell.metadata["nbgrader"] = _marks(name, solution=True)
        source = f"check({function.name})\n### BEGIN HIDDEN TESTS\ngrade({function.name})\n### END HIDDEN TESTS"
        test: NotebookNode = new_code_cell(source, id=f"test-{name}".replace("_", "-")[:64])  # type: ignore[no-untyped-call]
        test.metadata["nbgrader"] = {**_marks(f"test_{name}", solution=False), "points": POINTS}
        cells.append(test)
    if not any(grade_id(cell) for cell in cells):
        raise CourseError(
            f"{path}: no cell holds a function whose solution stands between {MARK} and ### END SOLUTION: mark them so."
        )
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    first = next(cell for cell in cells if cell.cell_type == "code")
    if "from autograder import" not in first.source:
        first.source += "\n\nfrom autograder import check, grade, hint"
    node.cells = cells
    return node


def _marks(name: str, solution: bool) -> dict[str, object]:
    return {"grade_id": name, "grade": not solution, "solution": solution, "locked": not solution,
            "schema_version": 3, "task": False}  # fmt: skip


def _function(cell: NotebookNode) -> ast.FunctionDef | None:
    try:
        found = [one for one in ast.parse(cell.source).body if isinstance(one, ast.FunctionDef)]
    except SyntaxError:
        return None
    return found[-1] if found else None


# --- what the notebook shows ------------------------------------------------------------------------------------------


def _sketches(path: Path, node: NotebookNode) -> Iterator[Sketch]:
    session = Session(lambda: LocalKernel(path.parent.resolve()), Times(cell=120.0))
    try:
        functions: dict[str, ast.FunctionDef] = {}
        for number, cell in enumerate(node.cells):
            if cell.cell_type != "code":
                continue
            session.run(Cell(str(grade_id(cell) or number), cell.source))
            function = _function(cell) if MARK in cell.source else None
            if function is not None:
                functions[str(grade_id(cell))] = function
                _record(session, function.name)
        calls = _calls(session)
        defaults = {name: _defaults(function) for name, function in functions.items()}
        for name, function in functions.items():
            noted = calls.get(function.name) or []
            if not noted:
                raise CourseError(f"{path}: no cell calls {function.name}: add one that does, as an example.")
            blocks = tuple(blocks_of(function.name, functions, calls, defaults))
            try:
                yield _sketch(session, name, function, noted[0], defaults[name], blocks)
            except CourseError as error:
                raise CourseError(f"{path}: {error}") from None
    finally:
        session.close()


def _record(session: Session, function: str) -> None:
    session.run(Cell("record", f"from autograder.evidence.recorded import record\n{function} = record({function})"))


def _calls(session: Session) -> dict[str, list[dict[str, Any]]]:
    """What was noted of each function; from here on they are the notebook's own again."""
    source = f"import {recorded.__name__}\nprint({recorded.__name__}.calls())\n{recorded.__name__}.restore(globals())"
    run = session.run(Cell("calls", source)).run
    text = "".join(output.text for output in run.outputs if output.kind == "stream" and output.name == "stdout")
    found: dict[str, list[dict[str, Any]]] = json.loads(text.strip().splitlines()[-1])
    return found


def _sketch(
    session: Session, name: str, function: ast.FunctionDef, call: Mapping[str, Any], defaults: Mapping[str, Argument],
    blocks: tuple[BlockOfModel, ...],
) -> Sketch:  # fmt: skip
    given: Mapping[str, Mapping[str, Any]] = call["arguments"]
    results = list(call["result"])
    signature = tuple(one.arg for one in (*function.args.posonlyargs, *function.args.args))
    kind = "model" if "model" in results else "block" if "tensor" in results else "function"
    leading = [parameter for parameter in signature if "shape" in given.get(parameter, {})]
    tensors = leading if kind == "block" else []
    shapes = tuple(_sized(given[parameter]["shape"]) for parameter in tensors)
    values = {p: plain_value(given[p]) for p in signature if p in given and p not in tensors and "value" in given[p]}
    drawn = {p: _drawn(given[p]) for p in leading} if kind == "function" else {}
    _refuse(function.name, given, results)
    plain = as_written(values)
    written = as_written(defaults)
    known = {**(written if kind == "function" else {}), **plain, **drawn}  # a function's test cases give all
    arguments = {parameter: known[parameter] for parameter in signature if parameter in known}
    if kind == "function" and (left := [parameter for parameter in signature if parameter not in arguments]):
        raise CourseError(f"the notebook calls {function.name} without {', '.join(left)}: let its example give that.")
    below = max((int(given[p]["below"] or 10) if given[p]["whole"] else 0 for p in tensors), default=0)
    outputs: tuple[str, ...] = ()
    if kind == "function" or len(results) > 1:
        outputs = tuple(call["names"]) or _outputs(results, function)
    outline = tuple(Part(output, (output,)) for output in outputs)
    if kind != "function":
        asked = _Asked(name, function.name, kind, signature, values, shapes, below, outputs)
        graph = asked.graph(session)
        outline = tuple(_cut(graph))
        if kind == "model":
            shapes, below = tuple(_sized(_shape_of(one)) for one in graph.inputs), _below(graph)
            outline, blocks = _with_blocks(session, replace(asked, shapes=shapes, below=below), outline, blocks)
    if kind != "model":
        blocks = ()
    return Sketch(
        name, function.name, kind, signature, len(tensors) or 1, outputs, outline, _points(outline),
        tuple(one.block for one in blocks), INNER_CAP if blocks else 0.0, shapes, below, arguments, written,
    )  # fmt: skip


def _refuse(function: str, given: Mapping[str, Mapping[str, Any]], results: Sequence[str]) -> None:
    """Raise CourseError where no exercise can have such arguments or results."""
    for parameter, value in given.items():
        if "other" in value:
            raise CourseError(
                f"the notebook calls {function} with a {value['other']} as {parameter}: an exercise takes arrays, "
                "numbers, texts and tuples of whole numbers; part what is in it into parameters of their own."
            )
    if "other" in results:
        raise CourseError(
            f"{function} returns something else than arrays and numbers: an exercise returns one, or a tuple or a "
            "dict of them, with nothing nested in it."
        )


def _shape_of(node: Node) -> tuple[int | None, ...]:
    """The shape that a model's input asks for, batch included."""
    shape = node.settings["batch_shape"]
    assert isinstance(shape, tuple)
    return tuple(size if isinstance(size, int) and size > 0 else None for size in shape)


def _below(graph: Graph) -> int:
    """What the numbers of a model's input stay below, where they stand for words; else 0."""
    sizes = [node.settings.get("input_dim") for node in graph.nodes if node.kind == "Embedding"]
    return min((size for size in sizes if isinstance(size, int)), default=0)


def _defaults(function: ast.FunctionDef) -> dict[str, Argument]:
    """The defaults of its first line, where they are plain values."""
    given = function.args.defaults
    found: dict[str, Argument] = {}
    for parameter, default in zip(function.args.args[-len(given) :] if given else (), given, strict=True):
        with contextlib.suppress(ValueError):
            value = ast.literal_eval(default)
            if isinstance(value, bool | int | float | str) or _are_whole(value):
                found[parameter.arg] = value
    return found


def _are_whole(value: object) -> bool:
    return isinstance(value, tuple) and all(type(item) is int for item in value)


def _sized(shape: Shape | Sequence[int | None]) -> tuple[int, ...]:
    """A shape with sizes of our own where the notebook leaves them open."""
    return tuple((2 if i == 0 else 6) if n is None else int(n) for i, n in enumerate(shape))


def _drawn(given: Mapping[str, Any]) -> str:
    shape = _sized(given["shape"])
    if given["whole"]:
        return f'Drawn(shape={shape}, distribution="uniform", scale={float(given["below"])}, dtype="int64", seed=SEED)'
    return f"Drawn(shape={shape}, seed=SEED)"


def _outputs(results: Sequence[str], function: ast.FunctionDef) -> tuple[str, ...]:
    """What the function returns, by the names in its last return where it has such."""
    returns = [one.value for one in ast.walk(function) if isinstance(one, ast.Return) and one.value is not None]
    last = returns[-1] if returns else None
    values = last.elts if isinstance(last, ast.Tuple) else [last]
    names = [one.id for one in values if isinstance(one, ast.Name)]
    return tuple(names) if len(names) == len(results) else tuple(f"output_{i + 1}" for i in range(len(results)))


def _points(outline: Sequence[Part]) -> dict[str, float]:
    """The points of each line of the rubric, shared out evenly, in halves where that can be; the last has the rest."""
    steps = list(dict.fromkeys(part.step.partition(",")[0] for part in outline))
    each = int(2 * POINTS / len(steps)) / 2 or int(100 * POINTS / len(steps)) / 100
    return dict.fromkeys(steps[:-1], each) | {steps[-1]: round(POINTS - each * (len(steps) - 1), 2)}


@dataclass(frozen=True)
class _Asked:
    """How a function that builds a graph is called."""

    name: str
    function: str
    kind: str
    signature: tuple[str, ...]
    values: Mapping[str, Argument]
    shapes: tuple[tuple[int, ...], ...]
    below: int = 0
    outputs: tuple[str, ...] = ()
    blocks: tuple[CalledBlock, ...] = ()
    """Where a model is called with stand-ins in their place."""
    case: str = "example"
    """What no two calls of one function share: a session collects each test case once."""

    def graph(self, session: Session) -> Graph:
        """What the solution builds. Raises CourseError where that is nothing that can be judged."""
        first, *others = self.shapes or ((),)
        case = TestCase(
            name=self.case, arguments=dict(self.values), input_shape=first, more_inputs=tuple(others), below=self.below
        )
        rubric = Rubric("all", 1.0, ("", "", ""))
        exercise = Exercise(
            self.name, self.function, self.kind, self.signature, (Part("all", ()),), (rubric,), (case,),
            outputs=self.outputs, tensors=max(len(self.shapes), 1), blocks=self.blocks,
        )  # fmt: skip
        (given,) = session.collect(exercise, [case], of_blocks=bool(self.blocks))
        if given.graph is None or given.error:
            why = describe_error(given.error, exercise, translator("en")) if given.error else "It gives no graph."
            raise CourseError(f"{self.function} gives nothing that can be judged where the notebook calls it. {why}")
        try:
            return parse_graph(given.graph)
        except GraphRefused as refused:
            raise CourseError(
                f"{self.function} builds {refused.what}, which is not in docs/reference/layers.md."
            ) from None


def _with_blocks(
    session: Session, asked: _Asked, flat: tuple[Part, ...], blocks: tuple[BlockOfModel, ...]
) -> tuple[tuple[Part, ...], tuple[BlockOfModel, ...]]:
    """The outline of a model with the steps of its blocks in it, or the flat one where they can't be told apart."""
    if not blocks:
        return flat, ()
    try:
        whole = replace(asked, blocks=tuple(one.block for one in blocks)).graph(session)
    except CourseError:
        return flat, ()  # the model does more with a block than to call it on a tensor
    inner: dict[str, tuple[Part, ...]] = {}
    for one in blocks:
        nodes = [node for node in whole.nodes if node.kind == f"{one.block.function}()"]
        nodes.sort(key=lambda node: int("0" + node.id.rpartition("_")[2]) if node.id[-1].isdigit() else 0)
        for number, (node, call) in enumerate(zip(nodes, one.calls, strict=False)):
            block = _Asked(
                one.exercise, one.block.function, "block", one.block.signature, call.arguments, (_sized(call.given),),
                case=f"{asked.name}-{number}",
            )  # fmt: skip
            inner[node.id] = tuple(_cut(block.graph(session)))
    outline = tuple(_cut(whole, inner))
    if [kind for part in outline for kind in part.layers] != [kind for part in flat for kind in part.layers]:
        return flat, ()
    return outline, blocks


def _cut(graph: Graph, inner: Mapping[str, tuple[Part, ...]] = MappingProxyType({})) -> Iterator[Part]:
    """The steps of a graph: each begins with a layer that has much to learn, or where branches do.

    `inner` are the steps of those nodes that stand for a whole block, by their ids.
    """
    names: dict[str, int] = {}
    kinds: list[str] = []
    before = ""
    for node in graph.linear:
        if node.kind == OUTPUTS:
            continue
        block = inner.get(node.id)
        if kinds and (block or _begins(node) or before not in node.inputs):  # the latter: another branch begins
            yield Part(_called(kinds, names), tuple(kinds))
            kinds = []
        before = node.id
        if block:
            function = node.kind.removesuffix("()")
            place = _called((function,), names)
            for part in block:
                yield Part(f"{place}, {part.step}", part.layers, block=function)
        else:
            kinds.append(node.kind)
    if kinds:
        yield Part(_called(kinds, names), tuple(kinds))


def _begins(node: Node) -> bool:
    return len(node.inputs) > 1 or (bool(node.weights) and any(word in node.kind for word in MAIN))


def _called(kinds: Sequence[str], names: dict[str, int]) -> str:
    kind = next((k for k in kinds if any(word in k for word in MAIN)), kinds[0]).lower()
    names[kind] = names.get(kind, 0) + 1
    return f"{kind} {names[kind]}"
