"""Let nbgrader do once what it does anew for every submission: of its third of a second each, this takes a tenth.

It opens the gradebook some fourteen times a submission, each time through a new engine, which has to compile all its
queries again; it checks its own schema of cells against the schema of schemas at each cell; and for every feedback page
nbconvert compiles its templates, another tenth of a second. Within `once` each is done once. A page is not parsed where
parsing would change nothing: that is half of what it costs. What has been imported is no garbage, so the collector is
told not to look through it. Nothing else changes: an engine closes its connections when nbgrader closes a gradebook, as
before.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache, partial
from importlib.metadata import version
from typing import Any
from unittest import mock

import jsonschema  # type: ignore[import-untyped]
import nbgrader.api
from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
from nbconvert.exporters import html as html_exporter
from nbconvert.exporters import templateexporter


@contextmanager
def once() -> Iterator[None]:
    """For a command that has many submissions graded in this process."""
    with ExitStack() as patched:
        for package, known, patch in _PATCHES:
            if version(package).startswith(known):  # of another version nothing is known, and all goes on without
                patched.enter_context(patch())
        gc.freeze()
        try:
            yield
        finally:
            gc.unfreeze()


def _one_engine() -> AbstractContextManager[Any]:
    """One SQLAlchemy engine for each gradebook: nbgrader's `Gradebook.__init__` makes a new one at every opening."""
    return mock.patch.object(nbgrader.api, "create_engine", cache(nbgrader.api.create_engine))


def _schemas_checked_once() -> AbstractContextManager[Any]:
    """Nbgrader calls `jsonschema.validate` for every cell, which checks the schema itself each time."""
    checked: dict[int, tuple[Mapping[str, Any], Any]] = {}
    as_ever = jsonschema.validate

    def validate(instance: Any, schema: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        """As `jsonschema.validate`; a schema that is checked is kept, so that no other can have its identity."""
        if args or kwargs:
            as_ever(instance, schema, *args, **kwargs)
            return
        if id(schema) not in checked:
            kind = jsonschema.validators.validator_for(schema)
            kind.check_schema(schema)
            checked[id(schema)] = schema, kind(schema)
        error = best_match(checked[id(schema)][1].iter_errors(instance))
        if error is not None:
            raise error

    return mock.patch.object(jsonschema, "validate", validate)


def _templates_compiled_once() -> AbstractContextManager[Any]:
    """Nbconvert's exporter makes a Jinja environment for every page, which compiles its templates again."""
    environment = partial(Environment, bytecode_cache=_CompiledTemplates())
    return mock.patch.object(templateexporter, "Environment", environment)


def _parsed_where_it_matters() -> AbstractContextManager[Any]:
    """Nbconvert parses every page with BeautifulSoup, to describe pictures and to let JupyterLab's cells be focused."""
    parse = vars(html_exporter)["BeautifulSoup"]

    def soup(page: str, features: str) -> Any:
        """As BeautifulSoup, unless every picture is described and no cell is JupyterLab's."""
        described = all(_ALT.search(_QUOTED.sub("''", picture)) for picture in _PICTURE.findall(page))
        return _AsItIs(page) if described and "jp-Notebook" not in page else parse(page, features=features)

    return mock.patch.object(html_exporter, "BeautifulSoup", soup)


_PICTURE = re.compile(r"""<img\b(?:[^>"']|"[^"]*"|'[^']*')*""", re.IGNORECASE)
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_ALT = re.compile(r"\salt\b", re.IGNORECASE)


class _AsItIs:
    """A page in which nbconvert would find nothing to change."""

    def __init__(self, page: str) -> None:
        self.page = page

    def select(self, _selector: str) -> tuple[()]:
        return ()

    def __str__(self) -> str:
        return self.page


_PATCHES = (
    ("nbgrader", "0.9.", _one_engine),
    ("jsonschema", "4.", _schemas_checked_once),
    ("nbconvert", "7.", _templates_compiled_once),
    ("nbconvert", "7.", _parsed_where_it_matters),
)
"""What is replaced for as long as `once` lasts, and the versions in which it is known to be there."""


class _CompiledTemplates(BytecodeCache):
    """Jinja's compiled templates, in memory; a template whose text has changed is compiled again."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key, bucket.checksum] = bucket.code
