"""Seeded tensors and graphs that a right answer gives, in HDF5. docs/reference/references.md describes the layout."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

import h5py
import numpy as np

from ..base.errors import UserError
from ..base.files import once_a_change, replacing
from ..evidence.evidence import Answer, Array
from ..exercises import Exercise, TestCase
from ..exercises.definition import from_json, to_json
from ..graph import Graph, parse_graph

FORMAT = "autograder-references"
VERSION = 1
DEFINITION = ":definition"
"""The text among an exercise's test cases that holds its definition; no test case can be called so."""

Visibility = Literal["public", "hidden"]


class ReferencesError(UserError):
    """The references can't be used; the message says why and what to do."""


@dataclass(frozen=True)
class Reference:
    """What a right answer gives on one test case.

    `weights` is None for a model, whose weights are not stored; `outputs` is float32. Of a plain function there is
    neither, and no graph: `answer` is what it gives, and `mistakes` what known wrong answers give, by their names.
    `of_blocks` is what a right model gives with stand-ins in the place of its blocks, None where it has none.
    """

    case: TestCase
    graph_text: str
    outputs: Array
    weights: Mapping[str, tuple[Array, ...]] | None
    answer: Answer | None = None
    mistakes: Mapping[str, Answer] = field(default_factory=dict)
    of_blocks: Reference | None = None

    @cached_property
    def graph(self) -> Graph:
        return parse_graph(self.graph_text)


@dataclass(frozen=True)
class ReferenceSet:
    """All references of one visibility; `canary` is what glorot_uniform(seed=0) drew where they were made.

    `definitions` are the exercises, and `source` is a digest of the files they came from. `notebooks` are the names of
    those that stand in one notebook together, in their author's order. `draw` is what hidden test cases were drawn by,
    besides the course's secret.
    """

    visibility: Visibility
    canary: Array
    references: Mapping[str, tuple[Reference, ...]]
    made_with: Mapping[str, str] = field(default_factory=dict)
    solutions: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, Exercise] = field(default_factory=dict)
    notebooks: tuple[tuple[str, ...], ...] = ()
    source: str = ""
    draw: str = ""

    def of(self, exercise: Exercise) -> tuple[Reference, ...]:
        """The exercise's references. Raises ReferencesError where there are none."""
        found = self.references.get(exercise.name)
        if not found:
            raise ReferencesError(
                f"The {self.visibility} references hold nothing for {exercise.name}: run `autograder build`."
            )
        return found


def save(path: Path, references: ReferenceSet) -> None:
    """Write the set, whole or not at all. The same set gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # HDF5's plainest layout: newer ones, and groups that remember an order, note the time of their making.
    with replacing(path, private=references.visibility == "hidden") as draft, h5py.File(draft, "w") as file:
        file.attrs["format"] = FORMAT
        file.attrs["version"] = VERSION
        file.attrs["visibility"] = references.visibility
        for key, value in sorted(references.made_with.items()):
            file.attrs[f"made_with_{key}"] = value
        if references.source:
            file.attrs["source"] = references.source
        if references.draw:
            file.attrs["draw"] = references.draw
        if references.notebooks:
            file.attrs["notebooks"] = json.dumps(references.notebooks)
        _write(file, "canary", references.canary)
        for name in sorted(references.references.keys() | references.definitions.keys()):
            group = file.create_group(name)
            group.attrs["solution"] = references.solutions.get(name, "")
            if name in references.definitions:
                _write_text(group, DEFINITION, to_json(references.definitions[name]))
            for reference in references.references.get(name, ()):
                _save_one(group.create_group(reference.case.name), reference)


def _save_one(group: h5py.Group, reference: Reference) -> None:
    group.attrs["probe"] = reference.case.model_dump_json()
    if reference.answer is not None:
        _save_answer(group.create_group("answer"), reference.answer)
        for name, answer in sorted(reference.mistakes.items()):
            _save_answer(group.require_group("mistakes").create_group(name), answer)
        return
    _write_text(group, "graph", reference.graph_text)
    for number, array in enumerate(reference.case.inputs(), 1):
        _write(group, f"input {number}" if number > 1 else "input", array)
    _write(group, "outputs", reference.outputs)
    if reference.of_blocks is not None:
        whole = group.create_group("of_blocks")
        _write_text(whole, "graph", reference.of_blocks.graph_text)
        _write(whole, "outputs", reference.of_blocks.outputs)
    if reference.weights is not None:
        weights = group.create_group("weights")
        for layer, arrays in sorted(reference.weights.items()):
            entry = weights.create_group(layer.replace("/", "|"))
            for i, array in enumerate(arrays):
                _write(entry, str(i), array)


def _save_answer(group: h5py.Group, answer: Answer) -> None:
    for name, array in sorted(answer.items()):
        group.create_dataset(name, data=array, track_times=False)


def _write_text(group: h5py.Group, name: str, text: str) -> None:
    group.create_dataset(name, data=text, dtype=h5py.string_dtype(), track_times=False)


def _write(group: h5py.Group, name: str, array: Array) -> None:
    group.create_dataset(name, data=array, dtype="<f4", track_times=False)


def load(path: Path) -> ReferenceSet:
    """Read a set.

    Raises:
        ReferencesError: there is no such file, it is no reference file, of another version, or damaged.
    """
    if not path.is_file():
        raise ReferencesError(f"There are no references at {path}: run `autograder build` in the course's folder.")
    try:
        with h5py.File(path, "r") as file:
            if file.attrs.get("format") != FORMAT:
                raise ReferencesError(f"{path} is not a file of references: run `autograder build` to make it anew.")
            version = int(file.attrs["version"])
            if version != VERSION:
                raise ReferencesError(
                    f"{path} has version {version} of the references' format and this kit reads version {VERSION}: "
                    "run `autograder build` to make it anew."
                )
            found: dict[str, tuple[Reference, ...]] = {}
            solutions: dict[str, str] = {}
            definitions: dict[str, Exercise] = {}
            for name, group in file.items():
                if isinstance(group, h5py.Group):
                    if DEFINITION in group:
                        definitions[name] = from_json(group[DEFINITION].asstr()[()])
                    cases = sorted(group.keys() - {DEFINITION}, key=lambda key: (len(key), key))
                    found[name] = tuple(_load_one(group[key]) for key in cases)
                    solutions[name] = str(group.attrs["solution"])
            return ReferenceSet(
                visibility="hidden" if file.attrs["visibility"] == "hidden" else "public",
                canary=_read(file, "canary"),
                references=found,
                made_with={
                    key.removeprefix("made_with_"): str(value)
                    for key, value in file.attrs.items()
                    if key.startswith("made_with_")
                },
                solutions=solutions,
                definitions=definitions,
                notebooks=_notebooks(file, definitions),
                source=str(file.attrs.get("source", "")),
                draw=str(file.attrs.get("draw", "")),
            )
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise ReferencesError(
            f"{path} can't be read ({type(error).__name__}): run `autograder build` to make it anew."
        ) from None


load_again = once_a_change(load)
"""As `load`, but read once for each change of the file. Raises ReferencesError as `load` does."""


def _notebooks(file: h5py.File, definitions: Mapping[str, Exercise]) -> tuple[tuple[str, ...], ...]:
    """The names of the exercises in each notebook; files of older versions don't say and count as one notebook."""
    if "notebooks" not in file.attrs:
        return (tuple(definitions),) if definitions else ()
    found = tuple(map(tuple, json.loads(file.attrs["notebooks"])))
    if any(name not in definitions for together in found for name in together):
        raise ValueError("an exercise without a definition")
    return found


def _load_one(group: h5py.Group) -> Reference:
    if "answer" in group:
        return Reference(
            case=TestCase.model_validate_json(group.attrs["probe"]),
            graph_text="",
            outputs=np.zeros(0, np.float32),
            weights=None,
            answer=_load_answer(group["answer"]),
            mistakes={name: _load_answer(found) for name, found in group.get("mistakes", {}).items()},
        )
    weights = None
    if "weights" in group:
        weights = {
            layer.replace("|", "/"): tuple(_read(entry, str(i)) for i in range(len(entry)))
            for layer, entry in group["weights"].items()
        }
    case = TestCase.model_validate_json(group.attrs["probe"])
    whole = None
    if "of_blocks" in group:
        found = group["of_blocks"]
        whole = Reference(case, found["graph"].asstr()[()], _read(found, "outputs"), None)
    return Reference(
        case=case,
        graph_text=group["graph"].asstr()[()],
        outputs=_read(group, "outputs"),
        weights=weights,
        of_blocks=whole,
    )


def _load_answer(group: h5py.Group) -> Answer:
    return {name: np.asarray(dataset[()]) for name, dataset in group.items()}


def _read(group: h5py.Group, name: str) -> Array:
    return np.asarray(group[name][()], dtype=np.float32)
