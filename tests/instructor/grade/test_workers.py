"""Submissions that lacked the processor are executed again, alone."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook

from autograder.base.course import Course
from autograder.execution.record import NotebookRecord
from autograder.execution.result import ExecutedNotebook, ExecutedSubmission, NotebookResult
from autograder.execution.settings import Settings
from autograder.execution.submission.model import RestoredNotebook, Submission
from autograder.instructor.grade import workers


class Executing:
    """In place of executing: notes how many are at it, and says of some that they were crowded or greedy at first."""

    def __init__(self, crowded: dict[str, int], greedy: str = "") -> None:
        self.crowded = crowded
        self.greedy = greedy
        self.times: Counter[str] = Counter()
        self.beside: dict[str, list[int]] = {}
        self._at_work = 0
        self._lock = threading.Lock()

    def __call__(self, submission: Submission, _: Settings) -> ExecutedSubmission:
        student = submission.student
        with self._lock:
            self._at_work += 1
            self.times[student] += 1
            self.beside.setdefault(student, []).append(self._at_work)
        crowded = self.times[student] <= self.crowded.get(student, 0)
        restored = RestoredNotebook("plain", new_notebook(), (), {})
        result = NotebookResult(
            cells=(), whole=NotebookRecord(crowded=crowded, greedy=crowded and student == self.greedy)
        )
        with self._lock:
            self._at_work -= 1
        return ExecutedSubmission(student, {"plain": ExecutedNotebook(restored, result)}, 1.0)


def execute(executing: Executing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[ExecutedSubmission]:
    monkeypatch.setattr(workers, "execute_submission", executing)
    course = Course(tmp_path)
    submissions = [Submission(course, name, "plain", tmp_path, tmp_path, {}) for name in ("ada", "bob", "cy", "di")]
    with ThreadPoolExecutor(3) as pool:
        found = list(workers.execute_all(pool, submissions, Settings()))
    assert all(isinstance(one, ExecutedSubmission) for one in found)
    return [one for one in found if isinstance(one, ExecutedSubmission)]


def test_again_and_alone_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executing = Executing({"ada": 1, "cy": 1})
    found = execute(executing, tmp_path, monkeypatch)
    assert sorted(one.student for one in found) == ["ada", "bob", "cy", "di"]
    assert {one.student for one in found[-2:]} == {"ada", "cy"}
    assert executing.times == {"ada": 2, "bob": 1, "cy": 2, "di": 1}
    assert executing.beside["ada"][1] == executing.beside["cy"][1] == 1
    assert not any(one.troubles.crowded for one in found)


def test_what_it_took_from_others_before_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = execute(Executing({"ada": 1, "cy": 1}, greedy="cy"), tmp_path, monkeypatch)
    assert [one.student for one in found if any("more than its share" in words for words in one.troubles.stopped)] == [
        "cy"
    ]


def test_once_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executing = Executing({"bob": 9})
    (crowded,) = [one for one in execute(executing, tmp_path, monkeypatch) if one.troubles.crowded]
    assert crowded.student == "bob"
    assert executing.times["bob"] == 2


def test_its_result_is_not_complete() -> None:
    assert not NotebookResult(cells=(), whole=NotebookRecord(crowded=True)).complete
    assert NotebookResult(cells=(), whole=NotebookRecord(greedy=True)).complete
