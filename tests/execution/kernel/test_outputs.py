"""What a student's cell shows is text and pixels: nothing that a browser runs, and no more than there is room for."""

from __future__ import annotations

import base64
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.execution.kernel.outputs import CUT, IMAGES, MAX_FRAMES, Output, joined, plain, read_output
from tests.shared.pictures import blank

ROOM = 10_000
PNG = base64.b64encode(blank(20, 20)).decode()
JPEG = base64.b64encode(blank(20, 20, "JPEG")).decode()


def shown(**data: object) -> dict[str, str]:
    output = read_output("display_data", {"data": {key.replace("_", "/", 1): v for key, v in data.items()}}, ROOM)
    return dict(output.data) if output else {}


ACTIVE = {
    "text/html": "<script>alert(1)</script>",
    "image/svg+xml": "<svg onload='alert(1)'/>",
    "text/markdown": "<img src=x onerror=alert(1)>",
    "text/latex": r"$\href{javascript:alert(1)}{x}$",
    "application/javascript": "alert(1)",
    "application/json": {"a": 1},
    "application/pdf": "JVBERi0=",
    "application/vnd.jupyter.widget-view+json": {"model_id": "x", "version_major": 2},
    "application/vnd.plotly.v1+json": {"data": []},
    "application/vnd.vega.v5+json": {},
    "application/geo+json": {},
    "image/gif": "R0lGODlh",
    "image/webp": "UklGRg==",
    "video/mp4": "AAAA",
    "TEXT/HTML": "<b>",
    "text/plain ": "<b>",
    "": "<b>",
}


@pytest.mark.parametrize("kind", ["display_data", "execute_result"])
@pytest.mark.parametrize("mime", ACTIVE)
def test_what_a_browser_would_run_is_left_out(mime: str, kind: str) -> None:
    assert read_output(kind, {"data": {mime: ACTIVE[mime]}}, ROOM) is None
    output = read_output(kind, {"data": {mime: ACTIVE[mime], "text/plain": "x"}, "metadata": {"isolated": True}}, ROOM)
    assert output is not None
    assert dict(output.node().data) == {"text/plain": "x"}
    assert output.node().metadata == {}


@pytest.mark.parametrize(
    "kind", ["comm_open", "comm_msg", "update_display_data", "clear_output", "status", "", "input"]
)
def test_messages_that_are_no_outputs(kind: str) -> None:
    assert read_output(kind, {"data": {"text/plain": "x"}, "text": "x"}, ROOM) is None


def test_pixels_are_kept() -> None:
    assert shown(image_png=PNG) == {"image/png": PNG}
    assert shown(image_png=PNG + "\n") == {"image/png": PNG + "\n"}
    assert shown(image_jpeg=JPEG, text_plain="<Figure>") == {"image/jpeg": JPEG, "text/plain": "<Figure>"}


FORGED = {
    "svg": base64.b64encode(b"<svg onload='alert(1)'/>").decode(),
    "html": "<script>alert(1)</script>",
    "jpeg for png": JPEG,
    "leaves the attribute": f'{PNG}" onerror="alert(1)',
    "leaves the attribute otherwise": f"{PNG}' onerror='alert(1)",
    "a tag in it": f"{PNG}<script>alert(1)</script>",
    "a data address": f"data:image/png;base64,{PNG}",
    "not ASCII": PNG + "é",
    "too large": PNG + "AAAA" * ROOM,
    "no more than a beginning": base64.b64encode(IMAGES["image/png"] + b"pixels").decode(),
    "too many pixels": base64.b64encode(blank(12_000, 12_000)).decode(),
    "too many pixels for the room": base64.b64encode(blank(500, 500)).decode(),
    "empty": "",
    "a list": [PNG],
    "a number": 7,
    "bytes of another kind": {"a": PNG},
}


@pytest.mark.parametrize("case", FORGED)
def test_forged_images_are_left_out(case: str) -> None:
    assert shown(image_png=FORGED[case]) == {}
    assert shown(image_png=FORGED[case], text_plain="x") == {"text/plain": "x"}


def test_streams_and_errors_hold_text_alone() -> None:
    stream = read_output("stream", {"name": "<script>", "text": "<b>\0\x07\x85\u2028"}, ROOM)
    assert stream is not None
    assert (stream.name, stream.node().text) == ("stdout", "<b>\x85\u2028")
    error = read_output("error", {"ename": ["E"], "evalue": 7, "traceback": ["a\0", 7, None]}, ROOM)
    assert error is not None
    assert (error.name, error.text, error.frames) == ("", "", ("a", "", ""))


def test_sizes() -> None:
    text = read_output("stream", {"text": "x" * 10**6}, ROOM)
    assert text is not None
    assert len(text.text) == ROOM
    assert text.text.endswith(CUT)
    error = read_output("error", {"ename": "E" * 10**6, "evalue": "v" * 10**6, "traceback": ["x" * 999] * 10**4}, ROOM)
    assert error is not None
    assert error.size < 3 * ROOM
    many = read_output("error", {"traceback": [""] * 10**6}, ROOM)
    assert many is not None
    assert len(many.frames) == MAX_FRAMES
    for room in (0, -1):
        assert read_output("stream", {"text": "x"}, room) is None
    assert plain("abcdef", 3) == CUT or len(plain("abcdef", 3)) <= len(CUT)


def test_a_picture_counts_by_its_pixels() -> None:
    """A cell that shows many pictures of few bytes fills its room all the same."""
    picture = base64.b64encode(blank(2000, 2000)).decode()
    output = read_output("display_data", {"data": {"image/png": picture}}, 10**6)
    assert output is not None
    assert len(picture) < 10_000 < output.size
    assert output.size > 2000 * 2000 / 20


def test_what_is_printed_in_pieces_is_one_output() -> None:
    def printed(text: str, name: str = "stdout") -> Output:
        return Output("stream", name, text)

    picture = Output("display_data", data={"text/plain": "x"})
    assert joined([printed("a"), printed("b"), printed("\n"), printed("e", "stderr"), printed("c")]) == (
        printed("ab\n"),
        printed("e", "stderr"),
        printed("c"),
    )
    assert joined([printed("a"), picture, picture, printed("b")]) == (printed("a"), picture, picture, printed("b"))
    assert joined([]) == ()


odd = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(), max_size=30)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*IMAGES, "text/plain", "text/html", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
kinds = st.sampled_from(["stream", "error", "display_data", "execute_result", "status"])
contents = st.dictionaries(st.sampled_from(["name", "text", "ename", "evalue", "traceback", "data", "metadata"]), odd)


@given(kinds, contents, st.integers(-1, 200))
def test_whatever_comes_is_an_output_that_nbformat_can_write(kind: str, content: dict[str, Any], room: int) -> None:
    output = read_output(kind, content, room)
    if output is None:
        return
    node = output.node(1)
    assert set(node.get("data", {})) <= {*IMAGES, "text/plain"}
    cell = nbformat.v4.new_code_cell("", outputs=[node])
    book = nbformat.v4.new_notebook(cells=[cell])
    nbformat.validate(book)
    nbformat.writes(book).encode()
    assert output.size <= 3 * max(room, 0) + 4 * len(CUT) + 500
