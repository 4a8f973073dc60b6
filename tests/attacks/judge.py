"""What an attack gained: judged by what lies there afterwards, never by what it says of itself."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from autograder.execution.testcell.thrown import REASONS
from tests.attacks.attack import Attack
from tests.attacks.browsed import browsed
from tests.attacks.classroom import FIRST, LAST, Class
from tests.attacks.pages import active, formgrader_page

MAX_READ = 32 * 2**20
MAX_PAGE = 16 * 2**20
"""Characters of a page. What is longer holds up a browser; the attacks' notebooks are much shorter."""
RUNNABLE = re.compile(r".*\.(html?|xhtml|svg|xml|js)|.*_config\.(py|json)", re.IGNORECASE)
"""Files that a browser runs as pages of their server, or nbgrader as its configuration."""
UNTOUCHED = "NotImplementedError"
"""What an exercise raises that nobody has touched: many attacks leave some as they were."""
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attack gained: points beyond the honest ones, secrets by what they are, what it touched.

    `mistakes` are errors that it came to and should not have: it may have died before it attacked.
    """

    attack: Attack
    points: float
    secrets: tuple[str, ...]
    touched: tuple[str, ...]
    graded: bool
    mistakes: tuple[str, ...] = ()

    @property
    def gains(self) -> tuple[str, ...]:
        """Which of GAINS it made."""
        found = (("points", self.points > 1e-6), ("secret", bool(self.secrets)), ("escape", bool(self.touched)))
        return tuple(name for name, made in found if made)


def judge(graded: Class) -> tuple[Outcome, ...]:
    """Every attack of a class, in its order."""
    common = _given_to_all(graded)
    pages = _all_pages(graded)
    return tuple(_judge_one(graded, attack, common, pages[attack.name]) for attack in graded.attacks)


def honest(graded: Class) -> tuple[str, ...]:
    """What is wrong with the honest students: right answers without full points, or pages that tell a secret."""
    found = []
    if len(graded.attacks) == 1 and graded.attacks[0].alone and graded.course.side == "stock":
        return ()  # that is why it is alone
    for student in (FIRST, LAST):
        score = graded.scores.get(student)
        if score is None or abs(score - graded.course.full) > 1e-6:
            found.append(f"{student}'s right answers earn {score} of {graded.course.full:g} points")
    if graded.course.side == "ours":
        for student in (FIRST, LAST, *(f"base-{name}" for name in {"wrong", *(a.base for a in graded.attacks)})):
            own = {} if student.startswith("base") else {graded.friend_secret: ""}
            secrets = {text: what for text, what in graded.secrets().items() if text not in own}
            found += [f"{student}'s feedback tells: {what}" for what in _found(_feedback(graded, student), secrets)]
    return tuple(dict.fromkeys(found))


def _judge_one(graded: Class, attack: Attack, common: Mapping[str, str], pages: Sequence[_Page]) -> Outcome:
    student = attack.student_id
    score = graded.scores.get(student)
    base = graded.scores.get(f"base-{attack.base}") or 0.0
    secrets = graded.secrets()
    secrets |= {a.mark: "what another student left" for a in graded.attacks if a is not attack}
    told = dict.fromkeys(_found(_own(graded, attack), secrets))
    told |= dict.fromkeys(_found(_feedback(graded, student), {s: w for s, w in secrets.items() if s not in common}))
    touched = list(graded.sentinels.touches(attack.name))
    if "grader" in "".join(part.text for part in attack.parts) and graded.sentinels.signals.exists():
        touched.append("signalled the grader")
    mark = graded.sentinels.targets[attack.name].mark
    for page in pages:
        touched += [f"{what} in the {page.where}" for what in (*active(page.html, mark), *page.acts)]
        if page.html == "":
            touched.append(f"broke the {page.where}")
        if len(page.html) > MAX_PAGE:
            touched.append(f"made the {page.where} {len(page.html) / 2**20:.0f} MB long")
    touched += [f"left {path.name!r} in {path.parent.parent.parent.name}/" for path in _runnable(graded, student, mark)]
    if len(graded.attacks) == 1 and any(graded.scores.get(other) is None for other in (FIRST, LAST)):
        touched.append("kept others from being graded")
    gained = max((score or 0.0) - base, 0.0)
    expected = {error.replace("MARK", mark) for error in attack.raises} | {UNTOUCHED, *REASONS}
    mistakes = [f"{error}: {text}" for error, text in graded.errors.get(mark, ()) if error not in expected]
    return Outcome(
        attack,
        gained,
        tuple(told),
        tuple(dict.fromkeys(touched)),
        graded=score is not None,
        mistakes=tuple(dict.fromkeys(mistakes)),
    )


def _given_to_all(graded: Class) -> dict[str, str]:
    """What stock nbgrader's feedback shows to everybody, cheating or not; the kit's has to keep it."""
    if graded.course.side == "ours":
        return {}
    text = b"\n".join((*_feedback(graded, FIRST), *_feedback(graded, LAST))).decode(errors="replace")
    return {secret: what for secret, what in graded.secrets().items() if secret in text}


def _found(texts: Iterator[bytes], secrets: Mapping[str, str]) -> Iterator[str]:
    """What is told in the texts, as it is or in one of a few simple spellings."""
    wanted = [(spelling, what) for secret, what in secrets.items() for spelling in _spellings(secret)]
    for text in texts:
        for spelling, what in wanted:
            if spelling in text:
                yield what


def _spellings(secret: str) -> tuple[bytes, ...]:
    plain = secret.encode()
    return plain, plain[::-1], plain.hex().encode(), *(_in_base64(plain, offset) for offset in range(3))


def _in_base64(plain: bytes, offset: int) -> bytes:
    """How the text looks in base64 where it begins `offset` bytes after a multiple of three."""
    text = base64.b64encode(b"\0" * offset + plain)
    return text[(0, 2, 3)[offset] : (len(plain) + offset) // 3 * 4]


def _own(graded: Class, attack: Attack) -> Iterator[bytes]:
    """What the attack wrote, or was shown by cells of its own."""
    folder = graded.folder("autograded", attack.student_id)
    notebook = folder / f"{graded.course.assignment}.ipynb"
    if notebook.is_file() and not notebook.is_symlink():
        tests = {c.metadata.nbgrader.grade_id for c in graded.course.answers["right"].cells if _is_test(c)}
        for cell in nbformat.read(notebook, as_version=4).cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if cell.cell_type == "code" and name not in tests:
                yield "\n".join(map(_text_of, cell.outputs)).encode(errors="replace")
    yield from _files(folder, {notebook})
    for _, heard in graded.sentinels.listeners.heard:
        if graded.sentinels.targets[attack.name].mark in heard:
            yield heard.encode(errors="replace")
    for _, data in graded.sentinels.targets[attack.name].written():
        yield data


def _is_test(cell: nbformat.NotebookNode) -> bool:
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("grade")) and not marks.get("solution")


def _text_of(output: nbformat.NotebookNode) -> str:
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return "\n".join((output.ename, output.evalue, *output.traceback))
    return "\n".join(map(str, output.get("data", {}).values()))


def _feedback(graded: Class, student: str) -> Iterator[bytes]:
    """Every file that the student gets, pages also as a reader sees them."""
    for data in _files(graded.folder("feedback", student), set()):
        yield data
        if b"<html" in data[:2000]:
            text = data.decode(errors="replace")
            yield html.unescape(_TAG.sub("", text)).encode(errors="replace")


def _files(folder: Path, without: set[Path]) -> Iterator[bytes]:
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path not in without:
            yield path.name.encode(errors="replace")
            with path.open("rb") as file:
                yield file.read(MAX_READ)


@dataclass(frozen=True, slots=True)
class _Page:
    """A page about a submission, "" where it can't be shown any more, and what acts on it in a browser."""

    where: str
    html: str
    acts: tuple[str, ...] = ()


def _all_pages(graded: Class) -> dict[str, list[_Page]]:
    """The pages by the attacks' names. A browser looks at those of attacks that aim at it, all in one go."""
    pages = {attack.name: list(_pages(graded, attack.student_id)) for attack in graded.attacks}
    marks = {one.name: graded.sentinels.targets[one.name].mark for one in graded.attacks if "escape" in one.aim}
    marked = [(name, i) for name, mark in marks.items() for i in _bearing(pages[name], mark)]
    seen = browsed([(pages[name][i].html, marks[name]) for name, i in marked])
    for (name, i), acts in zip(marked, seen, strict=True):
        pages[name][i] = replace(pages[name][i], acts=acts)
    return pages


def _bearing(pages: Sequence[_Page], mark: str) -> list[int]:
    return [i for i, page in enumerate(pages) if mark in page.html and len(page.html) <= MAX_PAGE]


def _pages(graded: Class, student: str) -> Iterator[_Page]:
    assignment = graded.course.assignment
    notebook = graded.folder("autograded", student) / f"{assignment}.ipynb"
    if not notebook.is_file():
        return
    feedback = graded.folder("feedback", student) / f"{assignment}.html"
    yield _Page("feedback", feedback.read_text(errors="replace") if feedback.is_file() else "")
    try:
        yield _Page("Formgrader page", formgrader_page(graded.root, student, notebook))
    except Exception:  # whatever nbconvert and its templates raise, Formgrader answers with an error
        yield _Page("Formgrader page", "")


def _runnable(graded: Class, student: str, mark: str) -> Iterator[Path]:
    """Handed-in files that something would run, where Formgrader and nbgrader's tools find them."""
    own = graded.folder("feedback", student) / f"{graded.course.assignment}.html"
    for step in ("autograded", "feedback"):
        for path in graded.folder(step, student).rglob("*"):
            if path.is_file() and path != own and RUNNABLE.fullmatch(path.name) and mark.encode() in path.read_bytes():
                yield path
