"""Whose code it was in which an error was raised."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.shared.helpers import ROOT


def test_packages_that_lie_elsewhere_are_no_student_s(tmp_path: Path) -> None:
    """As a user's own do, or those that another environment lends."""
    others = tmp_path / "site-packages"
    code = "from autograder.evidence.errors import is_students as s; import sys; print(s(sys.argv[1]), s(sys.argv[2]))"
    command = [sys.executable, "-c", code, str(others / "keras" / "layer.py"), str(tmp_path / "work.py")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(others)))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
