"""The picture marks the very layers that the findings are about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from autograder.diagnosis import CaseVerdict, Diagnosis
from autograder.diagnosis.edits import compare
from autograder.diagnosis.graphs.aggregate import findings
from autograder.diagnosis.graphs.steps import Comparison
from autograder.exercises import TestCase
from autograder.graph import Graph, Node, canonical
from autograder.references.references import ReferenceSet
from autograder.report import make_report
from autograder.report.picture import Block
from tests.shared.exercises import IDENTITY_BLOCK


def drawn(reference: Graph, case: TestCase, change: Callable[[Node], Node]) -> tuple[Diagnosis, Block]:
    """The diagnosis and the picture of an identity block whose every layer has been changed."""
    graph = canonical(Graph(tuple(map(change, reference.nodes)), reference.output))
    script = compare(reference, graph)
    compared = Comparison(IDENTITY_BLOCK, reference, script)
    found = tuple(findings(compared))
    verdict = CaseVerdict(case, passed=False, findings=found, graph=graph, script=script, steps=compared.steps)
    diagnosis = Diagnosis(IDENTITY_BLOCK, (verdict,), found, 0.0)
    picture = make_report(diagnosis).picture
    assert isinstance(picture, Block)
    return diagnosis, picture


def test_two_wrong_names_in_one_step_are_marked_at_both_layers(public: ReferenceSet) -> None:
    reference = public.of(IDENTITY_BLOCK)[0]

    def change(node: Node) -> Node:
        if node.name.endswith("2b"):
            return replace(node, name="" if node.kind == "BatchNormalization" else node.name + "_x")
        return node

    diagnosis, picture = drawn(reference.graph, reference.case, change)
    assert {(f.step, f.layer, f.setting) for f in diagnosis.findings} == {
        ("2b", "BatchNormalization", "name"),
        ("2b", "Conv2D", "name"),
    }
    marked = {box.layer: box.notes[0].found for step in picture.main for box in step.boxes if box.mark == "wrong"}
    assert marked == {"Conv2D": f"'{conv_name(reference.graph)}_x'", "BatchNormalization": "no name"}


def conv_name(graph: Graph) -> str:
    return next(node.name for node in graph.nodes if node.kind == "Conv2D" and node.name.endswith("2b"))


@pytest.mark.parametrize("setting", ["seed", "padding", "use_bias"])
def test_every_layer_with_the_same_slip_is_marked(public: ReferenceSet, setting: str) -> None:
    reference = public.of(IDENTITY_BLOCK)[0]
    other = {"seed": 7, "padding": "valid", "use_bias": False}[setting]
    diagnosis, picture = drawn(
        reference.graph,
        reference.case,
        lambda node: replace(node, settings={**node.settings, setting: other}) if setting in node.settings else node,
    )
    (finding,) = diagnosis.findings
    told = [(step.name, note.about, note.found) for step in picture.main for box in step.boxes for note in box.notes]
    assert told == [(step, setting, repr(other)) for step in finding.steps]
    assert finding.steps == (("2b",) if setting == "padding" else ("2a", "2b", "2c"))
