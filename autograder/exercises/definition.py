"""An exercise as plain data, and whether its definition holds together.

A course's own exercises are Python where their author writes them. `autograder build` reads that file, once; what
students and graders use is the data written here, which lies with the references.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict
from random import Random
from typing import Any

from ..base.messages import Text
from .exercise import CalledBlock, Conventions, Exercise, Mistake, Part, Rubric, Sign, TestCase, Variant

NAME = "letters, digits and _, beginning with a letter"
HINTS = 3
MISTAKE_WORDS = ("exercise", "name", "step", "layer", "setting", "sentence")
"""What of a known mistake is written down, in the order of its fields: neither its code nor its changes, which hold
parts of the solution."""


def to_json(exercise: Exercise) -> str:
    """The exercise without the function that draws hidden test cases."""
    facts = {
        "name": exercise.name,
        "function": exercise.function,
        "kind": exercise.kind,
        "signature": exercise.signature,
        "outline": [
            [_text(p.step), p.layers, _case_of(p).model_dump(mode="json")["arguments"], *([p.block] if p.block else [])]
            for p in exercise.outline
        ],
        "rubric": [[_text(r.step), r.points, [_text(hint) for hint in r.hints]] for r in exercise.rubric],
        "public_probes": [case.model_dump(mode="json") for case in exercise.public_cases],
        "inner_cap": exercise.inner_cap,
        "outputs": exercise.outputs,
        "known": [{name: _text(getattr(mistake, name)) for name in MISTAKE_WORDS} for mistake in exercise.known],
    }
    if exercise.settings:
        facts["settings"] = {name: _text(value) for name, value in exercise.settings.items()}
    if exercise.defaults:
        facts["defaults"] = TestCase(name="", arguments=dict(exercise.defaults)).model_dump(mode="json")["arguments"]
    if exercise.agreed is not None:
        facts["agreed"] = asdict(exercise.agreed)
    if exercise.blocks:
        facts["blocks"] = [block.model_dump(mode="json") for block in exercise.blocks]
    if exercise.variants:
        facts["variants"] = [
            [_text(variant.sentence), [sign.model_dump(mode="json", exclude_defaults=True) for sign in variant.signs]]
            for variant in exercise.variants
        ]
    if exercise.tensors != 1:
        facts["tensors"] = exercise.tensors
    if exercise.closing:
        facts["closing"] = _text(exercise.closing)
    return json.dumps(facts, ensure_ascii=False)


def from_json(text: str) -> Exercise:
    """The exercise that `to_json` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    facts = json.loads(text)
    return Exercise(
        name=facts["name"],
        function=facts["function"],
        kind=facts["kind"],
        signature=tuple(facts["signature"]),
        outline=tuple(
            Part(_read(step), tuple(layers), TestCase(name="", arguments=when).arguments, *block)
            for step, layers, when, *block in facts["outline"]
        ),
        rubric=tuple(Rubric(_read(step), points, tuple(map(_read, hints))) for step, points, hints in facts["rubric"]),  # type: ignore[arg-type]
        public_cases=tuple(TestCase.model_validate(case) for case in facts["public_probes"]),
        draw_hidden_cases=_never,
        inner_cap=facts["inner_cap"],
        outputs=tuple(facts["outputs"]),
        known=tuple(
            Mistake(**{name: _read(mistake[name]) for name in MISTAKE_WORDS})  # type: ignore[arg-type]
            for mistake in facts["known"]
        ),
        variants=tuple(
            Variant(_read(sentence), tuple(map(Sign.model_validate, signs)))
            for sentence, signs in facts.get("variants", ())
        ),
        settings={name: _setting(value) for name, value in facts.get("settings", {}).items()},
        closing=_read(facts.get("closing", "")),
        defaults=TestCase(name="", arguments=facts.get("defaults", {})).arguments,
        agreed=_agreed(facts.get("agreed")),
        blocks=tuple(CalledBlock.model_validate(block) for block in facts.get("blocks", ())),
        tensors=int(facts.get("tensors", 1)),
    )


def _agreed(facts: dict[str, Any] | None) -> Conventions | None:
    if facts is None:
        return None
    return Conventions(tuple(facts["settings"]), float(facts["each"]), float(facts["together"]))


def _case_of(part: Part) -> TestCase:
    """The conditions of a part as a test case's arguments, which know how to be written down."""
    return TestCase(name="", arguments=dict(part.when))


def _never(random: Random) -> tuple[TestCase, ...]:
    raise NotImplementedError("hidden test cases are drawn by `autograder build` from the exercise's source")


def _text(text: float | str) -> Any:
    return {"": str(text), **text.translations} if isinstance(text, Text) else text


def _read(data: Any) -> str:
    if isinstance(data, dict):
        translations = dict(data)
        return Text(translations.pop(""), **translations)
    return str(data)


def _setting(data: Any) -> float | str:
    return data if isinstance(data, int | float) else _read(data)


# --- what an author may get wrong -------------------------------------------------------------------------------


def problems(exercise: Exercise, languages: Collection[str]) -> Iterator[str]:
    """What is wrong with a definition, a sentence each. `languages` are those that the course is given in."""
    for word in (exercise.name, exercise.function, *exercise.signature, *exercise.outputs):
        if not (word.isidentifier() and word.isascii() and word[0].isalpha()):
            yield f"{word!r} is no name: use {NAME}"
    yield from _steps(exercise)
    yield from _conventions(exercise)
    yield from _blocks(exercise)
    for line in exercise.rubric:
        yield from _line(line, languages)
    for mistake in exercise.known:
        yield from _translations(mistake.sentence, f"the sentence of the mistake {mistake.name}", languages)
    yield from _variants(exercise, languages)
    for name in exercise.defaults:
        if name not in exercise.signature:
            yield f"there is a default for {name!r}, which is no parameter"
    yield from _translations(exercise.closing, "`closing`", languages)
    if not exercise.public_cases:
        yield "there is no public test case"
    yield from case_problems(exercise, exercise.public_cases, hidden=False)


def _steps(exercise: Exercise) -> Iterator[str]:
    charged = {line.step for line in exercise.rubric}
    if not charged:
        yield "the rubric has no line"
    for part in exercise.outline:
        if part.step.partition(",")[0] not in charged and part.step != "shortcut":
            yield f"the rubric has no line for the step {part.step} of the outline"
    if exercise.kind == "function":
        if not exercise.outputs:
            yield "a function needs `outputs`: the name of what it returns, or several names"
        for part in exercise.outline:
            for name in (*part.layers, *part.when):
                if name not in (*exercise.outputs, *exercise.signature):
                    yield f"the step {part.step} speaks of {name!r}, which is no output and no parameter"
    elif any(part.when for part in exercise.outline) or (exercise.outputs and exercise.kind != "block"):
        yield 'only an exercise of the kind "function" has parts with `when`, and only it and a "block" have `outputs`'
    if exercise.tensors != 1 and (exercise.kind != "block" or not 1 <= exercise.tensors <= len(exercise.signature)):
        yield 'only an exercise of the kind "block" has `tensors`, and no more than parameters'


def _blocks(exercise: Exercise) -> Iterator[str]:
    called = {block.function for block in exercise.blocks}
    made = {part.block for part in exercise.outline if part.block}
    if called - made:
        yield f"no part of the outline is made by {', '.join(sorted(called - made))}, which `blocks` names"
    if called and made - called:
        yield f"`blocks` does not say how {', '.join(sorted(made - called))} is called"
    for block in exercise.blocks:
        for name in filter(None, (block.channels, block.strides, *block.defaults)):
            if name not in block.signature:
                yield f"{block.function} has no parameter {name!r}"


def _conventions(exercise: Exercise) -> Iterator[str]:
    agreed = exercise.agreed
    if agreed is None:
        return
    if exercise.kind not in ("block", "model"):
        yield 'only an exercise of the kind "block" or "model" has conventions (`agreed`)'
    cheapest = min((line.points for line in exercise.rubric), default=0.0)
    if not 0 < agreed.each <= agreed.together < cheapest:
        yield (
            f"a slip in a convention costs {agreed.each:g} points, and all together {agreed.together:g}: it has to be "
            f"something, and all together less than the cheapest step's {cheapest:g}"
        )


def _variants(exercise: Exercise, languages: Collection[str]) -> Iterator[str]:
    if exercise.variants and exercise.kind not in ("block", "model"):
        yield 'only an exercise of the kind "block" or "model" has `variants`'
    for number, variant in enumerate(exercise.variants, 1):
        yield from _translations(variant.sentence, f"the sentence of variant {number}", languages)
        if not variant.sentence.strip() or not variant.signs:
            yield f"variant {number} needs a sentence, and at least one finding by which it is known"


def _line(line: Rubric, languages: Collection[str]) -> Iterator[str]:
    if not line.points > 0:
        yield f"the step {line.step} gives {line.points} points: give it some"
    if len(line.hints) != HINTS or not all(hint.strip() for hint in line.hints):
        yield f"the step {line.step} needs {HINTS} hints, none of them empty: a question, a pointer, nearly the answer"
    for i, hint in enumerate(line.hints, 1):
        yield from _translations(hint, f"hint {i} of the step {line.step}", languages)


def _translations(text: str, what: str, languages: Collection[str]) -> Iterator[str]:
    for language in sorted(languages):
        if text and language != "en" and not (isinstance(text, Text) and text.translations.get(language, "").strip()):
            yield f'{what} is not there in {language!r}: write Text("...", {language}="...")'


def case_problems(exercise: Exercise, cases: tuple[TestCase, ...], hidden: bool) -> Iterator[str]:
    """What is wrong with an exercise's test cases, public or hidden ones."""
    if len({case.name for case in cases}) != len(cases):
        yield "two test cases have the same name"
    wanted = exercise.signature[len(exercise.free) :]
    for case in cases:
        given = tuple(case.arguments)
        if given != wanted[: len(given)] or (exercise.kind == "function" and given != wanted):
            given_names, wanted_names = ", ".join(given), ", ".join(wanted)
            yield f"test case {case.name} gives {given_names}; the signature asks for {wanted_names}, in that order"
        if case.hidden != hidden:
            yield f"test case {case.name} is to have hidden={hidden}"
        if not case.name or set(case.name) & set("/.:"):
            yield f"test case {case.name!r} needs a name without any of / . :"
        if exercise.kind in ("block", "model") and len(case.input_shape) < 2:
            yield f"test case {case.name} needs an input_shape that counts the batch, such as (m, n_H, n_W, n_C)"
        if exercise.kind == "block":
            yield from _inputs_of(exercise, case)


def _inputs_of(exercise: Exercise, case: TestCase) -> Iterator[str]:
    if len(case.input_shapes) != exercise.tensors:
        yield (
            f"test case {case.name} has {len(case.input_shapes)} input shapes; {exercise.function} takes "
            f"{exercise.tensors} tensors: give the shapes of the others as `more_inputs`"
        )
    elif len({shape[:1] for shape in case.input_shapes}) != 1:
        yield f"test case {case.name} has inputs of different batches: the first numbers of all shapes must be the same"
