"""The image of Dockerfile without an engine: `image.py FOLDER` copies what it would, installs, and runs `make demo`.

What is copied is what .dockerignore leaves; what it runs in is `container.py`'s imitation of Docker's default profile,
as an ordinary user. The system is this machine's own: Dockerfile's base and packages are not part of it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.places.container import NOBODY  # noqa: E402


def ignored() -> re.Pattern[str]:
    """What .dockerignore names, as paths from the root: `*` within a name, `**` for any number of folders."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    assert not any("!" in pattern or "?" in pattern or "[" in pattern for pattern in patterns), "not read here"
    parts = [re.escape(one).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*") for one in patterns]
    return re.compile(f"(?:{'|'.join(parts)})(?:/.*)?")


def copied(course: Path, folder: Path) -> Path:
    """The folder with a copy of all that `COPY . .` would bring from a course."""
    left_out = ignored()

    def ignore(place: str, names: list[str]) -> set[str]:
        return {name for name in names if left_out.fullmatch(str(Path(place, name).relative_to(course)))}

    shutil.copytree(course, folder, ignore=ignore, symlinks=True)
    return folder


def main() -> int:
    (folder,) = map(Path, sys.argv[1:])
    kit = copied(ROOT, folder / "kit")
    if os.getuid() == 0:
        for one in (folder, kit, *kit.rglob("*")):
            os.lchown(one, NOBODY, NOBODY)
    in_container = [sys.executable, ROOT / "tests" / "places" / "container.py"]
    for target in ("install", "demo"):
        how = in_container if target == "demo" else []
        user = ["--user"] if how and os.getuid() == 0 else []
        status = subprocess.run([*how, *user, "make", "-C", kit, target]).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
