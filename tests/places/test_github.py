"""The repository template for GitHub: the steps of its workflow, run one after the other as a runner runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from autograder.student.annotations import command, main
from autograder.student.check import ExerciseEntry, FindingEntry, NotebookEntry
from tests.places.environment import OFFLINE, lend_packages
from tests.shared.helpers import ROOT, autograder, handed_in, right, solution, write


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked repository."""
    folder = tmp_path_factory.mktemp("github")
    done = autograder("--course", ROOT, "package", "--for", "github", "--language", "en", "--to", folder)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / "residual-networks-en-github.zip") as archive:
        archive.extractall(folder / "repository")
    return folder / "repository"


def steps(repository: Path) -> list[dict[str, Any]]:
    workflow = yaml.safe_load((repository / ".github" / "workflows" / "check.yml").read_text())
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    return list(job["steps"])


class Runner:
    """A machine of GitHub's: what `actions/setup-python` gives, and nothing of this checkout."""

    def __init__(self, repository: Path, folder: Path) -> None:
        self.repository, self.summary = repository, folder / "summary.md"
        subprocess.run([sys.executable, "-m", "venv", folder / "python"], check=True)
        lend_packages(folder / "python")
        self._environment = {
            "PATH": f"{folder / 'python' / 'bin'}:/usr/bin:/bin",
            "HOME": str(folder),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            **OFFLINE,
        }

    def run(self, step: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(
            shell, cwd=self.repository, env=self._environment, capture_output=True, text=True, timeout=400
        )


@pytest.mark.slow
def test_the_workflow(template: Path, tmp_path: Path) -> None:
    repository = Path(shutil.copytree(template, tmp_path / "repository"))
    found = steps(repository)
    assert [one["uses"].partition("@")[0] for one in found if "uses" in one] == [
        "actions/checkout",
        "actions/setup-python",
    ]
    install, check, tell = (one for one in found if "run" in one)
    assert tell["if"] == "always()"
    runner = Runner(repository, tmp_path)
    done = runner.run(install)
    assert done.returncode == 0, done.stdout + done.stderr
    # Nothing was begun: nothing is checked, and nothing is wrong.
    assert [runner.run(step).returncode for step in (check, tell)] == [0, 0]
    slip = solution("identity_block", ('padding="same"', 'padding="valid"'))
    path = repository / "study" / "resnet" / "resnet.ipynb"
    write(handed_in(identity_block=slip, convolutional_block=solution("convolutional_block")), path)
    done = runner.run(check)
    assert done.returncode == 0, done.stdout + done.stderr
    done = runner.run(tell)
    assert done.returncode == 1
    errors = [line for line in done.stdout.splitlines() if line.startswith("::error ")]
    named = [line for line in errors if "title=identity_block" in line]
    assert all(line.startswith("::error file=study/resnet/resnet.ipynb,") for line in named)
    assert any("valid" in line for line in named)
    assert not [line for line in errors if "title=convolutional_block" in line]
    told = runner.summary.read_text()
    assert "❌ `` identity_block ``" in told
    assert "✅ `` convolutional_block ``: 10/10" in told
    # What is no notebook fails in its step, and is named by the other.
    path.write_text("{")
    assert runner.run(check).returncode == 1
    assert "resnet.ipynb could not be checked" in runner.run(tell).stdout
    write(right(), path)
    assert [runner.run(step).returncode for step in (check, tell)] == [0, 0]


def test_every_push_is_checked(template: Path) -> None:
    workflow = yaml.safe_load((template / ".github" / "workflows" / "check.yml").read_text())
    assert "push" in workflow[True]  # YAML reads `on` as a truth value


def test_nothing_of_the_instructors_is_in_it(template: Path) -> None:
    files = [path for path in template.rglob("*") if path.is_file()]
    assert {"hidden.h5", "hidden.seed", "gradebook.db", "exercises.py", "mistakes.py"}.isdisjoint(
        path.name for path in files
    )
    assert not [path for path in files if path.suffix != ".whl" and b"BEGIN HIDDEN TESTS" in path.read_bytes()]
    assert (template / "study" / "resnet" / "resnet.ipynb").read_bytes() == (
        template / "release" / "resnet" / "resnet.ipynb"
    ).read_bytes()
    assert (template / "README.md").read_text().startswith("# On GitHub")


def entry(**values: Any) -> NotebookEntry:
    finding = {"step": "2a", "layer": "", "kind": "error", "setting": "", "expected": None, "found": None, "line": 1}
    finding |= {"function": "", "message": values.pop("message")}
    found = FindingEntry.model_validate(finding)
    one = ExerciseEntry(name="block", points=1, max_points=2, error=None, findings=(found,))
    return NotebookEntry(notebook="a.ipynb", language="en", protection="", points=1, max_points=2, exercises=(one,))


def test_a_student_s_words_give_no_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.ipynb.json"
    path.write_text(entry(message="100%\n::set-output name=x::y\r::stop-commands::z").model_dump_json())
    assert main([str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    assert "100%25%0A::set-output" in lines[0]
    assert command("error", "a:b,c", "t", "w") == "::error file=a%3Ab%2Cc,title=t::w"


def test_a_student_s_words_are_text_in_the_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, summary = tmp_path / "a.ipynb.json", tmp_path / "summary.md"
    path.write_text(entry(message="``` \n# Passed <img src=x> [a](http://b)").model_dump_json())
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", os.fspath(summary))
    main([str(path)])
    (line,) = [line for line in summary.read_text().splitlines() if "Passed" in line]
    assert line == "  - `` ''' # Passed <img src=x> [a](http://b) ``"
