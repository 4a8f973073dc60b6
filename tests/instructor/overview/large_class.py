"""A class of any size that was never graded: only what an overview shows of it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from autograder.instructor.overview.classroom import ClassSummary, Code, GradedCell, GradingState, Slip, StudentSummary

CELLS = tuple(
    GradedCell("resnet" if most > 7 else "signs", name, most)
    for name, most in (
        ("test_identity_block", 10.0),
        ("test_convolutional_block", 10.0),
        ("test_resnet50", 10.0),
        ("test_train_signs", 5.0),
        ("the_trap", 7.0),
    )
)
NAMES = (
    "Anna Schmidt",
    "王小明",
    "अंकिता शर्मा",
    "Ömer Yılmaz",
    "Nguyễn Thị Hoa",
    "محمد علي",
    "Иван Петров",
    "김민준",
    "Zoë O'Neil",
)
SLIPS = tuple(
    Slip(exercise, step, kind, setting, layer)
    for exercise in ("identity_block", "convolutional_block", "resnet50")
    for step in ("2a", "2b", "2c", "shortcut", "add")
    for kind, setting, layer in (("wrong setting", "padding", ""), ("missing", "", "BatchNormalization"))
)


def large_class(size: int, seed: int = 1, by_hand: bool = True) -> ClassSummary:
    """Strong and weak students; the last exercise tells nobody apart, and a person has yet to grade the trap."""
    random = Random(seed)
    found = []
    for number in range(size):
        strength = random.random()
        points: dict[GradedCell, float | None] = {}
        for at, cell in enumerate(CELLS):
            chance = strength if at < 3 else random.random()
            points[cell] = round(cell.max_points * min(1.0, chance * 1.3), 1)
        if by_hand:
            points[CELLS[-1]] = None
        lost = number % 45 == 7
        state = GradingState.NOT_GRADED if lost else GradingState.BY_HAND if by_hand else GradingState.GRADED
        found.append(
            StudentSummary(
                student=f"student-{number:03}@students.example.edu",
                name=NAMES[number % len(NAMES)],
                state=state,
                late=number % 20 == 3,
                points=dict.fromkeys(CELLS) if lost else points,
                total=None if lost or by_hand else sum(score or 0.0 for score in points.values()),
                slips=tuple(slip for slip in SLIPS if random.random() > 0.75 + strength / 4),
                unusual=("the kernel died while it ran identity_block",) if number % 9 == 4 else (),
                links=(),
                codes=(Code("resnet", "identity_block", _code(number), ("right",)),),
            )
        )
    nothing = replace(
        found[0], state=GradingState.MISSING, points=dict.fromkeys(CELLS), total=None, slips=(), unusual=()
    )
    absent = tuple(replace(nothing, student=f"absent-{number}", name="Abe Sent") for number in range(6))
    return ClassSummary("resnet", CELLS, tuple(found), absent, given=())


def _code(number: int) -> str:
    """Every twentieth pair wrote the same odd lines."""
    who = number - 1 if number % 20 == 1 else number
    lines = [f"    table_{who}_{at} = [{who + at}, 'odd {who} {at}', {who * 7 + at}]" for at in range(9)]
    return "\n".join(["def identity_block(X):", *lines, "    return X"])
