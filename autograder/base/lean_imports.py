"""Import jsonschema without a part that notebooks never need and that takes half of nbgrader's starting time.

jsonschema also imports `rfc3987_syntax`, if it is installed, to check addresses. That import builds a parser with lark.
No notebook's schema has a field of that format. A jsonschema that imports it when it is first needed makes this module
unnecessary: https://github.com/python-jsonschema/jsonschema/issues/1428.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

UNNEEDED = "rfc3987_syntax"


def import_jsonschema() -> None:
    """Import jsonschema without `rfc3987_syntax`, if neither is imported yet and jsonschema's version is known."""
    if "jsonschema" in sys.modules or UNNEEDED in sys.modules or not _is_known():
        return
    sys.modules[UNNEEDED] = None  # type: ignore[assignment]  # what Python takes for a module that can't be imported
    try:
        import_module("jsonschema")
    finally:
        del sys.modules[UNNEEDED]


def _is_known() -> bool:
    try:
        return version("jsonschema").startswith("4.")
    except PackageNotFoundError:
        return False
