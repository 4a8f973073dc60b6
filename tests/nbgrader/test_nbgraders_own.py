"""nbgrader's own tests of `nbgrader autograde`, from the installed package, with this kit's steps configured.

Each that can't pass is named here with its reason; docs/design/security.md has the same list.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.shared.helpers import ROOT

TESTS = "nbgrader.tests.apps.test_nbgrader_autograde"
CANNOT: dict[str, str] = {
    "test_grade": "the comment on a solution also says under what protection the code ran",
    "test_grade_empty_timestamp": "a timestamp that is none is said and passed over; the submission is graded",
    "test_side_effects": "files that student code writes stay in the sandbox, and end with it",
    "test_handle_failure": "a notebook that can't be read is left without a score; the others are graded",
    "test_handle_failure_single_notebook": "the same, of an assignment with one notebook",
    "test_missing_source_kernelspec": "a notebook without a kernel's name is run by Python's",
    "test_incorrect_source_kernelspec": "the same where the name is of no kernel there",
    "test_no_execute": "outputs of what was handed in are dropped: they are a stranger's",
    "test_missing_files": "a submission without a notebook is entered as not graded, and not passed over",
    "test_grade_missing_notebook": "the same, where one of two notebooks is missing",
}
"""By the test's name: why it can't pass here."""
pytestmark = [pytest.mark.slow, pytest.mark.peers]


def own_steps() -> str:
    """The part of nbgrader_config.py that says how submissions are graded."""
    text = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    end = text.index("]", text.index("c.Autograde.autograde_preprocessors")) + 1
    part = text[text.index("c.Autograde.exporter_class") : end]
    return f"c = get_config()\n{part}"


def test_nbgraders_own_tests_pass(tmp_path: Path) -> None:
    if find_spec(TESTS) is None:
        pytest.skip("this nbgrader was installed without its tests")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "nbgrader_config.py").write_text(own_steps())
    report = tmp_path / "report.xml"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={tmp_path}",
         f"--junitxml={report}", "--pyargs", TESTS],
        cwd=tmp_path,
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path / "config")},
        capture_output=True,
        check=False,
        timeout=1200,
    )  # fmt: skip
    cases = ElementTree.parse(report).getroot().iter("testcase")
    failed = {
        case.get("name", "") for case in cases if case.find("failure") is not None or case.find("error") is not None
    }
    assert failed <= set(CANNOT)
