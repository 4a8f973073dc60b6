"""References: written whole or not at all, and a file that can't be used says what to do."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from autograder.evidence.evidence import Array
from autograder.exercises import Exercise
from autograder.exercises.definition import to_json
from autograder.graph.oracle import forward
from autograder.references.references import Reference, ReferencesError, ReferenceSet, load, save
from tests.shared.builders import PUBLIC
from tests.shared.exercises import CONVOLUTIONAL_BLOCK, EXERCISES, IDENTITY_BLOCK, RESNET
from tests.shared.helpers import ROOT


@pytest.fixture
def small(identity_references: tuple[Reference, ...], canary: Array) -> ReferenceSet:
    """A set of one exercise."""
    return ReferenceSet(
        "hidden",
        canary,
        {"identity_block": identity_references},
        {"keras": "3", "numpy": "2"},
        {"identity_block": "ab"},
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deeper" / "references.h5"


# --- there and back ---------------------------------------------------------------------------------------------


def test_there_and_back(small: ReferenceSet, path: Path) -> None:
    save(path, small)
    back = load(path)
    assert (back.visibility, back.made_with, back.solutions) == ("hidden", small.made_with, small.solutions)
    assert np.array_equal(back.canary, small.canary)
    for mine, theirs in zip(small.of(IDENTITY_BLOCK), back.of(IDENTITY_BLOCK), strict=True):
        assert (mine.case, mine.graph_text) == (theirs.case, theirs.graph_text)
        assert np.array_equal(mine.outputs, theirs.outputs)
        assert set(mine.weights) == set(theirs.weights)
        for key, arrays in mine.weights.items():
            assert all(np.array_equal(a, b) for a, b in zip(arrays, theirs.weights[key], strict=True))


def test_a_model_has_no_weights_and_a_nested_layer_keeps_its_path(small: ReferenceSet, path: Path) -> None:
    first, second = small.of(IDENTITY_BLOCK)
    bare = replace(first, weights=None)
    nested = replace(second, weights={"sequential/inner/c": (np.ones((1, 2), np.float32),)})
    save(path, replace(small, references={"identity_block": (bare, nested)}))
    back = load(path).of(IDENTITY_BLOCK)
    assert back[0].weights is None
    assert list(back[1].weights) == ["sequential/inner/c"]


def test_definitions_come_back_in_their_authors_order(small: ReferenceSet, path: Path) -> None:
    """Also of an exercise that has no references, and by notebook."""
    definitions = {exercise.name: exercise for exercise in RESNET.exercises}
    notebooks = (("resnet50", "identity_block", "convolutional_block"), ("train_signs",))
    save(path, replace(small, definitions=definitions, notebooks=notebooks, source="ab"))
    back = load(path)
    assert (back.notebooks, back.source) == (notebooks, "ab")
    assert {name: to_json(found) for name, found in back.definitions.items()} == {
        name: to_json(found) for name, found in definitions.items()
    }
    with h5py.File(path, "r+") as file:
        del file["train_signs"][":definition"]
    assert "can't be read" in refusal(path)


def test_the_same_set_gives_the_same_bytes(small: ReferenceSet, path: Path) -> None:
    save(path, small)
    first = path.read_bytes()
    time.sleep(1.1)  # so that a time of making, which counts seconds, would show
    save(path, load(path))
    assert path.read_bytes() == first


def test_more_than_nine_cases_keep_their_order(small: ReferenceSet, path: Path) -> None:
    first = small.of(IDENTITY_BLOCK)[0]
    names = [f"hidden-{i}" for i in range(1, 12)]
    many = tuple(replace(first, case=first.case.model_copy(update={"name": name})) for name in names)
    save(path, replace(small, references={"identity_block": many}))
    assert [reference.case.name for reference in load(path).of(IDENTITY_BLOCK)] == names


def test_more_than_ten_arrays_keep_their_order(small: ReferenceSet, path: Path) -> None:
    arrays = tuple(np.full(1, i, np.float32) for i in range(12))
    many = replace(small.of(IDENTITY_BLOCK)[0], weights={"a": arrays})
    save(path, replace(small, references={"identity_block": (many,)}))
    assert [int(a[0]) for a in load(path).of(IDENTITY_BLOCK)[0].weights["a"]] == list(range(12))


def test_references_of_an_exercise_that_is_not_there(small: ReferenceSet) -> None:
    with pytest.raises(
        ReferencesError, match=r"hidden references hold nothing for convolutional_block.*autograder build"
    ):
        small.of(CONVOLUTIONAL_BLOCK)


class Interrupted(Mapping[str, tuple[Array, ...]]):
    """Weights in the middle of which somebody presses Ctrl-C."""

    def __getitem__(self, key: str) -> tuple[Array, ...]:
        return (np.ones(3, np.float32),)

    def __iter__(self) -> Iterator[str]:
        yield "first"
        raise KeyboardInterrupt

    def __len__(self) -> int:
        return 2


def test_an_interrupted_save_leaves_the_old_file(small: ReferenceSet, path: Path) -> None:
    save(path, small)
    before = path.read_bytes()
    first = replace(small.of(IDENTITY_BLOCK)[0], weights=Interrupted())
    broken = replace(small, references={"identity_block": (first,)})
    with pytest.raises(KeyboardInterrupt):
        save(path, broken)
    assert path.read_bytes() == before
    save(path, small)  # what the interrupted one left behind is in nobody's way
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


# --- files that can't be used -----------------------------------------------------------------------------------


def refusal(path: Path) -> str:
    """What loading the file says; it must name the file and the remedy."""
    with pytest.raises(ReferencesError) as caught:
        load(path)
    message = str(caught.value)
    assert str(path) in message
    assert "`autograder build`" in message
    return message


def test_no_file(path: Path) -> None:
    assert refusal(path).startswith("There are no references at ")


def test_a_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path).startswith("There are no references at ")


@pytest.mark.parametrize("content", [b"", b"not HDF5 at all", b"\x89HDF\r\n\x1a\n", b"\0" * 4096])
def test_a_file_that_is_no_hdf5(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "references.h5"
    path.write_bytes(content)
    assert "can't be read" in refusal(path)


def test_a_foreign_hdf5_file(tmp_path: Path) -> None:
    path = tmp_path / "images.h5"
    with h5py.File(path, "w") as file:
        file["train_set_x"] = np.zeros((2, 4, 4, 3))
    assert "is not a file of references" in refusal(path)


@pytest.mark.parametrize("version", [0, 2, 99])
def test_another_version(version: int, small: ReferenceSet, path: Path) -> None:
    save(path, small)
    with h5py.File(path, "r+") as file:
        file.attrs["version"] = version
    assert f"has version {version} of the references' format and this kit reads version 1" in refusal(path)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_truncated_file(share: float, small: ReferenceSet, path: Path) -> None:
    save(path, small)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "can't be read" in refusal(path)


@pytest.mark.parametrize("name", ["canary", "identity_block/public-1/outputs", "identity_block/public-1/graph"])
def test_something_is_missing(name: str, small: ReferenceSet, path: Path) -> None:
    save(path, small)
    with h5py.File(path, "r+") as file:
        del file[name]
    assert "can't be read" in refusal(path)


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("canary", "text"),
        ("canary", None),
        ("identity_block/public-1/outputs", "text"),
        ("identity_block/public-1/outputs", None),
        ("identity_block/public-1/graph", 7),
        ("identity_block/public-1/graph", None),
        ("identity_block/public-1/weights", 7),
        ("identity_block/public-1", 7),
    ],
)
def test_something_is_of_another_kind(name: str, instead: str | int | None, small: ReferenceSet, path: Path) -> None:
    save(path, small)
    with h5py.File(path, "r+") as file:
        del file[name]
        if instead is None:
            file.create_group(name)
        else:
            file[name] = instead
    assert "can't be read" in refusal(path)


@pytest.mark.parametrize("case", ["", "{}", "[]", '{"name": "public-1"}', 7])
def test_a_case_that_is_none(case: str | int, small: ReferenceSet, path: Path) -> None:
    save(path, small)
    with h5py.File(path, "r+") as file:
        file["identity_block/public-1"].attrs["probe"] = case
    assert "can't be read" in refusal(path)


def test_damaged_bytes_are_read_or_refused(small: ReferenceSet, path: Path) -> None:
    save(path, replace(small, references={"identity_block": small.of(IDENTITY_BLOCK)[:1]}))
    whole = path.read_bytes()
    draw = np.random.RandomState(0)
    refused = 0
    for _ in range(300):
        at = draw.randint(0, len(whole))
        path.write_bytes(whole[:at] + draw.bytes(1) + whole[at + 1 :])
        try:
            load(path)
        except ReferencesError:
            refused += 1
    assert refused


# --- what is committed ------------------------------------------------------------------------------------------


def test_the_committed_references_hold_every_public_case(public: ReferenceSet) -> None:
    assert public.visibility == "public"
    assert set(public.made_with) == {"keras", "numpy", "tensorflow"}
    for exercise in EXERCISES:
        assert tuple(reference.case for reference in public.of(exercise)) == exercise.public_cases
        assert len(public.solutions[exercise.name]) == 64


def test_the_committed_inputs_are_those_of_the_cases() -> None:
    with h5py.File(PUBLIC) as file:
        for exercise in EXERCISES:
            for case in exercise.public_cases:
                stored = file[f"{exercise.name}/{case.name}/input"][()]
                assert stored.dtype == np.float32
                assert np.array_equal(stored, case.input())


def test_the_committed_arrays_are_of_float32() -> None:
    with h5py.File(PUBLIC) as file:
        assert file["canary"].shape == (2, 2, 3, 4)
        assert "draw" not in file.attrs
        arrays: dict[str, str] = {}

        def take(name: str, one: h5py.Dataset | h5py.Group) -> None:
            if isinstance(one, h5py.Dataset) and not name.endswith(("graph", ":definition")):
                arrays[name] = one.dtype.name

        file.visititems(take)
    assert set(arrays.values()) == {"float32"}
    parts = {name.split("/")[2] for name in arrays if name.count("/") > 1}
    assert parts == {"input", "outputs", "of_blocks", "weights"}
    assert {name.partition("/")[0] for name in arrays if "/weights/" in name} == {
        "identity_block",
        "convolutional_block",
    }


@pytest.mark.parametrize("name", ["resnet/hidden.h5", "resnet/hidden_signs.h5", "hidden.seed"])
def test_what_is_hidden_is_not_to_be_committed(name: str) -> None:
    git = ("git", "-C", ROOT, "check-ignore", "--quiet", "--no-index", f"data/references/{name}")
    assert subprocess.run(git, check=False).returncode == 0
    kept = subprocess.run(["git", "-C", ROOT, "ls-files", "data"], capture_output=True, text=True, check=True).stdout
    assert "public.h5" in kept
    assert "hidden" not in kept


@pytest.mark.parametrize("exercise", [IDENTITY_BLOCK, CONVOLUTIONAL_BLOCK], ids=lambda e: e.name)
def test_the_committed_outputs_agree_with_the_oracle(exercise: Exercise, public: ReferenceSet) -> None:
    for reference in public.of(exercise):
        values = forward(reference.graph, reference.weights, reference.case.input(), reference.case.training)
        gap = np.max(np.abs(values[reference.graph.output] - reference.outputs))
        assert gap <= 1e-5 * np.max(np.abs(reference.outputs))


def test_the_known_numbers_are_in_the_committed_references(public: ReferenceSet) -> None:
    reference = public.of(IDENTITY_BLOCK)[0]
    assert (reference.case.arguments["f"], reference.case.arguments["filters"]) == (2, (2, 4, 6))
    np.random.seed(1)
    assert np.array_equal(reference.case.input(), np.random.randn(3, 4, 4, 6).astype(np.float32))
    assert reference.outputs[1][1][0] == pytest.approx([0, 0, 1.3454674, 2.031818, 0, 1.3246754], abs=6e-7)


def test_the_committed_resnet_has_the_right_size(public: ReferenceSet) -> None:
    """The graph alone says how many parameters there are: DESIGN.md's for 64x64x3 and 6 classes."""
    reference = public.of(EXERCISES[2])[0]
    channels: dict[str, int] = {}
    total = trainable = 0
    for node in reference.graph.nodes:
        if node.kind == "InputLayer":
            channels[node.id] = 3
            continue
        c = channels[node.inputs[0]]
        s = node.settings
        channels[node.id] = {"Conv2D": s.get("filters"), "Dense": s.get("units"), "Flatten": c}.get(node.kind) or c
        if node.kind == "Conv2D":
            total += (np.prod(s["kernel_size"]) * c + 1) * s["filters"]
            trainable += (np.prod(s["kernel_size"]) * c + 1) * s["filters"]
        if node.kind == "BatchNormalization":
            total += 4 * c
            trainable += 2 * c
        if node.kind == "Dense":  # 64x64 has become 1x1 by then
            total += (c + 1) * s["units"]
            trainable += (c + 1) * s["units"]
    assert (int(total), int(trainable)) == (23_600_006, 23_546_886)
