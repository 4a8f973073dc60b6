"""HDF5 files as data from a stranger: nothing that a file says is followed to another one."""

from __future__ import annotations

from itertools import islice

import h5py

from ..base.messages import Translate

BUILT_IN_FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
DAMAGE = (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError, MemoryError)
"""What h5py raises on a damaged file, depending on where the damage is."""


class Unusable(Exception):
    """Why a file can't be used: half a sentence, translated."""


def dataset(file: h5py.Group, key: str, _: Translate) -> h5py.Dataset:
    """The dataset under `key`, if it lies in this very file, plainly stored. Raises Unusable."""
    link = file.get(key, getlink=True, default=None)
    if link is None:
        held = ", ".join(str(name)[:40] for name in islice(file, 8)) or "-"
        raise Unusable(_("it has no {key} (it holds: {held})").format(key=key, held=held))
    found = file[key] if isinstance(link, h5py.HardLink) else None  # any other kind leads elsewhere
    if not isinstance(found, h5py.Dataset):
        raise Unusable(_("{key} is not an array that lies in this file").format(key=key))
    properties = found.id.get_create_plist()
    filters = {properties.get_filter(i)[0] for i in range(properties.get_nfilters())}
    if found.is_virtual or found.external or filters - BUILT_IN_FILTERS:
        raise Unusable(_("{key} is not an array that lies in this file").format(key=key))
    if found.id.get_storage_size() == 0:
        raise Unusable(_("{key} holds no values").format(key=key))
    return found
