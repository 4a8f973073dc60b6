"""What can be changed in place, and how one side's becomes what the other side's is."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

_CHANGEABLE = (list, dict, set, bytearray, deque, np.ndarray)


def become(mine: Any, theirs: Any) -> bool:
    """Give something that can be changed the content of another of its type; False where that can't be."""
    if type(mine) is not type(theirs) or not can_change(mine):
        return False
    if isinstance(mine, list | bytearray):
        mine[:] = theirs
    elif isinstance(mine, np.ndarray):
        if mine.shape != theirs.shape or mine.dtype != theirs.dtype or not mine.flags.writeable:
            return False
        mine[...] = theirs
    elif is_table(mine):
        mine._update_inplace(theirs)  # pandas has no other way to give a table new rows and columns
    else:
        mine.clear()
        (mine.extend if isinstance(mine, deque) else mine.update)(theirs)
    return True


def can_change(value: object) -> bool:
    """Whether it is of a kind that a function may change."""
    return type(value) in _CHANGEABLE or is_table(value)


def is_table(value: object) -> bool:
    """Whether it is a table of pandas's, or a column of one."""
    kind = type(value)
    return kind.__module__.partition(".")[0] == "pandas" and kind.__name__ in ("DataFrame", "Series")
