"""What nbgrader does once instead of at every submission, with the same outcome."""

from __future__ import annotations

import gc
from pathlib import Path

import jsonschema
import nbgrader.api
import pytest
from nbgrader.api import Gradebook

from autograder.instructor.once import once

SCHEMA = {"type": "object", "properties": {"points": {"type": "number", "minimum": 0}}, "required": ["points"]}


def test_a_gradebook_is_the_same_through_one_engine(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with once():
        with Gradebook(url) as first:
            first.add_student("ada")
        with Gradebook(url) as second:
            assert [student.id for student in second.students] == ["ada"]
            assert second.engine is first.engine
        with Gradebook(f"sqlite:///{tmp_path}/another.db") as another:
            assert another.students == []
    with Gradebook(url) as after:
        assert after.engine is not first.engine
        assert [student.id for student in after.students] == ["ada"]


@pytest.mark.parametrize("instance", [{"points": -1}, {}, [], {"points": "1"}])
def test_what_a_schema_refuses_is_refused_in_the_same_words(instance: object) -> None:
    with pytest.raises(jsonschema.ValidationError) as before:
        jsonschema.validate(instance, SCHEMA)
    with once():
        jsonschema.validate({"points": 1}, SCHEMA)
        with pytest.raises(jsonschema.ValidationError) as within:
            jsonschema.validate(instance, SCHEMA)
    assert str(within.value) == str(before.value)


def test_a_wrong_schema_is_noticed_and_all_is_as_before_afterwards() -> None:
    engine, validate, frozen = nbgrader.api.create_engine, jsonschema.validate, gc.get_freeze_count()
    with once(), pytest.raises(jsonschema.SchemaError):
        jsonschema.validate({}, {"type": "nonsense"})
    assert nbgrader.api.create_engine is engine
    assert jsonschema.validate is validate
    assert gc.get_freeze_count() <= frozen
