"""Plain data between the two sides: what crosses comes back as it was, and bytes from a stranger are never more."""

from __future__ import annotations

import base64
import collections
import datetime
import decimal
import enum
import fractions
import json
import math
import time
import tracemalloc
import types
import typing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from autograder.execution.kernel import wire
from autograder.execution.kernel.wire import CannotCross, WireError, dumps, loads

EXACT = frozenset({type(None), bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict, np.ndarray})
SCALARS = frozenset(np.dtype(name).type for name in wire.NUMBERS) | {np.str_}


def back(value: object) -> Any:
    return loads(dumps(value).encode())


def same(a: Any, b: Any) -> bool:
    """Equal and of the same types, all the way down; NaN is itself, and -0.0 is not 0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    if isinstance(a, complex):
        return same(a.real, b.real) and same(a.imag, b.imag)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a.items()), list(b.items()))
    if isinstance(a, set | frozenset):
        return a == b and {type(x) for x in a} == {type(x) for x in b}
    if isinstance(a, np.ndarray | np.generic):
        if a.dtype.kind == "U":
            return a.shape == b.shape and a.tolist() == b.tolist()
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return bool(a == b)


# --- there and back ---------------------------------------------------------------------------------------------

words = st.text(st.characters(codec="utf-8"), max_size=8)
keys = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.complex_numbers(allow_nan=False),
    words,
    st.binary(max_size=8),
)
numbers = st.sampled_from(sorted(wire.NUMBERS)).flatmap(
    lambda name: arrays(name, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
)
leaves = st.one_of(keys, st.floats(), st.complex_numbers(), numbers, st.builds(np.float64, st.floats()))
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.sets(keys, max_size=4),
        st.frozensets(keys, max_size=4),
        st.dictionaries(st.one_of(keys, st.tuples(keys, keys)), inner, max_size=4),
    ),
    max_leaves=12,
)


@settings(max_examples=200)
@given(values)
@example([1, True, 1.0, "1", b"1", None, (1,), [1], {1}, frozenset({1}), {1: 1}])
@example([math.nan, math.inf, -math.inf, -0.0, 5e-324, complex(math.nan, -0.0), 10**3000, -(10**3000)])
@example({(1, "a"): {frozenset({2}): b"\xff"}})
def test_there_and_back(value: object) -> None:
    assert same(value, back(value))


@pytest.mark.parametrize("name", sorted(wire.NUMBERS))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3)])
def test_arrays_and_scalars_of_every_dtype(name: str, shape: tuple[int, ...]) -> None:
    array = (np.arange(math.prod(shape)) - 1).reshape(shape).astype(name)
    assert same(array, back(array))
    assert same(np.dtype(name).type(1), back(np.dtype(name).type(1)))


@pytest.mark.parametrize(
    "array",
    [
        np.array(["", "ab", "日本"]),
        np.array([["a"], ["bcd"]]),
        np.array("one"),
        np.array([], dtype="U5"),
        np.str_("a scalar"),
    ],
    ids=repr,
)
def test_arrays_of_text(array: Any) -> None:
    assert same(array, back(array))


def test_arrays_arrive_in_this_machines_order_ready_to_be_changed() -> None:
    for array in (np.array([1.5, 2], ">f8"), np.arange(12).reshape(3, 4)[:, ::2], np.asfortranarray(np.eye(3))):
        found = back(array)
        assert np.array_equal(found, array)
        assert found.dtype.isnative
        found[...] = 0


def test_what_stands_in_several_places_is_one_on_the_other_side() -> None:
    row, array = [0], np.ones(3)
    rows, same, (first, second), named, text = wire.loads(
        wire.dumps(([row, row], row, (array, array), {(1, 2): row}, np.array(["a"]))).encode()
    )
    assert rows[0] is rows[1] is same is named[1, 2]
    assert first is second
    assert text.tolist() == ["a"]


def test_copies_stay_copies() -> None:
    first, second = wire.loads(wire.dumps([[0], [0]]).encode())
    assert first is not second


@pytest.mark.parametrize("packed", [["same", 0], ["list", [["same", 0]]], ["list", [["same", 5]]], ["same", "0"]])
def test_the_same_as_what_is_not_there_yet_is_refused(packed: object) -> None:
    with pytest.raises(wire.WireError):
        wire.loads(json.dumps(packed).encode())


def test_what_would_be_huge_if_written_out_is_refused() -> None:
    """Thirty lists that each hold the one before twice would be a text of gigabytes."""
    inner: object = ["list", []]
    for number in range(30):
        inner = ["list", [inner, ["same", 29 - number + 1]]]
    with pytest.raises(wire.WireError):
        wire.loads(json.dumps(inner).encode())
    value: list[object] = []
    for _ in range(30):
        value = [value, value]
    with pytest.raises(wire.WireError, match="items"):
        wire.loads(wire.dumps(value).encode())


def test_what_holds_itself_does_not_cross() -> None:
    value: list[object] = []
    value.append({"me": value})
    with pytest.raises(wire.CannotCross, match="inside itself"):
        wire.dumps(value)


def test_half_characters_become_question_marks() -> None:
    assert back("a\ud800b") == "a?b"
    assert back({"\udfff": ["\ud800"]}) == {"?": ["?"]}
    assert back(np.array(["\ud800"])).tolist() == ["?"]


def test_a_reference_crosses_where_both_sides_know_of_it_alone() -> None:
    packed = dumps([object(), 1], lambda value: ["object", 7]).encode()
    assert loads(packed, lambda kind, rest: (kind, rest)) == [("object", [7]), 1]
    with pytest.raises(WireError):
        loads(packed)


Point = collections.namedtuple("Point", "x y")
MADE = {
    "range": range(0, 10**12, 3),
    "slice": slice(1, None, 2),
    "bytearray": bytearray(b"ab"),
    "fraction": fractions.Fraction(-1, 3),
    "decimal": decimal.Decimal("-1.50"),
    "not a number": (decimal.Decimal("Infinity"),),
    "date": datetime.date(2024, 2, 29),
    "time": datetime.time(1, 2, 3, 4, datetime.timezone(datetime.timedelta(hours=1))),
    "datetime": datetime.datetime(2024, 1, 1, 5, tzinfo=datetime.UTC),
    "timedelta": datetime.timedelta(days=-1, microseconds=5),
    "path": Path("a/b.txt"),
    "counter": collections.Counter("abba"),
    "ordered": collections.OrderedDict(b=1, a=2),
    "default dict": collections.defaultdict(list, a=[1]),
    "deque": collections.deque([1, 2], maxlen=3),
    "class": ValueError,
    "ellipsis": ...,
    "huge number": -(10**100_000),
    "many numbers": list(range(300_000)),
    "many floats": (0.5, -0.0) * 100_000,
    "numbered dict": dict.fromkeys(range(wire.MAX_KEYS + 5)),
    "namespace": types.SimpleNamespace(a=1),
}


@pytest.mark.parametrize("name", MADE)
def test_types_that_are_made_anew(name: str) -> None:
    found = back([MADE[name]])[0]
    assert type(found) is type(MADE[name])
    assert found == MADE[name]


def test_views_tuples_with_names_and_arrays_of_other_things() -> None:
    table = {"a": 1, "b": 2}
    assert back(table.keys()) == table.keys()
    assert list(back(table.values())) == [1, 2]
    assert back(table.items()) == table.items()
    point = back(Point(1, [2]))
    assert (point, point.y, type(point).__name__) == ((1, [2]), [2], "Point")
    odd = back(np.array([[1, "a"], [None, 2.5]], dtype=object))
    assert (odd.shape, odd.dtype, odd[1, 0]) == ((2, 2), object, None)
    dates = np.array(["2024-01-01", "NaT"], dtype="M8[D]")
    assert back(dates).dtype == dates.dtype
    assert back(dates)[0] == dates[0]


TABLES = """
frame = pd.DataFrame({"a": [1, 2], "b": [0.5, None], "c": ["x", None], "d": [True, False], 3: [[1], "y"]})
empty = pd.DataFrame({"a": []})
named = pd.Series([1.8], name="weight", index=pd.Index(["Ada"], name="who"))
times = pd.Series(pd.date_range("2024-01-01", periods=3))
category = pd.Series(["s", "m", "s"]).astype("category")
masked = pd.Series([1, None], dtype="Int64")
text = pd.Series(["a", None], dtype="str")
several = pd.DataFrame({"n": [1, 2]}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]))
days = pd.date_range("2024-01-01", periods=3, freq="D")
counted = pd.RangeIndex(2, 8, 3)
"""


def test_tables_come_back_as_they_were() -> None:
    import pandas as pd

    made: dict[str, Any] = {"pd": pd}
    exec(TABLES, made)
    for name, value in made.items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(back(value), value)
        elif isinstance(value, pd.Series):
            pd.testing.assert_series_equal(back(value), value)
        elif isinstance(value, pd.Index):
            pd.testing.assert_index_equal(back(value), value, exact=True)
        else:
            assert name in ("pd", "__builtins__")
    assert back(pd.Timestamp("2024-01-01 05:00")) == pd.Timestamp("2024-01-01 05:00")
    assert back(pd.NaT) is pd.NaT


def packed(*items: Any) -> Any:
    """A tuple as `dumps` writes it, its whole numbers given as such."""
    return ["tuple", [["int", str(item)] if type(item) is int else item for item in items]]


ROWS = packed("range", 0, 10**15, 1, None)
NINE = packed("range", 0, 9, 1, None)
BOMBS = {
    "a fraction of a text": ["made", "Fraction", packed("1e999999999")],
    "room for bytes": ["made", "bytearray", ["int", str(10**12)]],
    "a decimal's exponent": ["made", "Decimal", packed(0, packed(1), 999_999)],
    "a class by name": ["made", "class", "exec"],
    "type itself": ["made", "class", "type"],
    "fields that are code": ["made", "namedtuple", packed("m", "P", packed("x=__import__('os')"), packed(None))],
    "an object's shape": ["made", "objects", packed(packed(10**9), ["list", []])],
    "an unknown type": ["made", "Popen", ["list", ["ls"]]],
    "dates of objects": ["made", "datetimes", packed("O", ["array", "int64", [1], "AAAAAAAAAAA="], "array")],
    "a frame of rows": ["made", "DataFrame", packed(ROWS, ROWS, ["list", []])],
    "a column too short": ["made", "Series", packed(None, NINE, packed("objects", ["list", []]))],
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_not_made(name: str) -> None:
    with pytest.raises(WireError):
        loads(json.dumps(BOMBS[name]).encode())


# --- what does not cross ----------------------------------------------------------------------------------------


class Int(int):
    pass


class Float(float):
    pass


class Str(str):
    pass


class Bytes(bytes):
    pass


class List(list):  # type: ignore[type-arg]
    pass


class Tuple(tuple):  # type: ignore[type-arg]
    pass


class Dict(dict):  # type: ignore[type-arg]
    pass


class Array(np.ndarray):  # type: ignore[type-arg]
    pass


class Scalar(np.float64):
    pass


class Liar:
    """Says that it is a number."""

    @property
    def __class__(self) -> type:  # type: ignore[override]
        return int


class Colour(enum.IntEnum):
    RED = 1


ITSELF: list[Any] = []
ITSELF.append(ITSELF)
DEEP: list[Any] = []
for _ in range(wire.MAX_DEPTH + 1):
    DEEP = [DEEP]

STAYS: dict[str, object] = {
    "object": object(),
    "function": len,
    "lambda": lambda: 1,
    "module": math,
    "generator": (x for x in ()),
    "a type with arguments": list[float],
    "a type of typing's": typing.List[float],  # noqa: UP006
    "exception": ValueError("x"),
    "int subclass": Int(1),
    "float subclass": Float(1),
    "str subclass": Str("x"),
    "bytes subclass": Bytes(b"x"),
    "list subclass": List([1]),
    "tuple subclass": Tuple((1,)),
    "dict subclass": Dict(a=1),
    "default dict of one's own": collections.defaultdict(lambda: 1),
    "enum": Colour.RED,
    "a class that lies": Liar(),
    "array subclass": np.arange(3).view(Array),
    "masked array": np.ma.array([1, 2], mask=[0, 1]),
    "scalar subclass": Scalar(1),
    "array of objects": np.array([object()], dtype=object),
    "records": np.zeros(2, dtype=[("a", "i4")]),
    "bytes array": np.array([b"x"]),
    "longdouble": np.longdouble(1),
    "itself": ITSELF,
    "deep": DEEP,
    "huge number": 1 << wire.MAX_BITS,
    "too many numbers in a set": {x + 0.5 for x in range(wire.MAX_KEYS + 1)},
    "too many numbers in a dict": dict.fromkeys(range(wire.SMALL, wire.SMALL + wire.MAX_KEYS + 1)),
}


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_cross(name: str) -> None:
    for value in (STAYS[name], [STAYS[name]], {"a": (STAYS[name],)}):
        with pytest.raises(CannotCross) as caught:
            dumps(value)
        assert str(caught.value)


def test_text_in_a_set_may_be_much() -> None:
    found = {str(i) for i in range(wire.MAX_KEYS + 1)}
    assert back(found) == found


def test_a_value_too_large() -> None:
    with pytest.raises(CannotCross, match="MB"):
        dumps(np.zeros(wire.MAX_BYTES, np.uint8))


# --- bytes from a stranger --------------------------------------------------------------------------------------

ROOM = 2**20
TIMES = 40
"""Memory that reading may take: ROOM and TIMES the length of what is read."""


def bounded(data: bytes, seconds: float = 2.0) -> Any:
    """What `loads` makes of it, None if refused; looks at types, time and memory."""
    tracemalloc.start()
    begun = time.process_time()
    try:
        found = loads(data)
    except WireError:
        found = None
    finally:
        took = time.process_time() - begun
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert took < seconds
    assert peak < ROOM + TIMES * len(data)
    assert_exact(found)
    return found


def assert_exact(value: Any) -> None:
    assert type(value) in EXACT or type(value) in SCALARS, type(value)
    if isinstance(value, np.ndarray):
        assert value.dtype.kind == "U" or value.dtype.name in wire.NUMBERS
    if isinstance(value, str):
        value.encode()
    if isinstance(value, list | tuple | set | frozenset):
        for item in value:
            assert_exact(item)
    if isinstance(value, dict):
        for key, item in value.items():
            assert_exact(key)
            assert_exact(item)


atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -1, 2, 3, 2**31, 2**63, 10**25, 10**4000 // 7, 1.5, math.nan, math.inf, 1e308]),
    st.sampled_from(
        ["", "0", "-0", "1_0", "٣", " 7 ", "0x1p-1074", "0x1p99999", "nan", "inf", "-nan", "1e5", "\ud800"]
    ),
    st.sampled_from(["AAAA", "AAAAAAAAAAA=", "AQE=", "Ag==", "!", "AAA", "A\nAA", "ÄÖ", "9" * 5000, "x" * 100]),
    st.sampled_from([*sorted(wire.NUMBERS), "object", "O", "S1", "M8[s]", "f8,f8", "str", "__class__"]),
)
kinds = st.sampled_from(
    [*wire._SEQUENCES, *wire._SCALARS, "dict", "made", "same", "eval", "__init__", "", 0, None, "object", "named"]
)
shapes = st.lists(st.sampled_from([0, 1, 2, 3, -1, True, 1.0, "1", 2**26, 2**27, 2**62, 2**64, 10**30]), max_size=18)
hostile = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.builds(lambda kind, rest: [kind, *rest], kinds, st.lists(inner, max_size=4)),
        st.builds(lambda kind, items: [kind, items], kinds, st.lists(inner, max_size=3)),
        st.builds(
            lambda kind, *rest: [kind, *rest],
            st.sampled_from(["array", "scalar"]),
            atoms,
            shapes,
            st.one_of(atoms, inner),
        ),
        st.builds(lambda *pairs: ["dict", list(pairs)], st.lists(inner, max_size=3), st.lists(inner, max_size=2)),
        st.dictionaries(words, inner, max_size=3),
    ),
    max_leaves=10,
)


@settings(max_examples=500)
@given(hostile)
def test_a_grammar_of_lies(value: object) -> None:
    bounded(json.dumps(value).encode())


@settings(max_examples=200)
@given(st.one_of(st.binary(max_size=60), st.text(max_size=30).map(lambda t: t.encode("utf-16", "surrogatepass"))))
def test_raw_bytes(data: bytes) -> None:
    bounded(data)


@settings(max_examples=200)
@given(values, st.data())
def test_real_values_with_a_flaw(value: object, data: st.DataObject) -> None:
    whole = dumps(value).encode()
    at = data.draw(st.integers(0, len(whole)))
    bounded(whole[:at] + data.draw(st.binary(max_size=3)) + whole[at + data.draw(st.integers(0, 4)) :])


def array_of(shape: object, data: str = "", dtype: str = "float64") -> bytes:
    return json.dumps(["array", dtype, shape, data]).encode()


def many(item: str, number: int, kind: str = "list") -> bytes:
    return f'["{kind}", [{",".join([item] * number)}]]'.encode()


M61 = 2**61 - 1
REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "bare number": b"7",
    "object": b'{"a": 1}',
    "empty list": b"[]",
    "unknown kind": b'["object", 1]',
    "kind is a number": b'[1, ["int", "1"]]',
    "kind is a list": b'[["list"], []]',
    "a method's name": b'["_text", "a"]',
    "a huge shape": array_of([2**40]),
    "a huge shape with no end": array_of([2**62] * 16),
    "a huge shape times nothing": array_of([0, 2**40]),
    "more sides than there are": array_of([1] * 17, "AAAAAAAAAAA="),
    "a shape that lies": array_of([3], "AAAAAAAAAAA="),
    "a negative shape": array_of([-1], "AAAAAAAAAAA="),
    "two negative sides": array_of([-1, -1], "AAAAAAAAAAA="),
    "a truth for a side": array_of([True], "AAAAAAAAAAA="),
    "an object dtype": array_of([1], "AAAAAAAAAAA=", "O"),
    "a pickled array": array_of([1], "AAAAAAAAAAA=", "object"),
    "a truth that is two": array_of([1], "Ag==", "bool"),
    "bad base64": array_of([1], "AAAAAA!AAAA="),
    "scalar with a shape": b'["scalar", "int8", [1], "AA=="]',
    "texts that do not fit": b'["array", "str", [2], ["a"]]',
    "texts that are numbers": b'["array", "str", [1], [1]]',
    "an array of text that would be large": json.dumps(
        ["array", "str", [20000], ["x" * 20000, *[""] * 19999]]
    ).encode(),
    "deep": b'["list",[' * 50 + b"]]" * 50,
    "very deep": b"[" * 10**6,
    "unhashable in a set": b'["set", [["list", []]]]',
    "unhashable key": b'["dict", [[["dict", []], null]]]',
    "an array as a key": b'["dict", [[["array", "int8", [], "AA=="], null]]]',
    "too many arguments": b'["int", "1", "2"]',
    "no argument": b'["int"]',
    "digits without end": json.dumps(["int", "9" * 4002]).encode(),
    "a number without end": b"9" * 10**6,
    "a float past all floats": b'["float", "0x1p99999"]',
    "a float of text": json.dumps(["float", "1" * 41]).encode(),
    "keys with one hash": json.dumps(["set", [["int", str(i * M61)] for i in range(wire.MAX_KEYS + 2)]]).encode(),
    "keys with one hash in many dicts": json.dumps(
        ["list", [["dict", [[["int", str(i * M61)], None] for i in range(5002)]] for _ in range(4)]]
    ).encode(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    begun = time.process_time()
    with pytest.raises(WireError):
        loads(REFUSED[name])
    assert time.process_time() - begun < 5
    assert bounded(REFUSED[name], seconds=20) is None


def test_as_much_as_is_read_stays_within_bounds() -> None:
    """The most that there can be of the cheapest things to write."""
    for item in ('""', "[]", "null", '["list",[]]', '["int","1"]', '["scalar","int8",[],"AA=="]'):
        bounded(many(item, 100_000), seconds=20)
    with pytest.raises(WireError, match="items"):
        loads(many("null", wire.MAX_MARKS))
    with pytest.raises(WireError, match="bytes"):
        loads(b" " * (wire.MAX_BYTES + 1))
    with pytest.raises(WireError, match="text"):
        loads(json.dumps("x" * (wire.MAX_TEXT + 1)).encode())


def test_wide_characters_cost_what_is_stated() -> None:
    bounded(json.dumps("\U0001f600" + "x" * 2**20, ensure_ascii=False).encode())
    bounded(array_of([2**18], base64.b64encode(bytes(2**21)).decode()))


def test_duplicate_keys_leave_one() -> None:
    assert loads(b'["dict", [["a", ["int", "1"]], ["a", ["int", "2"]]]]') == {"a": 2}
    assert loads(b'["set", ["a", "a"]]') == {"a"}
