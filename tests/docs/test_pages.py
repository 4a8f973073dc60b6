"""What the documentation quotes and lists is what the code has."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from autograder.execution.kernel import answers, client, outputs, replies
from autograder.instructor.feedback import filters, formulas, pages, pictures
from autograder.lesson.experiments import challenge
from autograder.lesson.images import files
from autograder.lesson.training import fit, same, weights
from autograder.lesson.training.demands import Demands
from autograder.nbgrader.steps.execute import Execute
from autograder.sandbox.inside import first
from autograder.sandbox.limits import GIB, MIB, SandboxLimits
from autograder.sandbox.watch import charges, processes, processor
from tests.nbgrader.test_nbgraders_own import CANNOT
from tools.docs import reference_pages

ROOT = Path(__file__).resolve().parents[2]
TROUBLES = ROOT / "docs" / "guides" / "troubleshooting.md"
SECURITY = " ".join((ROOT / "docs" / "design" / "security.md").read_text(encoding="utf-8").split())
MESSAGES = re.findall(r"^```text\n(.*?)\n```$", TROUBLES.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", reference_pages.pages(), ids=lambda path: path.name)
def test_reference_pages_are_in_step_with_the_code(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == reference_pages.pages()[path], "run tools/docs/reference_pages.py"


@pytest.mark.parametrize("message", MESSAGES)
def test_each_message_of_troubleshooting_is_one_that_the_code_has(message: str) -> None:
    assert any(message in text for text in messages())


def test_a_message_that_was_changed_is_noticed() -> None:
    assert not any("There are no references at …: call a friend" in text for text in messages())
    assert len(MESSAGES) > 15


LIMITS = SandboxLimits()
DEFAULTS = {
    "memory": f"{LIMITS.memory // GIB} GiB, all processes",
    "processes": f"{LIMITS.processes} tasks",
    "file_size": f"{LIMITS.file_size // MIB} MiB a file",
    "disk`, `files": f"{LIMITS.disk // GIB} GiB, {LIMITS.files:,} files; a quarter more",
    "tmp_size": f"{LIMITS.tmp_size // MIB} MiB each",
    "cpu_seconds": f"{LIMITS.cpu_seconds} s a process",
    "open_files": f"{LIMITS.open_files} a process; {LIMITS.open_files_together} all together",
    "wall_seconds": f"{LIMITS.wall_seconds} s a kernel",
    "spare_memory": f"{LIMITS.spare_memory // MIB} MiB of the machine's memory",
    "c.Execute.timeout": f"{Execute.timeout.default_value} s a student cell",
    "c.Execute.submission_timeout": f"{Execute.submission_timeout.default_value} s a notebook",
    "c.Execute.max_kernels": f"{Execute.max_kernels.default_value} a notebook",
}


@pytest.mark.parametrize("setting", DEFAULTS)
def test_the_limits_on_the_page_of_security_are_the_defaults(setting: str) -> None:
    assert f"| `{setting}` | {DEFAULTS[setting]}" in SECURITY
    assert (LIMITS.folder_size, LIMITS.folder_files) == (LIMITS.disk * 5 // 4, LIMITS.files * 5 // 4 + 100)


FIGURES = (
    f"at most {weights.MAX_BYTES // MIB} MB, float32",
    f"{replies.MAX_TOLD:,} calls, {replies.MAX_WITHIN} deep",
    f"under new names, at most {answers.MAX_FILE // MIB} MiB",
    f"| outputs | {client.MAX_KEPT // MIB} MiB kept a cell, {client.MAX_HEARD // MIB} MiB heard",
    f"may be {processor.BURST:g} processor seconds ahead. What can't be stopped is ended at {processor.TOO_FAR:g}.",
    f"with {processes._INODE / 1024:g} KiB a file; page tables; {charges.OF_A_TASK // 1024} KiB a task and "
    f"{charges.OF_AN_OPEN_FILE // 1024} KiB an open file",
    f"what its queue can hold ({charges._UNIX_DEFAULT // 1024} KiB as a rule)",
    f"else {first._OTHERS:,} more than the user has now",
    f"{pictures.MAX_PIXELS // 10**6} million pixels each, {pictures.MAX_PAGE_PIXELS // 10**6} million on a page",
    f"and {outputs.PIXELS_A_CHARACTER} pixels count as a character",
    f"longer than {filters.MAX_CELL:,} characters in a cell, or {filters.MAX_PAGE:,} on a page",
    f"up to {filters.MAX_TYPED:,}; formulas longer than {formulas.MAX_FORMULA:,} are",
    f"more than {filters.MAX_CODES:,} changes of colour",
    f"of all outputs of a kernel {client.MAX_KEPT_IN_ALL // MIB} MiB are kept",
    f"gives up a student's page after {pages.PAGE_SECONDS:g} seconds",
)


@pytest.mark.parametrize("words", FIGURES)
def test_a_figure_of_the_page_of_security_is_the_codes(words: str) -> None:
    assert words in SECURITY


DEMANDS = Demands()
LESSON_FIGURES = (
    f"trains for {fit.EPOCHS} epochs with Adam, batches of {fit.BATCH} and a learning rate that falls from "
    f"{fit.LEARNING_RATE:g} to 0",
    f"and have at most {weights.MAX_BYTES // MIB} MB; its header, which names the arrays, may have "
    f"{weights.MAX_HEADER // 1024} kB",
    f"at most {DEMANDS.max_parameters:,} parameters and {DEMANDS.max_products:,} multiplications an image",
    f"nothing up to {DEMANDS.no_points_up_to:.0%}, everything from {DEMANDS.full_points_from:.0%} on",
    f"on {DEMANDS.hidden_images} images that `autograder build` draws",
    f"by a bound of {same.ALIKE:g}",
    f"shows it {challenge.IMAGES} drawn images of neither set",
    f"a challenge within {challenge.MOST_PARAMETERS:,} parameters and {challenge.MOST_SECONDS:g} s",
    f"There may be 1 to {files.MOST_IMAGES:,} images",
)


@pytest.mark.parametrize("words", LESSON_FIGURES)
def test_a_figure_of_the_pages_of_the_lesson_is_the_codes(words: str) -> None:
    pages = ((ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") for name in ("course.md", "signs.md"))
    assert words in " ".join(" ".join(pages).split())


def test_nbgraders_tests_that_cannot_pass_are_those_of_the_page_of_security() -> None:
    table = SECURITY.partition("expect what this kit does in another way:")[2].partition("## ")[0]
    named = [name for cell in re.findall(r"\| (`[^|]+`) \|", table) for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(f"test_{name}" for name in named) == sorted(CANNOT)
    assert len(named) == 10


@cache
def messages() -> frozenset[str]:
    """Every text in the code, with … for what is filled in; of the installer, the whole of it."""
    found = {(ROOT / "tools" / "install.sh").read_text(encoding="utf-8")}
    for path in (ROOT / "autograder").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                found.add("".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values))
    return frozenset(found)
