"""What nbgrader does anew for every submission and need not: a tenth of a second of its third each time.

It opens the gradebook some fourteen times a submission, each time through a new engine, which has to compile all its
queries again; it checks its own schema of cells against the schema of schemas at each cell; and for every feedback page
nbconvert compiles its templates, another tenth of a second. Within `once` each is done once. What has been imported is
no garbage, so the collector is told not to look through it. Nothing else changes: an engine closes its connections
whenever nbgrader closes a gradebook, as before.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from typing import Any
from unittest import mock

import jsonschema  # type: ignore[import-untyped]
import nbgrader.api
from jinja2 import Environment
from jinja2.bccache import Bucket, BytecodeCache
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
from nbconvert.exporters import templateexporter


@contextmanager
def once() -> Iterator[None]:
    """For a command that has many submissions graded in this process."""
    checked: dict[int, tuple[Mapping[str, Any], Any]] = {}

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

    as_ever = jsonschema.validate
    engine = cache(nbgrader.api.create_engine)
    environment = partial(Environment, bytecode_cache=_Compiled())
    with (
        mock.patch.object(templateexporter, "Environment", environment),
        mock.patch.object(nbgrader.api, "create_engine", engine),
        mock.patch.object(jsonschema, "validate", validate),
    ):
        gc.freeze()
        try:
            yield
        finally:
            gc.unfreeze()


class _Compiled(BytecodeCache):
    """Jinja's compiled templates, in memory; a template whose text has changed is compiled again."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key, bucket.checksum] = bucket.code
