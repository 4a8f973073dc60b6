"""SIGNS: pictures of hands that show 0 to 5 fingers, to train and test a network on.

`load()` gives your own train_signs.h5 and test_signs.h5 where the course has them, and otherwise images that this kit
draws. Those have the original's keys, shapes and types but are none of its pictures: each is drawn by the program in
this folder, from a seed and without any photograph, and is under the same licence as the kit (BSD-3-Clause). The
original SIGNS set belongs to its authors and is not shipped.
"""

from __future__ import annotations

from .data import Signs, SignsError
from .sources import load

__all__ = ["Signs", "SignsError", "load"]
