"""What nbgrader does once instead of at every submission, with the same outcome."""

from __future__ import annotations

import gc
from pathlib import Path
from unittest import mock

import jinja2
import jsonschema
import nbgrader.api
import pytest
from nbconvert.exporters import HTMLExporter, templateexporter
from nbconvert.exporters import html as html_exporter
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from autograder.nbgrader.steps.speedups import once

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


def test_templates_are_compiled_once_and_give_the_same_page() -> None:
    node = new_notebook(cells=[new_markdown_cell("one")])
    before, _ = HTMLExporter().from_notebook_node(node)
    generate = jinja2.Environment._generate
    with once(), mock.patch.object(jinja2.Environment, "_generate", autospec=True, side_effect=generate) as first:
        assert HTMLExporter().from_notebook_node(node)[0] == before
        compiled = first.call_count
        assert HTMLExporter().from_notebook_node(node)[0] == before
    assert compiled == first.call_count > 0


def test_a_template_that_was_changed_is_compiled_again(tmp_path: Path) -> None:
    template = tmp_path / "page.html.j2"
    said = []
    with once():
        for words in ("one", "two"):
            template.write_text(f"{words} of {{{{ nb.cells | length }}}}")
            exporter = templateexporter.TemplateExporter(template_file=str(template), raw_template=template.read_text())
            said.append(exporter.from_notebook_node(new_notebook())[0])
    assert said == ["one of 0", "two of 0"]


FEEDBACK = "{% for cell in nb.cells %}<p>{{ cell.source }}</p>{% endfor %}"
LAB = '<main class="jp-Notebook"><div class="jp-Cell-inputWrapper">one</div></main>'


@pytest.mark.parametrize(
    ("source", "parsed"),
    [
        ("text alone & <b>bold", False),
        ("<img src='one.png' alt='a > b'> <IMG ALT=\"\">", False),
        ("<img src='one.png' title='no alt=here'>", True),
        ("<img alt='one'><img\nsrc='two.png'>", True),
        (LAB, True),
    ],
)
def test_a_page_is_parsed_where_nbconvert_changes_something(source: str, parsed: bool, tmp_path: Path) -> None:
    template = tmp_path / "page.html.j2"
    template.write_text(FEEDBACK)
    node = new_notebook(cells=[new_markdown_cell(source)])
    before, _ = HTMLExporter(template_file=str(template)).from_notebook_node(node)
    with once():
        within, _ = HTMLExporter(template_file=str(template)).from_notebook_node(node)
    assert within == (before if parsed else f"<p>{source}</p>")
    if parsed:
        assert "No description" in within or 'tabindex="0"' in within


def test_a_wrong_schema_is_noticed_and_all_is_as_before_afterwards() -> None:
    engine, validate, frozen = nbgrader.api.create_engine, jsonschema.validate, gc.get_freeze_count()
    environment, soup = templateexporter.Environment, html_exporter.BeautifulSoup
    with once(), pytest.raises(jsonschema.SchemaError):
        jsonschema.validate({}, {"type": "nonsense"})
    assert nbgrader.api.create_engine is engine
    assert jsonschema.validate is validate
    assert templateexporter.Environment is environment
    assert html_exporter.BeautifulSoup is soup
    assert gc.get_freeze_count() <= frozen
