"""pandas' tables, columns and indexes as plain data: columns of numbers as arrays, of anything else as lists.

What is none of the forms below, such as a column of intervals, does not cross. Both sides use it, where they have
pandas.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ...base.arrays import NUMBERS

MAX_ROWS = 20_000_000
MAX_COLUMNS = 20_000
MAX_HASHED = 20_000
_FREQUENCY = re.compile(r"[A-Za-z0-9-]{1,12}")
_MASKED = re.compile(r"(Int|UInt|Float)(8|16|32|64)|boolean|string")
_UNIT = re.compile(r"[Mm]8\[(s|ms|us|ns)\]")


def to_plain(value: Any) -> tuple[str, object] | None:
    """As `datatypes.to_plain`, for values of pandas' types."""
    import pandas as pd

    try:
        if type(value) is pd.DataFrame:
            columns = [_column(value.iloc[:, number]) for number in range(value.shape[1])]
            return "DataFrame", (_index(value.index), _index(value.columns), columns)
        if type(value) is pd.Series:
            return "Series", (value.name, _index(value.index), _column(value))
        if isinstance(value, pd.Index):
            return "Index", _index(value)
        if type(value) is pd.Timestamp and value.tz is None:
            return "Timestamp", value.isoformat()
        if type(value) is pd.Timedelta:
            return "Timedelta", value.isoformat()
        if value is pd.NaT or value is pd.NA:
            return "missing", str(value)
    except _Stays:
        return None
    return None


class _Stays(Exception):
    """A column or an index of a form that does not cross."""


def _column(values: Any) -> tuple[Any, ...]:
    dtype = values.dtype
    name = str(dtype)
    if isinstance(dtype, np.dtype):
        if dtype.name in NUMBERS:
            return "numbers", np.asarray(values)
        if dtype.kind in "Mm":
            return "times", dtype.str.lstrip("<>="), np.asarray(values).astype("int64")
        if dtype.kind == "O":
            return "objects", list(values)
    elif name == "category":
        categories = values.cat if hasattr(values, "cat") else values
        return "category", np.asarray(categories.codes), _index(categories.categories), bool(categories.ordered)
    elif name == "str":
        return "text", [None if missing else str(value) for value, missing in zip(values, values.isna(), strict=True)]
    elif _MASKED.fullmatch(name):
        return (
            "masked",
            name,
            [None if missing else value for value, missing in zip(values, values.isna(), strict=True)],
        )
    raise _Stays


def _index(index: Any) -> tuple[Any, ...]:
    import pandas as pd

    if type(index) is pd.RangeIndex:
        return "range", index.start, index.stop, index.step, index.name
    if isinstance(index, pd.MultiIndex):
        return "tuples", [tuple(one) for one in index], list(index.names)
    if type(index) in (pd.Index, pd.DatetimeIndex, pd.TimedeltaIndex, pd.CategoricalIndex):
        return "column", _column(index), index.name, getattr(index, "freqstr", None)
    raise _Stays


def from_plain(name: str, parts: Any) -> Any:
    """As `datatypes.from_plain`, for pandas' types; all parts are plain data. Raises what pandas raises, and others."""
    import pandas as pd

    if name == "missing":
        return {"NaT": pd.NaT, "<NA>": pd.NA}[parts]
    if name == "Timestamp":
        return pd.Timestamp(str(parts)[:40])
    if name == "Timedelta":
        return pd.Timedelta(str(parts)[:60])
    if name == "Index":
        return _make_index(parts)
    if name == "Series":
        label, index, column = parts
        return pd.Series(_make_column(column, _make_index(index)), name=_label(label))
    index, columns, data = parts
    rows, names = _make_index(index), _make_index(columns)
    if type(data) is not list or len(data) != len(names) or len(data) > MAX_COLUMNS:
        raise ValueError("columns that don't fit their names")
    table = pd.DataFrame({number: _make_column(column, rows) for number, column in enumerate(data)}, index=rows)
    table.columns = names
    return table


def _label(name: Any) -> Any:
    hash(name)
    return name


def _make_column(column: Any, index: Any) -> Any:
    """A Series with these values over the index. Raises ValueError where they are not as many."""
    import pandas as pd

    values = _values(column)
    if len(values) != len(index):
        raise ValueError("values that don't fit their index")
    return pd.Series(values, index=index, dtype=object if column[0] == "objects" else None)


def _values(column: Any) -> Any:
    import pandas as pd

    kind, *rest = column
    if kind == "numbers":
        (array,) = rest
        if type(array) is not np.ndarray or array.ndim != 1:
            raise ValueError("numbers in no column")
        return array
    if kind == "times":
        unit, array = rest
        if type(array) is not np.ndarray or array.ndim != 1 or not _UNIT.fullmatch(unit):
            raise ValueError("times of no known unit")
        return array.astype("int64").view(unit)
    if kind == "category":
        codes, categories, ordered = rest
        return pd.Categorical.from_codes(codes, _make_index(categories), ordered=bool(ordered))
    if kind == "masked":
        name, items = rest
        if not _MASKED.fullmatch(name):
            raise ValueError("an unknown kind of column")
        return pd.array(items, dtype=name)
    (items,) = rest
    if type(items) is not list:
        raise ValueError("items in no list")
    if kind == "text":
        return pd.array([str(item) if item is not None else np.nan for item in items], dtype="str")
    if kind != "objects":
        raise ValueError("an unknown kind of column")
    return items


def _make_index(parts: Any) -> Any:
    import pandas as pd

    kind, *rest = parts
    if kind == "range":
        start, stop, step, name = rest
        if len(range(start, stop, step)) > MAX_ROWS:
            raise ValueError("too many rows")
        return pd.RangeIndex(start, stop, step, name=_label(name))
    if kind == "tuples":
        tuples, names = rest
        _bound_hashes(tuples)
        return pd.MultiIndex.from_tuples(tuples, names=[_label(name) for name in names])
    if kind != "column":
        raise ValueError("an unknown kind of index")
    column, name, frequency = rest
    if column[0] == "objects":
        _bound_hashes(column[1])
    index = pd.Index(_values(column), name=_label(name), dtype=object if column[0] == "objects" else None)
    if frequency is not None and _FREQUENCY.fullmatch(frequency) and hasattr(index, "freq"):
        index.freq = frequency
    return index


def _bound_hashes(members: Any) -> None:
    """Hashes can be chosen so that all are the same, and then each member is compared with all others."""
    if sum(type(member) is not str for member in members) > MAX_HASHED:
        raise ValueError("too many members that are not text")
