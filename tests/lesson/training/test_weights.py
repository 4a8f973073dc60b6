"""A weights file is a stranger's: each way in which it can be wrong is one sentence, and never an exception."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.lesson.images.hidden import Pictures
from autograder.lesson.training import weights
from autograder.lesson.training.demands import WEIGHTS_FILE
from autograder.lesson.training.judge import judge
from autograder.lesson.training.report import make_report
from autograder.report import Report
from tests.lesson.training.conftest import Network, write
from tests.shared.exercises import TRAIN_SIGNS

NAN = np.array([np.nan] * 6, dtype=np.float32)


def report(network: Network, path: Path, images: Pictures, language: str = "en") -> Report:
    return make_report(judge(TRAIN_SIGNS, network.evidence, path, images, hidden=True), language)


def raw(header: object, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def entry(shape: list[int], begin: int, end: int, dtype: str = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def bytes_of(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10 * 2**30)


def linked(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"x")
    os.link(other, path)


def listening(path: Path) -> None:
    before = Path.cwd()
    os.chdir(path.parent)  # a socket's path is short
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(before)


MANY = {f"t{i}": entry([0], 0, 0) for i in range(20_000)}
CLAIMS = b'{"a":{"dtype":"F32","shape":[1000000000],"data_offsets":[0,4000000000]}}'

NOT_READ: dict[str, tuple[Callable[[Path], object], str]] = {
    "none": (lambda path: None, "there is no file"),
    "a link to another file": (lambda path: path.symlink_to("/etc/hostname"), "no ordinary file"),
    "a link to nothing": (lambda path: path.symlink_to("nowhere"), "no ordinary file"),
    "a second name of another file": (linked, "no ordinary file"),
    "a pipe": (lambda path: os.mkfifo(path), "no ordinary file"),
    "a socket": (listening, "no ordinary file"),
    "a folder": (lambda path: path.mkdir(), "no ordinary file"),
    "10 GB of holes": (sparse, "10240 MB"),
    "empty": (bytes_of(b""), "damaged"),
    "seven bytes": (bytes_of(b"\x01" * 7), "damaged"),
    "text": (bytes_of(b"these are my weights, dear grader"), "damaged"),
    "a pickle": (bytes_of(b"\x80\x04cos\nsystem\n(S'true'\ntR."), "damaged"),
    "HDF5": (bytes_of(b"\x89HDF\r\n\x1a\n" + bytes(100)), "damaged"),
    "a header longer than the file": (bytes_of(struct.pack("<Q", 10**18) + b"{}"), "damaged"),
    "a header of 20,000 tensors": (bytes_of(raw(MANY)), "far too long"),
    "a tensor of a billion numbers": (bytes_of(raw(CLAIMS, bytes(64))), "damaged"),
    "a header that is no JSON": (bytes_of(raw(b"{no json}")), "damaged"),
    "JSON nested deep": (bytes_of(raw(b"[" * 100_000)), "damaged"),
    "places that overlap": (bytes_of(raw({"a": entry([1], 0, 4), "b": entry([1], 0, 4)}, bytes(4))), "damaged"),
    "a negative shape": (
        bytes_of(raw(b'{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', bytes(4))),
        "damaged",
    ),
    "a shape past any number": (bytes_of(raw({"a": entry([2**63, 2**63], 0, 4)}, bytes(4))), "damaged"),
    "float64": (bytes_of(raw({"conv1/kernel": entry([1], 0, 8, "F64")}, bytes(8))), "type F64"),
    "bfloat16": (bytes_of(raw({"conv1/kernel": entry([1], 0, 2, "BF16")}, bytes(2))), "type BF16"),
    "half numbers": (bytes_of(raw({"conv1/kernel": entry([2], 0, 1, "F4")}, bytes(1))), "type F4"),
    "no tensors": (bytes_of(raw({})), "lacks weights"),
    "another's tensors": (bytes_of(raw({"alien": entry([1], 0, 4)}, bytes(4))), "of another network"),
    "a name that is a page": (bytes_of(raw({"<img src=x onerror=alert(1)>": entry([1], 0, 4)}, bytes(4))), "another"),
    "a name of control characters": (bytes_of(raw({"\x1b[2J\x00\u202e": entry([1], 0, 4)}, bytes(4))), "another"),
    "a name with braces": (bytes_of(raw({"{file.__class__}": entry([1], 0, 4)}, bytes(4))), "another"),
    "a very long name": (bytes_of(raw({"n" * 100_000: entry([1], 0, 4)}, bytes(4))), "another"),
}


@pytest.mark.parametrize("case", NOT_READ)
def test_what_is_no_weights_file_costs_its_points_and_is_named(
    case: str, network: Network, images: Pictures, tmp_path: Path
) -> None:
    make, words = NOT_READ[case]
    path = tmp_path / WEIGHTS_FILE
    make(path)
    began = time.monotonic()
    found = report(network, path, images)
    assert time.monotonic() - began < 60
    assert found.points == 3
    assert [line.right for line in found.steps] == [True, False, None]
    (finding,) = found.findings
    assert finding.step == "weights"
    assert words in finding.message
    assert len(finding.message) < 600
    page = found._repr_html_()
    assert "<img" not in page
    assert "\x1b" not in page + str(found)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_it(network: Network, images: Pictures, tmp_path: Path) -> None:
    path = network.save(tmp_path)
    path.chmod(0)
    assert "can't be read" in report(network, path, images).findings[0].message


CHANGED: dict[str, tuple[dict[str, np.ndarray | None], str]] = {
    "one missing": ({"conv1/bias": None}, "lacks weights of your network: conv1/bias (1 in all)"),
    "one too many": ({"conv2/bias": np.zeros(3, np.float32)}, "holds weights of no layer of yours: conv2/bias"),
    "another shape": ({"conv1/bias": np.zeros(5, np.float32)}, "conv1/bias has the shape (5,)"),
    "NaN": ({"res2b_branch2a/bias": NAN}, "res2b_branch2a/bias holds values that are no numbers"),
    "infinite": ({"res2b_branch2a/bias": np.full(6, -np.inf, np.float32)}, "no numbers"),
    "a negative variance": ({"bn_conv1/moving_variance": np.full(4, -0.1, np.float32)}, "negative somewhere"),
}


@pytest.mark.parametrize("case", CHANGED)
def test_weights_that_do_not_fit_are_named(case: str, network: Network, images: Pictures, tmp_path: Path) -> None:
    changed, words = CHANGED[case]
    found = report(network, network.save(tmp_path, **changed), images)
    assert found.points == 3
    assert words in found.findings[0].message


def test_every_sentence_is_translated(network: Network, images: Pictures, tmp_path: Path) -> None:
    for case, (make, _) in NOT_READ.items():
        folder = tmp_path / str(abs(hash(case)))
        folder.mkdir()
        make(folder / WEIGHTS_FILE)
        chinese = report(network, folder / WEIGHTS_FILE, images, "zh").findings[0].message
        assert chinese != report(network, folder / WEIGHTS_FILE, images).findings[0].message
        assert any("\u4e00" <= character <= "\u9fff" for character in chinese)


def test_numbers_so_large_that_nothing_can_be_computed_are_wrong_answers(
    network: Network, images: Pictures, tmp_path: Path
) -> None:
    huge = {name: np.full(a.shape, 3e38, np.float32) for name, a in network.tensors.items()}
    found = report(network, write(tmp_path, huge), images)
    assert found.points == 1  # beside such numbers a shortcut brings nothing
    assert "of 40 images" in found.findings[-1].message


def test_what_was_saved_comes_back(network: Network, tmp_path: Path) -> None:
    tensors = weights.parse(network.save(tmp_path).read_bytes())
    assert set(tensors) == set(network.tensors)
    assert {"conv1/kernel", "bn_conv1/moving_variance", "Conv2D/kernel", "Conv2D~2/bias", "Dense/bias"} <= set(tensors)
    assert weights.fit(tensors, network.graph, network.shapes)


def test_a_file_is_written_whole_or_not_at_all(network: Network, tmp_path: Path) -> None:
    path = network.save(tmp_path)
    before = path.read_bytes()
    with pytest.raises(KeyError):
        weights.save(path, network.graph, network.shapes, {})
    assert path.read_bytes() == before
    assert [child.name for child in tmp_path.iterdir()] == [WEIGHTS_FILE]


@given(data=st.binary(max_size=300), at=st.integers(0, 2000), cut=st.integers(0, 400))
@settings(max_examples=150)
def test_no_bytes_bring_the_reader_down(network: Network, data: bytes, at: int, cut: int) -> None:
    from safetensors.numpy import save

    whole = save(network.tensors)
    with contextlib.suppress(weights.WeightsError):
        weights.fit(weights.parse(whole[:at] + data + whole[at + cut :]), network.graph, network.shapes)


def test_the_state_of_a_file_changes_with_all_that_can_be_said_of_it(network: Network, tmp_path: Path) -> None:
    path = tmp_path / WEIGHTS_FILE
    states = [weights.state_of(path)]
    network.save(tmp_path)
    states.append(weights.state_of(path))
    network.save(tmp_path, **{"conv1/bias": np.ones(4, np.float32)})
    states.append(weights.state_of(path))
    path.unlink()
    path.symlink_to("/etc/hostname")
    states.append(weights.state_of(path))
    path.unlink()
    sparse(path)
    states.append(weights.state_of(path))
    assert len(set(states)) == len(states)


@pytest.mark.parametrize("shape", [[0, 2**62], [1] * 65, [2**40, 0, 2**40]])
def test_a_shape_that_no_array_can_have_is_a_sentence(shape: list[int], network: Network, tmp_path: Path) -> None:
    name = next(iter(network.tensors))
    header = json.dumps({name: {"dtype": "F32", "shape": shape, "data_offsets": [0, 4 if 0 not in shape else 0]}})
    data = len(header).to_bytes(8, "little") + header.encode() + (b"" if 0 in shape else bytes(4))
    (tmp_path / "signs.safetensors").write_bytes(data)
    with pytest.raises(weights.WeightsError) as caught:
        weights.fit(weights.parse(data), network.graph, network.shapes)
    assert caught.value.trouble.code in ("shape", "damaged", "incomplete")


def test_parts_tell_a_copy_whatever_its_arrays_are_called(network: Network, tmp_path: Path) -> None:
    mine = weights.parts_of(network.save(tmp_path))
    assert mine
    renamed = {f"my_{name}": array for name, array in network.tensors.items()}
    assert weights.parts_of(write(tmp_path, renamed)) == mine
    largest = max(network.tensors, key=lambda name: network.tensors[name].size)
    changed = weights.parts_of(network.save(tmp_path, **{largest: network.tensors[largest] + 1}))
    assert len(mine - changed) == 1
    (tmp_path / "signs.safetensors").write_bytes(b"nothing")
    assert weights.parts_of(tmp_path / "signs.safetensors") == frozenset()
