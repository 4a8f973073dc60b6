"""What Dockerfile's image is made of."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.places.image import copied
from tests.shared.helpers import ROOT

SECRET = (
    "data/references/resnet/hidden.h5",
    "data/references/hidden.seed",
    "submitted/ada/resnet/resnet.ipynb",
    "autograded/ada/resnet/resnet.ipynb",
    "feedback/ada/resnet/resnet.html",
    "gradebook.db",
    "gradebook.db-journal",
    "grades.csv",
    "report-resnet.html",
    ".autograder/results/x",
    "study/resnet/resnet.ipynb",
    ".git/config",
    ".venv/bin/python",
    "autograder/base/__pycache__/course.cpython-312.pyc",
)


def test_an_image_holds_the_kit_and_nothing_of_a_class(tmp_path: Path) -> None:
    committed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    course = tmp_path / "course"
    for name in (*committed, *SECRET):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).touch()
    kit = copied(course, tmp_path / "kit")
    found = {str(path.relative_to(kit)) for path in kit.rglob("*") if path.is_file()}
    assert not found & set(SECRET)
    left_out = {name for name in committed if name not in found}
    assert left_out <= {name for name in committed if name.endswith(".csv")}
    assert {"Makefile", "constraints.txt", "tools/install.sh", "data/references/resnet/public.h5"} <= found


def test_it_is_built_by_what_is_tried_without_an_engine() -> None:
    steps = (ROOT / "Dockerfile").read_text()
    assert "COPY --chown=kit . .\nRUN make install\n" in steps
    assert "USER kit" in steps.partition("COPY")[0]


def test_it_is_what_the_guide_says() -> None:
    guide = (ROOT / "docs" / "guides" / "container.md").read_text(encoding="utf-8")
    steps = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for said, done in {
        "-p 127.0.0.1:8888:8888": "EXPOSE 8888",
        "the user 1000": "useradd --create-home --uid 1000 kit",
        ':/course" course-kit': "WORKDIR /course\n",
        "make -C /kit": "WORKDIR /kit\nCOPY --chown=kit . .",
        "opens the course in that folder with Formgrader": 'CMD ["autograder", "formgrader", ',
    }.items():
        assert said in guide
        assert done in steps
    assert "USER root" not in steps
