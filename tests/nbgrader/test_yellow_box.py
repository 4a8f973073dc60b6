"""The yellow box above Formgrader's list of assignments: there where nbgrader's exchange is missing, else gone."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.instructor.grade.formgrader import formgrader
from tests.shared.light_course import make_course

WORDS = 'does not exist and could not be created. The "release" and "collect" functionality will not be available.'


@pytest.mark.parametrize("there", [False, True])
def test_it_is_about_a_missing_exchange_alone(there: bool, tmp_path: Path) -> None:
    root, exchange = tmp_path / "course", tmp_path / "exchange"
    make_course(root, ours=True)
    if there:
        exchange.mkdir()
        exchange.chmod(0o777)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f'c.CourseDirectory.course_id = "residual-networks"\nc.Exchange.root = {str(exchange)!r}\n')
    with formgrader(root, tmp_path / "server") as running:
        asked = Request(
            f"{running.url}formgrader/manage_assignments", headers={"Authorization": f"token {running.token}"}
        )
        with urlopen(asked, timeout=60) as answer:
            page = " ".join(answer.read().decode().split())
    boxes = re.findall(r'<div class="alert alert-warning".*?</div>', page)
    assert len(boxes) == (0 if there else 1)
    assert all(WORDS in box for box in boxes)
