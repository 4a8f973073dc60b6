"""The verdict on a trained network in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from ...base.messages import N_, Translate, translator
from ...diagnosis import Finding
from ...report import Report, StepLine, failed_report
from ...report.sentences import REFUSALS, describe_step, label_step
from .demands import WEIGHTS_FILE, demands_of
from .judge import Trained
from .weights import Trouble

SENTENCES: Mapping[str, str] = {
    # the graph
    "layers": N_("the network has layers that can't be computed here ({layers}). Build it from the layers that the exercise names."),
    "input": N_("it takes images of the shape {found}; SIGNS are {expected}: X_input = Input(input_shape)."),
    "shapes": N_("its layers don't fit together at {layer}."),
    "classes": N_("what comes out has the shape {found}, and should be {expected} numbers for each image, one for each class: end with a Dense layer of `classes` units."),
    "parameters": N_("it has {found} parameters, and at most {most} are taken: use fewer filters."),
    "products": N_("it is too large to be measured: {found} multiplications for one image, and at most {most} are taken. Make the picture smaller earlier, with a stride or a pooling."),
    "softmax": N_("it does not end with a softmax, so what comes out are no probabilities: Dense(classes, activation='softmax')."),
    "no shortcut": N_("there is no residual block in it: nowhere is a shortcut added to a longer path. Stack your convolutional_block and your identity_block."),
    "idle": N_("in {number} of its additions one path brings nothing: what comes along it is zero, or next to nothing beside the other one. Add what your blocks add."),
    "no identity": N_("there is no block whose shortcut is the block's input itself: use your identity_block, too."),
    "no convolution": N_("there is no block with a convolution on its shortcut: use your convolutional_block where the shape changes."),
    # the weights
    "missing": N_("there is no file {file} beside the notebook. Run the cell that trains to its end, and hand in the file together with the notebook."),
    "not a file": N_("{file} is a link or no ordinary file, and is not opened. Hand in the file itself."),
    "too large": N_("{file} has {size} MB, and at most {most} MB are read. Save it with signs.train."),
    "unreadable": N_("{file} can't be read."),
    "header": N_("{file} is no file that signs.train has saved: its list of arrays is far too long."),
    "damaged": N_("{file} is damaged, cut short, or not in the safetensors format. Save it anew: run the cell that trains."),
    "type": N_("{file}: {name} is of type {found}, and weights are float32 (F32)."),
    "foreign": N_("{file} is of another network: {missing} (and so on, {missing_number} in all) are not in it, and {extra} ({extra_number} in all) are of no layer of yours. Train again after the last change of small_resnet."),
    "incomplete": N_("{file} lacks weights of your network: {missing} ({missing_number} in all). Train again after the last change of small_resnet."),
    "too many": N_("{file} holds weights of no layer of yours: {extra} ({extra_number} in all). Train again after the last change of small_resnet."),
    "shape": N_("{file} is of another network: {name} has the shape {found}, and your network needs {expected}. Train again after the last change of small_resnet."),
    "solution": N_("{file} holds the weights of the instructor's own network, and those earn nothing. Train yours: run the cell that trains."),
    "not finite": N_("{file}: {name} holds values that are no numbers (NaN or infinite). Training has gone astray; a lower learning rate keeps it from that."),
    "negative": N_("{file}: {name} is negative somewhere, and a variance can't be."),
    # the images
    "accuracy": N_("{right} of {images} images are recognised ({share}); {wanted} are asked for."),
}  # fmt: skip


def make_report(verdict: Trained, language: str = "en") -> Report:
    """The verdict as a report."""
    _ = translator(language)
    exercise = verdict.exercise
    if verdict.error is not None:
        return failed_report(exercise, verdict.error, language)
    points = round(sum(verdict.points.values()), 2)
    wrong = {trouble.step for trouble in verdict.troubles}
    return Report(
        exercise=exercise.name,
        function=exercise.function,
        points=float(points),
        max_points=float(exercise.max_points),
        passed=not verdict.troubles,
        findings=tuple(_finding(trouble, _) for trouble in verdict.troubles),
        error=None,
        student_error=None,
        steps=tuple(
            StepLine(
                line.step,
                describe_step(line.step, _),
                line.points,
                line.step not in wrong if line.step in verdict.points else None,
                label_step(line.step, _),
            )
            for line in exercise.rubric
        ),
        notes=tuple(_notes(verdict, _)),
        language=language,
    )


def sentence(trouble: Trouble, _: Translate) -> str:
    """The trouble as a sentence that says where it is and what to do about it."""
    return _("{where}: {what}").format(where=_capital(describe_step(trouble.step, _)), what=_words(trouble, _))


def _finding(trouble: Trouble, _: Translate) -> Finding:
    missing = trouble.code.startswith("no ") or trouble.code == "missing"
    return Finding(
        step=trouble.step,
        layer={"graph": "Model", "weights": WEIGHTS_FILE}.get(trouble.step, ""),
        kind="missing" if missing else "wrong value",
        setting=trouble.code,
        expected=trouble.facts.get("expected", trouble.facts.get("wanted")),
        found=trouble.facts.get("found", trouble.facts.get("right")),
        message=sentence(trouble, _),
    )


def _words(trouble: Trouble, _: Translate) -> str:
    facts = dict(trouble.facts)
    if trouble.code.startswith("refused "):
        return _(REFUSALS[trouble.code.removeprefix("refused ")]).format(**facts)
    if trouble.code == "accuracy":
        facts["share"] = f"{int(facts['right']) / int(facts['images']):.1%}"
    return _(SENTENCES[trouble.code]).format(file=WEIGHTS_FILE, **facts)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _notes(verdict: Trained, _: Translate) -> list[str]:
    measured = verdict.measured
    if measured is None:
        return []
    notes = []
    words = {"right": measured.right, "images": measured.images, "share": f"{measured.accuracy:.1%}"}
    if verdict.hidden:
        notes.append(
            _("Measured on {images} hidden images, which nobody has trained on: {right} recognised ({share}).").format(
                **words
            )
        )
    else:
        notes.append(
            _(
                "Measured on the {images} public test images: {right} recognised ({share}). The grade is measured on "
                "hidden ones."
            ).format(**words)
        )
        if measured.times > 1:
            notes.append(
                _("Most often confused: {times} times a {shown} was taken for a {taken_for}.").format(
                    times=measured.times, shown=measured.shown, taken_for=measured.taken_for
                )
            )
    demands = demands_of(verdict.exercise)
    if measured.accuracy < demands.full_points_from:
        notes.append(
            _("Up to {chance} earn nothing, from {wanted} on all, and in between the points rise evenly.").format(
                chance=f"{demands.no_points_up_to:.0%}", wanted=f"{demands.full_points_from:.0%}"
            )
        )
    return notes
