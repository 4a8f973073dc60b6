"""The instructor's side: building the course, nbgrader's parts made ours, grading a class."""

import sys

from .moved import find_old_names

find_old_names()

if "jsonschema" not in sys.modules:
    # jsonschema takes this package along where it is there, to look at addresses that no notebook has. Importing it
    # builds a parser, which is half of the time that nbgrader takes to start.
    _before = sys.modules.get("rfc3987_syntax")
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    import jsonschema  # type: ignore[import-untyped]  # noqa: F401

    del sys.modules["rfc3987_syntax"]
    if _before is not None:
        sys.modules["rfc3987_syntax"] = _before
